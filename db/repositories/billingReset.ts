// Empties the mirror: only when another Paymenter takes the place of the one that was mirrored.
import { eq } from 'drizzle-orm'
import type { Database } from '../open.ts'
import { billingWrites, customers, invoiceItems, invoices, plans, products, serviceHistory, services, settings, syncRuns } from '../schema.ts'

/** Belongs into a transaction of its caller. */
export function emptyMirror(db: Database): void {
  for (const table of [invoiceItems, invoices, serviceHistory, billingWrites, services, plans, products, customers, syncRuns]) db.orm.delete(table).run()
  // By what the other one would have been known again.
  db.orm.delete(settings).where(eq(settings.key, 'billing.identity')).run()
}
