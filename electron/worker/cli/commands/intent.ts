// `intent …`: the queue of actions.
import type { Command } from 'commander'
import type { MethodOutput } from '../../../../shared/contract/index.ts'
import { intentStates } from '../../../../shared/contract/automation.ts'
import { type Exit, perform } from '../exit.ts'
import { fields, table } from '../terminalText.ts'
import { failureJson, isoOf, oneOf, timeText } from '../values.ts'

type IntentRow = MethodOutput<'intents.list'>[number]

const wholeList = 10_000

function intentJson(intent: IntentRow) {
  const { id, kind, serviceId, node, name, state, step, reason, attempts, error, createdAt, finishedAt } = intent
  return {
    id,
    kind,
    serviceId,
    node,
    name,
    state,
    step,
    reason,
    attempts,
    error: error === null ? null : failureJson(error),
    createdAt: isoOf(createdAt),
    finishedAt: isoOf(finishedAt),
  }
}

function stateText(intent: IntentRow): string {
  return intent.waitsForApproval ? `${intent.state} (waits for approval)` : intent.state
}

function intentText(intent: IntentRow): string {
  return fields([
    ['intent', intent.id],
    ['what', `${intent.kind} ${intent.node}/${intent.name}`],
    ['service', intent.serviceId],
    ['customer', intent.customerName],
    ['state', stateText(intent)],
    ['step', intent.step],
    ['reason', intent.reason],
    ['attempts', intent.attempts],
    ['error', intent.error?.message ?? null],
  ])
}

const verbs = {
  approve: 'let it be done, if its facts still hold',
  cancel: 'take it back',
  retry: 'try a failed one again',
  resolve: 'mark a failed one as dealt with',
} as const

export function addIntentCommands(program: Command, exit: Exit): void {
  const intent = program.command('intent').description('the queue of actions')

  const list = intent.command('list').description('every intent, newest first').option('--state <state>', 'one state only')
  list.action((options: { state?: string }) =>
    perform(list, exit, async ({ client }) => {
      const state = options.state === undefined ? {} : { state: oneOf('--state', options.state, intentStates) }
      const intents = await client.call('intents.list', { ...state, limit: wholeList })
      const rows = intents.map((row) => [
        row.id,
        row.kind,
        row.serviceId,
        `${row.node}/${row.name}`,
        stateText(row),
        row.step,
        timeText(row.createdAt),
        row.reason,
      ])
      return {
        json: intents.map(intentJson),
        text: table(['id', 'kind', 'service', 'vm', 'state', 'step', 'created', 'reason'], rows, 'Nothing is planned.'),
      }
    }),
  )

  for (const verb of ['approve', 'cancel', 'retry', 'resolve'] as const) {
    const command = intent.command(verb).description(verbs[verb]).argument('<id>')
    if (verb === 'approve') command.option('--confirm <vm>', 'the VM’s name; needed where something is deleted')
    command.action((id: string, options: { confirm?: string }) =>
      perform(command, exit, async ({ client }) => {
        const row = await client.call(`intents.${verb}`, { id, ...(options.confirm === undefined ? {} : { confirm: options.confirm }) })
        return { json: intentJson(row), text: intentText(row) }
      }),
    )
  }
}
