// The driver as Drizzle uses it, with each statement prepared once: preparing one costs more than most of them take to run.
import type BetterSqlite3 from 'better-sqlite3'

const mostKept = 400
const longestKept = 4_000

/** Drizzle says before each use whether it wants rows as arrays (`raw()`) or as objects; the driver's own statement would remember the last wish. */
class KeptStatement {
  readonly #statement: BetterSqlite3.Statement

  constructor(statement: BetterSqlite3.Statement) {
    this.#statement = statement
  }

  run(...parameters: unknown[]): BetterSqlite3.RunResult {
    return this.#statement.run(...parameters)
  }

  all(...parameters: unknown[]): unknown[] {
    return this.#statement.raw(false).all(...parameters)
  }

  get(...parameters: unknown[]): unknown {
    return this.#statement.raw(false).get(...parameters)
  }

  raw(): BetterSqlite3.Statement {
    return this.#statement.raw(true)
  }
}

/** `sqlite` for Drizzle alone: what is asked of it in the same words again is not prepared again. The least recently used is let go. */
export function withKeptStatements(sqlite: BetterSqlite3.Database): BetterSqlite3.Database {
  const kept = new Map<string, KeptStatement>()
  const prepare = (text: string): KeptStatement => {
    const statement = kept.get(text) ?? new KeptStatement(sqlite.prepare(text))
    // Statements with a place for each of many rows are rarely the same twice, and large.
    if (text.length > longestKept) return statement
    kept.delete(text)
    kept.set(text, statement)
    for (const oldest of kept.keys()) {
      if (kept.size <= mostKept) break
      kept.delete(oldest)
    }
    return statement
  }
  return Object.create(sqlite, { prepare: { value: prepare } }) as BetterSqlite3.Database
}
