// `hold …`: exceptions from the rules.
import type { Command } from 'commander'
import type { MethodOutput } from '../../../../shared/contract/index.ts'
import { holdKinds } from '../../../../shared/domain/decide.ts'
import { type Exit, perform } from '../exit.ts'
import { table } from '../terminalText.ts'
import { isoOf, oneOf, paymenterId } from '../values.ts'

type HoldRow = MethodOutput<'holds.list'>[number]

function holdJson({ serviceId, kind, until, why, by, createdAt }: HoldRow) {
  return { serviceId, kind, until, why, by, createdAt: isoOf(createdAt) }
}

function holdText({ serviceId, kind, until, why }: HoldRow): string {
  return `Service ${serviceId}: ${kind}${until === null ? ', until removed' : `, until ${until}`} (${why}).`
}

interface AddOptions {
  readonly kind: string
  readonly until?: string
  readonly why: string
}

export function addHoldCommands(program: Command, exit: Exit): void {
  const hold = program.command('hold').description('exceptions from the rules')

  const add = hold
    .command('add')
    .description('no-stop: the customer is left running; no-start: the VM stays off, paid or not')
    .argument('<service>')
    .option('--kind <kind>', 'no-stop or no-start', 'no-stop')
    .option('--until <day>', 'its last day, YYYY-MM-DD; else until removed')
    .requiredOption('--why <text>', 'the reason')
  add.action((service: string, options: AddOptions) =>
    perform(add, exit, async ({ client }) => {
      const row = await client.call('holds.add', {
        serviceId: paymenterId('The service', service),
        kind: oneOf('--kind', options.kind, holdKinds),
        why: options.why,
        ...(options.until === undefined ? {} : { until: options.until }),
      })
      return { json: holdJson(row), text: holdText(row) }
    }),
  )

  const list = hold.command('list').description('every hold')
  list.action(() =>
    perform(list, exit, async ({ client }) => {
      const holds = await client.call('holds.list', {})
      const rows = holds.map((row) => [row.serviceId, row.customerName, row.kind, row.until ?? 'until removed', row.why, row.by])
      return { json: holds.map(holdJson), text: table(['service', 'customer', 'hold', 'until', 'why', 'by'], rows, 'No holds.') }
    }),
  )

  const remove = hold.command('remove').description('take a hold away').argument('<service>')
  remove.action((service: string) =>
    perform(remove, exit, async ({ client }) => {
      const row = await client.call('holds.remove', { serviceId: paymenterId('The service', service) })
      return { json: holdJson(row), text: `Removed. It was: ${holdText(row)}` }
    }),
  )
}
