// The routes of the admin API: what may be included, sorted, filtered and written there, and what crashes.
import type { PaymenterDatabase } from './database.ts'
import type { Resource } from './resources.ts'
import { categories, credits, invoiceItems, invoices, orders, products, services, ticketMessages, tickets, users } from './resources.ts'
import type { AnyRow } from './rows.ts'
import type { Table } from './table.ts'

export interface Include {
  name: string
  /** `nothing`: accepted, and no relationship comes of it. `crash`: a 500. */
  effect: 'relation' | 'nothing' | 'crash'
}

/** A resource with a route of its own. */
export interface Endpoint<R extends AnyRow> {
  resource: Resource<R>
  model: string
  permission: string
  table(database: PaymenterDatabase): Table<R>
  includes: readonly Include[]
  sorts: readonly string[]
  filters: readonly string[]
  /** Columns that the table does not have, although sorts or filters name them. */
  missingColumns: readonly string[]
  methods: { create: boolean; update: boolean; delete: boolean }
}

const ALL_METHODS = { create: true, update: true, delete: true }
const READ_ONLY = { create: false, update: false, delete: false }

function relations(...names: string[]): Include[] {
  return names.map((name) => ({ name, effect: 'relation' }))
}

const TIMES = ['id', 'created_at', 'updated_at']

/** By the name in the path. */
export const ENDPOINTS: Readonly<Record<string, Endpoint<AnyRow>>> = {
  users: endpoint({
    resource: users,
    model: 'User',
    permission: 'users',
    table: (database) => database.users,
    includes: relations('properties', 'orders', 'services', 'invoices', 'tickets', 'credits', 'role'),
    sorts: ['id', 'first_name', 'last_name', 'email', 'created_at'],
    filters: ['first_name', 'last_name', 'email'],
    missingColumns: [],
    methods: ALL_METHODS,
  }),
  categories: endpoint({
    resource: categories,
    model: 'Category',
    permission: 'categories',
    table: (database) => database.categories,
    includes: relations('products.plans.prices', 'parent', 'children'),
    sorts: [...TIMES, 'name'],
    filters: ['name', 'parent_id', 'slug'],
    missingColumns: [],
    methods: READ_ONLY,
  }),
  products: endpoint({
    resource: products,
    model: 'Product',
    permission: 'products',
    table: (database) => database.products,
    includes: [...relations('category', 'plans.prices'), { name: 'services', effect: 'nothing' }],
    sorts: [...TIMES, 'name', 'sort', 'stock'],
    filters: ['name', 'slug', 'category_id', 'server_id', 'hidden', 'allow_quantity'],
    missingColumns: [],
    methods: READ_ONLY,
  }),
  services: endpoint({
    resource: services,
    model: 'Service',
    permission: 'services',
    table: (database) => database.services,
    includes: relations('order', 'coupon', 'user', 'product', 'invoices', 'properties'),
    sorts: [...TIMES, 'expires_at', 'status'],
    filters: ['quantity', 'price', 'expires_at', 'subscription_id', 'status'],
    missingColumns: [],
    methods: ALL_METHODS,
  }),
  invoices: endpoint({
    resource: invoices,
    model: 'Invoice',
    permission: 'invoices',
    table: (database) => database.invoices,
    includes: relations('items', 'user'),
    sorts: [...TIMES, 'currency_code'],
    filters: ['id', 'currency_code', 'user_id', 'status'],
    missingColumns: [],
    methods: ALL_METHODS,
  }),
  'invoice-items': endpoint({
    resource: invoiceItems,
    model: 'InvoiceItem',
    permission: 'invoice_items',
    table: (database) => database.invoiceItems,
    includes: [{ name: 'gateway', effect: 'nothing' }, ...relations('reference'), { name: 'invoice', effect: 'crash' }],
    sorts: [...TIMES, 'quantity', 'price'],
    filters: ['id', 'quantity', 'price', 'reference_type', 'reference_id'],
    missingColumns: [],
    methods: ALL_METHODS,
  }),
  credits: endpoint({
    resource: credits,
    model: 'Credit',
    permission: 'credits',
    table: (database) => database.credits,
    includes: relations('user'),
    sorts: [...TIMES, 'currency_code'],
    filters: ['id', 'currency_code', 'user_id'],
    missingColumns: [],
    methods: ALL_METHODS,
  }),
  orders: endpoint({
    resource: orders,
    model: 'Order',
    permission: 'orders',
    table: (database) => database.orders,
    includes: relations('services', 'user'),
    sorts: [...TIMES, 'currency_code'],
    filters: ['id', 'currency_code'],
    missingColumns: [],
    methods: ALL_METHODS,
  }),
  tickets: endpoint({
    resource: tickets,
    model: 'Ticket',
    permission: 'tickets',
    table: (database) => database.tickets,
    includes: [...relations('messages', 'user'), { name: 'assigned_to', effect: 'crash' }],
    sorts: [...TIMES, 'currency_code', 'status', 'priority', 'department'],
    filters: ['id', 'currency_code', 'user_id', 'status', 'priority', 'department'],
    missingColumns: ['currency_code'],
    methods: ALL_METHODS,
  }),
  'ticket-messages': endpoint({
    resource: ticketMessages,
    model: 'TicketMessage',
    permission: 'ticket_messages',
    table: (database) => database.ticketMessages,
    includes: relations('user', 'ticket', 'attachments'),
    sorts: [...TIMES, 'currency_code'],
    filters: ['id', 'currency_code'],
    missingColumns: ['currency_code'],
    methods: { create: true, update: false, delete: true },
  }),
}

function endpoint<R extends AnyRow>(definition: Endpoint<R>): Endpoint<AnyRow> {
  return definition
}
