// Opens the database to look something up beside the worker that owns it: nothing is written, migrated or checked.
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { loadDriver, type Orm } from './open.ts'
import * as schema from './schema.ts'

export function openDatabaseForReading(path: string): { readonly orm: Orm; close(): void } {
  const Driver = loadDriver()
  const sqlite = new Driver(path, { readonly: true, fileMustExist: true, timeout: 5_000 })
  return {
    orm: drizzle(sqlite, { schema }),
    close: () => {
      sqlite.close()
    },
  }
}
