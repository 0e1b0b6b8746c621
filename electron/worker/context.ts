// What every part of the worker is given: the database, the clock, the secrets, the log, and how to say that something changed.
import type { Logger } from 'pino'
import type { Database } from '../../db/open.ts'
import type { Topic } from '../../shared/contract/index.ts'
import type { Jobs } from './jobs/jobs.ts'
import type { SecretStore } from './secrets/store.ts'

export interface Clock {
  /** UTC milliseconds. */
  now(): number
}

export interface Context {
  readonly db: Database
  readonly clock: Clock
  readonly secrets: SecretStore
  readonly log: Logger
  readonly jobs: Jobs
  readonly dataDir: string
  /** Tells every client to read these areas again. */
  changed(...topics: Topic[]): void
}
