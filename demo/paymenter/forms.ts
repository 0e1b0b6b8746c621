// What may be written to each resource: the fields that are checked, in the order of the error messages.
import type { PaymenterDatabase } from './database.ts'
import type { PaymenterSettings } from './billing.ts'
import type { AnyRow } from './rows.ts'
import { SERVICE_REFERENCE } from './rows.ts'
import type { Check, Field, Input } from './validation.ts'
import {
  atLeast,
  exists,
  isDate,
  isEmail,
  isNumber,
  isText,
  isTodayOrLater,
  isWhole,
  longest,
  oneOf,
  shortest,
  unused,
} from './validation.ts'

export interface FormContext {
  database: PaymenterDatabase
  settings: PaymenterSettings
  /** The row that is changed; undefined when one is made. */
  row: AnyRow | undefined
}

/** What Paymenter puts in for fields that were not sent when a row is made. */
export const CREATE_DEFAULTS: Readonly<Record<string, Input>> = {
  services: { quantity: 1, status: 'pending' },
  invoices: { status: 'pending' },
  tickets: { priority: 'medium', status: 'open' },
}

/** The fields of a resource's form. */
export function formFields(path: string, context: FormContext): Field[] {
  const creating = context.row === undefined
  const needed = (name: string, ...checks: Check[]): Field => ({
    name,
    presence: creating ? 'required' : 'sometimes',
    nullable: false,
    checks,
  })
  const { database, settings } = context
  const user = needed('user_id', exists((id) => database.users.get(id) !== undefined))
  const currency = needed('currency_code', isText, oneOf(...settings.currencies))
  switch (path) {
    case 'services':
      return [
        needed('product_id', exists((id) => database.products.get(id) !== undefined)),
        needed('plan_id', exists((id) => database.plans.get(id) !== undefined), planOfProduct(database)),
        user,
        needed('quantity', isWhole, atLeast(1)),
        needed('status', oneOf('pending', 'active', 'cancelled', 'suspended')),
        nullable('expires_at', isDate, isTodayOrLater),
        currency,
        needed('price', isNumber, atLeast(0)),
        nullable('coupon_id', exists(() => false)),
        nullable('subscription_id', isText, longest(255)),
        nullable('order_id', exists((id) => database.orders.get(id) !== undefined)),
      ]
    case 'invoices':
      return [user, currency, nullable('due_at', isDate), needed('status', isText, oneOf('pending', 'paid', 'cancelled'))]
    case 'invoice-items':
      return itemFields(database, creating, needed)
    case 'credits':
      return creditFields(context, user, needed)
    case 'orders':
      return [user, currency]
    case 'tickets':
      return [
        needed('subject', isText, longest(255)),
        user,
        nullable('department', isText, oneOf(...settings.ticketDepartments)),
        needed('priority', isText, oneOf('low', 'medium', 'high')),
        needed('status', isText, oneOf('open', 'closed', 'replied')),
      ]
    case 'ticket-messages':
      return [
        needed('message', isText, longest(5000)),
        user,
        needed('ticket_id', exists((id) => database.tickets.get(id) !== undefined)),
      ]
    case 'users':
      return userFields(context, needed)
    default:
      return []
  }
}

type MakeField = (name: string, ...checks: Check[]) => Field

function nullable(name: string, ...checks: Check[]): Field {
  return { name, presence: 'optional', nullable: true, checks }
}

function itemFields(database: PaymenterDatabase, creating: boolean, needed: MakeField): Field[] {
  const optional: MakeField = creating ? nullable : (name, ...checks) => ({ name, presence: 'optional', nullable: false, checks })
  const own: MakeField = creating ? needed : optional
  return [
    ...(creating ? [needed('invoice_id', exists((id) => database.invoices.get(id) !== undefined))] : []),
    own('description', isText, longest(255)),
    own('price', isNumber, atLeast(0)),
    own('quantity', isWhole, atLeast(1)),
    optional('reference_type', isText, longest(creating ? 255 : 100)),
    optional('reference_id', isWhole, referenceExists(database)),
  ]
}

function creditFields(context: FormContext, user: Field, needed: MakeField): Field[] {
  const { database, row, settings } = context
  const taken = unused((currency, { input }) => {
    const userId = Number(row ? row['user_id'] : input['user_id'])
    return database.credits.where('user_id', userId).some((credit) => credit.currency_code === currency && credit.id !== row?.id)
  })
  const fields = [needed('currency_code', isText, oneOf(...settings.currencies), taken), needed('amount', isNumber, atLeast(0))]
  return row ? fields : [user, ...fields]
}

function userFields(context: FormContext, needed: MakeField): Field[] {
  const { database, row } = context
  const email = unused((value) =>
    database.users.all().some((user) => user.id !== row?.id && user.email.toLowerCase() === value.toLowerCase()),
  )
  const password = needed('password', isText, shortest(8))
  return [
    nullable('first_name', isText, longest(255)),
    nullable('last_name', isText, longest(255)),
    needed('email', isEmail, longest(255), email),
    row ? { ...password, presence: 'optional' } : password,
    nullable('email_verified_at', isDate),
    nullable('role_id', exists(() => false)),
  ]
}

function planOfProduct(database: PaymenterDatabase): Check {
  return (value, _name, { input }) => {
    const productId = input['product_id']
    if (!productId || database.plans.get(Number(value))?.product_id === Number(productId)) return null
    return 'The selected plan does not belong to the specified product.'
  }
}

function referenceExists(database: PaymenterDatabase): Check {
  return (value, _name, { input }) => {
    const type = input['reference_type']
    if (!type) return null
    if (type !== SERVICE_REFERENCE) return 'The reference_type must be a valid class name.'
    return database.services.get(Number(value)) ? null : 'The selected reference_id is invalid for the given reference_type.'
  }
}
