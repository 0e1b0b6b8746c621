// Notices to customers: queued once per event and channel, then followed until they are sent, withdrawn or given up.
import { and, asc, desc, eq, inArray, isNull, lte, or, sql } from 'drizzle-orm'
import type { CustomerId, InvoiceId, ServiceId } from '../../shared/domain/ids.ts'
import type { Day } from '../../shared/domain/calendar.ts'
import type { Money } from '../../shared/domain/money.ts'
import { addMoney, multiplyMoney } from '../../shared/domain/money.ts'
import type { Orm } from '../open.ts'
import { customers, invoiceItems, invoices, notices, products, services, suspensions } from '../schema.ts'
import { customerNameSql } from './links.ts'
import type { Suspension } from './suspensions.ts'

export type Notice = typeof notices.$inferSelect
export type NewNotice = typeof notices.$inferInsert
export type NoticeState = Notice['state']
export type NoticeChannel = Notice['channel']
export type NoticeChange = Partial<Omit<Notice, 'id'>>

/** Adds a notice; false when its event has been told, or is queued to be, on this channel already. */
export function insertNotice(orm: Orm, notice: NewNotice): boolean {
  return (
    orm
      .insert(notices)
      .values(notice)
      .onConflictDoNothing({ target: [notices.eventKey, notices.channel] })
      .run().changes > 0
  )
}

export function noticeById(orm: Orm, id: number): Notice | null {
  return orm.select().from(notices).where(eq(notices.id, id)).get() ?? null
}

export function updateNotice(orm: Orm, id: number, change: NoticeChange): void {
  orm.update(notices).set(change).where(eq(notices.id, id)).run()
}

/** Those whose turn it is on a channel, oldest first. */
export function dueNotices(orm: Orm, channel: NoticeChannel, nowMs: number): Notice[] {
  return orm
    .select()
    .from(notices)
    .where(
      and(eq(notices.state, 'queued'), eq(notices.channel, channel), or(isNull(notices.nextAttemptAt), lte(notices.nextAttemptAt, nowMs))),
    )
    .orderBy(asc(notices.id))
    .all()
}

/** Whatever waits for its next attempt is due at once. */
export function forgetPauses(orm: Orm): void {
  orm.update(notices).set({ nextAttemptAt: null }).where(eq(notices.state, 'queued')).run()
}

export function noticesInState(orm: Orm, state: NoticeState): Notice[] {
  return orm.select().from(notices).where(eq(notices.state, state)).orderBy(asc(notices.id)).all()
}

export function countNotices(orm: Orm): Map<NoticeState, number> {
  return new Map(
    orm
      .select({ state: notices.state, n: sql<number>`count(*)` })
      .from(notices)
      .groupBy(notices.state)
      .all()
      .map((row) => [row.state, row.n]),
  )
}

export interface NoticeQuery {
  readonly id?: number | undefined
  readonly states?: readonly NoticeState[] | undefined
  readonly serviceId?: ServiceId | undefined
  readonly limit: number
}

/** Newest first, with the names a person needs. */
export function listNotices(orm: Orm, query: NoticeQuery): (Notice & { customerName: string | null; productName: string | null })[] {
  return orm
    .select({ notice: notices, customerName: customerNameSql, productName: products.name })
    .from(notices)
    .leftJoin(services, eq(services.id, notices.serviceId))
    .leftJoin(customers, eq(customers.id, notices.customerId))
    .leftJoin(products, eq(products.id, services.productId))
    .where(
      and(
        query.id === undefined ? undefined : eq(notices.id, query.id),
        query.states === undefined ? undefined : inArray(notices.state, [...query.states]),
        query.serviceId === undefined ? undefined : eq(notices.serviceId, query.serviceId),
      ),
    )
    .orderBy(desc(notices.id))
    .limit(query.limit)
    .all()
    .map((row) => ({ ...row.notice, customerName: row.customerName, productName: row.productName }))
}

/** Invoices with their totals (Σ price × quantity of their items), in the order of the ids; a total that cannot be read is null. */
export function invoicesForNotice(orm: Orm, ids: readonly InvoiceId[]): { id: InvoiceId; total: Money | null; dueOn: Day | null }[] {
  if (ids.length === 0) return []
  const rows = orm
    .select({ id: invoices.id, dueOn: invoices.dueOn, currency: invoices.currency })
    .from(invoices)
    .where(inArray(invoices.id, [...ids]))
    .orderBy(asc(invoices.id))
    .all()
  const items = orm
    .select({ invoiceId: invoiceItems.invoiceId, priceMinor: invoiceItems.priceMinor, quantity: invoiceItems.quantity })
    .from(invoiceItems)
    .where(and(inArray(invoiceItems.invoiceId, [...ids]), isNull(invoiceItems.goneAt)))
    .all()
  return rows.map(({ id, dueOn, currency }) => {
    const own = items.filter((item) => item.invoiceId === id)
    const total = own.reduce<Money | null>(
      (sum, item) =>
        sum === null || item.priceMinor === null
          ? null
          : addMoney(sum, multiplyMoney({ amountMinor: item.priceMinor, currency }, item.quantity)),
      { amountMinor: 0, currency },
    )
    return { id, dueOn, total: own.length === 0 ? null : total }
  })
}

export interface Addressee {
  readonly customerId: CustomerId
  readonly name: string | null
  readonly email: string
  readonly productName: string | null
}

/** Whose a service is, as the mirror has it; null when that is not known. */
export function addresseeOf(orm: Orm, serviceId: ServiceId): Addressee | null {
  const row = orm
    .select({ customerId: customers.id, name: customerNameSql, email: customers.email, productName: products.name })
    .from(services)
    .innerJoin(customers, eq(customers.id, services.customerId))
    .leftJoin(products, eq(products.id, services.productId))
    .where(and(eq(services.id, serviceId), isNull(customers.goneAt)))
    .get()
  return row ?? null
}

/** The newest suspension of a service, in force or ended. */
export function latestSuspension(orm: Orm, serviceId: ServiceId): Suspension | null {
  return orm.select().from(suspensions).where(eq(suspensions.serviceId, serviceId)).orderBy(desc(suspensions.id)).limit(1).get() ?? null
}
