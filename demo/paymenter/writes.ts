// Carries out creates and updates: what is stored, what is echoed as it was sent, and when `updated_at` moves.
import type { Billing } from './billing.ts'
import { decimalText } from './json.ts'
import type { Attributes } from './resources.ts'
import type { AnyRow, ColumnValue, InvoiceRow, ServiceRow, TicketRow } from './rows.ts'
import type { Table } from './table.ts'
import type { Input } from './validation.ts'

const DATES = new Set(['due_at', 'expires_at'])
const INSTANTS = new Set(['email_verified_at'])
const MONEY = new Set(['price', 'amount'])
const WHOLE = new Set(['quantity'])

/** A validated value as its column keeps it. A date is cut out of what was sent, which moves an instant of another day. */
function columnValue(column: string, value: unknown): ColumnValue {
  if (typeof value !== 'string' && typeof value !== 'number') return null
  if (DATES.has(column)) return String(value).slice(0, 10)
  if (INSTANTS.has(column)) return Date.parse(String(value))
  if (MONEY.has(column)) return decimalText(value)
  if (WHOLE.has(column) || column.endsWith('_id')) return Number(value)
  return String(value)
}

/** The columns that the database would give back in another form than they were sent: the answer repeats them as sent. */
export function echoOf(path: string, values: Input): Attributes {
  const echo: Attributes = {}
  for (const [column, value] of Object.entries(values)) {
    if (DATES.has(column) || INSTANTS.has(column) || (path === 'invoice-items' && column === 'price')) continue
    if (typeof value === 'string' || typeof value === 'number' || value === null) echo[column] = value
  }
  return echo
}

/** Changes a row. `updated_at` moves only when a column's text changes: "499" is not "499.00". */
export function updateRow(billing: Billing, path: string, table: Table<AnyRow>, row: AnyRow, values: Input): void {
  const changes: Partial<AnyRow> = {}
  const echo = echoOf(path, values)
  for (const [column, value] of Object.entries(values)) {
    if (column === 'password') continue
    const stored = columnValue(column, value)
    const compared = MONEY.has(column) && column in echo ? echo[column] : stored
    if (String(compared) !== String(row[column] ?? null)) changes[column] = stored
  }
  if (Object.keys(changes).length === 0) return
  const becomesPaid = path === 'invoices' && changes['status'] === 'paid'
  table.update(row, { ...changes, updated_at: billing.now() })
  const invoice = becomesPaid ? billing.database.invoices.get(row.id) : undefined
  if (invoice) billing.processPayment(invoice)
}

/** Makes a row of validated values. A new invoice that is paid at once renews nothing: it has no items yet. */
export function createRow(billing: Billing, path: string, values: Input): AnyRow {
  const { database } = billing
  const now = billing.now()
  const times = { created_at: now, updated_at: now }
  const text = (name: string): string => String(values[name])
  const textOrNull = (name: string): string | null => (typeof values[name] === 'string' ? values[name] : null)
  const whole = (name: string): number => Number(values[name])
  const wholeOrNull = (name: string): number | null => (values[name] === undefined || values[name] === null ? null : whole(name))
  const date = (name: string): string | null => textOrNull(name)?.slice(0, 10) ?? null
  switch (path) {
    case 'services':
      return database.services.insert({
        id: database.services.nextId,
        user_id: whole('user_id'),
        product_id: whole('product_id'),
        plan_id: whole('plan_id'),
        order_id: wholeOrNull('order_id'),
        coupon_id: null,
        subscription_id: textOrNull('subscription_id'),
        quantity: whole('quantity'),
        price: decimalText(text('price')),
        status: serviceStatus(text('status')),
        currency_code: text('currency_code'),
        expires_at: date('expires_at'),
        ...times,
      })
    case 'invoices':
      return billing.addInvoice({
        user_id: whole('user_id'),
        due_at: date('due_at'),
        currency_code: text('currency_code'),
        status: invoiceStatus(text('status')),
      })
    case 'invoice-items':
      return billing.addItem({
        invoice_id: whole('invoice_id'),
        description: text('description'),
        price: text('price'),
        quantity: whole('quantity'),
        reference_type: textOrNull('reference_type'),
        reference_id: wholeOrNull('reference_id'),
      })
    case 'credits':
      return database.credits.insert({
        id: database.credits.nextId,
        user_id: whole('user_id'),
        currency_code: text('currency_code'),
        amount: decimalText(text('amount')),
        ...times,
      })
    case 'orders':
      return database.orders.insert({
        id: database.orders.nextId,
        user_id: whole('user_id'),
        currency_code: text('currency_code'),
        ...times,
      })
    case 'tickets':
      return database.tickets.insert({
        id: database.tickets.nextId,
        user_id: whole('user_id'),
        subject: text('subject'),
        status: ticketStatus(text('status')),
        priority: priority(text('priority')),
        assigned_to: null,
        department: textOrNull('department'),
        ...times,
      })
    case 'ticket-messages':
      return billing.addTicketMessage({ ticket_id: whole('ticket_id'), user_id: whole('user_id'), message: text('message') })
    case 'users':
      return database.users.insert({
        id: database.users.nextId,
        first_name: textOrNull('first_name'),
        last_name: textOrNull('last_name'),
        email: text('email'),
        email_verified_at: textOrNull('email_verified_at') === null ? null : Date.parse(text('email_verified_at')),
        role_id: null,
        ...times,
      })
    default:
      throw new Error(`Nothing is made at ${path}`)
  }
}

function serviceStatus(text: string): ServiceRow['status'] {
  return text === 'active' || text === 'suspended' || text === 'cancelled' ? text : 'pending'
}

function invoiceStatus(text: string): InvoiceRow['status'] {
  return text === 'paid' || text === 'cancelled' ? text : 'pending'
}

function ticketStatus(text: string): TicketRow['status'] {
  return text === 'replied' || text === 'closed' ? text : 'open'
}

function priority(text: string): TicketRow['priority'] {
  return text === 'low' || text === 'high' ? text : 'medium'
}
