// Days in Paymenter's own time zone: how its dates become instants, and how periods are added to them.
import type { BillingUnit } from './rows.ts'

export const DAY_MS = 86_400_000
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The number of a `YYYY-MM-DD` day, counted from 1 January 1970. */
export function dayNumber(day: string): number {
  return Math.round(Date.parse(`${day}T00:00:00Z`) / DAY_MS)
}

export function dayText(number: number): string {
  return new Date(number * DAY_MS).toISOString().slice(0, 10)
}

export function addDays(day: string, days: number): string {
  return dayText(dayNumber(day) + days)
}

/** Adds billing periods as PHP does: a 31st runs over into the next month (31 January and a month is 3 March). Hours vanish in a date. */
export function addPeriods(day: string, unit: BillingUnit, count: number): string {
  const [year, month, date] = day.split('-').map(Number)
  if (year === undefined || month === undefined || date === undefined) throw new Error(`Not a day: ${day}`)
  switch (unit) {
    case 'hour':
      return addDays(day, Math.floor(count / 24))
    case 'day':
      return addDays(day, count)
    case 'week':
      return addDays(day, 7 * count)
    case 'month':
      return new Date(Date.UTC(year, month - 1 + count, date)).toISOString().slice(0, 10)
    case 'year':
      return new Date(Date.UTC(year + count, month - 1, date)).toISOString().slice(0, 10)
  }
}

/** `Aug 07, 2026`, as invoice items write it. */
export function englishDay(day: string): string {
  const [year, month, date] = day.split('-')
  return `${MONTHS[Number(month) - 1] ?? '?'} ${date ?? '?'}, ${year ?? '?'}`
}

/** True for a text that begins with a day which the calendar has. */
export function isDay(text: string): boolean {
  const day = /^\d{4}-\d{2}-\d{2}/.exec(text)?.[0]
  if (day === undefined) return false
  const instant = Date.parse(`${day}T00:00:00Z`)
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(day)
}

export interface LocalTime {
  day: string
  secondOfDay: number
}

/** Clock and calendar of one time zone (an IANA name). */
export class TimeZone {
  readonly name: string
  readonly #format: Intl.DateTimeFormat
  readonly #midnights = new Map<string, number>()

  constructor(name: string) {
    this.name = name
    this.#format = new Intl.DateTimeFormat('en-CA', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
  }

  /** The wall time at an instant, in whole seconds. */
  local(instantMs: number): LocalTime {
    const wallMs = this.#wallMs(instantMs)
    const number = Math.floor(wallMs / DAY_MS)
    return { day: dayText(number), secondOfDay: Math.floor((wallMs - number * DAY_MS) / 1000) }
  }

  today(instantMs: number): string {
    return this.local(instantMs).day
  }

  /** The first instant of a local day (later than 00:00 where the clock jumps over midnight). */
  midnight(day: string): number {
    const known = this.#midnights.get(day)
    if (known !== undefined) return known
    const wanted = dayNumber(day) * DAY_MS
    let instant = wanted
    for (let round = 0; round < 3; round += 1) instant = wanted - (this.#wallMs(instant) - instant)
    if (this.#wallMs(instant) < wanted) instant += wanted - this.#wallMs(instant)
    this.#midnights.set(day, instant)
    return instant
  }

  /** The first instant of the local day after the one of an instant. */
  nextMidnight(instantMs: number): number {
    return this.midnight(addDays(this.today(instantMs), 1))
  }

  /** The instant at which this zone's clocks show what another's showed at an instant. */
  sameClockTime(instantMs: number, other: TimeZone): number {
    const millisecond = instantMs - Math.floor(instantMs / 1000) * 1000
    const wanted = other.#wallMs(instantMs - millisecond)
    let instant = wanted
    for (let round = 0; round < 3; round += 1) instant = wanted - (this.#wallMs(instant) - instant)
    return instant + millisecond
  }

  #wallMs(instantMs: number): number {
    if (this.name === 'UTC') return instantMs
    const parts: Record<string, number> = {}
    for (const part of this.#format.formatToParts(instantMs)) parts[part.type] = Number(part.value)
    const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute, second)
  }
}
