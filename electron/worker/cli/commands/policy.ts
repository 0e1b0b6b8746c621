// `policy …`: what automation may do, and when.
import type { Command } from 'commander'
import type { MethodOutput } from '../../../../shared/contract/index.ts'
import { Failure } from '../../../../shared/domain/failure.ts'
import { policyKeys } from '../../../../shared/domain/policy.ts'
import { type Exit, perform } from '../exit.ts'
import { type Tell } from '../session.ts'
import { fields } from '../terminalText.ts'
import { paymenterId } from '../values.ts'

type PolicyView = MethodOutput<'policy.show'>

const shownValue = (value: string | number | boolean): string => (value === true ? 'on' : value === false ? 'off' : String(value))

function overrideTitle({ productId, customerId }: PolicyView['overrides'][number]): string {
  return productId === null ? `customer ${customerId ?? ''}` : `product ${productId}`
}

function policyText({ values, overrides }: PolicyView): string {
  const own = fields(Object.entries(values).map(([key, value]) => [key, shownValue(value)]))
  const lines = overrides.map((entry) => {
    const changed = Object.entries(entry.values).map(([key, value]) => `${key}=${shownValue(value)}`)
    return `${overrideTitle(entry)}: ${changed.join(' ')}`
  })
  return [own, ...(lines.length === 0 ? [] : ['', ...lines])].join('\n')
}

function warn(view: PolicyView, tell: Tell): void {
  for (const warning of view.warnings) tell(warning)
}

/** `KEY=VALUE …` as a record; wrong usage when one has no `=`, or a key stands twice. Throws `policy.unknown-key`. */
function pairsOf(command: Command, pairs: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {}
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    const key = pair.slice(0, at)
    if (at < 1) command.error(`error: “${pair}” is not KEY=VALUE`)
    if (Object.hasOwn(values, key)) command.error(`error: ${key} is given twice`)
    // A key like `__proto__` would vanish on its way to the worker, and with it what was asked.
    if (key in Object.prototype) throw new Failure('policy.unknown-key', `There is no policy key “${key}”.`, `The keys are ${policyKeys.join(', ')}.`)
    values[key] = pair.slice(at + 1)
  }
  return values
}

export function addPolicyCommands(program: Command, exit: Exit): void {
  const policy = program.command('policy').description('what automation may do, and when')

  const show = policy.command('show').description('the policy and its overrides')
  show.action(() =>
    perform(show, exit, async ({ client, tell }) => {
      const view = await client.call('policy.show', {})
      warn(view, tell)
      const overrides = view.overrides.map(({ productId, customerId, values }) => ({ productId, customerId, ...values }))
      return { json: { ...view.values, overrides }, text: policyText(view) }
    }),
  )

  const set = policy.command('set').description('change values; KEY=default takes one away').argument('<key=value...>')
  set.option('--product <id>', 'for the services of one product')
  set.addOption(set.createOption('--customer <id>', 'for the services of one customer').conflicts('product'))
  set.action(async (pairs: string[], options: { product?: string; customer?: string }) => {
    const values = pairsOf(set, pairs)
    await perform(set, exit, async ({ client, tell }) => {
      const view = await client.call('policy.set', {
        ...(options.product === undefined ? {} : { productId: paymenterId('--product', options.product) }),
        ...(options.customer === undefined ? {} : { customerId: paymenterId('--customer', options.customer) }),
        values,
      })
      warn(view, tell)
      return { json: view.values, text: policyText(view) }
    })
  })
}
