// Search: everything that the mirror and the estate know by name, number, address or e-mail, as the palette shows it.
import { z } from 'zod'
import { day, method, money, paymenterId } from './define.ts'

const searchKinds = ['vm', 'customer', 'service', 'invoice', 'ticket', 'product', 'node'] as const

export const searchHit = z.object({
  kind: z.enum(searchKinds),
  /** Paymenter's number; null for VMs and nodes. */
  id: paymenterId.nullable(),
  nodeId: z.string().nullable(),
  uuid: z.string().nullable(),
  /** A name, an e-mail address, or a ticket's subject; empty where only the number tells. */
  title: z.string(),
  customerName: z.string().nullable(),
  email: z.string().nullable(),
  productName: z.string().nullable(),
  node: z.string().nullable(),
  status: z.string().nullable(),
  total: money.nullable(),
  dueAt: day.nullable(),
  address: z.string().nullable(),
  /** Found although it was mistyped. */
  isNear: z.boolean(),
})

export const searchMethods = {
  /** The best few of each kind. A number (`812`, `#812`, `invoice 812`) finds what bears it. Names and e-mail addresses are found with a slip or two. */
  'search.find': method(z.object({ text: z.string().max(500), limit: z.number().int().min(1).max(50).optional() }), z.object({ hits: z.array(searchHit) })),
}
