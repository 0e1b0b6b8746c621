// Holds: exceptions by the operator, one a service.
import { asc, eq } from 'drizzle-orm'
import type { ServiceId } from '../../shared/domain/ids.ts'
import type { Orm } from '../open.ts'
import { customers, holds, services } from '../schema.ts'
import { customerNameSql } from './links.ts'
import { foldIntoSeal } from './seal.ts'

export type Hold = typeof holds.$inferSelect

export function holdOf(orm: Orm, serviceId: ServiceId): Hold | null {
  return orm.select().from(holds).where(eq(holds.serviceId, serviceId)).get() ?? null
}

/** A new hold replaces the other kind. */
export function putHold(orm: Orm, hold: Hold): void {
  foldIntoSeal(orm, 'holds', holdOf(orm, hold.serviceId))
  orm.insert(holds).values(hold).onConflictDoUpdate({ target: holds.serviceId, set: hold }).run()
  foldIntoSeal(orm, 'holds', holdOf(orm, hold.serviceId))
}

export function deleteHold(orm: Orm, serviceId: ServiceId): void {
  foldIntoSeal(orm, 'holds', holdOf(orm, serviceId))
  orm.delete(holds).where(eq(holds.serviceId, serviceId)).run()
}

export function listHolds(orm: Orm): (Hold & { customerName: string | null })[] {
  return orm
    .select({ hold: holds, customerName: customerNameSql })
    .from(holds)
    .leftJoin(services, eq(services.id, holds.serviceId))
    .leftJoin(customers, eq(customers.id, services.customerId))
    .orderBy(asc(holds.serviceId))
    .all()
    .map((row) => ({ ...row.hold, customerName: row.customerName }))
}
