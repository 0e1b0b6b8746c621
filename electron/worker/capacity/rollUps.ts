// Rolls finer points up into coarser ones as their periods end, again where a late sample came, and takes away what is old.
import type { Database } from '../../../db/open.ts'
import type { SampleRows, Series } from '../../../db/repositories/samples.ts'
import { readSetting, writeSetting } from '../../../db/repositories/settings.ts'
import { levels } from '../../../shared/domain/capacity/levels.ts'
import { rollUpAll } from '../../../shared/domain/capacity/points.ts'

/** Until when each level is complete, as stored. */
export const rolledUntilSetting = 'samples.rolledUntil'
/** A look that began in the minute before may still end. */
const slackMs = 90_000

/** Until when each level but the finest is complete, UTC milliseconds. */
type RolledUntil = readonly number[]

export class RollUps {
  readonly #db: Database
  readonly #rows: SampleRows
  #until: RolledUntil

  constructor(db: Database, rows: SampleRows) {
    this.#db = db
    this.#rows = rows
    this.#until = rolledUntil(db)
  }

  /** Whether the quarter of an hour of this instant was rolled up already. */
  isRolled(at: number): boolean {
    return at < (this.#until[1] ?? 0)
  }

  /** Everything that has ended since the last time, at each level; then what is older than its level keeps. In a transaction. */
  run(nowMs: number): void {
    this.#until = rolledUntil(this.#db)
    const next = [...this.#until]
    let isChanged = false
    for (const level of [1, 2, 3]) {
      const { ms } = levels[level] ?? levels[3]
      const until = Math.floor((nowMs - slackMs) / ms) * ms
      const from = this.#until[level] ?? 0
      if (until <= from) continue
      const begin = from === 0 ? this.#oldest() : from
      if (begin !== null) for (const series of this.#rows.all()) this.#roll(series, level, Math.floor(begin / ms) * ms, until)
      next[level] = until
      isChanged = true
    }
    if (!isChanged) return
    this.#until = next
    writeSetting(this.#db.orm, rolledUntilSetting, next)
    for (const [level, { keepMs }] of levels.entries()) {
      if (keepMs === Number.POSITIVE_INFINITY) continue
      this.#rows.removeBefore(level, Math.min(nowMs - keepMs, next[level + 1] ?? 0))
    }
  }

  /** The periods of one series around an instant, anew, as far as they have been rolled up. */
  again(series: Series, at: number): void {
    for (const level of [1, 2, 3]) {
      const { ms } = levels[level] ?? levels[3]
      const from = Math.floor(at / ms) * ms
      if (from + ms <= (this.#until[level] ?? 0)) this.#roll(series, level, from, from + ms)
    }
  }

  #roll(series: Series, level: number, fromMs: number, toMs: number): void {
    const finer = this.#rows.points([series], level - 1, fromMs, toMs).get(series.id)
    if (finer !== undefined && finer.length > 0) this.#rows.putPoints(series, level, rollUpAll(finer, levels[level]?.ms ?? 0))
  }

  #oldest(): number | null {
    const minute = this.#rows.firstMinute()
    return minute === null ? null : minute * 60_000
  }
}

/** Until when each level is complete; 0 where nothing was rolled up yet, and for the finest. */
export function rolledUntil(db: Database): RolledUntil {
  const stored = readSetting(db.orm, rolledUntilSetting)
  return Array.isArray(stored) ? levels.map((_, level) => (typeof stored[level] === 'number' ? stored[level] : 0)) : levels.map(() => 0)
}
