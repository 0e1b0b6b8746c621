// A stored policy read strictly: what is sound in it, and what is wrong with the rest, should somebody have edited it by hand.
import { Failure } from '../../../shared/domain/failure.ts'
import { isPolicyKey, overridableKeys, parsePolicyValue, policyKeys, type Policy, type PolicyKey } from '../../../shared/domain/policy.ts'

/** As typed. */
export type Values = Record<string, string>

export interface StoredOverride {
  readonly productId: number | null
  readonly customerId: number | null
  readonly values: Values
}

export interface SoundPolicy {
  readonly values: Values
  readonly overrides: readonly StoredOverride[]
  /** What is wrong with the rest, each a sentence. */
  readonly faults: readonly string[]
}

export const valuesFault = 'The values are not of the form in which they are written.'
export const overridesFault = 'The overrides are not of the form in which they are written.'

/** Throws `policy.unknown-key`. */
export function parseKey(key: string): PolicyKey {
  if (isPolicyKey(key)) return key
  throw new Failure('policy.unknown-key', `There is no policy key “${key}”.`, `The keys are ${policyKeys.join(', ')}.`)
}

/** Throws `policy.unknown-key` and `policy.invalid`. */
export function parseValues(values: Values): Partial<Policy> {
  return Object.fromEntries(Object.entries(values).map(([key, text]) => [key, parsePolicyValue(parseKey(key), text)]))
}

export function isOverridable(key: string): boolean {
  return (overridableKeys as readonly string[]).includes(key)
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function faultOf(key: string, value: unknown): string | null {
  if (typeof value !== 'string') return `${key} is stored as ${JSON.stringify(value)}, which is not a text.`
  try {
    parsePolicyValue(parseKey(key), value)
    return null
  } catch (error) {
    if (error instanceof Failure) return error.message
    throw error
  }
}

/** The values that can be used; what is wrong with the others is added to `faults`. */
function soundValues(values: unknown, where: string, faults: string[]): Values {
  if (!isRecord(values)) {
    faults.push(`${where}${valuesFault}`)
    return {}
  }
  const sound: Values = {}
  for (const [key, value] of Object.entries(values)) {
    const fault = where !== '' && isPolicyKey(key) && !isOverridable(key) ? `${key} is for the whole installation.` : faultOf(key, value)
    if (fault === null) sound[key] = String(value)
    else faults.push(`${where}${fault}`)
  }
  return sound
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
}

function soundOverride(entry: unknown, faults: string[]): StoredOverride[] {
  const { productId = null, customerId = null, values }: Record<string, unknown> = isRecord(entry) ? entry : {}
  if (isId(productId) && customerId === null) return [{ productId, customerId, values: soundValues(values, `Product ${productId}: `, faults) }]
  if (isId(customerId) && productId === null) return [{ productId, customerId, values: soundValues(values, `Customer ${customerId}: `, faults) }]
  faults.push('An override is neither for one product nor for one customer.')
  return []
}

/**
 * Sorts what is stored into what can be used and what cannot.
 * @param known faults that were found before
 */
export function soundPolicy(stored: { readonly values: unknown; readonly overrides: unknown }, known: readonly string[] = []): SoundPolicy {
  const faults = [...known]
  const values = soundValues(stored.values, '', faults)
  if (!Array.isArray(stored.overrides)) faults.push(overridesFault)
  const entries: readonly unknown[] = Array.isArray(stored.overrides) ? stored.overrides : []
  return { values, overrides: entries.flatMap((entry) => soundOverride(entry, faults)), faults }
}
