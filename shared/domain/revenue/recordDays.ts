// Which days were recorded: where the record begins, where it has gaps, and what therefore is reconstructed.
import type { EpochDay } from './epochDay.ts'

export class RecordDays {
  /** Ascending, each once. */
  readonly days: readonly EpochDay[]

  constructor(days: readonly EpochDay[]) {
    this.days = days
  }

  get first(): EpochDay | null {
    return this.days[0] ?? null
  }

  get last(): EpochDay | null {
    return this.days.at(-1) ?? null
  }

  /** How many recorded days lie before `day`. */
  #before(day: EpochDay): number {
    let low = 0
    let high = this.days.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.days[middle] ?? 0) < day) low = middle + 1
      else high = middle
    }
    return low
  }

  /** The newest recorded day before `day`; null when there is none. */
  previous(day: EpochDay): EpochDay | null {
    return this.days[this.#before(day) - 1] ?? null
  }

  /** How many days of a range, both ends included, were recorded. */
  countIn(from: EpochDay, to: EpochDay): number {
    return to < from ? 0 : this.#before(to + 1) - this.#before(from)
  }

  /**
   * Whether a range, both ends included, holds a day that is reconstructed: one before the record or in a gap of it. Days after its last
   * one are neither: nothing newer is known.
   */
  hasReconstructed(from: EpochDay, to: EpochDay): boolean {
    if (this.last === null) return true
    const until = Math.min(to, this.last)
    return until >= from && this.countIn(from, until) < until - from + 1
  }
}
