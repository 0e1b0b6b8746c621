// The estate's clock: real speed from a moment of its own, and it can be moved.

export interface ClockStep {
  days?: number
  hours?: number
  minutes?: number
  milliseconds?: number
  /** Runs Paymenter's nightly job at every midnight that is passed, as a real one would. Not unless said. */
  nightly?: boolean
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** The job is done half a minute after midnight. */
const JOB_AFTER_MIDNIGHT_MS = 30_000

/** The length of a step in milliseconds; its days are 24 hours long. */
export function stepMs(step: ClockStep): number {
  return (step.days ?? 0) * DAY_MS + (step.hours ?? 0) * HOUR_MS + (step.minutes ?? 0) * MINUTE_MS + (step.milliseconds ?? 0)
}

export interface NightlyJobs {
  /** The first instant, UTC ms, of the next day in Paymenter's time zone. */
  nextMidnight(instantMs: number): number
  run(): void
}

export class EstateClock {
  #offsetMs: number
  #jobs: NightlyJobs | undefined
  /** The latest instant whose nights are over. */
  #nightsDoneMs: number

  constructor(startAtMs: number) {
    this.#offsetMs = startAtMs - Date.now()
    this.#nightsDoneMs = startAtMs
  }

  /** UTC milliseconds. */
  now(): number {
    return Math.round(Date.now() + this.#offsetMs)
  }

  /** Says what is to be done at night. */
  useNightlyJobs(jobs: NightlyJobs): void {
    this.#jobs = jobs
  }

  /** Moves the clock on by milliseconds or by a step. Returns how many nightly jobs ran. */
  advance(step: number | ClockStep): number {
    const { nightly = false } = typeof step === 'number' ? {} : step
    const target = this.now() + (typeof step === 'number' ? step : stepMs(step))
    const jobs = nightly ? this.#runNights(target) : 0
    this.set(target)
    return jobs
  }

  /** Moves the clock to an instant, UTC ms, back too. Nights in between pass without a job. */
  set(instantMs: number): void {
    this.#offsetMs = instantMs - Date.now()
    this.#nightsDoneMs = instantMs
  }

  /** Runs the job for each night that has ended since the clock was last moved or asked to do so. */
  catchUpNights(): number {
    const now = this.now()
    const jobs = this.#runNights(now)
    this.set(now)
    return jobs
  }

  #runNights(untilMs: number): number {
    if (!this.#jobs) return 0
    let count = 0
    for (let job = this.#nextJob(this.#nightsDoneMs); job <= untilMs; job = this.#nextJob(job)) {
      this.#offsetMs = job - Date.now()
      this.#jobs.run()
      count += 1
    }
    return count
  }

  #nextJob(afterMs: number): number {
    const next = this.#jobs?.nextMidnight(afterMs - JOB_AFTER_MIDNIGHT_MS) ?? Number.POSITIVE_INFINITY
    return next + JOB_AFTER_MIDNIGHT_MS
  }
}
