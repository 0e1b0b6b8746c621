// The periods of a report: months, quarters or years in a row, the year beginning in any month; and the ones they are compared with.
import { firstDayOf, lastDayOf, monthText, type EpochDay, type EpochMonth } from './epochDay.ts'

export type Every = 'month' | 'quarter' | 'year'

export interface Period {
  /** `2026-11`, `2026-Q4`, `2026`, and with another first month `2026-27 Q3`, `2026-27`. */
  readonly label: string
  readonly from: EpochDay
  /** The last day, included. */
  readonly to: EpochDay
}

const monthsOf = { month: 1, quarter: 3, year: 12 } as const

/** The first month of the period in which a month lies. */
function startOf(month: EpochMonth, every: Every, firstMonth: number): EpochMonth {
  const length = monthsOf[every]
  const offset = month - (firstMonth - 1)
  return month - (((offset % length) + length) % length)
}

function labelOf(start: EpochMonth, every: Every, firstMonth: number): string {
  if (every === 'month') return monthText(start)
  const offset = start - (firstMonth - 1)
  const year = 1970 + Math.floor(offset / 12)
  const yearLabel = firstMonth === 1 ? String(year) : `${year}-${String((year + 1) % 100).padStart(2, '0')}`
  if (every === 'year') return yearLabel
  const quarter = Math.floor((((offset % 12) + 12) % 12) / 3) + 1
  return firstMonth === 1 ? `${yearLabel}-Q${quarter}` : `${yearLabel} Q${quarter}`
}

/** The whole periods that hold the months `from` to `to`, in order. `firstMonth` is the month (1 to 12) in which a year begins. */
export function periodsBetween(from: EpochMonth, to: EpochMonth, every: Every, firstMonth: number): Period[] {
  const length = monthsOf[every]
  const periods: Period[] = []
  for (let start = startOf(from, every, firstMonth); start <= to; start += length) {
    periods.push({ label: labelOf(start, every, firstMonth), from: firstDayOf(start), to: lastDayOf(start + length - 1) })
  }
  return periods
}

/** The months that a run of periods is compared with: just before it and as many, or a year earlier. */
export function comparedMonths(from: EpochMonth, to: EpochMonth, compare: 'before' | 'year-before'): { from: EpochMonth; to: EpochMonth } {
  const shift = compare === 'before' ? to - from + 1 : 12
  return { from: from - shift, to: to - shift }
}

/** Finds the index of the period that holds a day; −1 when none does. Periods are in order, without overlap. */
export function periodFinder(periods: readonly Pick<Period, 'from' | 'to'>[]): (day: EpochDay) => number {
  const first = periods[0]?.from ?? 0
  const last = periods.reduce((latest, period) => Math.max(latest, period.to), first - 1)
  const places = new Int16Array(last - first + 1).fill(-1)
  for (const [index, { from, to }] of periods.entries()) if (from <= to) places.fill(index, from - first, to - first + 1)
  return (day) => places[day - first] ?? -1
}
