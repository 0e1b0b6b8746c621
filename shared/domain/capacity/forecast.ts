// When something will be full: a straight line through what was used each day, with how far that line may be wrong.

export interface Usage {
  /** UTC milliseconds. */
  readonly at: number
  readonly used: number
}

export type Forecast =
  /** It grows: full in `days`, and with 95 % certainty not before `soonest` nor after `latest` (null: perhaps never), if it goes on like this. */
  | {
      readonly kind: 'full'
      readonly days: number
      readonly soonest: number
      readonly latest: number | null
      readonly perDay: number
      readonly overDays: number
    }
  /** It is full already. */
  | { readonly kind: 'now' }
  /** No growth that could be told from chance. */
  | { readonly kind: 'steady'; readonly perDay: number; readonly overDays: number }
  /** Too little was seen. */
  | { readonly kind: 'unknown'; readonly overDays: number }

const dayMs = 86_400_000
const leastPoints = 7
const leastDays = 5
/** Further ahead a line through weeks says nothing. */
const furthestDays = 3_650

/**
 * Student's t for 95 % on both sides, by degrees of freedom: few days make a wide margin.
 * Source: any table of the t distribution; the values between are those of the next lower entry.
 */
const studentT: readonly (readonly [degrees: number, t: number])[] = [
  [5, 2.571],
  [6, 2.447],
  [8, 2.306],
  [10, 2.228],
  [15, 2.131],
  [20, 2.086],
  [30, 2.042],
  [60, 2],
  [120, 1.98],
]

function tFor(degrees: number): number {
  return studentT.findLast(([least]) => degrees >= least)?.[1] ?? 2.571
}

/** @param usage one value a day, in any order; @param total what there is, in the same unit */
export function forecastFull(usage: readonly Usage[], total: number, nowMs: number): Forecast {
  const points = [...usage].sort((a, b) => a.at - b.at)
  const first = points[0]
  const last = points.at(-1)
  const overDays = first === undefined || last === undefined ? 0 : (last.at - first.at) / dayMs
  if (last !== undefined && total > 0 && last.used >= total) return { kind: 'now' }
  if (points.length < leastPoints || overDays < leastDays || last === undefined || total <= 0) return { kind: 'unknown', overDays }
  const { slope, level, slopeError } = lineThrough(points, nowMs)
  const margin = tFor(points.length - 2) * slopeError
  if (slope - margin <= 0) {
    // The line may as well be flat: it is told as steady unless even the flat half of it would be full soon.
    const soonest = (total - level) / (slope + margin)
    if (slope <= 0 || soonest <= 0 || soonest > 365) return { kind: 'steady', perDay: slope, overDays }
  }
  const room = Math.max(0, total - level)
  const days = room / slope
  if (days > furthestDays) return { kind: 'steady', perDay: slope, overDays }
  const slowest = slope - margin
  const latest = slowest <= 0 ? null : Math.min(furthestDays, room / slowest)
  return { kind: 'full', days, soonest: room / (slope + margin), latest, perDay: slope, overDays }
}

/** Least squares; `level` is the line's height now, slopes are per day. */
function lineThrough(points: readonly Usage[], nowMs: number): { slope: number; level: number; slopeError: number } {
  const n = points.length
  const xs = points.map(({ at }) => (at - nowMs) / dayMs)
  const meanX = xs.reduce((sum, x) => sum + x, 0) / n
  const meanY = points.reduce((sum, { used }) => sum + used, 0) / n
  let xx = 0
  let xy = 0
  for (const [index, { used }] of points.entries()) {
    const dx = (xs[index] ?? 0) - meanX
    xx += dx * dx
    xy += dx * (used - meanY)
  }
  const slope = xx === 0 ? 0 : xy / xx
  const residual = points.reduce((sum, { used }, index) => sum + (used - meanY - slope * ((xs[index] ?? 0) - meanX)) ** 2, 0)
  return { slope, level: meanY - slope * meanX, slopeError: xx === 0 ? 0 : Math.sqrt(residual / Math.max(1, n - 2) / xx) }
}
