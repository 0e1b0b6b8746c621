// The mirrored lists as they are shown and printed: filtered, windowed, with totals from items and what customers owe.
import type BetterSqlite3 from 'better-sqlite3'
import type { z } from 'zod'
import type { customerRow, invoiceRow, planRow, productRow, serviceRow } from '../../shared/contract/billing.ts'
import type { Day } from '../../shared/domain/calendar.ts'
import type { ProductId, ServiceId } from '../../shared/domain/ids.ts'
import type { Money } from '../../shared/domain/money.ts'
import type { Database } from '../open.ts'
import { addFolding } from './billingFilter.ts'
import { customerIs, customerName, customerText, selectList, type Listed, type ListQuery, type ListSource } from './billingSelect.ts'
import { earliestPayment, revenueQueries, unpaidAtSyncBefore } from './revenueFacts.ts'
import { ServicePlans } from './servicePlans.ts'

type Customer = z.output<typeof customerRow>
type Product = z.output<typeof productRow>
type Plan = z.output<typeof planRow>
type Service = z.output<typeof serviceRow>
type Invoice = z.output<typeof invoiceRow>

const customers: ListSource = {
  columns: `c.id, c.first_name as firstName, c.last_name as lastName, c.email, c.created_at as createdAt, c.gone_at as goneAt,
    (select count(*) from services s where s.customer_id = c.id and s.gone_at is null) as services`,
  from: 'customers c',
  id: 'c.id',
  gone: 'c.gone_at',
  fields: { text: `c.id || ' ' || ${customerText}`, keys: { id: 'cast(c.id as text) = ?', email: 'instr(fold(c.email), ?) > 0', name: `instr(fold(${customerName}), ?) > 0` } },
}

const products: ListSource = {
  columns: `p.id, p.name, p.slug, p.hidden, p.category_id as categoryId, g.name as categoryName, p.gone_at as goneAt,
    (select count(*) from services s where s.product_id = p.id and s.gone_at is null) as services`,
  from: 'products p left join categories g on g.id = p.category_id',
  id: 'p.id',
  gone: 'p.gone_at',
  fields: { text: `p.id || ' ' || p.name || ' ' || p.slug || ' ' || coalesce(g.name, '')`, keys: { id: 'cast(p.id as text) = ?', slug: 'instr(fold(p.slug), ?) > 0', category: 'instr(fold(g.name), ?) > 0', name: 'instr(fold(p.name), ?) > 0' } },
}

const plans: ListSource = {
  columns: `l.id, l.product_id as productId, p.name as productName, l.name, l.type, l.billing_period as period, l.billing_unit as unit, l.prices, l.gone_at as goneAt`,
  from: 'plans l left join products p on p.id = l.product_id',
  id: 'l.id',
  gone: 'l.gone_at',
  fields: {
    text: `l.id || ' ' || coalesce(l.name, '') || ' ' || l.type || ' ' || coalesce(l.billing_unit, '') || ' ' || coalesce(p.name, '')`,
    keys: { id: 'cast(l.id as text) = ?', type: 'fold(l.type) = ?', product: 'instr(fold(p.name), ?) > 0' },
  },
}

const services: ListSource = {
  columns: `s.id, s.customer_id as customerId, ${customerName} as customerName, s.product_id as productId, p.name as productName, s.status, s.currency,
    s.price_minor as priceMinor, s.quantity, s.expires_on as expiresAt, s.created_at as createdAt, s.gone_at as goneAt,
    n.name as nodeName, coalesce(v.name, k.vm_name) as vmName`,
  from: `services s left join customers c on c.id = s.customer_id left join products p on p.id = s.product_id
    left join links k on k.service_id = s.id left join nodes n on n.id = k.node_id left join vms v on v.node_id = k.node_id and v.uuid = k.uuid`,
  id: 's.id',
  gone: 's.gone_at',
  fields: {
    text: `s.id || ' ' || s.status || ' ' || coalesce(p.name, '') || ' ' || coalesce(n.name || '/' || coalesce(v.name, k.vm_name), '') || ' ' || ${customerText}`,
    keys: {
      id: 'cast(s.id as text) = ?',
      status: 'fold(s.status) = ?',
      customer: customerIs,
      product: 'instr(fold(p.name), ?) > 0',
      node: 'fold(n.name) = ?',
      vm: 'instr(fold(coalesce(v.name, k.vm_name)), ?) > 0',
    },
  },
}

const invoices: ListSource = {
  columns: `i.id, i.customer_id as customerId, ${customerName} as customerName, i.status, i.currency, i.due_on as dueAt, i.paid_at as paidAt,
    i.created_at as createdAt, i.first_seen_at as firstSeenAt, i.gone_at as goneAt`,
  from: 'invoices i left join customers c on c.id = i.customer_id',
  id: 'i.id',
  gone: 'i.gone_at',
  fields: {
    text: `i.id || ' ' || i.status || ' ' || i.currency || ' ' || coalesce(i.due_on, '') || ' ' || ${customerText} || ' ' ||
      coalesce((select group_concat(t.description, ' ') from invoice_items t where t.invoice_id = i.id and t.gone_at is null), '')`,
    keys: {
      id: 'cast(i.id as text) = ?',
      status: 'fold(i.status) = ?',
      currency: 'fold(i.currency) = ?',
      customer: customerIs,
      service: 'exists (select 1 from invoice_items t where t.invoice_id = i.id and t.gone_at is null and cast(t.service_id as text) = ?)',
    },
  },
}

interface RawItem {
  id: number
  invoiceId: number
  serviceId: number | null
  description: string
  priceMinor: number | null
  quantity: number
}

type RawInvoice = Omit<Invoice, 'total' | 'items' | 'paidNotBefore' | 'gone'> & { currency: string; firstSeenAt: number | null; goneAt: number | null }

function moneyOf(amountMinor: number | null, currency: string): Money | null {
  return amountMinor === null ? null : { amountMinor, currency }
}

/** Σ price × quantity, zero without items; null when one of them cannot be read or the sum is beyond exact numbers. */
function totalOf(items: readonly Pick<RawItem, 'priceMinor' | 'quantity'>[], currency: string): Money | null {
  let amountMinor = 0
  for (const item of items) {
    if (item.priceMinor === null) return null
    amountMinor += item.priceMinor * item.quantity
  }
  return Number.isSafeInteger(amountMinor) ? { amountMinor, currency } : null
}

function billedAs(
  plans: ServicePlans,
  { id, productId, expiresAt, currency, priceMinor }: { id: number; productId: number | null; expiresAt: string | null; currency: string; priceMinor: number | null },
): Service['billed'] {
  const { kind, period } = plans.planOf({ serviceId: id as ServiceId, productId: productId as ProductId | null, currency, priceMinor, expiresOn: expiresAt as Day | null })
  return kind === null ? null : { kind, count: period?.count ?? null, unit: period?.unit ?? null }
}

/** Plans of a product that are billed alike are told apart by nothing that Paymenter says of a service. */
function planKey(productId: number, kind: string, count: number | null, unit: string | null): string {
  return kind === 'recurring' ? `${productId}/${String(count)}/${String(unit)}` : `${productId}/${kind}`
}

export class BillingLists {
  readonly #db: Database
  readonly #sqlite: BetterSqlite3.Database

  constructor(db: Database) {
    this.#db = db
    this.#sqlite = db.sqlite
    addFolding(db.sqlite)
  }

  customers(query: ListQuery): Listed<Customer> {
    const { rows, total } = this.#select<Omit<Customer, 'owed' | 'gone'> & { goneAt: number | null }>(customers, query)
    const owed = this.#owed()
    return { total, rows: rows.map(({ goneAt, ...row }) => ({ ...row, owed: owed.get(row.id) ?? [], gone: goneAt !== null })) }
  }

  products(query: ListQuery): Listed<Product> {
    const { rows, total } = this.#select<Omit<Product, 'hidden' | 'gone'> & { hidden: number; goneAt: number | null }>(products, query)
    return { total, rows: rows.map(({ goneAt, hidden, ...row }) => ({ ...row, hidden: hidden === 1, gone: goneAt !== null })) }
  }

  plans(query: ListQuery): Listed<Plan> {
    const { rows, total } = this.#select<Omit<Plan, 'prices' | 'services' | 'gone'> & { prices: string; goneAt: number | null }>(plans, query)
    const services = this.#servicesByPlan()
    return {
      total,
      rows: rows.map(({ goneAt, prices, ...row }) => ({
        ...row,
        prices: readablePrices(prices),
        services: services.get(planKey(row.productId, row.type, row.period, row.unit)) ?? 0,
        gone: goneAt !== null,
      })),
    }
  }

  services(query: ListQuery): Listed<Service> {
    type Raw = Omit<Service, 'price' | 'billed' | 'vm' | 'gone'> & { priceMinor: number | null; currency: string; nodeName: string | null; vmName: string | null; goneAt: number | null }
    const { rows, total } = this.#select<Raw>(services, query)
    const plansOf = new ServicePlans(this.#db)
    return {
      total,
      rows: rows.map(({ goneAt, priceMinor, currency, nodeName, vmName, ...row }) => ({
        ...row,
        price: moneyOf(priceMinor, currency),
        billed: billedAs(plansOf, { ...row, priceMinor, currency }),
        vm: nodeName === null || vmName === null ? null : `${nodeName}/${vmName}`,
        gone: goneAt !== null,
      })),
    }
  }

  invoices(query: ListQuery): Listed<Invoice> {
    const { rows, total } = this.#select<RawInvoice>(invoices, query)
    return { total, rows: this.#invoiceRows(rows) }
  }

  /** Invoices in the order of their ids; gone ones too. */
  invoicesOf(ids: readonly number[]): Invoice[] {
    const sql = `select ${invoices.columns} from ${invoices.from} where i.id in (select value from json_each(?))`
    const rows = this.#invoiceRows(this.#sqlite.prepare(sql).all(JSON.stringify(ids)) as RawInvoice[])
    const byId = new Map(rows.map((row) => [row.id, row]))
    return ids.flatMap((id) => byId.get(id) ?? [])
  }

  #invoiceRows(rows: readonly RawInvoice[]): Invoice[] {
    const unpaidUntil = unpaidAtSyncBefore(this.#sqlite.prepare(revenueQueries.runs).raw().all() as number[][])
    const itemsOf = this.#itemsOf(rows.map((row) => row.id))
    return rows.map(({ goneAt, currency, firstSeenAt, ...row }) => {
      const items = itemsOf.get(row.id) ?? []
      return {
        ...row,
        total: totalOf(items, currency),
        paidNotBefore: row.paidAt === null ? null : earliestPayment(row.paidAt, row.createdAt, firstSeenAt, unpaidUntil),
        items: items.map(({ id, serviceId, description, priceMinor, quantity }) => ({ id, serviceId, description, quantity, price: moneyOf(priceMinor, currency) })),
        gone: goneAt !== null,
      }
    })
  }

  #select<T>(source: ListSource, query: ListQuery): Listed<T> {
    return selectList<T>(this.#sqlite, source, query)
  }

  /** How many services are billed by each plan, by its key. */
  #servicesByPlan(): Map<string, number> {
    const sql = 'select id, product_id as productId, currency, price_minor as priceMinor, expires_on as expiresAt from services where gone_at is null and product_id is not null'
    const plansOf = new ServicePlans(this.#db)
    const counts = new Map<string, number>()
    for (const service of this.#sqlite.prepare(sql).all() as (Parameters<typeof billedAs>[1] & { productId: number })[]) {
      const billed = billedAs(plansOf, service)
      if (billed === null) continue
      const key = planKey(service.productId, billed.kind, billed.count, billed.unit)
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    return counts
  }

  #itemsOf(invoiceIds: readonly number[]): Map<number, RawItem[]> {
    const items = this.#sqlite
      .prepare(
        `select id, invoice_id as invoiceId, service_id as serviceId, description, price_minor as priceMinor, quantity from invoice_items
         where gone_at is null and invoice_id in (select value from json_each(?)) order by id`,
      )
      .all(JSON.stringify(invoiceIds)) as RawItem[]
    const byInvoice = new Map<number, RawItem[]>()
    for (const item of items) {
      const known = byInvoice.get(item.invoiceId)
      if (known) known.push(item)
      else byInvoice.set(item.invoiceId, [item])
    }
    return byInvoice
  }

  /** What each customer owes by currency: pending invoices whose items can be read. */
  #owed(): Map<number, Money[]> {
    const sums = this.#sqlite
      .prepare(
        `select i.customer_id as customerId, i.currency, sum(t.price_minor * t.quantity) as amountMinor from invoices i
         join invoice_items t on t.invoice_id = i.id and t.gone_at is null
         where i.status = 'pending' and i.gone_at is null and i.customer_id is not null and t.price_minor is not null
         group by i.customer_id, i.currency order by i.currency`,
      )
      .all() as (Money & { customerId: number })[]
    const owed = new Map<number, Money[]>()
    for (const { customerId, amountMinor, currency } of sums) {
      const known = owed.get(customerId)
      if (known) known.push({ amountMinor, currency })
      else owed.set(customerId, [{ amountMinor, currency }])
    }
    return owed
  }
}

function readablePrices(json: string): Plan['prices'] {
  const prices = JSON.parse(json) as { currency: string; amountMinor: number | null; setupFeeMinor: number | null }[]
  return prices.flatMap(({ currency, amountMinor, setupFeeMinor }) => (amountMinor === null ? [] : [{ currency, amountMinor, setupFeeMinor }]))
}
