// What a row of the bench is: a value and its baseline, taken in the same run on the same machine; only their ratio means anything.

export interface Measured {
  readonly value: number
  /** Null where the goal is a plain count: then `value` is held against it. */
  readonly baseline: number | null
}

export interface Row {
  readonly name: string
  readonly unit: string
  /** What the ratio (or, without a baseline, the value) is held against. */
  readonly goal: number
  readonly better: 'lower' | 'higher'
  measure(tell: (line: string) => void): Promise<Measured>
}

export interface RowResult {
  readonly name: string
  readonly value: number
  readonly baseline: number | null
  readonly ratio: number | null
  readonly goal: number
  readonly unit: string
  readonly better: 'lower' | 'higher'
}

export function resultOf(row: Row, { value, baseline }: Measured): RowResult {
  const ratio = baseline === null ? null : value / baseline
  return { name: row.name, value, baseline, ratio, goal: row.goal, unit: row.unit, better: row.better }
}

export function isMet(result: RowResult): boolean {
  const held = result.ratio ?? result.value
  return result.better === 'lower' ? held <= result.goal : held >= result.goal
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** Takes both in turn, so that what the machine does meanwhile falls on both, and answers the medians. */
export async function inTurns(rounds: number, value: () => Promise<number>, baseline: () => Promise<number>): Promise<{ value: number; baseline: number }> {
  const values: number[] = []
  const baselines: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    baselines.push(await baseline())
    values.push(await value())
  }
  return { value: median(values), baseline: median(baselines) }
}

/** How long `work` takes, in milliseconds. */
export async function elapsedMs(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}
