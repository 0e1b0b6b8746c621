// Brings a database file to this program's schema, one migration a transaction; `PRAGMA user_version` counts those applied.
import type BetterSqlite3 from 'better-sqlite3'
import { Failure } from '../shared/domain/failure.ts'
import first from './migrations/0000_first.sql?raw'
import notices from './migrations/0001_notices.sql?raw'
import vault from './migrations/0002_vault.sql?raw'
import reports from './migrations/0003_reports.sql?raw'
import operations from './migrations/0004_operations.sql?raw'
import search from './migrations/0005_search.sql?raw'
import access from './migrations/0006_access.sql?raw'
import mirror from './migrations/0007_mirror.sql?raw'
import capacity from './migrations/0008_capacity.sql?raw'
import searchTickets from './migrations/0009_search_tickets.sql?raw'
import presentInvoices from './migrations/0010_present_invoices.sql?raw'

/** In order, never edited once released. */
export const migrations: readonly string[] = [first, notices, vault, reports, operations, search, access, mirror, capacity, searchTickets, presentInvoices]

/**
 * Applies what is missing. Refuses, by name, a database that a newer program has written.
 * @param steps the migrations to apply; the program's own unless a test says otherwise
 */
export function migrate(sqlite: BetterSqlite3.Database, steps: readonly string[] = migrations): { from: number; to: number } {
  const from = sqlite.pragma('user_version', { simple: true }) as number
  if (from > steps.length) {
    throw new Failure(
      'database.newer',
      `This database was written by a newer Flint Console (schema ${from}; this program knows ${steps.length}).`,
      'Install the newer version again, or choose another data folder.',
    )
  }
  for (let version = from; version < steps.length; version += 1) {
    const step = steps[version] ?? ''
    sqlite.transaction(() => {
      for (const statement of step.split('--> statement-breakpoint')) if (statement.trim() !== '') sqlite.exec(statement)
      sqlite.pragma(`user_version = ${version + 1}`)
    }).immediate()
  }
  return { from, to: steps.length }
}
