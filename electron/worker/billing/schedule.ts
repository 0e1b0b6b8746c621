// When work is done by itself, and how to wait for work that somebody else has started.
import { Failure } from '../../../shared/domain/failure.ts'

/** One timer for one kind of work; it does not keep the process alive. */
export class Schedule {
  readonly #now: () => number
  readonly #work: () => Promise<void>
  #timer: NodeJS.Timeout | null = null
  #nextAt: number | null = null

  /** @param work must not reject */
  constructor(now: () => number, work: () => Promise<void>) {
    this.#now = now
    this.#work = work
  }

  /** When the work is due next; null when it is not. */
  get nextAt(): number | null {
    return this.#nextAt
  }

  /** Does the work after so long, in place of whatever was due before. */
  next(afterMs: number): void {
    this.cancel()
    this.#nextAt = this.#now() + afterMs
    this.#timer = setTimeout(() => {
      void this.#work()
    }, afterMs)
    this.#timer.unref()
  }

  cancel(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    this.#nextAt = null
  }
}

/** Waits for what somebody else has started; an abort only ends the waiting. */
export async function abandonable<T>(end: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return end
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      reject(signal.reason instanceof Error ? signal.reason : new Failure('job.cancelled', 'Cancelled.'))
    }
    signal.addEventListener('abort', leave, { once: true })
    end.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', leave)
    })
  })
}
