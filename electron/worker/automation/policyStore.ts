// The policy in force: loaded strictly, changed as a whole, versioned, recorded.
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { insertPolicy, newestPolicy, type StoredPolicy } from '../../../db/repositories/policies.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { CustomerId, ProductId } from '../../../shared/domain/ids.ts'
import {
  defaultPolicy,
  formatPolicyValue,
  isPolicyKey,
  overridableKeys,
  parsePolicyValue,
  policyKeys,
  type Policy,
  type PolicyKey,
  type PolicyOverride,
} from '../../../shared/domain/policy.ts'
import type { Audit } from '../audit/audit.ts'
import type { Context } from '../context.ts'

export interface LoadedPolicy {
  /** 0: nothing was ever saved, the defaults are in force. */
  readonly version: number
  readonly policy: Policy
  readonly overrides: readonly PolicyOverride[]
}

type Values = Record<string, string>

export interface PolicyChange {
  readonly productId?: number | undefined
  readonly customerId?: number | undefined
  /** As typed. */
  readonly values: Values
}

/** After this many days Paymenter's nightly job cancels what it suspended. */
const nightlyCancellationDays = 14

function parseKey(key: string): PolicyKey {
  if (isPolicyKey(key)) return key
  throw new Failure('policy.unknown-key', `There is no policy key “${key}”.`, `The keys are ${policyKeys.join(', ')}.`)
}

function parseValues(values: Values): Partial<Policy> {
  return Object.fromEntries(Object.entries(values).map(([key, text]) => [key, parsePolicyValue(parseKey(key), text)]))
}

function load(stored: StoredPolicy | null): LoadedPolicy {
  if (stored === null) return { version: 0, policy: defaultPolicy, overrides: [] }
  try {
    return {
      version: stored.version,
      policy: { ...defaultPolicy, ...parseValues(stored.values) },
      overrides: stored.overrides.map((entry) => ({
        productId: entry.productId as ProductId | null,
        customerId: entry.customerId as CustomerId | null,
        values: parseValues(entry.values),
      })),
    }
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'it cannot be read'
    throw new Failure('policy.unreadable', `The stored policy (version ${stored.version}) cannot be used: ${detail}`, 'Automation is stopped. Save the policy again on the Automation screen or with `policy set`.')
  }
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
    return load(newestPolicy(this.#context.db.orm))
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
    return load({ ...this.#changed(change), version: this.current().version, createdAt: 0 })
  }

  /** Saves a new version. Refused as a whole when one key or value is wrong; `default` takes a value away. */
  set(change: PolicyChange): MethodOutput<'policy.set'> {
    const { productId, customerId, values } = change
    const next = this.#changed(change)
    const createdAt = this.#context.clock.now()
    load({ ...next, version: 0, createdAt })
    this.#context.db.transaction(() => {
      const version = insertPolicy(this.#context.db.orm, { ...next, createdAt })
      this.#audit.append({
        actor: 'operator',
        action: 'policy.set',
        why: Object.entries(values).map(([key, text]) => `${key}=${text}`).join(' '),
        detail: { version, productId: productId ?? null, customerId: customerId ?? null, values },
      })
    })
    this.#context.changed('policy')
    return this.view()
  }

  #changed({ productId, customerId, values }: PolicyChange): Pick<StoredPolicy, 'values' | 'overrides'> {
    if (productId !== undefined && customerId !== undefined) throw new Failure('policy.invalid', 'An override is for a product or for a customer, not for both.')
    const isOverride = productId !== undefined || customerId !== undefined
    for (const [key, text] of Object.entries(values)) {
      const known = parseKey(key)
      if (isOverride && !(overridableKeys as readonly string[]).includes(known)) {
        throw new Failure('policy.not-overridable', `${key} is for the whole installation; it cannot be set for one product or customer.`, `Overridable are ${overridableKeys.join(', ')}.`)
      }
      if (text !== 'default') parsePolicyValue(known, text)
    }
    const stored = newestPolicy(this.#context.db.orm)
    const next = { values: { ...stored?.values }, overrides: structuredClone(stored?.overrides ?? []) }
    let target: Values = next.values
    if (isOverride) {
      const scope = { productId: productId ?? null, customerId: customerId ?? null }
      let entry = next.overrides.find((known) => known.productId === scope.productId && known.customerId === scope.customerId)
      if (!entry) {
        entry = { ...scope, values: {} }
        next.overrides.push(entry)
      }
      target = entry.values
    }
    for (const [key, text] of Object.entries(values)) {
      if (text === 'default') delete target[key]
      else target[key] = text
    }
    next.overrides = next.overrides.filter((entry) => Object.keys(entry.values).length > 0)
    return next
  }

  /** What the operator should know about a policy before it is in force. */
  warnings({ policy, overrides }: LoadedPolicy): string[] {
    const days = [policy.graceDays, ...overrides.flatMap((entry) => entry.values.graceDays ?? [])]
    const longest = Math.max(...days)
    return longest >= nightlyCancellationDays
      ? [`${longest} days of grace is longer than Paymenter’s own ${nightlyCancellationDays}: its nightly job will cancel such a service before this console suspends it.`]
      : []
  }
}
