// The worker's jobs as they move: what runs, what ended and how.
import { createContext, use, useSyncExternalStore } from 'react'
import type { Job } from '../../shared/contract/index.ts'
import { Failure } from '../../shared/domain/failure.ts'
import type { Connection } from './connection.ts'

export class JobBoard {
  readonly #connection: Connection
  readonly #listeners = new Set<() => void>()
  #jobs: readonly Job[] = []

  constructor(connection: Connection) {
    this.#connection = connection
    connection.on('job', (job) => {
      this.#put(job)
    })
    connection.onOpen(() => {
      void this.#readAll()
    })
  }

  readonly all = (): readonly Job[] => this.#jobs

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Waits for a job's end. Throws its failure, or `worker.gone` when the worker went away: then it may or may not have been done. */
  async end(jobId: string): Promise<Job> {
    const job = await this.#connection.call('jobs.wait', { id: jobId })
    this.#put(job)
    if (job.state === 'done') return job
    if (job.error !== null) throw new Failure(job.error.code, job.error.message, job.error.hint)
    throw new Failure('job.cancelled', `${job.title}: cancelled.`)
  }

  async #readAll(): Promise<void> {
    try {
      this.#jobs = await this.#connection.call('jobs.list', {})
      this.#tell()
    } catch {
      // The line went again; the next one reads them.
    }
  }

  #put(job: Job): void {
    const known = this.#jobs.some((one) => one.id === job.id)
    this.#jobs = known ? this.#jobs.map((one) => (one.id === job.id ? job : one)) : [...this.#jobs.slice(-300), job]
    this.#tell()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}

export const JobBoardContext = createContext<JobBoard | null>(null)

export function useJobBoard(): JobBoard {
  const board = use(JobBoardContext)
  if (board === null) throw new Error('there is no job board above this component')
  return board
}

export function useJobs(): readonly Job[] {
  const board = useJobBoard()
  return useSyncExternalStore(board.subscribe, board.all)
}

export function useRunningJob(kind: Job['kind']): Job | undefined {
  return useJobs().findLast((job) => job.kind === kind && job.state === 'running')
}
