// The simulated Paymenter's database: its tables, and the joins that the API and the nightly job need.
import type {
  AnyRow,
  CategoryRow,
  CreditRow,
  InvoiceItemRow,
  InvoiceRow,
  OrderRow,
  PaymenterRows,
  PlanRow,
  PriceRow,
  ProductRow,
  PropertyRow,
  ServiceRow,
  TicketMessageRow,
  TicketRow,
  UserRow,
} from './rows.ts'
import { SERVICE_REFERENCE } from './rows.ts'
import { toCents } from './json.ts'
import { Table } from './table.ts'

type TimedRow = AnyRow & { created_at: number; updated_at: number }

export class PaymenterDatabase {
  readonly users: Table<UserRow>
  readonly properties: Table<PropertyRow>
  readonly categories: Table<CategoryRow>
  readonly products: Table<ProductRow>
  readonly plans: Table<PlanRow>
  readonly prices: Table<PriceRow>
  readonly orders: Table<OrderRow>
  readonly services: Table<ServiceRow>
  readonly invoices: Table<InvoiceRow>
  readonly invoiceItems: Table<InvoiceItemRow>
  readonly credits: Table<CreditRow>
  readonly tickets: Table<TicketRow>
  readonly ticketMessages: Table<TicketMessageRow>

  constructor(rows: PaymenterRows) {
    this.users = new Table(rows.users, ['role_id'])
    this.properties = new Table(rows.properties, ['owner_id'])
    this.categories = new Table(rows.categories, ['parent_id'])
    this.products = new Table(rows.products, ['category_id'])
    this.plans = new Table(rows.plans, ['product_id'])
    this.prices = new Table(rows.prices, ['plan_id'])
    this.orders = new Table(rows.orders, ['user_id'])
    this.services = new Table(rows.services, ['user_id', 'order_id', 'status'])
    this.invoices = new Table(rows.invoices, ['user_id', 'number'])
    this.invoiceItems = new Table(rows.invoiceItems, ['invoice_id', 'reference_id'])
    this.credits = new Table(rows.credits, ['user_id'])
    this.tickets = new Table(rows.tickets, ['user_id'])
    this.ticketMessages = new Table(rows.ticketMessages, ['ticket_id'])
  }

  /** Moves the times at which rows were made and changed, all of them. */
  moveInstants(move: (instant: number) => number): void {
    const { users, properties, categories, products, orders, services, invoices, invoiceItems, credits, tickets, ticketMessages } = this
    for (const table of [users, properties, categories, products, orders, services, invoices, invoiceItems, credits, tickets, ticketMessages]) moveTimes(table, move)
  }

  /** The properties of a customer or of a service. */
  propertiesOf(ownerType: PropertyRow['owner_type'], ownerId: number): readonly PropertyRow[] {
    return this.properties.where('owner_id', ownerId).filter((property) => property.owner_type === ownerType)
  }

  itemsOf(invoiceId: number): readonly InvoiceItemRow[] {
    return this.invoiceItems.where('invoice_id', invoiceId)
  }

  /** The invoices with an item that refers to the service: as often as they do, in the order of the items. */
  invoicesOfService(serviceId: number): InvoiceRow[] {
    const invoices: InvoiceRow[] = []
    for (const item of this.invoiceItems.where('reference_id', serviceId)) {
      const invoice = item.reference_type === SERVICE_REFERENCE ? this.invoices.get(item.invoice_id) : undefined
      if (invoice) invoices.push(invoice)
    }
    return invoices.sort((left, right) => left.id - right.id)
  }

  /** What an invoice asks for, in hundredths. */
  totalCents(invoiceId: number): bigint {
    return this.itemsOf(invoiceId).reduce((sum, item) => sum + toCents(item.price) * BigInt(item.quantity), 0n)
  }

  /** Removes a row and what Paymenter's foreign keys remove with it. False when there was none. */
  removeCascading(kind: DeletableKind, id: number): boolean {
    switch (kind) {
      case 'users':
        for (const kindOfUser of ['invoices', 'services', 'orders', 'tickets', 'credits'] as const) {
          for (const row of this[kindOfUser].where('user_id', id)) this.removeCascading(kindOfUser, row.id)
        }
        for (const property of this.propertiesOf('user', id)) this.properties.remove(property.id)
        return this.users.remove(id)
      case 'invoices':
        for (const item of this.itemsOf(id)) this.invoiceItems.remove(item.id)
        return this.invoices.remove(id)
      case 'tickets':
        for (const message of this.ticketMessages.where('ticket_id', id)) this.ticketMessages.remove(message.id)
        return this.tickets.remove(id)
      case 'services':
        for (const property of this.propertiesOf('service', id)) this.properties.remove(property.id)
        return this.services.remove(id)
      case 'orders':
      case 'invoiceItems':
      case 'credits':
      case 'ticketMessages':
        return this[kind].remove(id)
    }
  }
}

function moveTimes(table: Pick<Table<TimedRow>, 'all' | 'update'>, move: (instant: number) => number): void {
  for (const row of table.all()) table.update(row, { created_at: move(row.created_at), updated_at: move(row.updated_at) })
}

export type DeletableKind = 'users' | 'invoices' | 'invoiceItems' | 'services' | 'orders' | 'credits' | 'tickets' | 'ticketMessages'
