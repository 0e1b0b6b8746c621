// What each policy key means, and what may be written there.
import { formatPolicyValue, isPolicyKey } from '../../../shared/domain/policy.ts'
import type { PolicyKey } from '../../../shared/domain/policy.ts'

export interface KeyMeaning {
  readonly meaning: string
  readonly values: string
}

export const keyMeanings: Record<Exclude<PolicyKey, 'mode'>, KeyMeaning> = {
  graceDays: {
    meaning: 'Days after the latest of due day, creation and expiry, before a service counts as overdue',
    values: 'whole days, 1 to 365',
  },
  warnDaysBefore: { meaning: 'Days before a suspension at which it is announced', values: 'whole days, 1 to 365' },
  requirePaymenterSuspended: { meaning: 'An overdue service is left alone until Paymenter says suspended too', values: 'on or off' },
  writeStatus: { meaning: 'Paymenter’s status is set after a suspension and after a start', values: 'on or off' },
  forceAfterSeconds: { meaning: 'How long a guest may take to obey a stop, before it is forced off', values: 'seconds, 1 to 3,600' },
  maxPerRun: {
    meaning: 'Most suspensions in a run or a day; more hold as “too many”. auto: 5 % of the linked services, at least 3',
    values: 'auto, or 1 to 10,000',
  },
  businessHours: {
    meaning: 'When suspensions may be sent, in this machine’s zone. Giving back does not wait',
    values: 'always, or like Mon-Fri 09:00-18:00',
  },
  trialDays: { meaning: 'Free services are suspended so long after their creation; meant for a product', values: 'off, or 1 to 365' },
  terminateAfterDays: { meaning: 'Days a VM was off before its termination is proposed', values: 'whole days, 1 to 365' },
  retentionDays: { meaning: 'Days a terminated VM is kept, off, before its purge is planned', values: 'whole days, 1 to 365' },
}

export const shownKeys = Object.keys(keyMeanings) as Exclude<PolicyKey, 'mode'>[]

/** A stored value as it is typed. */
export function typedValue(key: string, value: string | number | boolean | undefined): string {
  if (value === undefined) return ''
  return isPolicyKey(key) && typeof value === 'boolean' ? formatPolicyValue(value) : String(value)
}
