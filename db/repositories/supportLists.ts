// Categories, orders, credits, tickets and what was changed from here, as they are shown and printed.
import type BetterSqlite3 from 'better-sqlite3'
import type { z } from 'zod'
import type { categoryRow, creditRow, orderRow, ticketMessageRow, ticketRow } from '../../shared/contract/billing.ts'
import type { Database } from '../open.ts'
import { addFolding } from './billingFilter.ts'
import { customerIs, customerName, customerText, selectList, type Listed, type ListQuery, type ListSource } from './billingSelect.ts'

type Category = z.output<typeof categoryRow>
type Order = z.output<typeof orderRow>
type Credit = z.output<typeof creditRow>
type Ticket = z.output<typeof ticketRow>
type TicketMessage = z.output<typeof ticketMessageRow>

const categories: ListSource = {
  columns: `g.id, g.name, g.parent_id as parentId, g.gone_at as goneAt,
    (select count(*) from products p where p.category_id = g.id and p.gone_at is null) as products`,
  from: 'categories g',
  id: 'g.id',
  gone: 'g.gone_at',
  fields: { text: `g.id || ' ' || g.name`, keys: { id: 'cast(g.id as text) = ?', name: 'instr(fold(g.name), ?) > 0' } },
}

const orders: ListSource = {
  columns: `o.id, o.customer_id as customerId, ${customerName} as customerName, o.currency, o.service_ids as serviceIds, o.created_at as createdAt, o.gone_at as goneAt`,
  from: 'orders o left join customers c on c.id = o.customer_id',
  id: 'o.id',
  gone: 'o.gone_at',
  fields: {
    text: `o.id || ' ' || o.currency || ' ' || ${customerText}`,
    keys: {
      id: 'cast(o.id as text) = ?',
      customer: customerIs,
      currency: 'fold(o.currency) = ?',
      service: 'exists (select 1 from json_each(o.service_ids) j where cast(j.value as text) = ?)',
    },
  },
}

const credits: ListSource = {
  columns: `k.id, k.customer_id as customerId, ${customerName} as customerName, k.currency, k.amount_minor as amountMinor, k.updated_at as updatedAt, k.gone_at as goneAt`,
  from: 'credits k left join customers c on c.id = k.customer_id',
  id: 'k.id',
  gone: 'k.gone_at',
  fields: {
    text: `k.id || ' ' || k.currency || ' ' || ${customerText}`,
    keys: { id: 'cast(k.id as text) = ?', customer: customerIs, currency: 'fold(k.currency) = ?' },
  },
}

const lastMessage = `(select max(m.id) from ticket_messages m where m.ticket_id = t.id and m.gone_at is null)`
const tickets: ListSource = {
  columns: `t.id, t.customer_id as customerId, ${customerName} as customerName, t.subject, t.status, t.priority, t.department,
    (select count(*) from ticket_messages m where m.ticket_id = t.id and m.gone_at is null) as messages,
    t.created_at as createdAt, t.updated_at as updatedAt, l.created_at as lastMessageAt, l.author_id = t.customer_id as lastByCustomer, t.gone_at as goneAt`,
  from: `tickets t left join customers c on c.id = t.customer_id left join ticket_messages l on l.id = ${lastMessage}`,
  id: 't.id',
  gone: 't.gone_at',
  fields: {
    text: `t.id || ' ' || t.subject || ' ' || t.status || ' ' || t.priority || ' ' || coalesce(t.department, '') || ' ' || ${customerText}`,
    keys: {
      id: 'cast(t.id as text) = ?',
      status: 'fold(t.status) = ?',
      priority: 'fold(t.priority) = ?',
      department: `fold(coalesce(t.department, '')) = ?`,
      turn: `case when t.status = 'closed' then 'closed' when l.author_id = t.customer_id then 'you' when l.author_id <> t.customer_id then 'customer' else 'unknown' end = ?`,
      subject: 'instr(fold(t.subject), ?) > 0',
      customer: customerIs,
      message: 'exists (select 1 from ticket_messages m where m.ticket_id = t.id and m.gone_at is null and instr(fold(m.message), ?) > 0)',
    },
  },
}

function yes(value: number | null): boolean | null {
  return value === null ? null : value === 1
}

export class SupportLists {
  readonly #sqlite: BetterSqlite3.Database

  constructor(db: Database) {
    this.#sqlite = db.sqlite
    addFolding(db.sqlite)
  }

  categories(query: ListQuery): Listed<Category> {
    const { rows, total } = selectList<Omit<Category, 'gone'> & { goneAt: number | null }>(this.#sqlite, categories, query)
    return { total, rows: rows.map(({ goneAt, ...row }) => ({ ...row, gone: goneAt !== null })) }
  }

  orders(query: ListQuery): Listed<Order> {
    type Raw = Omit<Order, 'services' | 'gone'> & { serviceIds: string; goneAt: number | null }
    const { rows, total } = selectList<Raw>(this.#sqlite, orders, query)
    return { total, rows: rows.map(({ goneAt, serviceIds, ...row }) => ({ ...row, services: JSON.parse(serviceIds) as number[], gone: goneAt !== null })) }
  }

  credits(query: ListQuery): Listed<Credit> {
    type Raw = Omit<Credit, 'amount' | 'gone'> & { amountMinor: number | null; goneAt: number | null }
    const { rows, total } = selectList<Raw>(this.#sqlite, credits, query)
    return {
      total,
      rows: rows.map(({ goneAt, amountMinor, ...row }) => ({
        ...row,
        amount: amountMinor === null ? null : { amountMinor, currency: row.currency },
        gone: goneAt !== null,
      })),
    }
  }

  tickets(query: ListQuery): Listed<Ticket> {
    type Raw = Omit<Ticket, 'lastByCustomer' | 'gone'> & { lastByCustomer: number | null; goneAt: number | null }
    const { rows, total } = selectList<Raw>(this.#sqlite, tickets, query)
    return { total, rows: rows.map(({ goneAt, lastByCustomer, ...row }) => ({ ...row, lastByCustomer: yes(lastByCustomer), gone: goneAt !== null })) }
  }

  /** A ticket's messages that are not gone, oldest first. */
  messagesOf(ticketId: number): TicketMessage[] {
    const rows = this.#sqlite
      .prepare(
        `select m.id, m.author_id as authorId, coalesce(${customerName}, c.email) as authorName, m.author_id = t.customer_id as byCustomer, m.message, m.created_at as createdAt
         from ticket_messages m join tickets t on t.id = m.ticket_id left join customers c on c.id = m.author_id
         where m.ticket_id = ? and m.gone_at is null order by m.id`,
      )
      .all(ticketId) as (Omit<TicketMessage, 'byCustomer'> & { byCustomer: number | null })[]
    return rows.map(({ byCustomer, ...row }) => ({ ...row, byCustomer: yes(byCustomer) }))
  }
}
