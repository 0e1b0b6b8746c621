// Long work: a job has an id, progress, an end, and can be cancelled.
import { randomUUID } from 'node:crypto'
import type { Job } from '../../../shared/contract/index.ts'
import { Failure } from '../../../shared/domain/failure.ts'

export interface JobProgress {
  readonly signal: AbortSignal
  /** Says what is happening now; `total` null where the end is not known. */
  readonly report: (label: string, done?: number, total?: number | null) => void
}

export interface GrowingJobProgress extends JobProgress {
  /** Shows what is known of the result already. */
  readonly partial: (result: unknown) => void
}

const keptFinishedJobs = 200
const partialEveryMs = 250

export class Jobs {
  readonly #jobs = new Map<string, Job>()
  readonly #controllers = new Map<string, AbortController>()
  readonly #ends = new Map<string, Promise<Job>>()
  readonly #emit: (job: Job) => void
  readonly #now: () => number
  readonly #unexpected: (error: unknown, title: string) => void

  constructor(options: { emit: (job: Job) => void; now: () => number; unexpected: (error: unknown, title: string) => void }) {
    this.#emit = options.emit
    this.#now = options.now
    this.#unexpected = options.unexpected
  }

  /** Starts `work` and returns its id at once; the job's events and `wait` tell the rest. */
  start(kind: Job['kind'], title: string, work: (progress: GrowingJobProgress) => Promise<unknown>): { jobId: string } {
    const id = randomUUID()
    const controller = new AbortController()
    this.#controllers.set(id, controller)
    this.#put({ id, kind, title, state: 'running', done: 0, total: null, label: title, startedAt: this.#now(), finishedAt: null, error: null })
    this.#ends.set(id, this.#run(id, controller.signal, work))
    return { jobId: id }
  }

  list(): Job[] {
    return [...this.#jobs.values()]
  }

  /** The job as it ended. Throws `job.unknown`. */
  async wait(id: string): Promise<Job> {
    const end = this.#ends.get(id)
    if (!end) throw new Failure('job.unknown', 'That job is not known here.', 'The worker may have been restarted since; look at the list again.')
    return end
  }

  /** Asks a job to stop; it ends when its current step allows. A job that has ended stays as it is. */
  cancel(id: string): void {
    if (!this.#jobs.has(id)) throw new Failure('job.unknown', 'That job is not known here.')
    this.#controllers.get(id)?.abort(new Failure('job.cancelled', 'Cancelled.'))
  }

  /** Cancels everything and waits for the ends. */
  async close(): Promise<void> {
    for (const controller of this.#controllers.values()) controller.abort(new Failure('worker.closing', 'The worker is closing.'))
    await Promise.all(this.#ends.values())
  }

  async #run(id: string, signal: AbortSignal, work: (progress: GrowingJobProgress) => Promise<unknown>): Promise<Job> {
    const report: JobProgress['report'] = (label, done, total) => {
      const current = this.#jobs.get(id)
      if (current?.state === 'running') this.#put({ ...current, label, done: done ?? current.done, total: total === undefined ? current.total : total })
    }
    let shownAtMs = Number.NEGATIVE_INFINITY
    const partial: GrowingJobProgress['partial'] = (result) => {
      const current = this.#jobs.get(id)
      // A result that grows is told a few times a second at most: it is told whole each time.
      if (current?.state !== 'running' || performance.now() - shownAtMs < partialEveryMs) return
      shownAtMs = performance.now()
      this.#put({ ...current, result })
    }
    let end: Pick<Job, 'state' | 'error' | 'result'>
    try {
      end = { state: 'done', error: null, result: await work({ signal, report, partial }) }
    } catch (error) {
      end = { state: signal.aborted ? 'cancelled' : 'failed', error: this.#failureOf(error, id) }
    }
    const finished: Job = { ...this.#get(id), ...end, finishedAt: this.#now() }
    this.#controllers.delete(id)
    this.#put(finished)
    this.#forgetOldest()
    return finished
  }

  #failureOf(error: unknown, id: string): NonNullable<Job['error']> {
    if (error instanceof Failure) return error.body()
    this.#unexpected(error, this.#get(id).title)
    return { code: 'internal', message: 'Something unexpected went wrong; the log has the details.' }
  }

  #get(id: string): Job {
    const job = this.#jobs.get(id)
    if (!job) throw new Error(`job ${id} is missing`)
    return job
  }

  #put(job: Job): void {
    this.#jobs.set(job.id, job)
    this.#emit(job)
  }

  #forgetOldest(): void {
    const finished = [...this.#jobs.values()].filter((job) => job.finishedAt !== null)
    for (const job of finished.slice(0, Math.max(0, finished.length - keptFinishedJobs))) {
      this.#jobs.delete(job.id)
      this.#ends.delete(job.id)
    }
  }
}
