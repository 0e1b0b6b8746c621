// Days as whole numbers since 1970-01-01, for arithmetic over years of them; and the months that they lie in.
import type { Day } from '../calendar.ts'

/** Whole days since 1970-01-01. */
export type EpochDay = number

/** Whole months since January 1970. */
export type EpochMonth = number

const marchBased = 719_468

/** The day of a civil date (proleptic Gregorian). A date beyond its month's end runs into the next one, as PHP and Paymenter count. */
export function epochDay(year: number, month: number, date: number): EpochDay {
  const shiftedYear = month <= 2 ? year - 1 : year
  const era = Math.floor(shiftedYear / 400)
  const yearOfEra = shiftedYear - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + date - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - marchBased
}

export interface CivilDate {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  readonly date: number
}

export function civilDate(day: EpochDay): CivilDate {
  const shifted = day + marchBased
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  return { year: era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, date: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1 }
}

/** `2026-11-23` → its number. The text is a checked day. */
export function toEpochDay(day: Day): EpochDay {
  return epochDay(Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8, 10)))
}

export function fromEpochDay(day: EpochDay): Day {
  const { year, month, date } = civilDate(day)
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}` as Day
}

export function epochMonth(year: number, month: number): EpochMonth {
  return (year - 1970) * 12 + month - 1
}

/** Months of the days from 1970 to 2106, worked out when first asked for. */
const months = new Int32Array(50_000).fill(-1)

/** The month in which a day lies. */
export function monthOfDay(day: EpochDay): EpochMonth {
  const known = months[day] ?? -1
  if (known >= 0) return known
  const { year, month } = civilDate(day)
  const found = epochMonth(year, month)
  if (day >= 0 && day < months.length) months[day] = found
  return found
}

/** The first day of a month. */
export function firstDayOf(month: EpochMonth): EpochDay {
  return epochDay(1970 + Math.floor(month / 12), month - Math.floor(month / 12) * 12 + 1, 1)
}

/** The last day of a month. */
export function lastDayOf(month: EpochMonth): EpochDay {
  return firstDayOf(month + 1) - 1
}

/** `2026-11`. */
export function monthText(month: EpochMonth): string {
  return fromEpochDay(firstDayOf(month)).slice(0, 7)
}

/** Reads `2026-11`; null for anything that is not a month. */
export function parseMonth(text: string): EpochMonth | null {
  const match = /^(\d{4})-(\d{2})$/.exec(text)
  const month = Number(match?.[2])
  return match === null || month < 1 || month > 12 ? null : epochMonth(Number(match[1]), month)
}

/** The day a number of months later; a date beyond that month's end becomes its last day. */
export function addMonthsKept(day: EpochDay, months: number): EpochDay {
  const { year, month, date } = civilDate(day)
  const target = epochMonth(year, month) + months
  const first = firstDayOf(target)
  return date <= 28 ? first + date - 1 : Math.min(first + date - 1, lastDayOf(target))
}

/** The day a number of months later; a date beyond that month's end runs over into the next one (31 January + 1 month = 3 March). */
export function addMonthsOverflowing(day: EpochDay, months: number): EpochDay {
  const { year, month, date } = civilDate(day)
  return firstDayOf(epochMonth(year, month) + months) + date - 1
}
