// Fresh looks at one service and its invoices, and the one change that this console makes in Paymenter.
import { and, eq, inArray, isNull } from 'drizzle-orm'
import type { Database, Orm } from '../../../db/open.ts'
import { billingWrites, invoiceItems, invoices } from '../../../db/schema.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { InvoiceId, ServiceId } from '../../../shared/domain/ids.ts'
import { permissionForInclude, type PaymenterClient } from '../paymenter/client.ts'
import { readInstant } from '../paymenter/days.ts'
import { forbidden, invalidAnswer } from '../paymenter/failures.ts'
import { relatedIds, type Included, type PaymenterRow } from '../paymenter/schema.ts'
import { lists, type Mirror } from './mirror.ts'

export interface RefreshOptions {
  readonly client: PaymenterClient
  readonly mirror: Mirror
  readonly db: Database
  readonly now: () => number
}

const includesOfService = [...lists.services.includes, 'invoices']

function serviceGone(id: ServiceId): Failure {
  return new Failure('billing.service-gone', `Service ${id} does not exist in Paymenter any more.`, 'Look at it there; here it is kept, marked as gone.')
}

/** Reads one service; marks it gone, and throws `billing.service-gone`, when Paymenter says so. */
async function readService(options: RefreshOptions, id: ServiceId, force: boolean): Promise<{ row: PaymenterRow; included: Included }> {
  const { client, mirror } = options
  const ticket = mirror.freshness.ticket()
  const answer = await client.read('services', id, includesOfService)
  if (answer.kind === 'gone') {
    mirror.markGone('services', id)
    throw serviceGone(id)
  }
  if (relatedIds(answer.row, 'user') === undefined) throw forbidden(permissionForInclude('user'), 'show whose a service is')
  mirror.storeRow('services', answer.row, answer.included, ticket, force)
  return answer
}

/** Reads one service and every invoice that has, or had, an item of it and is pending, changed or not yet known, with its items. */
export async function refreshService(options: RefreshOptions, id: ServiceId): Promise<void> {
  const { row, included } = await readService(options, id, false)
  const named = relatedIds(row, 'invoices')
  if (named === undefined) throw forbidden(permissionForInclude('invoices'), 'show the invoices of a service')
  const outcomes = await Promise.allSettled(invoicesToRead(options.db.orm, id, named, included).map((invoice) => readInvoice(options, invoice)))
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}

async function readInvoice({ client, mirror }: RefreshOptions, id: number): Promise<void> {
  const ticket = mirror.freshness.ticket()
  const answer = await client.read('invoices', id, lists.invoices.includes)
  if (answer.kind === 'gone') {
    mirror.markGone('invoices', id)
    return
  }
  if (relatedIds(answer.row, 'items') === undefined) throw forbidden(permissionForInclude('items'), 'show the items of an invoice')
  const stored = mirror.storeRow('invoices', answer.row, answer.included, ticket)
  if (stored.problems.length > 0) throw invalidAnswer(stored.problems.join('; '))
}

/** Those that Paymenter names now, and those that the mirror knows to have or have had an item of the service; not what is settled and unchanged. */
function invoicesToRead(orm: Orm, serviceId: ServiceId, named: readonly number[], included: Included): number[] {
  const withItem = orm.select({ id: invoiceItems.invoiceId }).from(invoiceItems).where(eq(invoiceItems.serviceId, serviceId))
  const columns = { id: invoices.id, status: invoices.status, updatedAt: invoices.updatedAt, goneAt: invoices.goneAt }
  const remembered = orm.select(columns).from(invoices).where(and(inArray(invoices.id, withItem), isNull(invoices.goneAt))).all()
  const known = new Map(orm.select(columns).from(invoices).where(inArray(invoices.id, [...named] as InvoiceId[])).all().map((invoice) => [invoice.id as number, invoice]))
  const namedNow = new Set(named)
  const toRead = new Set<number>()
  for (const invoice of remembered) if (invoice.status !== 'paid' && invoice.status !== 'cancelled' || !namedNow.has(invoice.id)) toRead.add(invoice.id)
  for (const id of named) {
    const before = known.get(id)
    const now = included.get('invoices', id)
    const unchanged =
      before !== undefined &&
      before.goneAt === null &&
      now !== null &&
      now.attributes['status'] === before.status &&
      readInstant(now.attributes['updated_at']) === before.updatedAt
    if (!unchanged || before.status === 'pending') toRead.add(id)
  }
  return [...toRead]
}

/**
 * Sets a service's status. The write is recorded before it is sent, so that what it leads to is never taken for evidence; a write that was
 * certainly refused is taken off the record again. What became of it is read, not believed.
 */
export async function setServiceStatus(options: RefreshOptions, id: ServiceId, status: 'active' | 'suspended' | 'cancelled'): Promise<void> {
  const { client, mirror, db, now } = options
  const release = mirror.freshness.hold(`services:${id}`)
  try {
    const write = db.note(() => db.orm.insert(billingWrites).values({ serviceId: id, at: now(), field: 'status', value: status }).returning({ id: billingWrites.id }).get())
    await db.onDisk()
    const takeBack = (): void => {
      db.orm.delete(billingWrites).where(eq(billingWrites.id, write.id)).run()
    }
    let unknown: Failure | null = null
    try {
      const answer = await client.update('services', id, { status })
      if (answer.kind === 'gone') {
        takeBack()
        mirror.markGone('services', id)
        throw serviceGone(id)
      }
      if (answer.kind === 'unknown') unknown = answer.failure
    } catch (error) {
      if (error instanceof Failure && error.code !== 'billing.service-gone') takeBack()
      throw error
    }
    const { row } = await readService(options, id, true)
    if (row.attributes['status'] === status) return
    if (unknown) throw unknown
    throw new Failure(
      'billing.write-not-seen',
      `Paymenter accepted that service ${id} be set to ${status}, but it still shows ${String(row.attributes['status']).slice(0, 40)}.`,
      'It is tried again. If it stays, look at the service in Paymenter.',
    )
  } finally {
    release()
  }
}
