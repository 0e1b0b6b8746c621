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

export const resourceError = failure.extend({ resource: z.string() })

export const syncResult = z.object({
  kind: z.enum(['full', 'incremental']),
  requests: z.number(),
  rows: z.record(z.string(), z.number()),
  changed: z.number(),
  gone: z.number(),
  seconds: z.number(),
  errors: z.array(resourceError),
})

export const billingStatus = z.object({
  connection: billingConnection.nullable(),
  syncing: z.boolean(),
  lastFullAt: instant.nullable(),
  lastIncrementalAt: instant.nullable(),
  nextSyncAt: instant.nullable(),
  rows: z.record(z.string(), z.number()),
  errors: z.array(resourceError),
})

/** Which rows of a mirrored list: a text filter, gone rows too, and a window of the result. */
export const listQuery = z.object({
  filter: z.string().max(500).optional(),
  gone: z.boolean().optional(),
  offset: z.number().int().min(0).optional(),
  limit: z.number().int().min(1).max(200_000).optional(),
})

const page = <T extends z.ZodType>(row: T) => z.object({ rows: z.array(row), total: z.number(), asOf: instant.nullable() })

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

export const productRow = z.object({ id: paymenterId, name: z.string(), slug: z.string(), hidden: z.boolean(), services: z.number(), gone: z.boolean() })

export const planRow = z.object({
  id: paymenterId,
  productId: paymenterId,
  productName: z.string().nullable(),
  name: z.string().nullable(),
  type: z.string(),
  period: z.number().nullable(),
  unit: z.string().nullable(),
  prices: z.array(z.object({ currency: z.string(), amountMinor: z.number().int(), setupFeeMinor: z.number().int().nullable() })),
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
  /** `NODE/NAME` of the confirmed VM. */
  vm: z.string().nullable(),
  gone: z.boolean(),
})

export const invoiceRow = z.object({
  id: paymenterId,
  customerId: paymenterId.nullable(),
  customerName: z.string().nullable(),
  status: z.string(),
  /** Sum of price × quantity of its items; null when an item's price cannot be read. */
  total: money.nullable(),
  dueAt: day.nullable(),
  /** First seen paid, bounded by the row's own last change; null until paid. */
  paidAt: instant.nullable(),
  createdAt: instant.nullable(),
  items: z.array(
    z.object({ id: paymenterId, serviceId: paymenterId.nullable(), description: z.string(), price: money.nullable(), quantity: z.number() }),
  ),
  gone: z.boolean(),
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
}
