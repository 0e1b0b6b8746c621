// Days of many instants in one time zone, quickly: the zone is asked twice for each week, not once for each instant.
import { dayOf } from '../calendar.ts'
import { toEpochDay, type EpochDay } from './epochDay.ts'

const dayMs = 86_400_000
/** No zone changes its offset and changes it back within a week. */
const weekMs = 7 * dayMs

const known = new Map<string, ZoneDays>()

/** The days of a zone; what was found out of it is kept. */
export function zoneDaysOf(timeZone: string): ZoneDays {
  const found = known.get(timeZone)
  if (found !== undefined) return found
  const made = new ZoneDays(timeZone)
  known.set(timeZone, made)
  return made
}

export class ZoneDays {
  readonly #timeZone: string
  /** By seven days of UTC: the zone's offset in ms where it is the same all of them; null where it changes. */
  readonly #offsets = new Map<number, number | null>()
  readonly #format: Intl.DateTimeFormat

  constructor(timeZone: string) {
    this.#timeZone = timeZone
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  }

  /** The day in which an instant (UTC ms) lies. */
  dayOf(instantMs: number): EpochDay {
    const week = Math.floor(instantMs / weekMs)
    let offset = this.#offsets.get(week)
    if (offset === undefined) {
      const atStart = this.#offsetAt(week * weekMs)
      offset = atStart === this.#offsetAt((week + 1) * weekMs) ? atStart : null
      this.#offsets.set(week, offset)
    }
    return offset === null ? toEpochDay(dayOf(instantMs, this.#timeZone)) : Math.floor((instantMs + offset) / dayMs)
  }

  #offsetAt(instantMs: number): number {
    const parts: Record<string, number> = {}
    for (const { type, value } of this.#format.formatToParts(instantMs)) parts[type] = Number(value)
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute, second) - instantMs
  }
}
