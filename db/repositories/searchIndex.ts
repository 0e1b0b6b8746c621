// The indexes of words that triggers keep beside the rows: which rows fit a match, and the rows as the search shows them.
import type BetterSqlite3 from 'better-sqlite3'
import type { z } from 'zod'
import type { searchHit } from '../../shared/contract/search.ts'
import type { Database } from '../open.ts'

export type SearchHit = z.output<typeof searchHit>

const customerName = `nullif(trim(coalesce(c.first_name, '') || ' ' || coalesce(c.last_name, '')), '')`
const empty = { id: null, nodeId: null, uuid: null, title: '', customerName: null, email: null, productName: null, node: null, status: null, dueAt: null, address: null }

/** Each reads the rows of a JSON list of ids, those that are gone left out. */
const shown = {
  customer: `select c.id, coalesce(${customerName}, c.email) as title, c.email from customers c where c.gone_at is null and c.id in (select value from json_each(?))`,
  product: `select p.id, p.name as title from products p where p.gone_at is null and p.id in (select value from json_each(?))`,
  service: `select s.id, coalesce(p.name, '') as title, ${customerName} as customerName, p.name as productName, s.status, v.name as address
    from services s left join customers c on c.id = s.customer_id left join products p on p.id = s.product_id
    left join links k on k.service_id = s.id left join vms v on v.node_id = k.node_id and v.uuid = k.uuid
    where s.gone_at is null and s.id in (select value from json_each(?))`,
  invoice: `select i.id, ${customerName} as customerName, i.status, i.due_on as dueAt, i.currency,
    (select sum(t.price_minor * t.quantity) from invoice_items t where t.invoice_id = i.id and t.gone_at is null) as amountMinor
    from invoices i left join customers c on c.id = i.customer_id where i.gone_at is null and i.id in (select value from json_each(?))`,
  ticket: `select t.id, t.subject as title, ${customerName} as customerName, t.status from tickets t left join customers c on c.id = t.customer_id
    where t.gone_at is null and t.id in (select value from json_each(?))`,
  machine: `select a.id as position, a.node_id as nodeId, nullif(a.uuid, '') as uuid, coalesce(v.name, n.name) as title, n.name as node,
    coalesce(v.state, n.state) as status, ${customerName} as customerName, (select value from json_each(v.ip_addresses) limit 1) as address
    from search_places a join nodes n on n.id = a.node_id left join vms v on v.node_id = a.node_id and v.uuid = a.uuid
    left join links k on k.node_id = v.node_id and k.uuid = v.uuid left join services s on s.id = k.service_id left join customers c on c.id = s.customer_id
    where (a.uuid = '' or v.gone_at is null) and a.id in (select value from json_each(?))`,
} as const

/** By bare driver: a match in, row numbers out, best or newest first. */
const found = {
  customers: 'select rowid from search_customers where search_customers match ? order by rank limit ?',
  products: 'select rowid from search_products where search_products match ? order by rank limit ?',
  services: 'select rowid from search_services where search_services match ? order by rowid desc limit ?',
  items: 'select t.invoice_id from search_items f join invoice_items t on t.id = f.rowid where f.search_items match ? order by f.rowid desc limit ?',
  tickets: 'select rowid from search_tickets where search_tickets match ? order by rowid desc limit ?',
  messages: 'select m.ticket_id from search_messages f join ticket_messages m on m.id = f.rowid where f.search_messages match ? order by f.rowid desc limit ?',
  machines: 'select rowid from search_machines where search_machines match ? order by rowid limit ?',
} as const

/** What belongs to customers, newest first. The sign before `id` keeps SQLite from walking through every row in that order. */
const belonging = {
  services: 'select id from services where gone_at is null and customer_id in (select value from json_each(?)) order by +id desc limit ?',
  unpaid: `select id from invoices where gone_at is null and status = 'pending' and customer_id in (select value from json_each(?)) order by +id desc limit ?`,
  tickets: `select id from tickets where gone_at is null and status <> 'closed' and customer_id in (select value from json_each(?)) order by +id desc limit ?`,
  machines: `select a.id from services s join links k on k.service_id = s.id join search_places a on a.node_id = k.node_id and a.uuid = k.uuid
    where s.gone_at is null and s.customer_id in (select value from json_each(?)) order by a.id limit ?`,
} as const

export type FoundBy = keyof typeof found
export type BelongingTo = keyof typeof belonging
export type ShownKind = keyof typeof shown

export class SearchIndex {
  readonly #sqlite: BetterSqlite3.Database
  readonly #statements = new Map<string, BetterSqlite3.Statement>()

  constructor(db: Database) {
    this.#sqlite = db.sqlite
  }

  /** @param match in FTS5's own language */
  find(by: FoundBy, match: string, limit: number): number[] {
    return this.#prepared(found[by], true).all(match, limit) as number[]
  }

  belonging(what: BelongingTo, customerIds: readonly number[], limit: number): number[] {
    return customerIds.length === 0 ? [] : (this.#prepared(belonging[what], true).all(JSON.stringify(customerIds), limit) as number[])
  }

  /** VMs whose name begins so, however short. */
  machinesNamed(beginning: string, limit: number): number[] {
    const sql = `select a.id from vms v join search_places a on a.node_id = v.node_id and a.uuid = v.uuid where v.name >= ? and v.name < ? and v.gone_at is null order by v.name limit ?`
    return this.#prepared(sql, true).all(beginning, `${beginning}\u{10FFFF}`, limit) as number[]
  }

  /** Every word of customers' names and addresses. */
  customerTerms(): string[] {
    return this.#prepared('select term from search_customer_terms', true).all() as string[]
  }

  /** Rows as they are shown, in the order of their ids; those that are gone are left out. */
  show(kind: ShownKind, ids: readonly number[], isNear = false): SearchHit[] {
    if (ids.length === 0) return []
    const rows = this.#prepared(shown[kind]).all(JSON.stringify(ids)) as (Partial<SearchHit> & {
      id?: number
      position?: number
      currency?: string
      amountMinor?: number | null
    })[]
    const places = new Map(ids.map((id, index) => [id, index]))
    const placeOf = (row: (typeof rows)[number]): number => places.get(row.position ?? row.id ?? 0) ?? 0
    return rows
      .sort((a, b) => placeOf(a) - placeOf(b))
      .map(({ currency, amountMinor, position: _position, ...row }) => ({
        ...empty,
        ...row,
        kind: kind === 'machine' ? (row.uuid == null ? 'node' : 'vm') : kind,
        total: currency === undefined || amountMinor === undefined || amountMinor === null ? null : { amountMinor, currency },
        isNear,
      }))
  }

  #prepared(sql: string, pluck = false): BetterSqlite3.Statement {
    const known = this.#statements.get(sql)
    if (known) return known
    const made = pluck ? this.#sqlite.prepare(sql).pluck() : this.#sqlite.prepare(sql)
    this.#statements.set(sql, made)
    return made
  }
}
