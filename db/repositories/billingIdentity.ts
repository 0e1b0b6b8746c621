// By what a Paymenter is known again: its oldest customers and invoices, and the newest paid invoices of the last full sync.
import { and, asc, desc, eq, inArray, isNull } from 'drizzle-orm'
import { clockTimeOf } from '../../shared/domain/calendar.ts'
import type { CustomerId, InvoiceId } from '../../shared/domain/ids.ts'
import type { Orm } from '../open.ts'
import { customers, invoices, settings } from '../schema.ts'
import { storedConnection } from './billingSync.ts'

export interface BillingIdentity {
  /** The full sync that it was taken from. */
  readonly fullSyncAt: number
  readonly customers: readonly { readonly id: CustomerId; readonly createdAt: number | null }[]
  readonly invoices: readonly { readonly id: InvoiceId; readonly createdAt: number | null }[]
  readonly paidInvoices: readonly InvoiceId[]
  /** Paymenter's when it was taken; older ones have none. */
  readonly timeZone?: string | null
}

const key = 'billing.identity'
const oldest = 5
const newestPaid = 50
/** One invoice may be set back by hand; several at once mean a restored backup. */
const unpaidAgainCounts = 2
const quarterHourMs = 900_000
/** From the westernmost zone to the easternmost. */
const widestShiftMs = 26 * 3_600_000

interface Creation {
  readonly createdAt: number | null
  readonly timeZone: string | null | undefined
}

/** Paymenter keeps clock times of its own zone: when that zone is changed, every instant moves, and the clock times stay. */
export function isSameCreation(before: Creation, now: Creation): boolean {
  if (before.createdAt === now.createdAt) return true
  if (before.createdAt === null || now.createdAt === null || !before.timeZone || !now.timeZone) return false
  return clockTimeOf(before.createdAt, before.timeZone) === clockTimeOf(now.createdAt, now.timeZone)
}

export function storedIdentity(orm: Orm): BillingIdentity | null {
  return (orm.select().from(settings).where(eq(settings.key, key)).get()?.value as BillingIdentity | undefined) ?? null
}

/** Takes the identity from the mirror as it is after a full sync. */
export function storeIdentity(orm: Orm, fullSyncAt: number): void {
  const value: BillingIdentity = {
    fullSyncAt,
    timeZone: storedConnection(orm)?.timeZone ?? null,
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
  const timeZone = storedConnection(orm)?.timeZone
  const shifts: (number | null)[] = []
  const compare = (name: string, known: readonly { id: number; createdAt: number | null }[], now: ReadonlyMap<number, { createdAt: number | null; goneAt: number | null }>) => {
    const changed = known.filter((row) => {
      const found = now.get(row.id)
      return found !== undefined && !isSameCreation({ createdAt: row.createdAt, timeZone: identity.timeZone }, { createdAt: found.createdAt, timeZone })
    })
    for (const row of known) shifts.push(changed.includes(row) ? (now.get(row.id)?.createdAt ?? 0) - (row.createdAt ?? 0) : null)
    const gone = known.filter((row) => now.get(row.id)?.goneAt !== null)
    if (changed.length > 0) differences.push(`${name} ${changed.map((row) => row.id).join(', ')} ${changed.length === 1 ? 'was' : 'were'} created at another time`)
    if (gone.length * 2 > known.length) differences.push(`${gone.length} of the ${known.length} oldest ${name}s are gone`)
  }
  const customerRows = orm.select().from(customers).where(inArray(customers.id, identity.customers.map((row) => row.id))).all()
  const invoiceRows = orm.select().from(invoices).where(inArray(invoices.id, identity.invoices.map((row) => row.id))).all()
  compare('customer', identity.customers, new Map(customerRows.map((row) => [row.id, row])))
  compare('invoice', identity.invoices, new Map(invoiceRows.map((row) => [row.id, row])))
  if (isShiftOfZone(shifts)) {
    differences.splice(0, differences.length, 'all of its oldest customers and invoices were created some hours earlier or later than before, as when Paymenter’s time zone is changed; if it was, connect Paymenter again, so that its dates are read in the new one')
  }
  const unpaid = orm
    .select({ id: invoices.id })
    .from(invoices)
    .where(and(inArray(invoices.id, [...identity.paidInvoices]), eq(invoices.status, 'pending')))
    .all()
  if (unpaid.length >= unpaidAgainCounts) differences.push(`${unpaid.length} paid invoices are unpaid again (${unpaid.slice(0, 5).map((row) => row.id).join(', ')})`)
  return differences
}

/** True when everything moved, by quarters of an hour: summer and winter may move by different ones. */
function isShiftOfZone(shifts: readonly (number | null)[]): boolean {
  return shifts.length > 0 && shifts.every((shift) => shift !== null && shift % quarterHourMs === 0 && Math.abs(shift) <= widestShiftMs)
}
