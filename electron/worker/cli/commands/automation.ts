// `plan` and `guard …`: what automation would do, and what holds it.
import type { Command } from 'commander'
import type { MethodOutput } from '../../../../shared/contract/index.ts'
import { type Exit, perform } from '../exit.ts'
import type { Result } from '../session.ts'
import { table } from '../terminalText.ts'
import { isoOf, timeText } from '../values.ts'

function guardsResult(guards: MethodOutput<'guards.list'>): Result {
  return {
    json: guards.map(({ code, node, since, reason, figures }) => ({ code, node, since: isoOf(since), reason, figures })),
    text: table(
      ['guard', 'node', 'since', 'reason'],
      guards.map(({ code, node, since, reason }) => [code, node, timeText(since), reason]),
      'Nothing holds automation.',
    ),
  }
}

export function addAutomationCommands(program: Command, exit: Exit): void {
  const plan = program.command('plan').description('today’s decisions; nothing is sent, nothing stored')
  plan.action(() =>
    perform(plan, exit, async ({ client }) => {
      const rows = await client.call('automation.plan', {})
      return {
        json: rows.map(({ serviceId, node, name, decision, reason, facts, blockedBy }) => ({
          serviceId,
          node,
          name,
          decision,
          reason,
          facts,
          blockedBy,
        })),
        text: table(
          ['service', 'customer', 'vm', 'state', 'decision', 'held by', 'reason'],
          rows.map((row) => [
            row.serviceId,
            row.customerName,
            `${row.node}/${row.name}`,
            row.state,
            row.decision,
            row.blockedBy.join(', '),
            row.reason,
          ]),
          'No service is linked to a VM yet: `link suggest`.',
        ),
      }
    }),
  )

  const guard = program.command('guard').description('what holds automation')
  const list = guard.command('list').description('the guards that hold now')
  list.action(() => perform(list, exit, async ({ client }) => guardsResult(await client.call('guards.list', {}))))

  const release = guard
    .command('release')
    .description('let through what a guard holds now, for an hour at most')
    .argument('<code>')
    .requiredOption('--by <who>', 'who takes it on')
    .requiredOption('--why <text>', 'why it is right')
  release.action((code: string, options: { by: string; why: string }) =>
    perform(release, exit, async ({ client }) =>
      guardsResult(await client.call('guards.release', { code, by: options.by, why: options.why })),
    ),
  )
}
