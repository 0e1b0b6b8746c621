// `audit …`: the record of what was done, by whom and why.
import type { Command } from 'commander'
import { type Exit, perform } from '../exit.ts'
import { table } from '../terminalText.ts'
import { instantOf, isoOf, paymenterId, timeText } from '../values.ts'

const wholeList = 100_000

interface ListOptions {
  readonly service?: string
  readonly since?: string
}

export function addAuditCommands(program: Command, exit: Exit): void {
  const audit = program.command('audit').description('the record of what was done')

  const list = audit
    .command('list')
    .description('the entries')
    .option('--service <id>', 'of one service')
    .option('--since <time>', 'from a day or an instant on')
  list.action((options: ListOptions) =>
    perform(list, exit, async ({ client }) => {
      const entries = await client.call('audit.list', {
        limit: wholeList,
        ...(options.service === undefined ? {} : { serviceId: paymenterId('--service', options.service) }),
        ...(options.since === undefined ? {} : { sinceAt: instantOf('--since', options.since) }),
      })
      const rows = entries.map((entry) => [
        entry.seq,
        timeText(entry.at),
        entry.actor,
        entry.action,
        entry.serviceId,
        entry.vm === null ? null : `${entry.node ?? '?'}/${entry.vm}`,
        entry.why,
      ])
      return {
        json: entries.map((entry) => ({ ...entry, at: isoOf(entry.at) })),
        text: table(['#', 'at', 'who', 'what', 'service', 'vm', 'why'], rows, 'Nothing is recorded yet.'),
      }
    }),
  )

  const verify = audit.command('verify').description('whether the record is whole')
  verify.action(() =>
    perform(verify, exit, async ({ client }) => {
      const { ok, entries, firstBad } = await client.call('audit.verify', {})
      const text = ok
        ? `The record is whole: ${entries} entries.`
        : `The record is not whole: entry ${firstBad ?? '?'} of ${entries} is the first that is wrong or missing.`
      return { json: { ok, entries, firstBad }, text, exitCode: ok ? 0 : 1 }
    }),
  )
}
