// What a chart asks for: points over a range, read at the level that suits it, with the newest part from the next finer level.
import type { Database } from '../../../db/open.ts'
import { SampleRows, type Series } from '../../../db/repositories/samples.ts'
import { levels, resolutionFor } from '../../../shared/domain/capacity/levels.ts'
import { rollUp, rollUpAll, sumOf, type Point } from '../../../shared/domain/capacity/points.ts'
import { rolledUntil } from './rollUps.ts'

export interface History {
  readonly fromMs: number
  readonly bucketMs: number
  readonly level: number
  /** One for each bucket of the range; null is a gap: nothing was seen, or not all of them. */
  readonly points: readonly (Point | null)[]
  /** In each bucket, how many series were seen. */
  readonly seen: readonly number[]
  readonly rowsRead: number
}

/** The sum of the series over a range: at most about 400 points, by buckets that begin at whole multiples of their length. */
export function historyOf(db: Database, series: readonly Series[], range: { fromMs: number; toMs: number; nowMs: number }): History {
  const rows = new SampleRows(db)
  const { level, bucketMs } = resolutionFor(range.fromMs, range.toMs, range.nowMs, series.length)
  const fromMs = Math.floor(range.fromMs / bucketMs) * bucketMs
  const buckets = Math.max(1, Math.ceil((range.toMs - fromMs) / bucketMs))
  const bySeries = pointsUntilNow(db, rows, series, level, fromMs, fromMs + buckets * bucketMs)
  const byBucket = Array.from({ length: buckets }, (): Point[] => [])
  // A sum in which one was out of sight for a while is not known: it is a gap. Before its first and after its last time one counts as not there.
  const incomplete = new Set<number>()
  for (const points of bySeries.values()) {
    const own = new Map([...groups(points, bucketMs)].map(([at, within]) => [Math.round((at - fromMs) / bucketMs), rollUp(at, within)]))
    const last = Math.max(-1, ...own.keys())
    for (let index = Math.min(...own.keys()); index <= last; index += 1) {
      const point = own.get(index) ?? null
      if (point === null) incomplete.add(index)
      else byBucket[index]?.push(point)
    }
  }
  return {
    fromMs,
    bucketMs,
    level,
    points: byBucket.map((within, index) => (incomplete.has(index) ? null : sumOf(within))),
    seen: byBucket.map((within) => within.length),
    rowsRead: rows.rowsRead,
  }
}

/** More series than these are not followed down to their newest minutes where days or hours are drawn. */
const mostToTheMinute = 60

/** Points of a level; after the last period that was rolled up, what the finer levels know already. */
export function pointsUntilNow(
  db: Database,
  rows: SampleRows,
  series: readonly Series[],
  level: number,
  fromMs: number,
  toMs: number,
): Map<number, Point[]> {
  const { ms } = levels[level] ?? levels[3]
  const until = level === 0 ? toMs : Math.min(toMs, Math.max(fromMs, rolledUntil(db)[level] ?? 0))
  const found = until > fromMs ? rows.points(series, level, fromMs, until) : new Map<number, Point[]>()
  if (level === 0 || until >= toMs) return found
  const newest =
    level > 1 && series.length > mostToTheMinute
      ? rows.points(series, level - 1, until, toMs)
      : pointsUntilNow(db, rows, series, level - 1, until, toMs)
  for (const [id, finer] of newest) found.set(id, [...(found.get(id) ?? []), ...rollUpAll(finer, ms)])
  return found
}

function groups(points: readonly Point[], bucketMs: number): Map<number, Point[]> {
  const found = new Map<number, Point[]>()
  for (const point of points) {
    const at = Math.floor(point.at / bucketMs) * bucketMs
    const known = found.get(at)
    if (known === undefined) found.set(at, [point])
    else known.push(point)
  }
  return found
}
