// What the leak board needs besides the facts of linked services: vCPUs of linked VMs, and both lists of orphans with their names.
import { and, eq, isNull, notInArray } from 'drizzle-orm'
import type { CustomerId, NodeId, ProductId, ServiceId, VmUuid } from '../../shared/domain/ids.ts'
import type { Orm } from '../open.ts'
import { customers, links, nodes, products, services, vms } from '../schema.ts'
import { customerNameSql } from './links.ts'

/** Of every linked VM that was seen. */
export function vcpusOfLinked(orm: Orm): Map<ServiceId, number> {
  const rows = orm
    .select({ serviceId: links.serviceId, vcpus: vms.vcpus })
    .from(links)
    .innerJoin(vms, and(eq(vms.nodeId, links.nodeId), eq(vms.uuid, links.uuid)))
    .all()
  return new Map(rows.map((row) => [row.serviceId, row.vcpus]))
}

export interface OrphanService {
  readonly serviceId: ServiceId
  readonly customerId: CustomerId | null
  readonly customerName: string | null
  readonly productId: ProductId | null
  readonly productName: string | null
  readonly status: string
  readonly currency: string
  readonly priceMinor: number | null
  readonly quantity: number
}

/** Active services without a link. */
export function orphanServices(orm: Orm): OrphanService[] {
  return orm
    .select({
      serviceId: services.id,
      customerId: services.customerId,
      customerName: customerNameSql,
      productId: services.productId,
      productName: products.name,
      status: services.status,
      currency: services.currency,
      priceMinor: services.priceMinor,
      quantity: services.quantity,
    })
    .from(services)
    .leftJoin(customers, eq(customers.id, services.customerId))
    .leftJoin(products, eq(products.id, services.productId))
    .where(and(isNull(services.goneAt), eq(services.status, 'active'), notInArray(services.id, orm.select({ id: links.serviceId }).from(links))))
    .all()
}

export interface OrphanVm {
  readonly nodeId: NodeId
  readonly node: string
  readonly uuid: VmUuid
  readonly name: string
  readonly state: string
  readonly memoryKiB: number
  readonly observedAt: number
}

/** VMs without a link, not gone. */
export function orphanVms(orm: Orm): OrphanVm[] {
  return orm
    .select({ nodeId: vms.nodeId, node: nodes.name, uuid: vms.uuid, name: vms.name, state: vms.state, memoryKiB: vms.memoryKiB, observedAt: vms.observedAt })
    .from(vms)
    .innerJoin(nodes, eq(nodes.id, vms.nodeId))
    .leftJoin(links, and(eq(links.nodeId, vms.nodeId), eq(links.uuid, vms.uuid)))
    .where(and(isNull(vms.goneAt), isNull(links.serviceId)))
    .all()
}
