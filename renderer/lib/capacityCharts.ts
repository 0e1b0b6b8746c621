// What the graphs of a node, a VM and the fleet show: their lines, their units, and their rows, from the worker's columns.
import type { MethodOutput } from '../../shared/contract/index.ts'
import { formatBytes, formatMemory } from './formatSize.ts'

export type History = MethodOutput<'capacity.history'>

export const ranges = ['1h', '24h', '7d', '30d', '1y'] as const
export type RangeName = (typeof ranges)[number]
const hourMs = 3_600_000
export const rangeMs: Readonly<Record<RangeName, number>> = {
  '1h': hourMs,
  '24h': 24 * hourMs,
  '7d': 7 * 24 * hourMs,
  '30d': 30 * 24 * hourMs,
  '1y': 365 * 24 * hourMs,
}

export function isRange(value: unknown): value is RangeName {
  return ranges.some((range) => range === value)
}

export interface ChartLine {
  readonly metric: string
  readonly name: string
  /** `main` is drawn with its band; `physical` is what there is. */
  readonly look: 'main' | 'second' | 'third' | 'physical'
}

export interface ChartPlan {
  readonly key: string
  readonly title: string
  readonly note: string
  readonly lines: readonly ChartLine[]
  /** The value as it is drawn, from one bucket's column values. */
  readonly scale: (value: number, column: (metric: string) => number | null) => number
  readonly format: (value: number) => string
  readonly axis: (value: number) => string
  /** The marks of its axis up to the largest value, where the chart's own would not be round in its unit. */
  readonly marks?: (largest: number) => number[]
  /** Said in place of the graph where the other metrics were seen, but none of its own. */
  readonly whenUnknown?: string
}

const roundSteps = [1, 2, 5, 10, 20, 50, 100, 200, 500]
const mostMarks = 4

/** Marks of an axis of sizes, from nothing to just above the largest value. */
export function sizeMarks(largest: number, bytes: number): number[] {
  if (largest <= 0) return [0]
  const exponent = Math.floor(Math.log2(largest * bytes) / 10)
  const unit = 1024 ** exponent / bytes
  const steps = [...roundSteps.map((step) => (step * unit) / 1024), ...roundSteps.map((step) => step * unit)]
  const step = steps.find((one) => largest / one <= mostMarks) ?? unit * 1000
  return Array.from({ length: Math.ceil(largest / step) + 1 }, (_, index) => index * step)
}

const fineSteps = [0.1, 0.2, 0.5, ...roundSteps, 1000, 2000, 5000, 10_000]

/** Marks of an axis of percents, from nothing to just above the largest value; never finer than a tenth. */
export function percentMarks(largest: number): number[] {
  const step = fineSteps.find((one) => largest / one <= mostMarks) ?? largest
  return Array.from({ length: Math.max(1, Math.ceil(largest / step)) + 1 }, (_, index) => Math.round(index * step * 10) / 10)
}

const kibibytes = (largest: number): number[] => sizeMarks(largest, 1024)
const bytes = (largest: number): number[] => sizeMarks(largest, 1)
const plain = (value: number): number => value
const percent = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} %`
const whole = (value: number): string => value.toLocaleString(undefined, { maximumFractionDigits: 1 })

/** Of a node, or of all of them. */
export const hostCharts: readonly ChartPlan[] = [
  {
    key: 'cpu',
    title: 'CPU',
    note: 'sum of the VMs, of all cores: Flint has no figure of the host’s own',
    lines: [{ metric: 'cpu', name: 'Used by VMs', look: 'main' }],
    scale: (value, column) => {
      const cores = column('cores') ?? 0
      return cores > 0 ? value / cores : 0
    },
    format: percent,
    axis: (value) => `${String(value)}%`,
    marks: percentMarks,
  },
  {
    key: 'memory',
    title: 'Memory',
    note: 'used, promised to running VMs, to all, of physical',
    lines: [
      { metric: 'memoryUsed', name: 'Used', look: 'main' },
      { metric: 'memoryCommitted', name: 'Promised, running', look: 'second' },
      { metric: 'memoryDefined', name: 'Promised, all', look: 'third' },
      { metric: 'memoryTotal', name: 'Physical', look: 'physical' },
    ],
    scale: plain,
    format: formatMemory,
    axis: formatMemory,
    marks: kibibytes,
  },
  {
    key: 'disk',
    title: 'Disk',
    note: 'used, promised to volumes, of physical',
    lines: [
      { metric: 'diskUsed', name: 'Used', look: 'main' },
      { metric: 'diskProvisioned', name: 'Promised', look: 'second' },
      { metric: 'diskTotal', name: 'Physical', look: 'physical' },
    ],
    scale: plain,
    format: formatBytes,
    axis: formatBytes,
    marks: bytes,
  },
  {
    key: 'vms',
    title: 'VMs',
    note: 'running, of all',
    lines: [
      { metric: 'vmsRunning', name: 'Running', look: 'main' },
      { metric: 'vmsTotal', name: 'All', look: 'physical' },
    ],
    scale: plain,
    format: whole,
    axis: whole,
  },
]

export const vmCharts: readonly ChartPlan[] = [
  {
    key: 'cpu',
    title: 'CPU',
    note: 'of one vCPU; several together can be over 100 %',
    lines: [{ metric: 'cpu', name: 'Used', look: 'main' }],
    scale: plain,
    format: percent,
    axis: (value) => `${String(value)}%`,
    marks: percentMarks,
  },
  {
    key: 'memory',
    title: 'Memory',
    note: 'what it holds of its node; Flint does not know what the guest uses',
    lines: [{ metric: 'memory', name: 'Held', look: 'main' }],
    scale: plain,
    format: formatMemory,
    axis: formatMemory,
    marks: kibibytes,
  },
  {
    key: 'disk',
    title: 'Disk',
    note: 'promised to its volumes; Flint does not know what is written',
    lines: [{ metric: 'diskProvisioned', name: 'Promised', look: 'main' }],
    scale: plain,
    format: formatBytes,
    axis: formatBytes,
    marks: bytes,
    whenUnknown: 'Not known: a disk of it is in none of the pools that its node could list.',
  },
  {
    key: 'running',
    title: 'Running',
    note: 'how much of the time in which it was seen',
    lines: [{ metric: 'running', name: 'Running', look: 'main' }],
    scale: (value) => value * 100,
    format: percent,
    axis: (value) => `${String(value)}%`,
    marks: percentMarks,
  },
]

export interface ChartRow {
  readonly at: number
  readonly seen: number
  /** By metric: average, and its band. Absent where nothing was seen: a gap. */
  readonly [value: string]: number | readonly [number, number] | null
}

/** One row for each bucket. */
export function chartRows(history: History, plan: ChartPlan): ChartRow[] {
  return history.seen.map((seen, index) => {
    const row: Record<string, number | readonly [number, number] | null> & { at: number; seen: number } = {
      at: history.from + index * history.bucketMs,
      seen,
    }
    const column = (metric: string): number | null => history.metrics[metric]?.avg[index] ?? null
    for (const { metric, look } of plan.lines) {
      const spread = history.metrics[metric]
      const avg = spread?.avg[index] ?? null
      row[metric] = avg === null ? null : plan.scale(avg, column)
      const min = spread?.min[index] ?? null
      const max = spread?.max[index] ?? null
      if (look === 'main') row[`${metric}Band`] = min === null || max === null ? null : [plan.scale(min, column), plan.scale(max, column)]
    }
    return row
  })
}

/** Every metric of every bucket, in the worker's units; empty where nothing was seen. */
export function historyCsv(history: History): { header: string[]; rows: (string | number | null)[][] } {
  const metrics = Object.keys(history.metrics)
  const header = ['time', 'seconds', 'seen', ...metrics.flatMap((metric) => [`${metric} lowest`, `${metric} average`, `${metric} highest`])]
  const rows = history.seen.map((seen, index) => [
    new Date(history.from + index * history.bucketMs).toISOString(),
    history.bucketMs / 1000,
    seen,
    ...metrics.flatMap((metric) => {
      const spread = history.metrics[metric]
      return [spread?.min[index] ?? null, spread?.avg[index] ?? null, spread?.max[index] ?? null]
    }),
  ])
  return { header, rows }
}
