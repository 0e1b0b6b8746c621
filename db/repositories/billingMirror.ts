// Writes the mirror of Paymenter: rows as read, their history, and what is gone. Each method belongs into a transaction of its caller.
import type { Day } from '../../shared/domain/calendar.ts'
import type { Database } from '../open.ts'
import type {
  CategoryRow,
  CreditRow,
  CustomerRow,
  InvoiceItemRow,
  InvoiceRow,
  MirroredRow,
  OrderRow,
  PlanRow,
  ProductRow,
  ServiceRow,
  TicketMessageRow,
  TicketRow,
} from './billingRows.ts'
import { MirrorTable, type MirrorValues } from './mirrorTable.ts'

/** The lists of the mirror that have a list of their own in Paymenter. */
export const mirroredLists = ['customers', 'products', 'services', 'invoices', 'orders', 'credits', 'tickets', 'ticketMessages'] as const
export type MirroredList = (typeof mirroredLists)[number]

export interface StoredCounts {
  /** Rows that are new or differ from what was stored, those below them (plans, items) included. */
  changed: number
  /** Rows below others that are not named any more. */
  gone: number
}

interface KnownService {
  readonly status: string
  readonly expires_on: string | null
  readonly expiry_readable: number
  readonly read_at: number
}

export class BillingMirror {
  readonly #tables: Record<MirroredList, MirrorTable>
  readonly #categories: MirrorTable
  readonly #plans: MirrorTable
  readonly #items: MirrorTable
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
    const { sqlite } = db
    this.#tables = {
      customers: new MirrorTable(sqlite, 'customers', { columns: ['first_name', 'last_name', 'email'] }),
      products: new MirrorTable(sqlite, 'products', { columns: ['name', 'slug', 'hidden', 'category_id'], keptWhenNull: ['category_id'] }),
      services: new MirrorTable(sqlite, 'services', {
        columns: ['customer_id', 'product_id', 'status', 'currency', 'price_minor', 'quantity', 'expires_on', 'expiry_readable', 'properties'],
        keptWhenNull: ['customer_id', 'product_id'],
      }),
      invoices: new MirrorTable(sqlite, 'invoices', {
        columns: ['customer_id', 'status', 'currency', 'due_on', 'due_readable', 'created_on', 'paid_at', 'once_paid_at'],
        keptWhenNull: ['customer_id'],
        onConflict: {
          paid_at: `case when excluded.status = 'paid' then coalesce(invoices.paid_at, excluded.paid_at) end`,
          once_paid_at: 'coalesce(invoices.once_paid_at, excluded.once_paid_at)',
        },
      }),
      orders: new MirrorTable(sqlite, 'orders', { columns: ['customer_id', 'currency', 'service_ids'], keptWhenNull: ['customer_id'] }),
      credits: new MirrorTable(sqlite, 'credits', { columns: ['customer_id', 'currency', 'amount_minor'], keptWhenNull: ['customer_id'] }),
      tickets: new MirrorTable(sqlite, 'tickets', {
        columns: ['customer_id', 'subject', 'status', 'priority', 'department', 'assigned_to'],
        keptWhenNull: ['customer_id'],
      }),
      ticketMessages: new MirrorTable(sqlite, 'ticket_messages', {
        columns: ['ticket_id', 'author_id', 'message'],
        keptWhenNull: ['ticket_id', 'author_id'],
      }),
    }
    this.#categories = new MirrorTable(sqlite, 'categories', { columns: ['name', 'parent_id'] })
    this.#plans = new MirrorTable(sqlite, 'plans', { columns: ['product_id', 'name', 'type', 'billing_period', 'billing_unit', 'prices'] })
    this.#items = new MirrorTable(sqlite, 'invoice_items', { columns: ['invoice_id', 'service_id', 'description', 'price_minor', 'quantity'] })
    this.#service = sqlite.prepare('select status, expires_on, expiry_readable, read_at from services where id = ?')
    this.#properties = sqlite.prepare('select properties from services where id = ?').pluck()
    this.#addHistory = sqlite.prepare(
      `insert into service_history (service_id, read_at, previous_read_at, read_on, status, expires_on, expiry_readable)
       values (@service_id, @read_at, @previous_read_at, @read_on, @status, @expires_on, @expiry_readable)`,
    )
    this.#orderServices = sqlite.prepare('select service_ids from orders where id = ?').pluck()
    this.#plansOf = sqlite.prepare('select id from plans where product_id = ? and gone_at is null').pluck()
    this.#itemsOf = sqlite.prepare('select id from invoice_items where invoice_id = ? and gone_at is null').pluck()
    this.#itemPlace = sqlite.prepare('select invoice_id from invoice_items where id = ? and gone_at is null').pluck()
  }

  readonly #service
  readonly #properties
  readonly #addHistory
  readonly #orderServices
  readonly #plansOf
  readonly #itemsOf
  readonly #itemPlace

  /** How many rows are there now, by list, and plans. */
  counts(): Record<MirroredList | 'plans', number> {
    return {
      customers: this.#tables.customers.count(),
      products: this.#tables.products.count(),
      plans: this.#plans.count(),
      services: this.#tables.services.count(),
      invoices: this.#tables.invoices.count(),
      orders: this.#tables.orders.count(),
      credits: this.#tables.credits.count(),
      tickets: this.#tables.tickets.count(),
      ticketMessages: this.#tables.ticketMessages.count(),
    }
  }

  knownIds(list: MirroredList): number[] {
    return this.#tables[list].knownIds()
  }

  count(list: MirroredList): number {
    return this.#tables[list].count()
  }

  /** True when it was not gone before. */
  markGone(list: MirroredList, id: number, at: number): boolean {
    return this.#tables[list].markGone(id, at)
  }

  storeCustomer(row: CustomerRow, readAt: number): StoredCounts {
    const values = { ...base(row, readAt), first_name: row.firstName, last_name: row.lastName, email: row.email }
    return { changed: Number(this.#tables.customers.store(values)), gone: 0 }
  }

  storeProduct(row: ProductRow, readAt: number): StoredCounts {
    const values = { ...base(row, readAt), name: row.name, slug: row.slug, hidden: Number(row.hidden), category_id: row.categoryId }
    if (row.category !== null) this.#categories.store(categoryValues(row.category, readAt))
    const counts = { changed: Number(this.#tables.products.store(values)), gone: 0 }
    if (row.plans === undefined) return counts
    for (const plan of row.plans) counts.changed += Number(this.#plans.store(planValues(plan, readAt)))
    const met = new Set(row.plans.map((plan) => plan.id))
    for (const id of this.#plansOf.all(row.id) as number[]) if (!met.has(id)) counts.gone += Number(this.#plans.markGone(id, readAt))
    return counts
  }

  /** Stores a service and, when its status or expiry is new, a row of its history. `readOn` is the day of `readAt` in Paymenter's zone. */
  storeService(row: ServiceRow, readAt: number, readOn: Day): StoredCounts {
    const before = this.#service.get(row.id) as KnownService | undefined
    const fact = { status: row.status, expires_on: row.expiresOn, expiry_readable: Number(row.expiryReadable) }
    const isNews =
      before === undefined ||
      before.status !== fact.status ||
      before.expires_on !== fact.expires_on ||
      before.expiry_readable !== fact.expiry_readable
    const properties = row.properties === null ? ((this.#properties.get(row.id) as string | undefined) ?? '{}') : JSON.stringify(row.properties)
    const changed = this.#tables.services.store({
      ...base(row, readAt),
      ...fact,
      customer_id: row.customerId,
      product_id: row.productId,
      currency: row.currency,
      price_minor: row.priceMinor,
      quantity: row.quantity,
      properties,
    })
    if (isNews) this.#addHistory.run({ ...fact, service_id: row.id, read_at: readAt, previous_read_at: before?.read_at ?? null, read_on: readOn })
    return { changed: Number(changed), gone: 0 }
  }

  /**
   * Stores an invoice with its items. Items that it names no more are gone; when items could not be included, those that are known stay.
   * An item that is named but was not sent keeps what is known of it; one that is not known is stored with an unreadable price, so that
   * no total is told that leaves it out.
   */
  storeInvoice(row: InvoiceRow, readAt: number): StoredCounts {
    const paidAt = row.status === 'paid' ? Math.min(readAt, row.updatedAt ?? readAt) : null
    const changed = this.#tables.invoices.store({
      ...base(row, readAt),
      customer_id: row.customerId,
      status: row.status,
      currency: row.currency,
      due_on: row.dueOn,
      due_readable: Number(row.dueReadable),
      created_on: row.createdOn,
      paid_at: paidAt,
      once_paid_at: paidAt,
    })
    const counts = { changed: Number(changed), gone: 0 }
    if (row.items === undefined) return counts
    const named = new Set(row.missingItems)
    for (const item of row.items) {
      named.add(item.id)
      counts.changed += Number(this.#items.store(itemValues(item, row.id, readAt)))
    }
    for (const id of row.missingItems) {
      if (this.#itemPlace.get(id) === row.id) continue
      counts.changed += Number(this.#items.store(itemValues(placeholder(id), row.id, readAt)))
    }
    for (const id of this.#itemsOf.all(row.id) as number[]) if (!named.has(id)) counts.gone += Number(this.#items.markGone(id, readAt))
    return counts
  }

  storeOrder(row: OrderRow, readAt: number): StoredCounts {
    const known = row.serviceIds ?? (JSON.parse((this.#orderServices.get(row.id) as string | undefined) ?? '[]') as number[])
    const values = { ...base(row, readAt), customer_id: row.customerId, currency: row.currency, service_ids: JSON.stringify(known) }
    return { changed: Number(this.#tables.orders.store(values)), gone: 0 }
  }

  storeCredit(row: CreditRow, readAt: number): StoredCounts {
    const values = { ...base(row, readAt), customer_id: row.customerId, currency: row.currency, amount_minor: row.amountMinor }
    return { changed: Number(this.#tables.credits.store(values)), gone: 0 }
  }

  storeTicket(row: TicketRow, readAt: number): StoredCounts {
    const { customerId, subject, status, priority, department, assignedTo } = row
    const values = { ...base(row, readAt), customer_id: customerId, subject, status, priority, department, assigned_to: assignedTo }
    return { changed: Number(this.#tables.tickets.store(values)), gone: 0 }
  }

  storeTicketMessage(row: TicketMessageRow, readAt: number): StoredCounts {
    const values = { ...base(row, readAt), ticket_id: row.ticketId, author_id: row.authorId, message: row.message }
    return { changed: Number(this.#tables.ticketMessages.store(values)), gone: 0 }
  }

  /** Runs `work` in one immediate transaction. What it stores was read from Paymenter, and can be read again. */
  transaction<T>(work: () => T): T {
    return this.#db.note(work)
  }
}

function base(row: MirroredRow, readAt: number): MirrorValues {
  return { id: row.id, raw: row.raw, created_at: row.createdAt, updated_at: row.updatedAt, read_at: readAt }
}

function categoryValues(row: CategoryRow, readAt: number): MirrorValues {
  return { ...base(row, readAt), name: row.name, parent_id: row.parentId }
}

function planValues(row: PlanRow, readAt: number): MirrorValues {
  return {
    ...base(row, readAt),
    product_id: row.productId,
    name: row.name,
    type: row.type,
    billing_period: row.billingPeriod,
    billing_unit: row.billingUnit,
    prices: JSON.stringify(row.prices),
  }
}

function itemValues(row: InvoiceItemRow, invoiceId: number, readAt: number): MirrorValues {
  return {
    ...base(row, readAt),
    invoice_id: invoiceId,
    service_id: row.serviceId,
    description: row.description,
    price_minor: row.priceMinor,
    quantity: row.quantity,
  }
}

function placeholder(id: number): InvoiceItemRow {
  return { id, raw: 'null', createdAt: null, updatedAt: null, serviceId: null, description: '', priceMinor: null, quantity: 1 }
}
