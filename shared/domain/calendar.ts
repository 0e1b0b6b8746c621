// Days that are days: Paymenter's dates in its own time zone, kept as `YYYY-MM-DD`, and their arithmetic.
import type { Branded } from './ids.ts'

/** A calendar day, `YYYY-MM-DD`. Compares as text. */
export type Day = Branded<string, 'Day'>

const dayMs = 86_400_000
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    era: 'short',
  })
  formatters.set(timeZone, made)
  return made
}

/** The clock time at an instant in a time zone, as text: `2026-11-22 17:30:00`, in one form for the whole of a zone. */
export function clockTimeOf(instantMs: number, timeZone: string): string {
  return new Date(instantMs).toLocaleString('sv-SE', { timeZone })
}

/** True when the name is a time zone that this machine knows. */
export function isTimeZone(name: string): boolean {
  try {
    formatterOf(name)
    return true
  } catch {
    return false
  }
}

/** Checks and brands a day; null when the text is not an existing calendar day (`2026-02-30`). */
export function parseDay(text: string): Day | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!match) return null
  const ms = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]))
  return new Date(ms).toISOString().slice(0, 10) === text ? (text as Day) : null
}

const quarterMs = 900_000
/** Since 1973 every zone's offset is a whole number of quarter hours, so that a quarter of an hour lies in one local day. */
const quartersFromMs = Date.UTC(1973, 0)
const mostQuarters = 50_000
const quartersOf = new Map<string, Map<number, Day>>()

/** The day in which an instant lies, in a time zone. Days are remembered: formatting one takes as long as deciding about a service. */
export function dayOf(instantMs: number, timeZone: string): Day {
  if (!(instantMs >= quartersFromMs)) return formattedDay(instantMs, timeZone)
  let quarters = quartersOf.get(timeZone)
  if (quarters === undefined || quarters.size >= mostQuarters) quartersOf.set(timeZone, (quarters = new Map()))
  const quarter = Math.floor(instantMs / quarterMs)
  const known = quarters.get(quarter)
  if (known !== undefined) return known
  const day = formattedDay(instantMs, timeZone)
  quarters.set(quarter, day)
  return day
}

function formattedDay(instantMs: number, timeZone: string): Day {
  let year = ''
  let month = ''
  let day = ''
  for (const part of formatterOf(timeZone).formatToParts(instantMs)) {
    if (part.type === 'year') year = part.value
    else if (part.type === 'month') month = part.value
    else if (part.type === 'day') day = part.value
  }
  return `${year.padStart(4, '0')}-${month}-${day}` as Day
}

/** The day, or null, of an instant that stands for a date: only the first instant of a local day does; any other is unreadable. */
export function dayStartingAt(instantMs: number, timeZone: string): Day | null {
  const day = dayOf(instantMs, timeZone)
  return dayOf(instantMs - 1, timeZone) === day ? null : day
}

/** A day moved by whole days, over months and leap years. */
export function addDays(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10) as Day
}

/** Whole days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / dayMs)
}

/** The latest of some days. */
export function latestDay(first: Day, ...others: readonly Day[]): Day {
  return others.reduce((latest, day) => (day > latest ? day : latest), first)
}

/**
 * Zones in which every given instant is the first instant of a local day, most likely first: UTC, then the preferred ones, then by name.
 * Empty when none fits. With no instants nothing is known and the answer is empty too.
 */
export function timeZonesFitting(instantsMs: readonly number[], candidates: readonly string[], preferred: readonly string[]): string[] {
  if (instantsMs.length === 0) return []
  const unique = [...new Set(instantsMs)]
  const ordered = [...new Set(['UTC', ...preferred, ...[...candidates].sort()])].filter(isTimeZone)
  return ordered.filter((zone) => unique.every((instant) => dayStartingAt(instant, zone) !== null))
}
