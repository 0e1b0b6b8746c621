// How fine samples are kept and for how long, and which of it answers a question without ever drawing more than 400 points.

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

export interface Level {
  readonly name: 'minute' | 'quarter' | 'hour' | 'day'
  /** The length of one point, in milliseconds. */
  readonly ms: number
  /** For how long it is kept, in milliseconds; a little longer than promised, so that a whole range is always there. */
  readonly keepMs: number
  /** How many points are packed into one row. */
  readonly blockPoints: number
}

/** From fine to coarse: 1 min for 1 day, 15 min for 30 days, 1 h for 1 year, 1 day for ever. */
export const levels = [
  { name: 'minute', ms: minuteMs, keepMs: dayMs + hourMs, blockPoints: 1 },
  { name: 'quarter', ms: 15 * minuteMs, keepMs: 31 * dayMs, blockPoints: 96 },
  { name: 'hour', ms: hourMs, keepMs: 367 * dayMs, blockPoints: 240 },
  { name: 'day', ms: dayMs, keepMs: Number.POSITIVE_INFINITY, blockPoints: 365 },
] as const satisfies readonly Level[]

export const mostPoints = 400
/** A question over many series is answered more coarsely rather than by reading more than this. */
const mostFinePoints = 12_000

/** Round lengths of a drawn point, in milliseconds. */
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080, 20_160, 40_320, 161_280].map(
  (minutes) => minutes * minuteMs,
)

export interface Resolution {
  /** An index of `levels`. */
  readonly level: number
  /** The length of one drawn point. */
  readonly bucketMs: number
}

/** Which level answers a question about `fromMs` until `toMs` over so many series, and how long its drawn points are. */
export function resolutionFor(fromMs: number, toMs: number, nowMs: number, series: number): Resolution {
  const span = Math.max(minuteMs, toMs - fromMs)
  const wanted = steps.find((step) => span / step <= mostPoints) ?? Math.ceil(span / mostPoints / dayMs) * dayMs
  const coarsest = levels.findLastIndex((level) => level.ms <= wanted)
  const level = levels.findIndex(
    (one, index) =>
      index >= coarsest &&
      nowMs - fromMs <= one.keepMs &&
      (index === levels.length - 1 || (span / one.ms) * series <= mostFinePoints || series === 1),
  )
  const chosen = level === -1 ? levels.length - 1 : level
  const { ms } = levels[chosen] ?? levels[3]
  return { level: chosen, bucketMs: Math.max(wanted, ms) }
}
