// Invoices in windows: those that fit, in an order, a part at a time, and what is unpaid among them, by how late it is.
import type BetterSqlite3 from 'better-sqlite3'
import type { z } from 'zod'
import type { invoiceRow } from '../../shared/contract/billing.ts'
import type { invoiceAges, invoiceSorts } from '../../shared/contract/desk.ts'
import type { Day } from '../../shared/domain/calendar.ts'
import type { Money } from '../../shared/domain/money.ts'
import type { Database } from '../open.ts'
import { addFolding, filterCondition, type FilterFields } from './billingFilter.ts'
import { BillingLists } from './billingLists.ts'
import { customerIs, customerName, customerText } from './billingSelect.ts'

export type InvoiceSort = (typeof invoiceSorts)[number]
export type InvoiceAge = (typeof invoiceAges)[number]

export interface InvoiceChoice {
  readonly filter?: string | undefined
  readonly gone?: boolean | undefined
  readonly customerId?: number | undefined
  /** In Paymenter's zone. */
  readonly today: Day
}

export interface WindowQuery extends InvoiceChoice {
  readonly sort?: { readonly by: InvoiceSort; readonly desc: boolean } | undefined
  readonly offset?: number | undefined
  readonly limit?: number | undefined
}

export interface Unpaid {
  readonly count: number
  readonly sums: Money[]
}

const usualLimit = 200
const from = 'invoices i left join customers c on c.id = i.customer_id'
const total = '(select sum(t.price_minor * t.quantity) from invoice_items t where t.invoice_id = i.id and t.gone_at is null)'
const orders: Readonly<Record<InvoiceSort, string>> = { id: 'i.id', customer: `fold(${customerName})`, status: 'i.status', total, due: 'i.due_on', paid: 'i.paid_at', created: 'i.created_at' }

/** The day is checked by the contract: digits and dashes only. */
function ageOn(today: Day): string {
  const late = `cast(julianday('${today}') - julianday(i.due_on) as integer)`
  return `case when i.status <> 'pending' then 'none' when i.due_on is null then 'undated' when ${late} <= 0 then 'current' when ${late} <= 7 then '1-7'
    when ${late} <= 30 then '8-30' when ${late} <= 60 then '31-60' else 'over-60' end`
}

function fieldsOn(today: Day): FilterFields {
  return {
    text: `i.id || ' ' || i.status || ' ' || i.currency || ' ' || coalesce(i.due_on, '') || ' ' || ${customerText} || ' ' ||
      coalesce((select group_concat(t.description, ' ') from invoice_items t where t.invoice_id = i.id and t.gone_at is null), '')`,
    keys: {
      id: 'cast(i.id as text) = ?',
      status: 'i.status = ?',
      currency: 'fold(i.currency) = ?',
      customer: customerIs,
      age: `(${ageOn(today)}) = ?`,
      late: `(${ageOn(today)}) not in ('none', 'undated', 'current') and ? in ('yes', 'true')`,
      service: 'exists (select 1 from invoice_items t where t.invoice_id = i.id and t.gone_at is null and cast(t.service_id as text) = ?)',
    },
  }
}

/** Without words the customers are not needed, and the index of what is there is enough to count. */
function chosen(choice: InvoiceChoice): { readonly where: string; readonly values: (string | number)[]; readonly source: string } {
  const condition = filterCondition(choice.filter, fieldsOn(choice.today))
  const parts = [choice.gone === true ? '1' : 'i.gone_at is null', condition.sql]
  const values: (string | number)[] = [...condition.values]
  if (choice.customerId !== undefined) {
    parts.push('i.customer_id = ?')
    values.push(choice.customerId)
  }
  return { where: parts.join(' and '), values, source: condition.sql === '1' ? 'invoices i' : from }
}

export class InvoiceWindows {
  readonly #sqlite: BetterSqlite3.Database
  readonly #lists: BillingLists

  constructor(db: Database) {
    this.#sqlite = db.sqlite
    this.#lists = new BillingLists(db)
    addFolding(db.sqlite)
  }

  window(query: WindowQuery): { rows: z.output<typeof invoiceRow>[]; total: number } {
    const { where, values, source } = chosen(query)
    const { by, desc } = query.sort ?? { by: 'due' as const, desc: true }
    const direction = desc ? 'desc' : 'asc nulls last'
    const order = by === 'id' ? `i.id ${desc ? 'desc' : 'asc'}` : `${orders[by]} ${direction}, i.id ${desc ? 'desc' : 'asc'}`
    const total = this.#sqlite.prepare(`select count(*) from ${source} where ${where}`).pluck().get(...values) as number
    const ids = this.#sqlite
      .prepare(`select i.id from ${by === 'customer' ? from : source} where ${where} order by ${order} limit ? offset ?`)
      .pluck()
      .all(...values, query.limit ?? usualLimit, query.offset ?? 0) as number[]
    return { rows: this.#lists.invoicesOf(ids), total }
  }

  /** Of those that fit. */
  unpaid(choice: InvoiceChoice): Unpaid {
    const { where, values, source } = chosen(choice)
    const rows = this.#sqlite
      .prepare(
        `select currency, count(*) as count, sum(amountMinor) as amountMinor from
         (select i.currency, ${total} as amountMinor from ${source} where ${where} and i.status = 'pending') group by currency order by currency`,
      )
      .all(...values) as { currency: string; count: number; amountMinor: number | null }[]
    return {
      count: rows.reduce((sum, row) => sum + row.count, 0),
      sums: rows.flatMap(({ currency, amountMinor }) => (amountMinor === null ? [] : [{ currency, amountMinor }])),
    }
  }

  /** Everything unpaid, by how late it is. Ages without an invoice are left out. */
  ageing(today: Day): { age: InvoiceAge; count: number; sums: Money[] }[] {
    const rows = this.#sqlite
      .prepare(
        `select age, currency, count(*) as count, sum(amountMinor) as amountMinor from
         (select ${ageOn(today)} as age, i.currency, ${total} as amountMinor from invoices i where i.status = 'pending' and i.gone_at is null) group by age, currency order by currency`,
      )
      .all() as { age: InvoiceAge; currency: string; count: number; amountMinor: number | null }[]
    const byAge = new Map<InvoiceAge, { count: number; sums: Money[] }>()
    for (const { age, currency, count, amountMinor } of rows) {
      const known = byAge.get(age) ?? { count: 0, sums: [] }
      byAge.set(age, { count: known.count + count, sums: amountMinor === null ? known.sums : [...known.sums, { amountMinor, currency }] })
    }
    return [...byAge].map(([age, sums]) => ({ age, ...sums }))
  }
}
