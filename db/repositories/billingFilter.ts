// The text filter of the mirrored lists: words that a row must have, and `key:value` for one field.
import type BetterSqlite3 from 'better-sqlite3'

export interface FilterFields {
  /** SQL of a text in which plain words are looked for. */
  readonly text: string
  /** SQL conditions by key; each `?` in them is the folded value. */
  readonly keys: Readonly<Record<string, string>>
}

export interface Condition {
  readonly sql: string
  readonly values: string[]
}

const foldingDatabases = new WeakSet<BetterSqlite3.Database>()

function fold(text: unknown): string {
  return typeof text === 'string' ? text.normalize('NFKC').toLowerCase() : typeof text === 'number' ? String(text) : ''
}

/** Gives the database `fold(text)`: SQLite's own `lower` knows only ASCII. */
export function addFolding(sqlite: BetterSqlite3.Database): void {
  if (foldingDatabases.has(sqlite)) return
  sqlite.function('fold', { deterministic: true }, fold)
  foldingDatabases.add(sqlite)
}

/** Every word must be met, those behind a `-` must not. A key that is not known is a word like any other; `"two words"` are one. */
export function filterCondition(filter: string | undefined, fields: FilterFields): Condition {
  const conditions: string[] = []
  const values: string[] = []
  for (const match of (filter ?? '').matchAll(/(-(?=[^\s-]))?(?:([a-z]+):)?(?:"([^"]*)"|(\S+))/gi)) {
    const value = fold(match[3] ?? match[4] ?? '')
    const key = (match[2] ?? '').toLowerCase()
    const condition = fields.keys[key]
    const not = match[1] === undefined ? '' : 'not '
    if (condition === undefined) {
      conditions.push(`${not}instr(fold(${fields.text}), ?) > 0`)
      values.push(key === '' ? value : `${key}:${value}`)
    } else {
      conditions.push(`${not}coalesce((${condition}), 0)`)
      for (const part of condition) if (part === '?') values.push(value)
    }
  }
  return { sql: conditions.length === 0 ? '1' : conditions.join(' and '), values }
}
