// Paymenter's instants as days of its own time zone, fast enough for tens of thousands of rows.
import { dayOf, dayStartingAt, parseDay, type Day } from '../../../shared/domain/calendar.ts'

const quarterHourMs = 900_000
/** From here on, every zone's offset is a multiple of 15 minutes and changes only at one. */
const quartersSinceMs = Date.UTC(1973, 0, 1)
const latestMs = Date.UTC(9999, 11, 31, 23, 59, 59)
const keptEntries = 200_000

/** A date that was sent: its day, or that it could not be read; `null` was sent where `day` is null and it is readable. */
export interface ReadDay {
  readonly day: Day | null
  readonly readable: boolean
}

/** UTC milliseconds of an instant as Paymenter writes it; null for anything without an explicit zone, and outside the years 1 to 9999. */
export function readInstant(raw: unknown): number | null {
  if (typeof raw !== 'string' || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})$/.test(raw)) return null
  const ms = Date.parse(raw)
  return Number.isNaN(ms) ? null : ms
}

export class Days {
  readonly timeZone: string
  readonly #byQuarter = new Map<number, Day>()

  /** @param timeZone an IANA name that this machine knows */
  constructor(timeZone: string) {
    this.timeZone = timeZone
  }

  /** The local day in which an instant lies. */
  dayOf(instantMs: number): Day {
    if (instantMs < quartersSinceMs) return dayOf(instantMs, this.timeZone)
    const quarter = Math.floor(instantMs / quarterHourMs)
    const known = this.#byQuarter.get(quarter)
    if (known !== undefined) return known
    if (this.#byQuarter.size > keptEntries) this.#byQuarter.clear()
    const day = dayOf(instantMs, this.timeZone)
    this.#byQuarter.set(quarter, day)
    return day
  }

  /** Reads a date as it was sent: null, a plain `YYYY-MM-DD`, or the first instant of a local day. Anything else, also none at all, is unreadable. */
  read(raw: unknown): ReadDay {
    if (raw === null) return { day: null, readable: true }
    const plain = typeof raw === 'string' ? parseDay(raw) : null
    if (plain !== null) return { day: plain, readable: true }
    const instantMs = readInstant(raw)
    const day = instantMs === null ? null : this.#startingAt(instantMs)
    return { day, readable: day !== null }
  }

  #startingAt(instantMs: number): Day | null {
    if (instantMs < 0 || instantMs > latestMs) return null
    if (instantMs - quarterHourMs < quartersSinceMs) return dayStartingAt(instantMs, this.timeZone)
    if (instantMs % quarterHourMs !== 0) return null
    const day = this.dayOf(instantMs)
    return this.dayOf(instantMs - 1) === day ? null : day
  }
}
