// Rates of a period: customers and revenue lost, revenue per customer, lifetime, quick ratio, trials that became paying.
import type { CustomerId, ServiceId } from '../ids.ts'
import { percentOf } from './cash.ts'
import type { EpochDay } from './epochDay.ts'
import type { Ledger } from './ledger.ts'
import { customerKey, type Movement, type MovementKind } from './movements.ts'
import type { Period } from './periods.ts'
import { monthlyIn, type Timeline } from './timeline.ts'

export interface ChurnRow {
  readonly period: string
  readonly from: EpochDay
  readonly to: EpochDay
  readonly currency: string
  /** Customers with MRR when the period opened, and those of them who had none at its end. */
  readonly payingCustomers: number
  readonly lostCustomers: number
  readonly customerChurnPercent: number | null
  readonly churnVoluntaryMinor: number
  readonly churnInvoluntaryMinor: number
  readonly contractionMinor: number
  readonly revenueChurnPercent: number | null
  readonly netRevenueChurnPercent: number | null
  /** MRR at the end ÷ customers with MRR, rounded to the minor unit; null without any. */
  readonly arpuMinor: number | null
  readonly lifetimeMonths: number | null
  readonly quickRatio: number | null
  readonly trials: number
  readonly trialsConverted: number
  readonly trialConversionPercent: number | null
}

/** MRR of each customer as movements make it, day by day. */
class CustomerMrr {
  /** Of those who have some. */
  readonly mrr = new Map<number, number>()
  totalMinor = 0
  #next = 0
  readonly #movements: readonly Movement[]

  constructor(movements: readonly Movement[]) {
    this.#movements = movements
  }

  /** @param before is given what each customer had whose MRR moves on the way */
  advance(until: EpochDay, before?: Map<number, number>): void {
    for (let next = this.#movements[this.#next]; next !== undefined && next.day <= until; next = this.#movements[this.#next]) {
      const key = customerKey(next.customerId, next.serviceId)
      const had = this.mrr.get(key) ?? 0
      if (before?.has(key) === false) before.set(key, had)
      const left = had + next.amountMinor
      this.totalMinor += next.amountMinor
      if (left === 0) this.mrr.delete(key)
      else this.mrr.set(key, left)
      this.#next += 1
    }
  }
}

/** A free service, when it began, and when it or its customer first brought MRR after that. */
export interface Trial {
  readonly serviceId: ServiceId
  readonly customerId: CustomerId | null
  readonly beganOn: EpochDay
  readonly convertedOn: EpochDay | null
}

/**
 * Trials of one currency: services that were free before they brought anything, of customers who had brought nothing before. One is
 * converted when the same service, or another of the same customer, first brings MRR on a later day.
 */
export function trialsOf(timelines: readonly Timeline[], currency: string): Trial[] {
  const firstPaid = new Map<CustomerId, EpochDay>()
  for (const { changes, customerId } of timelines) {
    if (customerId === null) continue
    const first = changes.find((change) => monthlyIn(change.state, currency) > 0)
    if (first !== undefined) firstPaid.set(customerId, Math.min(first.day, firstPaid.get(customerId) ?? first.day))
  }
  return timelines.flatMap(({ changes, customerId, serviceId }): Trial[] => {
    const [first] = changes
    if (first?.state?.kind !== 'free' || first.state.currency !== currency) return []
    const own = changes.find((change) => monthlyIn(change.state, currency) > 0)?.day ?? null
    const customers = customerId === null ? null : (firstPaid.get(customerId) ?? null)
    if (customers !== null && customers <= first.day) return []
    const convertedOn = own === null ? customers : customers === null ? own : Math.min(own, customers)
    return [{ serviceId, customerId, beganOn: first.day, convertedOn }]
  })
}

/**
 * Rates of each period in one currency.
 *
 *     customer churn    lost customers ÷ customers with MRR at the opening
 *     revenue churn     (churn + contraction) ÷ opening MRR
 *     net revenue churn (churn + contraction − expansion − reactivation) ÷ opening MRR; below zero when growth outweighs loss
 *     ARPU              closing MRR ÷ customers with MRR at the end
 *     lifetime          months of the period ÷ customer churn
 *     quick ratio       (new + reactivation + expansion) ÷ (churn + contraction)
 *     trial conversion  trials begun in the period that have become paying by now ÷ trials begun in it
 */
export function churnRows(ledger: Ledger, currency: string, movements: readonly Movement[], periods: readonly Period[]): ChurnRow[] {
  const customers = new CustomerMrr(movements)
  const trials = trialsOf(ledger.timelines, currency)
  return periods.map((period) => {
    customers.advance(period.from - 1)
    const openingMinor = customers.totalMinor
    const payingCustomers = customers.mrr.size
    const moved = new Map<number, number>()
    customers.advance(period.to, moved)
    const lostCustomers = [...moved].filter(([key, had]) => had !== 0 && !customers.mrr.has(key)).length
    const sums = sumsByKind(movements, period)
    const lostMinor = -(sums['churn-voluntary'] + sums['churn-involuntary'] + sums.contraction)
    const gainedMinor = sums.reactivation + sums.expansion
    const begun = trials.filter((trial) => trial.beganOn >= period.from && trial.beganOn <= period.to)
    const converted = begun.filter((trial) => trial.convertedOn !== null).length
    const paying = customers.mrr.size
    const months = Math.max(1, Math.round((period.to - period.from + 1) / 30.4375))
    return {
      period: period.label,
      from: period.from,
      to: period.to,
      currency,
      payingCustomers,
      lostCustomers,
      customerChurnPercent: percentOf(lostCustomers, payingCustomers),
      churnVoluntaryMinor: sums['churn-voluntary'],
      churnInvoluntaryMinor: sums['churn-involuntary'],
      contractionMinor: sums.contraction,
      revenueChurnPercent: percentOf(lostMinor, openingMinor),
      netRevenueChurnPercent: percentOf(lostMinor - gainedMinor, openingMinor),
      arpuMinor: paying === 0 ? null : Math.round(customers.totalMinor / paying),
      lifetimeMonths: lostCustomers === 0 ? null : Math.round(((months * payingCustomers) / lostCustomers) * 10) / 10,
      quickRatio: lostMinor > 0 ? Math.round(((sums.new + gainedMinor) / lostMinor) * 100) / 100 : null,
      trials: begun.length,
      trialsConverted: converted,
      trialConversionPercent: percentOf(converted, begun.length),
    }
  })
}

/** Σ of the movements of a period by kind. */
function sumsByKind(movements: readonly Movement[], period: Pick<Period, 'from' | 'to'>): Record<MovementKind, number> {
  const sums = { 'new': 0, 'reactivation': 0, 'expansion': 0, 'contraction': 0, 'churn-voluntary': 0, 'churn-involuntary': 0 }
  let low = 0
  let high = movements.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((movements[middle]?.day ?? 0) < period.from) low = middle + 1
    else high = middle
  }
  for (let next = movements[low]; next !== undefined && next.day <= period.to; next = movements[low]) {
    sums[next.kind] += next.amountMinor
    low += 1
  }
  return sums
}

/** The customers who had MRR at the opening of a period and none at its end. */
export function lostCustomersOf(
  movements: readonly Movement[],
  period: Pick<Period, 'from' | 'to'>,
): { key: number; openingMinor: number }[] {
  const customers = new CustomerMrr(movements)
  customers.advance(period.from - 1)
  const moved = new Map<number, number>()
  customers.advance(period.to, moved)
  return [...moved].flatMap(([key, openingMinor]) => (openingMinor === 0 || customers.mrr.has(key) ? [] : [{ key, openingMinor }]))
}
