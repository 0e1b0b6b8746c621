// What was seen over time as points: a minute's samples become a point, finer points become a coarser one; lowest and highest are kept.

/** Of a node. CPU in percent of one core, memory in KiB, disks in bytes, the others are counts. */
export const nodeMetrics = [
  'cpu',
  'memoryUsed',
  'memoryCommitted',
  'memoryDefined',
  'memoryTotal',
  'diskUsed',
  'diskProvisioned',
  'diskTotal',
  'cores',
  'vcpusCommitted',
  'vcpusDefined',
  'vmsRunning',
  'vmsTotal',
] as const
export type NodeMetric = (typeof nodeMetrics)[number]

/**
 * Of a VM. CPU in percent of one vCPU, the memory that it holds in KiB (none while off), vCPUs, 1 while it runs, and what its disks were
 * promised in bytes. A new metric goes to the end: what was stored before has none of it.
 */
export const vmMetrics = ['cpu', 'memory', 'vcpus', 'running', 'diskProvisioned'] as const

/** One look: a value for each metric, null where it was not measured. */
export type Sample = readonly (number | null)[]

export interface Spread {
  readonly min: number
  readonly avg: number
  readonly max: number
}

export interface Point {
  /** UTC milliseconds at which its period begins. */
  readonly at: number
  /** How many minutes of it were seen. */
  readonly minutes: number
  /** In the order of the metrics; null where nothing was measured. */
  readonly values: readonly (Spread | null)[]
}

const slotSeconds = 5
const minuteMs = 60_000

export interface Minute {
  /** One bit for each five seconds of which a sample was taken. */
  readonly slots: number
  readonly point: Point
}

function bits(slots: number): number {
  let count = 0
  for (let rest = slots; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2
  return count
}

export function minuteOf(atMs: number): number {
  return Math.floor(atMs / minuteMs)
}

/** Takes a sample into its minute. A second one of the same five seconds changes nothing: what is told twice counts once. */
export function withSample(minute: Minute | null, atMs: number, sample: Sample): Minute {
  const slot = 2 ** Math.floor((atMs % minuteMs) / (slotSeconds * 1000))
  const before = minute ?? { slots: 0, point: { at: minuteOf(atMs) * minuteMs, minutes: 1, values: [] } }
  if (Math.floor(before.slots / slot) % 2 === 1) return before
  const weight = bits(before.slots)
  return {
    slots: before.slots + slot,
    point: { ...before.point, values: sample.map((value, index) => joined(before.point.values[index] ?? null, weight, value)) },
  }
}

function joined(spread: Spread | null, weight: number, value: number | null): Spread | null {
  if (value === null) return spread
  if (spread === null) return { min: value, avg: value, max: value }
  return { min: Math.min(spread.min, value), avg: (spread.avg * weight + value) / (weight + 1), max: Math.max(spread.max, value) }
}

/** One point for a whole period from finer ones: each counts by the minutes that were seen. Null when there is none: a gap stays a gap. */
export function rollUp(atMs: number, points: readonly Point[]): Point | null {
  if (points.length === 0) return null
  const width = Math.max(...points.map((point) => point.values.length))
  const values: (Spread | null)[] = []
  for (let index = 0; index < width; index += 1) {
    let min = Number.POSITIVE_INFINITY
    let max = Number.NEGATIVE_INFINITY
    let sum = 0
    let weight = 0
    for (const point of points) {
      const spread = point.values[index] ?? null
      if (spread === null) continue
      min = Math.min(min, spread.min)
      max = Math.max(max, spread.max)
      sum += spread.avg * point.minutes
      weight += point.minutes
    }
    values.push(weight === 0 ? null : { min, avg: sum / weight, max })
  }
  return { at: atMs, minutes: points.reduce((total, point) => total + point.minutes, 0), values }
}

/** Points by the period that they fall into, each period rolled up; in order of time. */
export function rollUpAll(points: readonly Point[], periodMs: number): Point[] {
  const periods = new Map<number, Point[]>()
  for (const point of points) {
    const at = Math.floor(point.at / periodMs) * periodMs
    const known = periods.get(at)
    if (known === undefined) periods.set(at, [point])
    else known.push(point)
  }
  return [...periods].sort(([a], [b]) => a - b).flatMap(([at, within]) => rollUp(at, within) ?? [])
}

/**
 * Several series at one moment as one: averages are added exactly; lowest and highest are the sums of theirs, so the true ones lie within.
 * What one of them does not have is null: a sum of the others would be told as the whole.
 */
export function sumOf(points: readonly Point[]): Point | null {
  const first = points[0]
  if (first === undefined) return null
  const width = Math.max(...points.map((point) => point.values.length))
  const values = Array.from({ length: width }, (_, index) =>
    points.slice(1).reduce<Spread | null>((sum, point) => {
      const spread = point.values[index] ?? null
      return sum === null || spread === null ? null : { min: sum.min + spread.min, avg: sum.avg + spread.avg, max: sum.max + spread.max }
    }, first.values[index] ?? null),
  )
  return { at: first.at, minutes: Math.max(...points.map((point) => point.minutes)), values }
}
