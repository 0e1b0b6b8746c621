// What is to be done about one linked service: `decide(policy, facts, now)`. Pure; everything that acts is a thin shell around it.
import { daysBetween, type Day } from './calendar.ts'
import type { InvoiceId } from './ids.ts'
import type { Policy } from './policy.ts'
import { stateOfService, type BillingFacts, type ServiceState, type SuspensionCause } from './serviceState.ts'

export type VmStateFact = 'running' | 'paused' | 'shutoff' | 'shutting-down' | 'crashed' | 'unknown'

export interface VmFacts {
  readonly state: VmStateFact
  /** Its own look-up on a healthy node answered that it does not exist. */
  readonly gone: boolean
  /** The day since which every look found it off; null when it is not off. */
  readonly offSince: Day | null
}

/** The direction of a hold: the customer is left running, or the VM stays off. */
export const holdKinds = ['no-stop', 'no-start'] as const
export type HoldKind = (typeof holdKinds)[number]

export interface HoldFacts {
  readonly kind: HoldKind
  /** The last day on which it holds; null: until removed. */
  readonly until: Day | null
  readonly why: string
}

export interface ServiceFacts extends BillingFacts {
  /** Null: no confirmed link. */
  readonly vm: VmFacts | null
  readonly hold: HoldFacts | null
}

export interface Now {
  /** Today in Paymenter's time zone. */
  readonly today: Day
}

export const decisionKinds = ['none', 'suspend', 'unsuspend', 'propose-termination', 'hold'] as const
export type DecisionKind = (typeof decisionKinds)[number]

export interface Decision {
  readonly kind: DecisionKind
  readonly state: ServiceState
  readonly reason: string
  /** For `suspend`. */
  readonly cause: SuspensionCause | null
  /** For `suspend`: the invoices whose payment will end it. */
  readonly invoiceIds: readonly InvoiceId[]
  /** Waits for the operator even in auto. */
  readonly needsApproval: boolean
  /** First day on which it is, or will be, overdue. */
  readonly overdueOn: Day | null
}

/** Off means off: a paused VM still holds its memory, and one that is shutting down may stop doing so. A crashed one holds nothing. */
export function isOff(state: VmStateFact): boolean {
  return state === 'shutoff' || state === 'crashed'
}

/** A hold whose last day has not passed. */
export function holdInForce(hold: HoldFacts | null, today: Day): HoldFacts | null {
  return hold !== null && (hold.until === null || hold.until >= today) ? hold : null
}

const causes: Partial<Record<ServiceState, SuspensionCause>> = {
  overdue: 'overdue',
  'suspended-by-hand': 'by-hand',
  'trial-ended': 'trial-ended',
  ended: 'ended',
}

/**
 * Decides for one service on a day. Never acts on a held, paid, undated, unlinked or unverifiable service; the same facts give the same decision.
 * Guards and limits are not its business: they hold decisions back, they do not make them.
 */
export function decide(policy: Policy, facts: ServiceFacts, now: Now): Decision {
  const state = stateOfService(policy, facts, now.today)
  const answer = (kind: DecisionKind, reason: string, more: Partial<Decision> = {}): Decision => ({
    kind,
    state: state.state,
    reason,
    cause: null,
    invoiceIds: [],
    needsApproval: false,
    overdueOn: state.overdueOn,
    ...more,
  })
  const none = (reason: string) => answer('none', reason)

  if (facts.vm === null) return none(`No VM is linked. ${state.reason}`)
  if (facts.vm.gone) return none(`Its VM does not exist any more. ${state.reason}`)
  const hold = holdInForce(facts.hold, now.today)
  const until = hold?.until == null ? 'without an end' : `until ${hold.until}`
  const cause = causes[state.state] ?? null

  if (cause !== null) return decideOff(policy, facts, now, { hold, until, cause, state, answer })

  const { suspension } = facts
  if (suspension === null) {
    if (state.state === 'paid-up' && isOff(facts.vm.state)) return none(`${state.reason} Its VM is off, but not by this console: start it by hand if it should run.`)
    return none(state.reason)
  }
  // A suspension that was broken off before the VM was seen off is taken back: the machine that runs wins.
  const brokenOff = state.state === 'in-grace' && suspension.verifiedOn === null && suspension.cause !== 'operator'
  if (state.state === 'paid-up' || brokenOff) {
    if (hold?.kind === 'no-start') return answer('hold', `Paid, but held off ${until}: ${hold.why}`)
    return answer('unsuspend', brokenOff ? `No longer to be suspended: ${state.reason}` : state.reason)
  }
  return none(`Suspended, and not paid up: ${state.reason}`)
}

interface OffContext {
  readonly hold: HoldFacts | null
  readonly until: string
  readonly cause: SuspensionCause
  readonly state: { readonly reason: string; readonly invoiceIds: readonly InvoiceId[]; readonly state: ServiceState }
  readonly answer: (kind: DecisionKind, reason: string, more?: Partial<Decision>) => Decision
}

function decideOff(policy: Policy, facts: ServiceFacts, now: Now, context: OffContext): Decision {
  const { hold, until, cause, state, answer } = context
  const vm = facts.vm
  if (vm === null) return answer('none', state.reason)
  const off = isOff(vm.state)
  const suspension = facts.suspension

  if (off && suspension !== null && suspension.verifiedOn !== null) return decideTermination(policy, facts, now, suspension.verifiedOn, context)
  if (cause === 'ended' && off && suspension === null) {
    return facts.endedSeen === null ? answer('none', `${state.reason} Its VM is off.`) : decideTermination(policy, facts, now, facts.endedSeen.firstReadOn, context)
  }
  if (hold?.kind === 'no-stop') return answer('hold', `Left running ${until}: ${hold.why}`)
  if (policy.requirePaymenterSuspended && cause === 'overdue' && facts.status !== 'suspended') {
    return answer('none', `${state.reason} The policy waits until Paymenter says suspended too.`)
  }
  const invoiceIds = cause === 'overdue' ? state.invoiceIds : facts.invoices.filter((invoice) => invoice.status === 'pending').map((invoice) => invoice.id)
  const needsApproval = cause === 'ended' && facts.endedSeen?.wasOverdueBefore !== true
  const drift = suspension !== null && suspension.verifiedOn !== null && !off ? 'It was suspended and runs again. ' : ''
  return answer('suspend', `${drift}${state.reason}`, { cause, invoiceIds, needsApproval })
}

/** Only what was off throughout, and long enough, is proposed; never done. */
function decideTermination(policy: Policy, facts: ServiceFacts, now: Now, sinceDay: Day, context: OffContext): Decision {
  const { hold, until, cause, state, answer } = context
  if (cause === 'by-hand') return answer('none', `Suspended and off. ${state.reason}`)
  if (hold?.kind === 'no-stop') return answer('hold', `Kept ${until}: ${hold.why}`)
  const offSince = facts.vm?.offSince ?? null
  const waited = daysBetween(sinceDay, now.today)
  if (offSince !== null && offSince <= sinceDay && waited >= policy.terminateAfterDays) {
    return answer('propose-termination', `Off since ${offSince}, ${waited} days after ${facts.suspension === null ? 'it ended' : 'its suspension'}. ${state.reason}`)
  }
  return answer('none', `Suspended and off. ${state.reason}`)
}
