// Opens the one SQLite file: pragmas, integrity check, backup before a migration, migrations.
import { drizzle, type BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { existsSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import type BetterSqlite3 from 'better-sqlite3'
import { Failure, type FailureBody } from '../shared/domain/failure.ts'
import { withKeptStatements } from './keptStatements.ts'
import { migrate, migrations } from './migrate.ts'
import * as schema from './schema.ts'
import { WalSync } from './walSync.ts'

export type Orm = BetterSQLite3Database<typeof schema>

export interface Database {
  readonly orm: Orm
  /** The bare driver, for hot paths and pragmas. */
  readonly sqlite: BetterSqlite3.Database
  readonly path: string
  /** Why it can only be read, and the way back; null for a database that is whole. */
  readonly damage: FailureBody | null
  /** Runs `work` in one immediate transaction. */
  transaction<T>(work: () => T): T
  /**
   * As `transaction`, for what was only seen and will be seen again: the disk is not waited for. A program that dies loses nothing of it; a power
   * cut may take the newest of it, never a part, and nothing that `transaction` has committed since.
   */
  note<T>(work: () => T): T
  /** Waits until all that was committed so far, noted or not, has reached the disk. Nothing else waits meanwhile; those who wait share one write. */
  onDisk(): Promise<void>
  close(): void
}

/** The driver, loaded only here: on a Node that is too old it would die without a message. */
export function loadDriver(): typeof BetterSqlite3 {
  const major = Number(process.versions.node.split('.')[0])
  if (major < 22) {
    throw new Failure(
      'worker.node-too-old',
      `The worker needs Node 22 or newer; this one is ${process.versions.node}.`,
      'Start it through npm (npm run …), which brings its own Node, or set FLINT_CONSOLE_WORKER_EXEC to a newer node.',
    )
  }
  return createRequire(import.meta.url)('better-sqlite3') as typeof BetterSqlite3
}

function checkIntegrity(sqlite: BetterSqlite3.Database, path: string): void {
  const answer = sqlite.pragma('quick_check(1)', { simple: true })
  if (answer !== 'ok') throw damaged(path, String(answer))
}

function damaged(path: string, detail: string): Failure {
  return new Failure(
    'database.damaged',
    `The database ${path} is damaged: ${detail}.`,
    `Close Flint Console and put the newest backup in its place (${path}.backup-…); what billing and the nodes know is read again by itself.`,
  )
}

function backUpBeforeMigration(sqlite: BetterSqlite3.Database, path: string): void {
  const version = sqlite.pragma('user_version', { simple: true }) as number
  if (version === 0 || version >= migrations.length) return
  const copy = `${path}.backup-schema-${version}`
  const unfinished = `${copy}.part`
  rmSync(unfinished, { force: true })
  sqlite.prepare('vacuum into ?').run(unfinished)
  renameSync(unfinished, copy)
}

/** Opens (and makes, when new) the database at `path`. Throws a Failure that says what to do when it is damaged or from a newer program. */
export function openDatabase(path: string): Database {
  const Driver = loadDriver()
  const isNew = !existsSync(path)
  const sqlite = new Driver(path)
  try {
    sqlite.pragma('journal_mode = WAL')
    sqlite.pragma('synchronous = FULL')
    sqlite.pragma('foreign_keys = ON')
    sqlite.pragma('busy_timeout = 5000')
    if (!isNew) checkIntegrity(sqlite, path)
    backUpBeforeMigration(sqlite, path)
    migrate(sqlite)
  } catch (error) {
    sqlite.close()
    if (error instanceof Driver.SqliteError && (error.code === 'SQLITE_NOTADB' || error.code.startsWith('SQLITE_CORRUPT'))) {
      throw damaged(path, error.message)
    }
    throw error
  }
  return databaseOf(sqlite, path, null)
}

/** As `openDatabase`; one that is damaged is opened for reading only, where so much of it can be read. */
export function openWhatIsThere(path: string): Database {
  try {
    return openDatabase(path)
  } catch (error) {
    const readable = error instanceof Failure && error.code === 'database.damaged' ? openForReading(path, error.body()) : null
    if (readable === null) throw error
    return readable
  }
}

/** Null where not even its schema can be read, or is of another version. */
function openForReading(path: string, damage: FailureBody): Database | null {
  const Driver = loadDriver()
  let sqlite: BetterSqlite3.Database | null = null
  try {
    sqlite = new Driver(path, { readonly: true })
    if (sqlite.pragma('user_version', { simple: true }) !== migrations.length) throw new Error('it is of another version')
    sqlite.prepare('select count(*) from settings').get()
    return databaseOf(sqlite, path, damage)
  } catch {
    sqlite?.close()
    return null
  }
}

function databaseOf(sqlite: BetterSqlite3.Database, path: string, damage: FailureBody | null): Database {
  const orm = drizzle(withKeptStatements(sqlite), { schema })
  const log = new WalSync(`${path}-wal`)
  return {
    orm,
    sqlite,
    path,
    damage,
    transaction: (work) => sqlite.transaction(work).immediate(),
    note: (work) => {
      if (sqlite.inTransaction) return sqlite.transaction(work)()
      sqlite.pragma('synchronous = NORMAL')
      try {
        return sqlite.transaction(work).immediate()
      } finally {
        sqlite.pragma('synchronous = FULL')
      }
    },
    onDisk: () => (damage === null ? log.onDisk() : Promise.resolve()),
    close: () => {
      log.close()
      sqlite.close()
    },
  }
}
