// Billing: the connection to Paymenter, its mirror's state, and the mirrored rows.
import { z } from 'zod'
import { day, done, failure, instant, method, money, nothing, paymenterId } from './define.ts'

export const permissions = z.object({ granted: z.array(z.string()), missing: z.array(z.string()), unknown: z.array(z.string()) })

export const billingConnection = z.object({ url: z.string(), timeZone: z.string(), permissions })

/** What each missing permission costs, in the operator's words. */
export const billingProbe = billingConnection.extend({
  customers: z.number().nullable(),
  costs: z.array(z.object({ permission: z.string(), required: z.boolean(), message: z.string() })),
})

const resourceError = failure.extend({ resource: z.string() })

/** A list that the key may not view: the permission that would show it, and what is lost without it. */
export const missingList = z.object({ resource: z.string(), permission: z.string(), message: z.string() })

export const syncResult = z.object({
  kind: z.enum(['full', 'incremental']),
  requests: z.number(),
  rows: z.record(z.string(), z.number()),
  changed: z.number(),
  gone: z.number(),
  seconds: z.number(),
  errors: z.array(resourceError),
  /** Lists that can be done without and that the key may not view: missing, not empty. */
  missing: z.array(missingList),
})

export const billingStatus = z.object({
  connection: billingConnection.nullable(),
  syncing: z.boolean(),
  lastFullAt: instant.nullable(),
  lastIncrementalAt: instant.nullable(),
  nextSyncAt: instant.nullable(),
  rows: z.record(z.string(), z.number()),
  errors: z.array(resourceError),
  missing: z.array(missingList),
  /** When everything is read next by itself; null while nothing is scheduled. */
  nextFullAt: instant.nullable(),
  /** The errors of the newest sync by kind. */
  errorKinds: z.array(z.object({ code: z.string(), count: z.number(), resources: z.array(z.string()) })),
  /** Each list by itself: how many rows, and how old they are. */
  lists: z.array(z.object({ resource: z.string(), rows: z.number(), asOf: instant.nullable() })),
  /** A full pass that was interrupted and goes on with the next sync. */
  openPass: z.object({ startedAt: instant, resource: z.string(), rows: z.number() }).nullable(),
})

/** Which rows of a mirrored list: a text filter, gone rows too, and a window of the result. */
export const listQuery = z.object({
  filter: z.string().max(500).optional(),
  gone: z.boolean().optional(),
  offset: z.number().int().min(0).optional(),
  limit: z.number().int().min(1).max(200_000).optional(),
})

/** `missing`: the list is not shown, for the key may not view it; what it takes. Rows of earlier syncs are there all the same. */
const page = <T extends z.ZodType>(row: T) => z.object({ rows: z.array(row), total: z.number(), asOf: instant.nullable(), missing: missingList.nullable() })

export const customerRow = z.object({
  id: paymenterId,
  firstName: z.string().nullable(),
  lastName: z.string().nullable(),
  email: z.string(),
  createdAt: instant.nullable(),
  services: z.number(),
  /** Sum of pending invoices by currency. */
  owed: z.array(money),
  gone: z.boolean(),
})

export const productRow = z.object({
  id: paymenterId,
  name: z.string(),
  slug: z.string(),
  hidden: z.boolean(),
  categoryId: paymenterId.nullable(),
  categoryName: z.string().nullable(),
  services: z.number(),
  gone: z.boolean(),
})

export const categoryRow = z.object({ id: paymenterId, name: z.string(), parentId: paymenterId.nullable(), products: z.number(), gone: z.boolean() })

export const planRow = z.object({
  id: paymenterId,
  productId: paymenterId,
  productName: z.string().nullable(),
  name: z.string().nullable(),
  type: z.string(),
  period: z.number().nullable(),
  unit: z.string().nullable(),
  prices: z.array(z.object({ currency: z.string(), amountMinor: z.number().int(), setupFeeMinor: z.number().int().nullable() })),
  /** Services of its product that are billed as it says, as far as that can be told. */
  services: z.number(),
  gone: z.boolean(),
})

export const serviceRow = z.object({
  id: paymenterId,
  customerId: paymenterId.nullable(),
  customerName: z.string().nullable(),
  productId: paymenterId.nullable(),
  productName: z.string().nullable(),
  status: z.string(),
  /** Price of one; null when what Paymenter sent is not an amount of its currency. */
  price: money.nullable(),
  quantity: z.number(),
  expiresAt: day.nullable(),
  createdAt: instant.nullable(),
  /** Derived: how it is paid, by its plans' prices and the dates in its invoices' items; null when that cannot be told. */
  billed: z.object({ kind: z.enum(['recurring', 'one-time', 'free']), count: z.number().nullable(), unit: z.string().nullable() }).nullable(),
  /** `NODE/NAME` of the confirmed VM. */
  vm: z.string().nullable(),
  gone: z.boolean(),
})

export const invoiceRow = z.object({
  id: paymenterId,
  customerId: paymenterId.nullable(),
  customerName: z.string().nullable(),
  status: z.string(),
  /** Derived: the sum of price × quantity of its items; null when an item's price cannot be read. Tax cannot be seen. */
  total: money.nullable(),
  dueAt: day.nullable(),
  /** Derived: first seen paid, bounded by the row's own last change; null until paid. */
  paidAt: instant.nullable(),
  /** Derived: the earliest that it can have been paid: its creation, or when this console last saw it unpaid. Null until paid. */
  paidNotBefore: instant.nullable(),
  createdAt: instant.nullable(),
  items: z.array(
    z.object({ id: paymenterId, serviceId: paymenterId.nullable(), description: z.string(), price: money.nullable(), quantity: z.number() }),
  ),
  gone: z.boolean(),
})

export const orderRow = z.object({
  id: paymenterId,
  customerId: paymenterId.nullable(),
  customerName: z.string().nullable(),
  currency: z.string(),
  services: z.array(paymenterId),
  createdAt: instant.nullable(),
  gone: z.boolean(),
})

export const creditRow = z.object({
  id: paymenterId,
  customerId: paymenterId.nullable(),
  customerName: z.string().nullable(),
  currency: z.string(),
  /** Null when what Paymenter sent is not an amount of its currency. */
  amount: money.nullable(),
  updatedAt: instant.nullable(),
  gone: z.boolean(),
})

export const ticketRow = z.object({
  id: paymenterId,
  customerId: paymenterId.nullable(),
  customerName: z.string().nullable(),
  subject: z.string(),
  status: z.string(),
  priority: z.string(),
  department: z.string().nullable(),
  /** How many messages are known. */
  messages: z.number(),
  createdAt: instant.nullable(),
  updatedAt: instant.nullable(),
  /** When the newest known message was written, and whether the customer wrote it; null without one, or when it is not known. */
  lastMessageAt: instant.nullable(),
  lastByCustomer: z.boolean().nullable(),
  gone: z.boolean(),
})

export const ticketMessageRow = z.object({
  id: paymenterId,
  authorId: paymenterId.nullable(),
  authorName: z.string().nullable(),
  /** Null when it is not known who wrote it. */
  byCustomer: z.boolean().nullable(),
  message: z.string(),
  createdAt: instant.nullable(),
})

/** A ticket with its conversation, oldest message first. `missing`: messages are not shown, for the key may not view them. */
export const ticketDetail = z.object({ ticket: ticketRow, messages: z.array(ticketMessageRow), asOf: instant.nullable(), missing: missingList.nullable() })

/** A value that could not be told from what Paymenter sent. */
export const underivedRow = z.object({
  resource: z.enum(['services', 'invoices', 'invoice items', 'plans', 'credits', 'orders', 'tickets', 'ticket messages']),
  id: paymenterId,
  customerId: paymenterId.nullable(),
  customerName: z.string().nullable(),
  /** `price`, `total`, `due date`, `expiry`, `period`, `customer`, `product`, `ticket`, `status`. */
  value: z.string(),
  reason: z.string(),
  /** What was sent, as text; null when nothing was. */
  sent: z.string().nullable(),
})

const connectInput = z.object({ url: z.string(), token: z.string().min(1).max(4096), timeZone: z.string().optional() })

export const billingMethods = {
  /** Looks at a Paymenter before anything is saved, permission by permission. */
  'billing.probe': method(connectInput, billingProbe),
  /** Probes, then saves the address and puts the key into the keychain. */
  'billing.connect': method(connectInput, billingConnection),
  'billing.disconnect': method(nothing, done),
  'billing.status': method(nothing, billingStatus),
  /** Starts a job; its result is a `syncResult`. */
  'billing.sync': method(z.object({ full: z.boolean().optional() }), z.object({ jobId: z.string() })),
  'billing.customers': method(listQuery, page(customerRow)),
  'billing.products': method(listQuery, page(productRow)),
  'billing.plans': method(listQuery, page(planRow)),
  'billing.services': method(listQuery, page(serviceRow)),
  'billing.invoices': method(listQuery, page(invoiceRow)),
  'billing.categories': method(listQuery, page(categoryRow)),
  'billing.orders': method(listQuery, page(orderRow)),
  'billing.credits': method(listQuery, page(creditRow)),
  'billing.tickets': method(listQuery, page(ticketRow)),
  'billing.ticket': method(z.object({ id: paymenterId }), ticketDetail),
  /** What could not be derived, and why. */
  'billing.underived': method(listQuery, page(underivedRow)),
  /** Asks the connected Paymenter anew what the key may do, and keeps the answer. */
  'billing.permissions': method(nothing, permissions.extend({ costs: billingProbe.shape.costs })),
}
