// Suspensions in force: a VM is covered from before its stop is sent until it is given back.
import { and, eq, isNull } from 'drizzle-orm'
import type { ServiceId } from '../../shared/domain/ids.ts'
import type { Orm } from '../open.ts'
import { suspensions } from '../schema.ts'

export type Suspension = typeof suspensions.$inferSelect

export function suspensionInForce(orm: Orm, serviceId: ServiceId): Suspension | null {
  return orm.select().from(suspensions).where(and(eq(suspensions.serviceId, serviceId), isNull(suspensions.endedAt))).get() ?? null
}

export function suspensionsInForce(orm: Orm): Suspension[] {
  return orm.select().from(suspensions).where(isNull(suspensions.endedAt)).all()
}

/** Opens a suspension; where one is in force already it keeps its cause and gains the invoices. */
export function coverBySuspension(orm: Orm, suspension: Omit<Suspension, 'id'>): void {
  const known = suspensionInForce(orm, suspension.serviceId)
  if (!known) {
    orm.insert(suspensions).values(suspension).run()
    return
  }
  const invoiceIds = [...new Set([...known.invoiceIds, ...suspension.invoiceIds])]
  orm
    .update(suspensions)
    .set({ invoiceIds, stopSentAt: suspension.stopSentAt ?? known.stopSentAt, verifiedAt: suspension.verifiedAt })
    .where(eq(suspensions.id, known.id))
    .run()
}

export function updateSuspension(orm: Orm, id: number, change: Partial<Omit<Suspension, 'id'>>): void {
  orm.update(suspensions).set(change).where(eq(suspensions.id, id)).run()
}
