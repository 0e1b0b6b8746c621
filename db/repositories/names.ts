// Small look-ups by id: the names of nodes, VMs, customers and products, and whether the mirror has a row at all.
import { and, eq, isNull } from 'drizzle-orm'
import type { CustomerId, NodeId, ProductId, ServiceId, VmRef } from '../../shared/domain/ids.ts'
import type { Orm } from '../open.ts'
import { customers, nodes, products, services, vms } from '../schema.ts'
import { customerNameSql } from './links.ts'

export function nodeNames(orm: Orm): Map<NodeId, string> {
  return new Map(orm.select({ id: nodes.id, name: nodes.name }).from(nodes).all().map((row) => [row.id, row.name]))
}

/** A VM's name as last observed; null when it is not known or gone. */
export function vmNameOf(orm: Orm, ref: VmRef): string | null {
  const row = orm.select({ name: vms.name }).from(vms).where(and(eq(vms.nodeId, ref.nodeId), eq(vms.uuid, ref.uuid), isNull(vms.goneAt))).get()
  return row?.name ?? null
}

export function serviceExists(orm: Orm, serviceId: ServiceId): boolean {
  return orm.select({ id: services.id }).from(services).where(and(eq(services.id, serviceId), isNull(services.goneAt))).get() !== undefined
}

/** True for a product that is gone, too. */
export function productExists(orm: Orm, productId: ProductId): boolean {
  return orm.select({ id: products.id }).from(products).where(eq(products.id, productId)).get() !== undefined
}

/** True for a customer who is gone, too. */
export function customerExists(orm: Orm, customerId: CustomerId): boolean {
  return orm.select({ id: customers.id }).from(customers).where(eq(customers.id, customerId)).get() !== undefined
}

/** Customer and product of every service. */
export function customerNamesOf(orm: Orm): Map<ServiceId, { customerName: string | null; productName: string | null }> {
  const rows = orm
    .select({ id: services.id, customerName: customerNameSql, productName: products.name })
    .from(services)
    .leftJoin(customers, eq(customers.id, services.customerId))
    .leftJoin(products, eq(products.id, services.productId))
    .all()
  return new Map(rows.map((row) => [row.id, row]))
}
