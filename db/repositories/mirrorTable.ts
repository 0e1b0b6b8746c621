// One table of the billing mirror: idempotent writes by prepared statements, which tell whether anything changed.
import type BetterSqlite3 from 'better-sqlite3'

export type ColumnValue = string | number | null

export interface MirrorTableOptions {
  /** Columns of its own, beside those that every mirrored table has. */
  readonly columns: readonly string[]
  /** Columns of which null means “not told this time”: what is stored stays. */
  readonly keptWhenNull?: readonly string[]
  /** Columns whose stored value decides: their SQL on conflict. They are not compared. */
  readonly onConflict?: Readonly<Record<string, string>>
}

const common = ['raw', 'created_at', 'updated_at']

/** Values by column; `id`, `raw`, `created_at`, `updated_at` and `read_at` among them. */
export type MirrorValues = Readonly<Record<string, ColumnValue>>

export class MirrorTable {
  readonly #unchanged: BetterSqlite3.Statement
  readonly #upsert: BetterSqlite3.Statement
  readonly #markGone: BetterSqlite3.Statement
  readonly #knownIds: BetterSqlite3.Statement
  readonly #count: BetterSqlite3.Statement

  constructor(sqlite: BetterSqlite3.Database, table: string, options: MirrorTableOptions) {
    const kept = new Set(options.keptWhenNull)
    const columns = [...options.columns, ...common]
    const compared = columns.filter((column) => options.onConflict?.[column] === undefined)
    const same = compared.map((column) => (kept.has(column) ? `(@${column} is null or ${column} = @${column})` : `${column} is @${column}`))
    const assignments = columns.map((column) => {
      const special = options.onConflict?.[column]
      if (special !== undefined) return `${column} = ${special}`
      return kept.has(column) ? `${column} = coalesce(excluded.${column}, ${table}.${column})` : `${column} = excluded.${column}`
    })
    this.#unchanged = sqlite.prepare(`update ${table} set read_at = @read_at where id = @id and gone_at is null and ${same.join(' and ')}`)
    this.#upsert = sqlite.prepare(
      `insert into ${table} (id, ${columns.join(', ')}, first_seen_at, read_at, gone_at)
       values (@id, ${columns.map((column) => `@${column}`).join(', ')}, @read_at, @read_at, null)
       on conflict (id) do update set ${assignments.join(', ')}, read_at = excluded.read_at, gone_at = null`,
    )
    this.#markGone = sqlite.prepare(`update ${table} set gone_at = ? where id = ? and gone_at is null`)
    this.#knownIds = sqlite.prepare(`select id from ${table} where gone_at is null order by id`).pluck()
    this.#count = sqlite.prepare(`select count(*) from ${table} where gone_at is null`).pluck()
  }

  /** Stores a row as read; a row that was gone is there again. True when it is new or differs from what was stored. */
  store(values: MirrorValues): boolean {
    if (this.#unchanged.run(values).changes > 0) return false
    this.#upsert.run(values)
    return true
  }

  /** True when it was not gone before. */
  markGone(id: number, at: number): boolean {
    return this.#markGone.run(at, id).changes > 0
  }

  /** The ids of the rows that are not gone, in order. */
  knownIds(): number[] {
    return this.#knownIds.all() as number[]
  }

  count(): number {
    return this.#count.get() as number
  }
}
