// Thresholds of nodes that are exceeded now.
import { and, asc, eq } from 'drizzle-orm'
import type { AlertKind } from '../../shared/domain/capacity/thresholds.ts'
import type { NodeId } from '../../shared/domain/ids.ts'
import type { Orm } from '../open.ts'
import { capacityAlerts, nodes } from '../schema.ts'

export type StoredAlert = typeof capacityAlerts.$inferSelect

export function storedAlerts(orm: Orm): (StoredAlert & { node: string })[] {
  return orm
    .select({ alert: capacityAlerts, node: nodes.name })
    .from(capacityAlerts)
    .innerJoin(nodes, eq(nodes.id, capacityAlerts.nodeId))
    .orderBy(asc(nodes.name), asc(capacityAlerts.kind))
    .all()
    .map(({ alert, node }) => ({ ...alert, node }))
}

export function alertsOfNode(orm: Orm, nodeId: NodeId): StoredAlert[] {
  return orm.select().from(capacityAlerts).where(eq(capacityAlerts.nodeId, nodeId)).all()
}

export function putAlert(orm: Orm, alert: StoredAlert): void {
  const { since, value, limit } = alert
  orm
    .insert(capacityAlerts)
    .values(alert)
    .onConflictDoUpdate({ target: [capacityAlerts.nodeId, capacityAlerts.kind], set: { since, value, limit } })
    .run()
}

export function removeAlert(orm: Orm, nodeId: NodeId, kind: AlertKind): void {
  orm
    .delete(capacityAlerts)
    .where(and(eq(capacityAlerts.nodeId, nodeId), eq(capacityAlerts.kind, kind)))
    .run()
}
