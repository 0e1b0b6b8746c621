// By what a Paymenter is known again: its oldest customers and invoices, and the newest paid invoices of the last full sync.
import { and, asc, desc, eq, inArray, isNull } from 'drizzle-orm'
import type { CustomerId, InvoiceId } from '../../shared/domain/ids.ts'
import type { Orm } from '../open.ts'
import { customers, invoices, settings } from '../schema.ts'

export interface BillingIdentity {
  /** The full sync that it was taken from. */
  readonly fullSyncAt: number
  readonly customers: readonly { readonly id: CustomerId; readonly createdAt: number | null }[]
  readonly invoices: readonly { readonly id: InvoiceId; readonly createdAt: number | null }[]
  readonly paidInvoices: readonly InvoiceId[]
}

const key = 'billing.identity'
const oldest = 5
const newestPaid = 50
/** One invoice may be set back by hand; several at once mean a restored backup. */
const unpaidAgainCounts = 2

export function storedIdentity(orm: Orm): BillingIdentity | null {
  return (orm.select().from(settings).where(eq(settings.key, key)).get()?.value as BillingIdentity | undefined) ?? null
}

/** Takes the identity from the mirror as it is after a full sync. */
export function storeIdentity(orm: Orm, fullSyncAt: number): void {
  const value: BillingIdentity = {
    fullSyncAt,
    customers: orm.select({ id: customers.id, createdAt: customers.createdAt }).from(customers).where(isNull(customers.goneAt)).orderBy(asc(customers.id)).limit(oldest).all(),
    invoices: orm.select({ id: invoices.id, createdAt: invoices.createdAt }).from(invoices).where(isNull(invoices.goneAt)).orderBy(asc(invoices.id)).limit(oldest).all(),
    paidInvoices: orm
      .select({ id: invoices.id })
      .from(invoices)
      .where(and(isNull(invoices.goneAt), eq(invoices.status, 'paid')))
      .orderBy(desc(invoices.id))
      .limit(newestPaid)
      .all()
      .map((row) => row.id),
  }
  orm.insert(settings).values({ key, value }).onConflictDoUpdate({ target: settings.key, set: { value } }).run()
}

/** What speaks against the mirror's Paymenter being the one of the identity; empty when nothing does. */
export function identityDifferences(orm: Orm, identity: BillingIdentity): string[] {
  const differences: string[] = []
  const compare = (name: string, known: readonly { id: number; createdAt: number | null }[], now: ReadonlyMap<number, { createdAt: number | null; goneAt: number | null }>) => {
    const changed = known.filter((row) => now.has(row.id) && now.get(row.id)?.createdAt !== row.createdAt)
    const gone = known.filter((row) => now.get(row.id)?.goneAt !== null)
    if (changed.length > 0) differences.push(`${name} ${changed.map((row) => row.id).join(', ')} ${changed.length === 1 ? 'was' : 'were'} created at another time`)
    if (gone.length * 2 > known.length) differences.push(`${gone.length} of the ${known.length} oldest ${name}s are gone`)
  }
  const customerRows = orm.select().from(customers).where(inArray(customers.id, identity.customers.map((row) => row.id))).all()
  const invoiceRows = orm.select().from(invoices).where(inArray(invoices.id, identity.invoices.map((row) => row.id))).all()
  compare('customer', identity.customers, new Map(customerRows.map((row) => [row.id, row])))
  compare('invoice', identity.invoices, new Map(invoiceRows.map((row) => [row.id, row])))
  const unpaid = orm
    .select({ id: invoices.id })
    .from(invoices)
    .where(and(inArray(invoices.id, [...identity.paidInvoices]), eq(invoices.status, 'pending')))
    .all()
  if (unpaid.length >= unpaidAgainCounts) differences.push(`${unpaid.length} paid invoices are unpaid again (${unpaid.slice(0, 5).map((row) => row.id).join(', ')})`)
  return differences
}
