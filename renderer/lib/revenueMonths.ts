// This month's revenue beside the last one's, and the year's way here, out of the reports' rows.
import type { MethodOutput } from '../../shared/contract/index.ts'

type MrrRow = Pick<MethodOutput<'reports.mrr'>['rows'][number], 'period' | 'from' | 'currency' | 'closingMinor'>
type CashRow = Pick<MethodOutput<'reports.cash'>['rows'][number], 'period' | 'currency' | 'collectedMinor'>

export interface MonthOfRevenue {
  /** Its first day. */
  readonly from: string
  /** Recurring at its end, or now, in minor units. */
  readonly recurringMinor: number
  /** Null where nothing is known of cash. */
  readonly collectedMinor: number | null
}

/** The same month of last year. */
export function monthToBeginWith(nowMs: number): string {
  const now = new Date(nowMs)
  return new Date(Date.UTC(now.getFullYear() - 1, now.getMonth(), 1)).toISOString().slice(0, 7)
}

export interface RevenueMonths {
  readonly now: MonthOfRevenue
  /** Null in a shop's first month. */
  readonly before: MonthOfRevenue | null
  /** Recurring at the end of each month, in minor units, the newest last. */
  readonly recurringMinor: readonly number[]
}

/** Of one currency; null when there is no month at all. */
export function revenueMonths(mrr: readonly MrrRow[], cash: readonly CashRow[], currency: string): RevenueMonths | null {
  const months = mrr
    .filter((row) => row.currency === currency)
    .map(({ period, from, closingMinor }) => ({
      from,
      recurringMinor: closingMinor,
      collectedMinor: cash.find((row) => row.currency === currency && row.period === period)?.collectedMinor ?? null,
    }))
  const now = months.at(-1)
  return now === undefined ? null : { now, before: months.at(-2) ?? null, recurringMinor: months.map((month) => month.recurringMinor) }
}
