// One table of the simulated database: rows by id, look-ups by foreign key, and orders that are kept until a row changes.
import type { AnyRow, ColumnValue } from './rows.ts'

export interface SortKey {
  column: string
  descending: boolean
}

/** Rows stay in memory in the order of their ids; indexes follow every change, so that a page of 50,000 rows costs its own size only. */
export class Table<R extends AnyRow> {
  readonly #rows = new Map<number, R>()
  readonly #indexes = new Map<string, Map<ColumnValue, R[]>>()
  readonly #orders = new Map<string, readonly R[]>()
  #byId: R[] = []
  #nextId = 1

  constructor(rows: readonly R[], indexedColumns: readonly string[]) {
    for (const column of indexedColumns) this.#indexes.set(column, new Map())
    for (const row of [...rows].sort((left, right) => left.id - right.id)) this.insert({ ...row })
  }

  get size(): number {
    return this.#rows.size
  }

  get nextId(): number {
    return this.#nextId
  }

  get(id: number): R | undefined {
    return this.#rows.get(id)
  }

  /** All rows by id. The array is the table's own: read it, do not change it. */
  all(): readonly R[] {
    return this.#byId
  }

  /** Adds a row under its own id. Throws when the id is taken. */
  insert(row: R): R {
    if (this.#rows.has(row.id)) throw new Error(`Row ${row.id} exists already`)
    const last = this.#byId.at(-1)
    this.#rows.set(row.id, row)
    this.#byId.push(row)
    if (last && last.id > row.id) this.#byId.sort((left, right) => left.id - right.id)
    this.#nextId = Math.max(this.#nextId, row.id + 1)
    for (const [column, index] of this.#indexes) addTo(index, row[column] ?? null, row)
    this.#orders.clear()
    return row
  }

  /** Writes columns of a row; what is not named stays. */
  update(row: R, changes: Partial<R>): void {
    for (const [column, index] of this.#indexes) {
      if (!(column in changes) || changes[column] === row[column]) continue
      removeFrom(index, row[column] ?? null, row)
      addTo(index, changes[column] ?? null, row)
    }
    Object.assign(row, changes)
    this.#orders.clear()
  }

  remove(id: number): boolean {
    const row = this.#rows.get(id)
    if (!row) return false
    this.#rows.delete(id)
    this.#byId = this.#byId.filter((other) => other.id !== id)
    for (const [column, index] of this.#indexes) removeFrom(index, row[column] ?? null, row)
    this.#orders.clear()
    return true
  }

  /** The rows whose indexed column has this value, by id, in an array of their own. Throws for a column without an index. */
  where(column: string, value: ColumnValue): R[] {
    const index = this.#indexes.get(column)
    if (!index) throw new Error(`No index on ${column}`)
    return index.get(value)?.slice() ?? []
  }

  /** All rows in the given order; equal rows stay by id. */
  ordered(keys: readonly SortKey[]): readonly R[] {
    if (keys.length === 0) return this.#byId
    const name = keys.map((key) => `${key.descending ? '-' : ''}${key.column}`).join(',')
    const known = this.#orders.get(name)
    if (known) return known
    const order = [...this.#byId].sort((left, right) => {
      for (const key of keys) {
        const compared = compareValues(left[key.column] ?? null, right[key.column] ?? null)
        if (compared !== 0) return key.descending ? -compared : compared
      }
      return left.id - right.id
    })
    this.#orders.set(name, order)
    return order
  }
}

function compareValues(left: ColumnValue, right: ColumnValue): number {
  if (left === right) return 0
  if (left === null) return -1
  if (right === null) return 1
  if (typeof left === 'number' && typeof right === 'number') return left - right
  const [leftText, rightText] = [String(left).toLowerCase(), String(right).toLowerCase()]
  if (isDecimal(leftText) && isDecimal(rightText)) return Number(leftText) - Number(rightText)
  return leftText < rightText ? -1 : leftText > rightText ? 1 : 0
}

function isDecimal(text: string): boolean {
  return /^\d+\.\d\d$/.test(text)
}

function addTo<R extends AnyRow>(index: Map<ColumnValue, R[]>, value: ColumnValue, row: R): void {
  const rows = index.get(value)
  if (!rows) {
    index.set(value, [row])
    return
  }
  rows.push(row)
  const before = rows.at(-2)
  if (before && before.id > row.id) rows.sort((left, right) => left.id - right.id)
}

function removeFrom<R extends AnyRow>(index: Map<ColumnValue, R[]>, value: ColumnValue, row: R): void {
  const rows = index.get(value)
  if (!rows) return
  const place = rows.indexOf(row)
  if (place >= 0) rows.splice(place, 1)
}
