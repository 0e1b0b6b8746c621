// Empties the mirror: only when another Paymenter takes the place of the one that was mirrored.
import { eq } from 'drizzle-orm'
import type { Database } from '../open.ts'
import {
  billingActs,
  billingWrites,
  categories,
  credits,
  customers,
  invoiceItems,
  invoices,
  mirrorPasses,
  orders,
  plans,
  products,
  serviceHistory,
  services,
  settings,
  syncRuns,
  ticketMessages,
  tickets,
} from '../schema.ts'

const mirrored = [ticketMessages, tickets, credits, orders, invoiceItems, invoices, serviceHistory, billingWrites, billingActs, services, plans, products, categories, customers]

/** Belongs into a transaction of its caller. */
export function emptyMirror(db: Database): void {
  for (const table of [...mirrored, mirrorPasses, syncRuns]) db.orm.delete(table).run()
  // By what the other one would have been known again.
  db.orm.delete(settings).where(eq(settings.key, 'billing.identity')).run()
}
