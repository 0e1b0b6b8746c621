// The policy in force: loaded strictly, changed as a whole, versioned, recorded.
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { insertPolicy } from '../../../db/repositories/policies.ts'
import { newestPolicyRow } from '../../../db/repositories/policyRow.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { CustomerId, ProductId } from '../../../shared/domain/ids.ts'
import { defaultPolicy, formatPolicyValue, overridableKeys, parsePolicyValue, type Policy, type PolicyOverride } from '../../../shared/domain/policy.ts'
import type { Audit } from '../audit/audit.ts'
import type { Context } from '../context.ts'
import { refuseUnknownSubject, unknownSubject } from './overrideSubject.ts'
import { isOverridable, isRecord, parseKey, parseValues, overridesFault, soundPolicy, valuesFault, type SoundPolicy, type Values } from './storedPolicy.ts'

export interface LoadedPolicy {
  /** 0: nothing was ever saved, the defaults are in force. */
  readonly version: number
  readonly policy: Policy
  readonly overrides: readonly PolicyOverride[]
}

export interface PolicyChange {
  readonly productId?: number | undefined
  readonly customerId?: number | undefined
  /** As typed. */
  readonly values: Values
}

/** After this many days Paymenter's nightly job cancels what it suspended. */
const nightlyCancellationDays = 14

/** Throws `policy.unreadable` when anything in it is wrong. */
function load(stored: SoundPolicy, version: number): LoadedPolicy {
  if (stored.faults.length > 0) {
    throw new Failure(
      'policy.unreadable',
      `The stored policy (version ${version}) cannot be used: ${stored.faults.join(' ')}`,
      'Nothing is suspended or terminated meanwhile. The policy screen mends it, or `policy set`: what is wrong is left out, unless it is set anew; the mode is then observe, unless it is set too.',
    )
  }
  return {
    version,
    policy: { ...defaultPolicy, ...parseValues(stored.values) },
    overrides: stored.overrides.map((entry) => ({
      productId: entry.productId as ProductId | null,
      customerId: entry.customerId as CustomerId | null,
      values: parseValues(entry.values),
    })),
  }
}

/** What is stored, with a change to one of its records of values. */
function withChange(values: unknown, change: Values): Record<string, unknown> {
  const next: Record<string, unknown> = isRecord(values) ? { ...values } : {}
  for (const [key, text] of Object.entries(change)) {
    if (text === 'default') delete next[key]
    else next[key] = text
  }
  return next
}

function present(values: Partial<Policy>): Record<string, string | number> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, typeof value === 'number' ? value : formatPolicyValue(value)]))
}

export class PolicyStore {
  readonly #context: Context
  readonly #audit: Audit

  constructor(context: Context, audit: Audit) {
    this.#context = context
    this.#audit = audit
  }

  /** Throws `policy.unreadable` when what is stored cannot be used: automation then suspends nothing. */
  current(): LoadedPolicy {
    const row = newestPolicyRow(this.#context.db.orm)
    return row === null ? { version: 0, policy: defaultPolicy, overrides: [] } : load(soundPolicy(row), row.version)
  }

  view(): MethodOutput<'policy.show'> {
    const loaded = this.current()
    const { version, policy, overrides } = loaded
    return {
      version,
      values: present(policy),
      overrides: overrides.map((entry) => ({ productId: entry.productId, customerId: entry.customerId, values: present(entry.values) })),
      warnings: this.warnings(loaded),
    }
  }

  /** The policy as it would be with a change; nothing is saved. Refused as a whole when one key or value is wrong. */
  with(change: PolicyChange): LoadedPolicy {
    const { version } = this.current()
    return load(this.#changed(change), version)
  }

  /**
   * Saves a new version. Refused as a whole when one key or value is wrong; `default` takes a value away. What was wrong in the stored policy
   * and is not changed here is left out, told as a warning, and the mode is then observe unless it is changed here.
   */
  set(change: PolicyChange): MethodOutput<'policy.set'> {
    const { productId, customerId, values } = change
    const changed = this.#changed(change)
    const leftOut = changed.faults
    const next = { values: { ...changed.values }, overrides: changed.overrides.filter((entry) => Object.keys(entry.values).length > 0) }
    if (leftOut.length > 0 && values['mode'] === undefined) next.values['mode'] = 'observe'
    this.#context.db.transaction(() => {
      const version = insertPolicy(this.#context.db.orm, { ...next, createdAt: this.#context.clock.now() })
      this.#audit.append({
        actor: 'operator',
        action: 'policy.set',
        why: Object.entries(values).map(([key, text]) => `${key}=${text}`).join(' '),
        detail: { version, productId: productId ?? null, customerId: customerId ?? null, values, ...(leftOut.length === 0 ? {} : { leftOut }) },
      })
    })
    this.#context.changed('policy')
    const view = this.view()
    if (leftOut.length === 0) return view
    return { ...view, warnings: [`Left out of the policy, which was edited elsewhere: ${leftOut.join(' ')} The mode is ${String(view.values['mode'])}.`, ...view.warnings] }
  }

  #changed({ productId, customerId, values }: PolicyChange): SoundPolicy {
    if (productId !== undefined && customerId !== undefined) throw new Failure('policy.invalid', 'An override is for a product or for a customer, not for both.')
    const isOverride = productId !== undefined || customerId !== undefined
    for (const [key, text] of Object.entries(values)) {
      const known = parseKey(key)
      if (isOverride && !isOverridable(known)) {
        throw new Failure('policy.not-overridable', `${key} is for the whole installation; it cannot be set for one product or customer.`, `Overridable are ${overridableKeys.join(', ')}.`)
      }
      if (text !== 'default') parsePolicyValue(known, text)
    }
    const stored = newestPolicyRow(this.#context.db.orm) ?? { values: {}, overrides: [] }
    if (!isOverride) return soundPolicy({ ...stored, values: withChange(stored.values, values) }, isRecord(stored.values) ? [] : [valuesFault])
    const scope = { productId: productId ?? null, customerId: customerId ?? null }
    const entries: readonly unknown[] = Array.isArray(stored.overrides) ? stored.overrides : []
    const known = entries.filter(isRecord).find((entry) => entry['productId'] === scope.productId && entry['customerId'] === scope.customerId)
    // What is there can be changed and taken away, whatever became of whom it is for.
    if (known === undefined) refuseUnknownSubject(this.#context.db.orm, scope)
    const changed = { ...scope, values: withChange(known?.['values'], values) }
    const overrides = known === undefined ? [...entries, changed] : entries.map((entry) => (entry === known ? changed : entry))
    return soundPolicy({ ...stored, overrides }, Array.isArray(stored.overrides) ? [] : [overridesFault])
  }

  /** What the operator should know about a policy before it is in force. */
  warnings({ policy, overrides }: LoadedPolicy): string[] {
    const days = [policy.graceDays, ...overrides.flatMap((entry) => entry.values.graceDays ?? [])]
    const longest = Math.max(...days)
    const tooLong =
      longest >= nightlyCancellationDays
        ? [`${longest} days of grace is longer than Paymenter’s own ${nightlyCancellationDays}: its nightly job will cancel such a service before this console suspends it.`]
        : []
    const unknown = overrides.flatMap((entry) => unknownSubject(this.#context.db.orm, entry) ?? [])
    return [...tooLong, ...unknown.map((subject) => `${subject} has an override and is not in the mirror: it holds for nobody.`)]
  }
}
