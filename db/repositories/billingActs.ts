// What the operator changed in Paymenter from here: written before it is sent, finished by what was seen.
import { and, desc, eq, ne } from 'drizzle-orm'
import type { FailureBody } from '../../shared/domain/failure.ts'
import type { Orm } from '../open.ts'
import { billingActs } from '../schema.ts'

export type BillingAct = typeof billingActs.$inferSelect
export type BillingActKind = BillingAct['kind']

/** Belongs into the transaction of the audit's entry. A second payment of an invoice violates the table's own index. */
export function beginAct(orm: Orm, act: Pick<BillingAct, 'at' | 'kind' | 'rowId' | 'customerId' | 'before' | 'after'>): number {
  return orm.insert(billingActs).values({ ...act, state: 'sending' }).returning({ id: billingActs.id }).get().id
}

export function finishAct(orm: Orm, id: number, end: { state: 'seen' | 'refused' | 'unknown'; error: FailureBody | null; finishedAt: number }): void {
  orm.update(billingActs).set(end).where(eq(billingActs.id, id)).run()
}

/** What was being sent when the worker died may or may not have been done. */
export function giveUpOpenActs(orm: Orm, at: number): void {
  orm.update(billingActs).set({ state: 'unknown', finishedAt: at }).where(eq(billingActs.state, 'sending')).run()
}

/** The payment of an invoice that was sent from here, or may have been; null when none was. */
export function paymentOf(orm: Orm, invoiceId: number): BillingAct | null {
  const sent = and(eq(billingActs.kind, 'invoice-paid'), eq(billingActs.rowId, invoiceId), ne(billingActs.state, 'refused'))
  return orm.select().from(billingActs).where(sent).get() ?? null
}

/** Newest first. */
export function listActs(orm: Orm, customerId: number | undefined, limit: number): BillingAct[] {
  const all = orm.select().from(billingActs)
  const some = customerId === undefined ? all : all.where(eq(billingActs.customerId, customerId as NonNullable<BillingAct['customerId']>))
  return some.orderBy(desc(billingActs.id)).limit(limit).all()
}
