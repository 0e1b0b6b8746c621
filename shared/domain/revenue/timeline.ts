// A service's life as changes from day to day: what it was, what it brought in a month, and whether that was recorded or reconstructed.
import type { ProductId, ServiceId, CustomerId } from '../ids.ts'
import type { EpochDay } from './epochDay.ts'
import type { PlanKind } from './facts.ts'
import type { BillingPeriod } from './monthly.ts'

/** A service that is there: active, or suspended and so at risk. */
export interface ServiceState {
  readonly status: 'active' | 'suspended'
  /** Null: it could not be told; then it brings nothing and is listed as left out. */
  readonly kind: PlanKind | null
  readonly currency: string
  /** Its MRR: 0 unless its plan is recurring. */
  readonly monthlyMinor: number
  readonly productId: ProductId | null
  readonly period: BillingPeriod | null
}

/** From `day` on (at its end) the service was so; null: not there. */
export interface Change {
  readonly day: EpochDay
  readonly state: ServiceState | null
  /** False: reconstructed from invoices. */
  readonly recorded: boolean
}

/** A period that was paid for. */
export interface PaidSpan {
  readonly from: EpochDay
  /** When what it paid for ended: later than in its text where it was paid after a suspension. */
  readonly end: EpochDay
  /** The latest day of its payment. */
  readonly paidOn: EpochDay
  readonly currency: string
  readonly amountMinor: number
  readonly monthlyMinor: number
  readonly period: BillingPeriod
  readonly productId: ProductId | null
}

export interface Timeline {
  readonly serviceId: ServiceId
  readonly customerId: CustomerId | null
  /** Ascending by day, each different from the one before. */
  readonly changes: readonly Change[]
  /** Ascending by first day. */
  readonly paid: readonly PaidSpan[]
}

/** What the state brings in a month in a currency; 0 in any other. */
export function monthlyIn(state: ServiceState | null, currency: string): number {
  return state !== null && state.currency === currency ? state.monthlyMinor : 0
}

function sameState(a: ServiceState | null, b: ServiceState | null): boolean {
  if (a === null || b === null) return a === b
  return (
    a.status === b.status &&
    a.kind === b.kind &&
    a.currency === b.currency &&
    a.monthlyMinor === b.monthlyMinor &&
    a.productId === b.productId &&
    a.period?.count === b.period?.count &&
    a.period?.unit === b.period?.unit
  )
}

/** The state at the end of a day. */
export function stateAt(changes: readonly Change[], day: EpochDay): ServiceState | null {
  let low = 0
  let high = changes.length
  while (low < high) {
    const middle = (low + high) >> 1
    const change = changes[middle]
    if (change !== undefined && change.day <= day) low = middle + 1
    else high = middle
  }
  return changes[low - 1]?.state ?? null
}

/** Puts changes in order; of several on one day the last given counts, and those that change nothing fall away. */
export function inOrder(changes: readonly Change[]): Change[] {
  const sorted = changes.every((change, index) => index === 0 || (changes[index - 1]?.day ?? 0) <= change.day)
    ? changes
    : [...changes].sort((a, b) => a.day - b.day)
  const result: Change[] = []
  for (const change of sorted) {
    if (result.at(-1)?.day === change.day) result.pop()
    if (!sameState(result.at(-1)?.state ?? null, change.state)) result.push(change)
  }
  return result
}
