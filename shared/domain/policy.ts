// The automation policy: its keys, how a typed value is read, and how overrides apply.
import { Failure } from './failure.ts'
import type { CustomerId, ProductId } from './ids.ts'

export const policyModes = ['observe', 'approve', 'auto'] as const
export type PolicyMode = (typeof policyModes)[number]

export interface Policy {
  readonly mode: PolicyMode
  readonly requirePaymenterSuspended: boolean
  /** Whole days after the latest of due date, creation and expiry. */
  readonly graceDays: number
  readonly warnDaysBefore: number
  readonly terminateAfterDays: number
  readonly retentionDays: number
  readonly trialDays: number | 'off'
  readonly forceAfterSeconds: number
  readonly maxPerRun: number | 'auto'
  /** `always`, or like `Mon-Fri 09:00-18:00` in this machine's zone. */
  readonly businessHours: string
  readonly writeStatus: boolean
}

export type PolicyKey = keyof Policy

export const defaultPolicy: Policy = {
  mode: 'observe',
  requirePaymenterSuspended: false,
  graceDays: 3,
  warnDaysBefore: 2,
  terminateAfterDays: 14,
  retentionDays: 7,
  trialDays: 'off',
  forceAfterSeconds: 90,
  maxPerRun: 'auto',
  businessHours: 'always',
  writeStatus: true,
}

export const policyKeys = Object.keys(defaultPolicy) as PolicyKey[]

/** Keys that make sense for one product or one customer; the others are the installation's. */
export const overridableKeys = [
  'requirePaymenterSuspended',
  'graceDays',
  'warnDaysBefore',
  'terminateAfterDays',
  'retentionDays',
  'trialDays',
  'forceAfterSeconds',
  'writeStatus',
] as const satisfies readonly PolicyKey[]

export interface PolicyOverride {
  readonly productId: ProductId | null
  readonly customerId: CustomerId | null
  readonly values: Partial<Policy>
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

function wholeNumber(key: string, text: string, least: number, most: number): number {
  const value = /^[0-9]{1,6}$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= least && value <= most)) {
    throw new Failure('policy.invalid', `${key} must be a whole number from ${least} to ${most.toLocaleString('en-US')}, not “${text}”.`, 'Nothing was changed.')
  }
  return value
}

function onOrOff(key: string, text: string): boolean {
  if (text === 'on' || text === 'off') return text === 'on'
  throw new Failure('policy.invalid', `${key} must be on or off, not “${text}”.`, 'Nothing was changed.')
}

/** Reads `Mon-Fri 09:00-18:00`; null when it is not of that form. Minutes count from midnight; days are 0 (Sunday) to 6. */
function parseBusinessHours(text: string): { fromDay: number; toDay: number; fromMinute: number; toMinute: number } | null {
  const match = /^(Sun|Mon|Tue|Wed|Thu|Fri|Sat)(?:-(Sun|Mon|Tue|Wed|Thu|Fri|Sat))? ([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$/.exec(text)
  if (!match) return null
  const fromMinute = Number(match[3]) * 60 + Number(match[4])
  const toMinute = Number(match[5]) * 60 + Number(match[6])
  if (toMinute <= fromMinute || toMinute > 24 * 60) return null
  const fromDay = weekdays.indexOf(match[1] ?? '')
  return { fromDay, toDay: match[2] === undefined ? fromDay : weekdays.indexOf(match[2]), fromMinute, toMinute }
}

/**
 * Reads one value as the operator types it. Throws a `policy.invalid` Failure that says what would be right: a blank, zero, negative,
 * fractional or non-numeric value is refused.
 */
export function parsePolicyValue(key: PolicyKey, text: string): Policy[PolicyKey] {
  switch (key) {
    case 'mode': {
      const mode = policyModes.find((known) => known === text)
      if (!mode) throw new Failure('policy.invalid', `mode must be observe, approve or auto, not “${text}”.`, 'Nothing was changed.')
      return mode
    }
    case 'requirePaymenterSuspended':
    case 'writeStatus':
      return onOrOff(key, text)
    case 'graceDays':
    case 'warnDaysBefore':
    case 'terminateAfterDays':
    case 'retentionDays':
      return wholeNumber(key, text, 1, 365)
    case 'trialDays':
      return text === 'off' ? 'off' : wholeNumber(key, text, 1, 365)
    case 'forceAfterSeconds':
      return wholeNumber(key, text, 1, 3_600)
    case 'maxPerRun':
      return text === 'auto' ? 'auto' : wholeNumber(key, text, 1, 10_000)
    case 'businessHours':
      if (text !== 'always' && parseBusinessHours(text) === null) {
        throw new Failure('policy.invalid', `businessHours must be “always” or like “Mon-Fri 09:00-18:00”, not “${text}”.`, 'Nothing was changed.')
      }
      return text
  }
}

/** The form in which a value is typed and stored: `on`, `3`, `auto`. The inverse of `parsePolicyValue`. */
export function formatPolicyValue(value: Policy[PolicyKey]): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return String(value)
}

/** True for the name of a policy key. */
export function isPolicyKey(name: string): name is PolicyKey {
  return (policyKeys as string[]).includes(name)
}

/** The policy that applies to one service: the installation's, then its product's override, then its customer's. */
export function effectivePolicy(policy: Policy, overrides: readonly PolicyOverride[], productId: ProductId | null, customerId: CustomerId | null): Policy {
  const ofProduct = overrides.find((entry) => entry.customerId === null && entry.productId !== null && entry.productId === productId)
  const ofCustomer = overrides.find((entry) => entry.productId === null && entry.customerId !== null && entry.customerId === customerId)
  return { ...policy, ...ofProduct?.values, ...ofCustomer?.values }
}

/** How many suspensions and terminations a run or a day may hold: the number, or max(3, 5 % of the linked services). */
export function runLimit(policy: Policy, linkedServices: number): number {
  return policy.maxPerRun === 'auto' ? Math.max(3, Math.floor(linkedServices * 0.05)) : policy.maxPerRun
}

/** Whether suspensions may be sent now. `weekday` is 0 (Sunday) to 6, `minuteOfDay` 0 to 1439, both in this machine's zone. */
export function withinBusinessHours(businessHours: string, weekday: number, minuteOfDay: number): boolean {
  if (businessHours === 'always') return true
  const hours = parseBusinessHours(businessHours)
  if (hours === null) return false
  const dayFits = hours.fromDay <= hours.toDay ? weekday >= hours.fromDay && weekday <= hours.toDay : weekday >= hours.fromDay || weekday <= hours.toDay
  return dayFits && minuteOfDay >= hours.fromMinute && minuteOfDay < hours.toMinute
}
