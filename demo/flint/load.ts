// The CPU load of a guest as a smooth curve over time, with an exact integral, so that consumed CPU time and load always agree.
import { randomStream } from './random.ts'

const dayMs = 86_400_000

interface Wave {
  amplitudePercent: number
  periodMs: number
  phase: number
}

/** Load in percent of one vCPU (a VM of 4 vCPUs may show 400). */
export interface LoadCurve {
  basePercent: number
  waves: Wave[]
}

/** A curve of one of three characters (idle, steady, busy), the same for the same seed; never below 0, never above 100 a vCPU. */
export function createLoadCurve(seed: string, vcpus: number): LoadCurve {
  const random = randomStream(`load ${seed}`)
  const character = random()
  const perVcpu = character < 0.55 ? 1 + random() * 4 : character < 0.88 ? 8 + random() * 18 : 28 + random() * 22
  const basePercent = perVcpu * vcpus * (0.6 + random() * 0.4)
  // The amplitudes add up to less than the base, so the load stays positive.
  const shapes: [share: number, shortestMs: number, longestMs: number][] = [
    [0.38, dayMs, dayMs],
    [0.22, 2_200_000, 4_300_000],
    [0.18, 180_000, 540_000],
    [0.14, 19_000, 47_000],
  ]
  const waves = shapes.map(([share, shortestMs, longestMs]) => ({
    amplitudePercent: basePercent * share,
    periodMs: shortestMs + random() * (longestMs - shortestMs),
    phase: random() * 2 * Math.PI,
  }))
  return { basePercent, waves }
}

/** CPU seconds consumed between two instants (UTC milliseconds); 0 when they are the same or reversed. */
export function consumedCpuSeconds(curve: LoadCurve, fromMs: number, toMs: number): number {
  if (toMs <= fromMs) return 0
  let percentMs = curve.basePercent * (toMs - fromMs)
  for (const wave of curve.waves) {
    const speed = (2 * Math.PI) / wave.periodMs
    percentMs += (wave.amplitudePercent / speed) * (Math.cos(speed * fromMs + wave.phase) - Math.cos(speed * toMs + wave.phase))
  }
  return percentMs / 100_000
}

const bootSeconds = 40

/** CPU seconds that booting itself costs by `ageMs` after power-on: heavy at first, over after 40 s. */
export function bootCpuSeconds(ageMs: number): number {
  const seconds = Math.min(Math.max(ageMs / 1000, 0), bootSeconds)
  return 0.4 * (seconds - (seconds * seconds) / (2 * bootSeconds))
}
