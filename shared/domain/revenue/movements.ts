// MRR and why it changed: every change of every service's MRR between two days, so that opening + movements = closing, always.
import type { CustomerId, ServiceId } from '../ids.ts'
import type { EpochDay } from './epochDay.ts'
import type { Ledger } from './ledger.ts'
import type { Period } from './periods.ts'
import { monthlyIn, stateAt, type ServiceState, type Timeline } from './timeline.ts'

export type MovementKind = 'new' | 'reactivation' | 'expansion' | 'contraction' | 'churn-voluntary' | 'churn-involuntary'

/** One change of one service's MRR on one day. */
export interface Movement {
  readonly kind: MovementKind
  readonly day: EpochDay
  readonly serviceId: ServiceId
  readonly customerId: CustomerId | null
  /** Negative for contraction and churn. */
  readonly amountMinor: number
  readonly recorded: boolean
  readonly after: ServiceState | null
  readonly before: ServiceState | null
}

/** Customers are told apart by id; a service whose customer is not known counts as a customer of its own. */
export function customerKey(customerId: CustomerId | null, serviceId: ServiceId): number {
  return customerId ?? -Number(serviceId)
}

/** Paymenter suspends two days after the expiry: who ends later than that has not paid. */
const suspendAfterDays = 2

function hadExpired(timeline: Timeline, day: EpochDay): boolean {
  const last = timeline.paid.findLast((span) => span.from <= day)
  return last !== undefined && day >= last.end + suspendAfterDays
}

/**
 * All movements of one currency, by day. A service's MRR went from a to b on a day:
 *
 *     new           a = 0, b > 0, for the first time      reactivation   a = 0, b > 0, again
 *     expansion     b > a > 0                             contraction    0 < b < a
 *     churn         a > 0, b = 0: involuntary when it was suspended or its paid time had run out, else voluntary
 *
 * each of b − a. A suspended service counts until it ends, so a suspension is no movement.
 */
export function movementsOf(timelines: readonly Timeline[], currency: string): Movement[] {
  const movements: Movement[] = []
  for (const timeline of timelines) {
    let before = null as ServiceState | null
    let everPaid = false
    for (const { day, state, recorded } of timeline.changes) {
      const from = monthlyIn(before, currency)
      const to = monthlyIn(state, currency)
      if (from !== to) {
        movements.push({
          kind: kindOf(from, to, everPaid, before?.status === 'suspended' || hadExpired(timeline, day)),
          day,
          serviceId: timeline.serviceId,
          customerId: timeline.customerId,
          amountMinor: to - from,
          recorded,
          before,
          after: state,
        })
      }
      everPaid ||= to > 0
      before = state
    }
  }
  return movements.sort((a, b) => a.day - b.day)
}

function kindOf(from: number, to: number, everPaid: boolean, wasUnpaid: boolean): MovementKind {
  if (from <= 0) return everPaid ? 'reactivation' : 'new'
  if (to > from) return 'expansion'
  if (to > 0) return 'contraction'
  return wasUnpaid ? 'churn-involuntary' : 'churn-voluntary'
}

/** What one service brings at the end of a day. */
export interface Standing {
  readonly serviceId: ServiceId
  readonly customerId: CustomerId | null
  readonly state: ServiceState
}

/** Every service of a currency that is there at the end of a day. */
export function standingsAt(timelines: readonly Timeline[], currency: string, day: EpochDay): Standing[] {
  return timelines.flatMap(({ serviceId, customerId, changes }) => {
    const state = stateAt(changes, day)
    return state === null || state.currency !== currency ? [] : [{ serviceId, customerId, state }]
  })
}

export interface MrrRow {
  readonly period: string
  readonly from: EpochDay
  readonly to: EpochDay
  readonly currency: string
  readonly openingMinor: number
  readonly newMinor: number
  readonly reactivationMinor: number
  readonly expansionMinor: number
  readonly contractionMinor: number
  readonly churnMinor: number
  readonly closingMinor: number
  /** The part of the closing MRR whose services are suspended. */
  readonly atRiskMinor: number
  /** At the end: every service that is there, free and one-time ones too, and their customers. */
  readonly services: number
  readonly customers: number
  readonly reconstructed: boolean
}

interface Tally {
  mrrMinor: number
  atRiskMinor: number
  services: number
  readonly customers: Map<number, number>
}

function put(tally: Tally, customer: number, state: ServiceState | null, currency: string, sign: 1 | -1): void {
  if (state === null || state.currency !== currency) return
  tally.mrrMinor += sign * state.monthlyMinor
  if (state.status === 'suspended') tally.atRiskMinor += sign * state.monthlyMinor
  tally.services += sign
  const services = (tally.customers.get(customer) ?? 0) + sign
  if (services === 0) tally.customers.delete(customer)
  else tally.customers.set(customer, services)
}

interface Step {
  readonly day: EpochDay
  readonly customer: number
  readonly before: ServiceState | null
  readonly after: ServiceState | null
}

function stepsOf(timelines: readonly Timeline[], currency: string): Step[] {
  const steps: Step[] = []
  for (const { changes, customerId, serviceId } of timelines) {
    const customer = customerKey(customerId, serviceId)
    let before = null as ServiceState | null
    for (const { day, state } of changes) {
      if (before?.currency === currency || state?.currency === currency) steps.push({ day, customer, before, after: state })
      before = state
    }
  }
  return steps.sort((a, b) => a.day - b.day)
}

/**
 * MRR of each period in one currency: what stood at the end of the day before it, the movements of its days, what stands at its end.
 * @param periods in order, without overlap
 */
export function mrrRows(ledger: Ledger, currency: string, movements: readonly Movement[], periods: readonly Period[]): MrrRow[] {
  const steps = stepsOf(ledger.timelines, currency)
  const tally: Tally = { mrrMinor: 0, atRiskMinor: 0, services: 0, customers: new Map() }
  let step = 0
  let movement = 0
  const advance = (until: EpochDay): void => {
    for (let next = steps[step]; next !== undefined && next.day <= until; next = steps[step]) {
      put(tally, next.customer, next.before, currency, -1)
      put(tally, next.customer, next.after, currency, 1)
      step += 1
    }
  }
  return periods.map((period) => {
    advance(period.from - 1)
    const openingMinor = tally.mrrMinor
    while ((movements[movement]?.day ?? Number.POSITIVE_INFINITY) < period.from) movement += 1
    const sums = { 'new': 0, 'reactivation': 0, 'expansion': 0, 'contraction': 0, 'churn-voluntary': 0, 'churn-involuntary': 0 }
    for (let next = movements[movement]; next !== undefined && next.day <= period.to; next = movements[movement]) {
      sums[next.kind] += next.amountMinor
      movement += 1
    }
    advance(period.to)
    return {
      period: period.label,
      from: period.from,
      to: period.to,
      currency,
      openingMinor,
      newMinor: sums.new,
      reactivationMinor: sums.reactivation,
      expansionMinor: sums.expansion,
      contractionMinor: sums.contraction,
      churnMinor: sums['churn-voluntary'] + sums['churn-involuntary'],
      closingMinor: tally.mrrMinor,
      atRiskMinor: tally.atRiskMinor,
      services: tally.services,
      customers: tally.customers.size,
      reconstructed: ledger.recordDays.hasReconstructed(period.from, Math.min(period.to, ledger.today)),
    }
  })
}
