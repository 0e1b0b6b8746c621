// Empties the mirror: only when another Paymenter takes the place of the one that was mirrored.
import type { Database } from '../open.ts'
import { billingWrites, customers, invoiceItems, invoices, plans, products, serviceHistory, services, syncRuns } from '../schema.ts'

/** Belongs into a transaction of its caller. */
export function emptyMirror(db: Database): void {
  for (const table of [invoiceItems, invoices, serviceHistory, billingWrites, services, plans, products, customers, syncRuns]) db.orm.delete(table).run()
}
