// The JSON:API resources: their attributes and relationships, in Paymenter's order.
import type { PaymenterDatabase } from './database.ts'
import type { TimeZone } from './dates.ts'
import type {
  AnyRow,
  CategoryRow,
  ColumnValue,
  CreditRow,
  InvoiceItemRow,
  InvoiceRow,
  OrderRow,
  PlanRow,
  PriceRow,
  ProductRow,
  PropertyRow,
  ServiceRow,
  TicketMessageRow,
  TicketRow,
  UserRow,
} from './rows.ts'

export type Attributes = Record<string, ColumnValue>

export interface Relation<R extends AnyRow> {
  name: string
  kind: 'one' | 'many'
  target(): Resource<AnyRow>
  load(row: R, database: PaymenterDatabase): readonly (AnyRow | undefined)[]
}

/** Methods, not function properties, so that a list of resources of different rows has a type. */
export interface Resource<R extends AnyRow> {
  type: string
  attributes(row: R, zone: TimeZone): Attributes
  /** In the order in which Paymenter writes them, whatever the request asked first. */
  relations: readonly Relation<R>[]
  meta?(row: R, database: PaymenterDatabase): Record<string, unknown>
}

function instant(value: number | null): string | null {
  return value === null ? null : `${new Date(value).toISOString().slice(0, 19)}.000000Z`
}

function date(value: string | null, zone: TimeZone): string | null {
  return value === null ? null : instant(zone.midnight(value))
}

function timestamps(row: { updated_at: number; created_at: number }): Attributes {
  return { updated_at: instant(row.updated_at), created_at: instant(row.created_at) }
}

const toUser = { name: 'user', kind: 'one', target: () => users } as const

function belongsToUser<R extends AnyRow & { user_id: number }>(): Relation<R> {
  return { ...toUser, load: (row, database) => [database.users.get(row.user_id)] }
}

export const properties: Resource<PropertyRow> = {
  type: 'properties',
  attributes: (row) => ({ id: row.id, name: row.name, key: row.key, value: row.value, ...timestamps(row) }),
  relations: [],
}

export const roles: Resource<AnyRow> = { type: 'roles', attributes: (row) => ({ id: row.id }), relations: [] }
export const coupons: Resource<AnyRow> = { type: 'coupons', attributes: (row) => ({ id: row.id }), relations: [] }
export const attachments: Resource<AnyRow> = { type: 'ticketAttachments', attributes: (row) => ({ id: row.id }), relations: [] }

export const prices: Resource<PriceRow> = {
  type: 'prices',
  attributes: (row) => ({ id: row.id, price: row.price, setup_fee: row.setup_fee, currency_code: row.currency_code }),
  relations: [],
}

export const plans: Resource<PlanRow> = {
  type: 'plans',
  attributes: (row) => ({
    id: row.id,
    name: row.name,
    type: row.type,
    billing_period: row.billing_period,
    billing_unit: row.billing_unit,
    sort: row.sort,
  }),
  relations: [{ name: 'prices', kind: 'many', target: () => prices, load: (row, database) => database.prices.where('plan_id', row.id) }],
}

export const categories: Resource<CategoryRow> = {
  type: 'categories',
  attributes: (row) => ({ id: row.id, name: row.name, parent_id: row.parent_id, permissions: row.permissions, ...timestamps(row) }),
  relations: [
    { name: 'products', kind: 'many', target: () => products, load: (row, database) => database.products.where('category_id', row.id) },
    {
      name: 'parent',
      kind: 'one',
      target: () => categories,
      load: (row, database) => [row.parent_id === null ? undefined : database.categories.get(row.parent_id)],
    },
    { name: 'children', kind: 'many', target: () => categories, load: (row, database) => database.categories.where('parent_id', row.id) },
  ],
}

export const products: Resource<ProductRow> = {
  type: 'products',
  attributes: (row) => ({
    id: row.id,
    name: row.name,
    description: row.description,
    image: row.image,
    slug: row.slug,
    stock: row.stock,
    per_user_limit: row.per_user_limit,
    sort: row.sort,
    allow_quantity: row.allow_quantity,
    email_template: row.email_template,
    hidden: row.hidden,
    ...timestamps(row),
  }),
  relations: [
    { name: 'category', kind: 'one', target: () => categories, load: (row, database) => [database.categories.get(row.category_id)] },
    { name: 'plans', kind: 'many', target: () => plans, load: (row, database) => database.plans.where('product_id', row.id) },
  ],
}

export const users: Resource<UserRow> = {
  type: 'users',
  attributes: (row) => ({
    id: row.id,
    first_name: row.first_name,
    last_name: row.last_name,
    email: row.email,
    email_verified_at: instant(row.email_verified_at),
    ...timestamps(row),
  }),
  relations: [
    { name: 'properties', kind: 'many', target: () => properties, load: (row, database) => database.propertiesOf('user', row.id) },
    { name: 'orders', kind: 'many', target: () => orders, load: (row, database) => database.orders.where('user_id', row.id) },
    { name: 'services', kind: 'many', target: () => services, load: (row, database) => database.services.where('user_id', row.id) },
    { name: 'invoices', kind: 'many', target: () => invoices, load: (row, database) => database.invoices.where('user_id', row.id) },
    { name: 'tickets', kind: 'many', target: () => tickets, load: (row, database) => database.tickets.where('user_id', row.id) },
    { name: 'credits', kind: 'many', target: () => credits, load: (row, database) => database.credits.where('user_id', row.id) },
    { name: 'role', kind: 'one', target: () => roles, load: () => [undefined] },
  ],
  // PHP writes an empty map as an empty list.
  meta: (row, database) => {
    const entries = database.propertiesOf('user', row.id).map((property) => [property.key, property.value] as const)
    return { properties: entries.length === 0 ? [] : Object.fromEntries(entries) }
  },
}

export const orders: Resource<OrderRow> = {
  type: 'orders',
  attributes: (row) => ({ id: row.id, currency_code: row.currency_code, user_id: row.user_id, ...timestamps(row) }),
  relations: [
    { name: 'services', kind: 'many', target: () => services, load: (row, database) => database.services.where('order_id', row.id) },
    belongsToUser<OrderRow>(),
  ],
}

export const services: Resource<ServiceRow> = {
  type: 'services',
  attributes: (row, zone) => ({
    id: row.id,
    quantity: row.quantity,
    price: row.price,
    status: row.status,
    currency_code: row.currency_code,
    expires_at: date(row.expires_at, zone),
    ...timestamps(row),
  }),
  relations: [
    { name: 'coupon', kind: 'one', target: () => coupons, load: () => [undefined] },
    belongsToUser<ServiceRow>(),
    {
      name: 'order',
      kind: 'one',
      target: () => orders,
      load: (row, database) => [row.order_id === null ? undefined : database.orders.get(row.order_id)],
    },
    { name: 'product', kind: 'one', target: () => products, load: (row, database) => [database.products.get(row.product_id)] },
    { name: 'invoices', kind: 'many', target: () => invoices, load: (row, database) => database.invoicesOfService(row.id) },
    { name: 'properties', kind: 'many', target: () => properties, load: (row, database) => database.propertiesOf('service', row.id) },
  ],
}

export const invoices: Resource<InvoiceRow> = {
  type: 'invoices',
  attributes: (row, zone) => ({
    id: row.id,
    status: row.status,
    currency_code: row.currency_code,
    due_at: date(row.due_at, zone),
    ...timestamps(row),
  }),
  relations: [
    belongsToUser<InvoiceRow>(),
    { name: 'items', kind: 'many', target: () => invoiceItems, load: (row, database) => database.itemsOf(row.id) },
  ],
}

export const invoiceItems: Resource<InvoiceItemRow> = {
  type: 'invoiceItems',
  attributes: (row) => ({
    id: row.id,
    description: row.description,
    quantity: row.quantity,
    price: row.price,
    reference_type: row.reference_type,
    reference_id: row.reference_id,
    ...timestamps(row),
  }),
  relations: [
    {
      name: 'reference',
      kind: 'one',
      target: () => services,
      load: (row, database) => [row.reference_id === null ? undefined : database.services.get(row.reference_id)],
    },
  ],
}

export const credits: Resource<CreditRow> = {
  type: 'credits',
  attributes: (row) => ({ id: row.id, currency_code: row.currency_code, amount: row.amount, ...timestamps(row) }),
  relations: [belongsToUser<CreditRow>()],
}

export const tickets: Resource<TicketRow> = {
  type: 'tickets',
  attributes: (row) => ({
    id: row.id,
    subject: row.subject,
    status: row.status,
    priority: row.priority,
    assigned_to: row.assigned_to,
    user_id: row.user_id,
    department: row.department,
    ...timestamps(row),
  }),
  relations: [
    {
      name: 'messages',
      kind: 'many',
      target: () => ticketMessages,
      load: (row, database) => database.ticketMessages.where('ticket_id', row.id),
    },
    belongsToUser<TicketRow>(),
  ],
}

export const ticketMessages: Resource<TicketMessageRow> = {
  type: 'ticketMessages',
  attributes: (row) => ({ id: row.id, message: row.message, ...timestamps(row) }),
  relations: [
    belongsToUser<TicketMessageRow>(),
    { name: 'ticket', kind: 'one', target: () => tickets, load: (row, database) => [database.tickets.get(row.ticket_id)] },
    { name: 'attachments', kind: 'many', target: () => attachments, load: () => [] },
  ],
}
