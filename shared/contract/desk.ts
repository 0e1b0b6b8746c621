// The operator's desk: what joins billing and machines. Machine specs of products, the leak board, a customer's timeline, and the invoices in windows.
import { z } from 'zod'
import { backupRhythms } from '../domain/productSpec.ts'
import { leakActs, leakKinds } from '../domain/leaks.ts'
import { day, done, instant, method, money, nodeId, nothing, paymenterId, vmUuid } from './define.ts'
import { invoiceRow, missingList } from './billing.ts'

export const productSpec = z.object({
  vcpus: z.number().int().min(1).max(128),
  isCpuShared: z.boolean(),
  memoryMiB: z.number().int().min(64).max(4_194_304),
  diskGiB: z.number().int().min(1).max(100_000),
  bandwidthGB: z.number().int().min(1).max(10_000_000).nullable(),
  images: z.array(z.string().trim().min(1).max(100)).min(1).max(100).nullable(),
  snapshotsKept: z.number().int().min(0).max(1_000).nullable(),
  backups: z.enum(backupRhythms),
  trialDays: z.number().int().min(1).max(365).nullable(),
})

const specRow = productSpec.extend({ productId: paymenterId, productName: z.string().nullable(), updatedAt: instant })

const leakRow = z.object({
  key: z.string(),
  kind: z.enum(leakKinds),
  message: z.string(),
  money: money.nullable(),
  memoryKiB: z.number().nullable(),
  acts: z.array(z.enum(leakActs)),
  serviceId: paymenterId.nullable(),
  customerId: paymenterId.nullable(),
  customerName: z.string().nullable(),
  productId: paymenterId.nullable(),
  productName: z.string().nullable(),
  status: z.string().nullable(),
  nodeId: nodeId.nullable(),
  node: z.string().nullable(),
  uuid: vmUuid.nullable(),
  name: z.string().nullable(),
  /** When the VM was last seen; null without one. */
  observedAt: instant.nullable(),
})

const timelineEntry = z.object({
  at: instant,
  world: z.enum(['billing', 'console', 'node']),
  /** A stable word: `invoice-created`, `invoice-paid`, `service-created`, `service-changed`, `ticket-opened`, `ticket-message`; an audit action; or what a node did. */
  what: z.string(),
  text: z.string(),
  serviceId: paymenterId.nullable(),
  invoiceId: paymenterId.nullable(),
  ticketId: paymenterId.nullable(),
  /** True where the moment is derived, not told. */
  isDerived: z.boolean(),
})

export const invoiceSorts = ['id', 'customer', 'status', 'total', 'due', 'paid', 'created'] as const
export const invoiceAges = ['current', '1-7', '8-30', '31-60', 'over-60', 'undated'] as const

export const invoiceWindow = z.object({
  rows: z.array(invoiceRow),
  /** Of all that fit. */
  total: z.number(),
  asOf: instant.nullable(),
  missing: missingList.nullable(),
})

/** Which invoices: those of a filter, gone ones too, or one customer's; dates are held against `today`, in Paymenter's zone. */
const invoiceChoice = z.object({ filter: z.string().max(500).optional(), gone: z.boolean().optional(), customerId: paymenterId.optional(), today: day })

export const deskMethods = {
  'specs.list': method(nothing, z.array(specRow)),
  'specs.set': method(z.object({ productId: paymenterId, spec: productSpec }), specRow),
  'specs.remove': method(z.object({ productId: paymenterId }), done),

  /** Where machines run without pay, or pay comes without a machine; the largest stake first within a kind. */
  'leaks.list': method(nothing, z.object({ rows: z.array(leakRow), asOf: instant.nullable() })),

  /** What happened to a customer in billing, in this console and on the nodes, newest first. */
  'customers.timeline': method(z.object({ customerId: paymenterId, limit: z.number().int().min(1).max(1_000).optional() }), z.array(timelineEntry)),

  /** A window of the invoices that fit, in an order. */
  'invoices.window': method(
    invoiceChoice.extend({
      sort: z.object({ by: z.enum(invoiceSorts), desc: z.boolean() }).optional(),
      offset: z.number().int().min(0).optional(),
      limit: z.number().int().min(1).max(1_000).optional(),
    }),
    invoiceWindow,
  ),
  /** How many of those that fit are unpaid, and what they come to. Asked for apart, for it takes longer than a window. */
  'invoices.unpaid': method(invoiceChoice, z.object({ count: z.number(), sums: z.array(money) })),
  /** Everything unpaid by how late it is. */
  'invoices.ageing': method(
    z.object({ today: day }),
    z.object({ ages: z.array(z.object({ age: z.enum(invoiceAges), count: z.number(), sums: z.array(money) })), asOf: instant.nullable() }),
  ),
}
