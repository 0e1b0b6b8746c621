// The period that an invoice item bills, as Paymenter writes it into the item's text: `Starter VPS (Aug 07, 2026 - Sep 07, 2026)`.
import { addMonthsKept, addMonthsOverflowing, civilDate, epochDay, type EpochDay } from './epochDay.ts'
import type { BillingPeriod } from './monthly.ts'

/** From the first day that is paid for to the first that is not. */
export interface DaySpan {
  readonly from: EpochDay
  readonly to: EpochDay
}

const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const text = /\(([A-Z][a-z]{2}) (\d{1,2}), (\d{4}) - ([A-Z][a-z]{2}) (\d{1,2}), (\d{4})\)/

/** An existing civil day, or null. */
function dayOf(monthName: string | undefined, date: string | undefined, year: string | undefined): EpochDay | null {
  const month = monthNames.indexOf(monthName ?? '') + 1
  if (month === 0) return null
  const day = epochDay(Number(year), month, Number(date))
  const back = civilDate(day)
  return back.month === month && back.date === Number(date) ? day : null
}

/** A period and the words before it: the product's name. */
export interface NamedSpan extends DaySpan {
  readonly name: string
}

/** Texts that were read, for the same few thousand come again and again: each product, day by day. */
const read = new Map<string, NamedSpan | null>()
const mostRead = 50_000
const longestKept = 160

function readText(description: string): NamedSpan | null {
  const match = text.exec(description)
  if (match === null) return null
  const from = dayOf(match[1], match[2], match[3])
  const to = dayOf(match[4], match[5], match[6])
  return from === null || to === null || to <= from ? null : { from, to, name: description.slice(0, description.lastIndexOf(' (')) }
}

/** The period in an item's text; null when there is none, or one that ends before it begins. */
export function spanOfText(description: string): NamedSpan | null {
  if (description.length > longestKept) return readText(description)
  const known = read.get(description)
  if (known !== undefined) return known
  if (read.size >= mostRead) read.clear()
  const span = readText(description)
  read.set(description, span)
  return span
}

/** Whether a span is one billing period long, whichever way the ends of short months are counted. */
export function spanFits(span: DaySpan, period: BillingPeriod): boolean {
  switch (period.unit) {
    case 'hour':
      return span.to - span.from === Math.ceil(period.count / 24)
    case 'day':
      return span.to - span.from === period.count
    case 'week':
      return span.to - span.from === 7 * period.count
    case 'month':
      return (
        addMonthsKept(span.from, period.count) === span.to ||
        addMonthsOverflowing(span.from, period.count) === span.to ||
        isMonthsToShortEnd(span, period.count)
      )
    case 'year':
      return spanFits(span, { count: 12 * period.count, unit: 'month' })
  }
}

/** A subscription of the 31st whose last due day was cut to the 28th goes on to the 28th, 30th or 31st. */
function isMonthsToShortEnd(span: DaySpan, months: number): boolean {
  const from = civilDate(span.from)
  const to = civilDate(span.to)
  return (to.year - from.year) * 12 + to.month - from.month === months && from.date >= 28 && to.date >= 28
}

/** The period of a span alone: whole months where it fits them (a year is twelve), whole days otherwise. */
export function periodOfSpan(span: DaySpan): BillingPeriod {
  const days = span.to - span.from
  const months = Math.round(days / 30.4375)
  for (const count of [months, months - 1, months + 1])
    if (count > 0 && spanFits(span, { count, unit: 'month' })) return { count, unit: 'month' }
  return { count: days, unit: 'day' }
}

/** The period that a gap between two invoices' days stands for: the nearest of the usual ones; null when none is near. */
export function periodOfGap(days: number): BillingPeriod | null {
  const usual: readonly (readonly [number, BillingPeriod])[] = [
    [1, { count: 1, unit: 'day' }],
    [7, { count: 1, unit: 'week' }],
    [14, { count: 2, unit: 'week' }],
    [30.4375, { count: 1, unit: 'month' }],
    [60.875, { count: 2, unit: 'month' }],
    [91.3125, { count: 3, unit: 'month' }],
    [182.625, { count: 6, unit: 'month' }],
    [365.25, { count: 1, unit: 'year' }],
    [730.5, { count: 2, unit: 'year' }],
    [1095.75, { count: 3, unit: 'year' }],
  ]
  return usual.find(([length]) => Math.abs(days - length) <= length * 0.07)?.[1] ?? null
}

/** The first day after a period that begins on `from`; a part of a day is rounded up to one. */
export function endOfPeriod(from: EpochDay, period: BillingPeriod): EpochDay {
  switch (period.unit) {
    case 'hour':
      return from + Math.ceil(period.count / 24)
    case 'day':
      return from + period.count
    case 'week':
      return from + 7 * period.count
    case 'month':
      return addMonthsKept(from, period.count)
    case 'year':
      return addMonthsKept(from, 12 * period.count)
  }
}
