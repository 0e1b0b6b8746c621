// How a mirrored list is selected: filtered, by id, in a window, with the total beside it.
import type BetterSqlite3 from 'better-sqlite3'
import type { z } from 'zod'
import type { listQuery } from '../../shared/contract/billing.ts'
import { filterCondition, type FilterFields } from './billingFilter.ts'

export type ListQuery = z.output<typeof listQuery>

export interface Listed<T> {
  readonly rows: T[]
  readonly total: number
}

export interface ListSource {
  readonly columns: string
  readonly from: string
  readonly id: string
  readonly gone: string
  readonly fields: FilterFields
}

const mostRows = 200_000

/** SQL over customers as `c`. */
export const customerName = `nullif(trim(coalesce(c.first_name, '') || ' ' || coalesce(c.last_name, '')), '')`
export const customerText = `coalesce(${customerName}, '') || ' ' || coalesce(c.email, '')`
/** A number is an id, anything else a part of the name or the address. */
export const customerIs = `cast(c.id as text) = ? or (? glob '*[^0-9]*' and instr(fold(${customerText}), ?) > 0)`

/** The database must know `fold`. */
export function selectList<T>(sqlite: BetterSqlite3.Database, source: ListSource, query: ListQuery): Listed<T> {
  const { sql, values } = filterCondition(query.filter, source.fields)
  const where = `where ${query.gone === true ? '1' : `${source.gone} is null`} and ${sql}`
  const total = sqlite.prepare(`select count(*) from ${source.from} ${where}`).pluck().get(...values) as number
  const window = [query.limit ?? mostRows, query.offset ?? 0]
  const rows = sqlite.prepare(`select ${source.columns} from ${source.from} ${where} order by ${source.id} limit ? offset ?`).all(...values, ...window) as T[]
  return { rows, total }
}
