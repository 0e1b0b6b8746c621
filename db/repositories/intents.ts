// Intents: what is to be done, being done, and was done. At most one open intent a service.
import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm'
import type { IntentId, ServiceId } from '../../shared/domain/ids.ts'
import type { Orm } from '../open.ts'
import { customers, intents, nodes, services } from '../schema.ts'
import { customerNameSql } from './links.ts'

export type Intent = typeof intents.$inferSelect
export type IntentState = Intent['state']
const openIntentStates = ['planned', 'approved', 'executing', 'verifying'] as const satisfies readonly IntentState[]

export function insertIntent(orm: Orm, intent: Intent): void {
  orm.insert(intents).values(intent).run()
}

export function updateIntent(orm: Orm, id: IntentId, change: Partial<Omit<Intent, 'id'>>): void {
  orm.update(intents).set(change).where(eq(intents.id, id)).run()
}

export function intentById(orm: Orm, id: IntentId): Intent | null {
  return orm.select().from(intents).where(eq(intents.id, id)).get() ?? null
}

/** Oldest first. */
export function openIntents(orm: Orm): Intent[] {
  return orm.select().from(intents).where(inArray(intents.state, [...openIntentStates])).orderBy(asc(intents.createdAt), asc(intents.id)).all()
}

export function openIntentOf(orm: Orm, serviceId: ServiceId): Intent | null {
  return orm
    .select()
    .from(intents)
    .where(and(eq(intents.serviceId, serviceId), inArray(intents.state, [...openIntentStates])))
    .get() ?? null
}

/** Newest first, with the names a person needs. */
export function listIntents(orm: Orm, query: { state?: IntentState; id?: IntentId; limit: number }): (Intent & { customerName: string | null; nodeName: string | null })[] {
  const conditions = [
    ...(query.state === undefined ? [] : [eq(intents.state, query.state)]),
    ...(query.id === undefined ? [] : [eq(intents.id, query.id)]),
  ]
  return orm
    .select({ intent: intents, customerName: customerNameSql, nodeName: nodes.name })
    .from(intents)
    .leftJoin(nodes, eq(nodes.id, intents.nodeId))
    .leftJoin(services, eq(services.id, intents.serviceId))
    .leftJoin(customers, eq(customers.id, services.customerId))
    .where(and(...conditions))
    .orderBy(desc(intents.createdAt), desc(intents.id))
    .limit(query.limit)
    .all()
    .map((row) => ({ ...row.intent, customerName: row.customerName, nodeName: row.nodeName }))
}

export function countIntents(orm: Orm): Map<IntentState, number> {
  const rows = orm.select({ state: intents.state, n: sql<number>`count(*)` }).from(intents).groupBy(intents.state).all()
  return new Map(rows.map((row) => [row.state, row.n]))
}

/** Services whose latest intent failed and has not been retried or resolved since: nothing new is planned for them by itself. */
export function servicesWithFailedIntent(orm: Orm): Set<ServiceId> {
  const rows = orm.select({ serviceId: intents.serviceId }).from(intents).where(eq(intents.state, 'failed')).all()
  return new Set(rows.map((row) => row.serviceId))
}
