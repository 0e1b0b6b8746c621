// Confirmed links between services and VMs.
import { and, asc, eq, isNull, notInArray, sql } from 'drizzle-orm'
import type { NodeId, ServiceId, VmRef } from '../../shared/domain/ids.ts'
import type { MatchableService, MatchableVm } from '../../shared/domain/matching.ts'
import type { Orm } from '../open.ts'
import { customers, links, nodes, products, services, vms } from '../schema.ts'
import { foldIntoSeal } from './seal.ts'

export type Link = typeof links.$inferSelect

export interface LinkView extends Link {
  readonly nodeName: string
  readonly customerName: string | null
  readonly productName: string | null
}

/** A customer's name from its parts, or null when Paymenter has none. */
export const customerNameSql = sql<string | null>`nullif(trim(coalesce(${customers.firstName}, '') || ' ' || coalesce(${customers.lastName}, '')), '')`

export function linkOf(orm: Orm, serviceId: ServiceId): Link | null {
  return orm.select().from(links).where(eq(links.serviceId, serviceId)).get() ?? null
}

export function linkOfVm(orm: Orm, ref: VmRef): Link | null {
  return orm.select().from(links).where(and(eq(links.nodeId, ref.nodeId), eq(links.uuid, ref.uuid))).get() ?? null
}

export function insertLink(orm: Orm, link: Link): void {
  orm.insert(links).values(link).run()
  foldIntoSeal(orm, 'links', linkOf(orm, link.serviceId))
}

export function deleteLink(orm: Orm, serviceId: ServiceId): void {
  foldIntoSeal(orm, 'links', linkOf(orm, serviceId))
  orm.delete(links).where(eq(links.serviceId, serviceId)).run()
}

export function countLinksOfNode(orm: Orm, nodeId: NodeId): number {
  return orm.select({ n: sql<number>`count(*)` }).from(links).where(eq(links.nodeId, nodeId)).get()?.n ?? 0
}

/** Every confirmed link, or one service's, with the names a person needs, by service. */
export function listLinks(orm: Orm, serviceId?: ServiceId): LinkView[] {
  return orm
    .select({ link: links, nodeName: nodes.name, customerName: customerNameSql, productName: products.name })
    .from(links)
    .innerJoin(nodes, eq(nodes.id, links.nodeId))
    .leftJoin(services, eq(services.id, links.serviceId))
    .leftJoin(customers, eq(customers.id, services.customerId))
    .leftJoin(products, eq(products.id, services.productId))
    .where(serviceId === undefined ? undefined : eq(links.serviceId, serviceId))
    .orderBy(asc(links.serviceId))
    .all()
    .map((row) => ({ ...row.link, nodeName: row.nodeName, customerName: row.customerName, productName: row.productName }))
}

/** Services without a link that could have one: not gone, not cancelled. */
export function unlinkedServices(orm: Orm): MatchableService[] {
  const linked = orm.select({ id: links.serviceId }).from(links)
  return orm
    .select({ id: services.id, slug: products.slug, properties: services.properties })
    .from(services)
    .leftJoin(products, eq(products.id, services.productId))
    .where(and(isNull(services.goneAt), sql`${services.status} <> 'cancelled'`, notInArray(services.id, linked)))
    .all()
    .map((row) => ({ serviceId: row.id, productSlug: row.slug, properties: Object.values(row.properties) }))
}

/** VMs without a link, not gone. */
export function unlinkedVms(orm: Orm): MatchableVm[] {
  return orm
    .select({ nodeId: vms.nodeId, uuid: vms.uuid, name: vms.name })
    .from(vms)
    .leftJoin(links, and(eq(links.nodeId, vms.nodeId), eq(links.uuid, vms.uuid)))
    .where(and(isNull(vms.goneAt), isNull(links.serviceId)))
    .all()
}
