// VMs as last observed, and the fleet with what billing and automation know of each.
import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import type { Day } from '../../shared/domain/calendar.ts'
import type { HoldKind } from '../../shared/domain/decide.ts'
import type { CustomerId, NodeId, ServiceId, VmRef, VmUuid } from '../../shared/domain/ids.ts'
import type { Database, Orm } from '../open.ts'
import { customers, holds, links, nodes, products, services, suspensions, vmMarks, vms } from '../schema.ts'
import { customerNameSql } from './links.ts'

export interface ObservedVm {
  readonly uuid: VmUuid
  readonly name: string
  readonly state: string
  readonly memoryKiB: number
  readonly vcpus: number
  /** Null where it was not in the list, so that nothing was measured; `keep` leaves the last figure. */
  readonly cpuPercent: number | null | 'keep'
  readonly cpuTimeSeconds: number
  readonly ipAddresses: readonly string[] | 'keep'
}

const upsert = `
  insert into vms (node_id, uuid, name, state, memory_kib, vcpus, cpu_percent, cpu_time_seconds, ip_addresses, first_seen_at, observed_at, off_since, gone_at)
  values (@nodeId, @uuid, @name, @state, @memoryKiB, @vcpus, @cpuPercent, @cpuTimeSeconds, coalesce(@ipAddresses, '[]'), @at, @at,
    case when @state in ('shutoff', 'crashed') then @at end, null)
  on conflict (node_id, uuid) do update set
    name = excluded.name, state = excluded.state, memory_kib = excluded.memory_kib, vcpus = excluded.vcpus,
    cpu_percent = case when @keepCpu then vms.cpu_percent else excluded.cpu_percent end,
    cpu_time_seconds = excluded.cpu_time_seconds, ip_addresses = coalesce(@ipAddresses, vms.ip_addresses),
    observed_at = excluded.observed_at, gone_at = null,
    off_since = case when excluded.off_since is not null then coalesce(vms.off_since, excluded.off_since) end`

type Upsert = ReturnType<Database['sqlite']['prepare']>
const upserts = new WeakMap<Database, Upsert>()

/** Prepared once for each database: a hundred nodes store their VMs several times a minute. */
function upsertOf(db: Database): Upsert {
  const known = upserts.get(db)
  if (known !== undefined) return known
  const made = db.sqlite.prepare(upsert)
  upserts.set(db, made)
  return made
}

/** Stores what was seen of some VMs of a node at an instant. To be called in a transaction. */
export function storeVms(db: Database, nodeId: NodeId, at: number, seen: readonly ObservedVm[]): void {
  const statement = upsertOf(db)
  for (const vm of seen) {
    statement.run({
      nodeId,
      at,
      uuid: vm.uuid,
      name: vm.name,
      state: vm.state,
      memoryKiB: vm.memoryKiB,
      vcpus: vm.vcpus,
      cpuPercent: vm.cpuPercent === 'keep' ? null : vm.cpuPercent,
      keepCpu: vm.cpuPercent === 'keep' ? 1 : 0,
      cpuTimeSeconds: vm.cpuTimeSeconds,
      ipAddresses: vm.ipAddresses === 'keep' ? null : JSON.stringify(vm.ipAddresses),
    })
  }
}

/** Marks VMs whose own look-up on a healthy node answered that they do not exist. */
export function markVmsGone(orm: Orm, nodeId: NodeId, at: number, uuids: readonly VmUuid[]): void {
  for (const uuid of uuids) {
    orm
      .update(vms)
      .set({ goneAt: at, observedAt: at })
      .where(and(eq(vms.nodeId, nodeId), eq(vms.uuid, uuid), isNull(vms.goneAt)))
      .run()
  }
}

/** The VMs of a node that are not known to be gone. */
export function knownVmUuids(orm: Orm, nodeId: NodeId): VmUuid[] {
  const rows = orm
    .select({ uuid: vms.uuid })
    .from(vms)
    .where(and(eq(vms.nodeId, nodeId), isNull(vms.goneAt)))
    .all()
  return rows.map((row) => row.uuid)
}

/** Of these VMs of a node, those whose UUID some VM of another node has too, with that node's name. */
export function twinsOf(db: Database, nodeId: NodeId, uuids: readonly VmUuid[]): { uuid: VmUuid; name: string; nodeName: string }[] {
  return db.sqlite
    .prepare<[string, NodeId], { uuid: VmUuid; name: string; nodeName: string }>(
      `select vms.uuid, vms.name, nodes.name as nodeName from json_each(?) as seen
       join vms on vms.uuid = seen.value and vms.node_id <> ? and vms.gone_at is null
       join nodes on nodes.id = vms.node_id order by nodes.name, vms.name`,
    )
    .all(JSON.stringify(uuids), nodeId)
}

export function countVmsByNode(orm: Orm): Map<NodeId, number> {
  const rows = orm
    .select({ nodeId: vms.nodeId, n: sql<number>`count(*)` })
    .from(vms)
    .where(isNull(vms.goneAt))
    .groupBy(vms.nodeId)
    .all()
  return new Map(rows.map((row) => [row.nodeId, row.n]))
}

/** The name of every VM that is not gone, by `node/uuid`. */
export function vmNames(orm: Orm): Map<string, string> {
  const rows = orm.select({ nodeId: vms.nodeId, uuid: vms.uuid, name: vms.name }).from(vms).where(isNull(vms.goneAt)).all()
  return new Map(rows.map((row) => [`${row.nodeId}/${row.uuid}`, row.name]))
}

/** A VM as last observed, gone or not; null when it was never seen. */
export function vmOf(orm: Orm, ref: VmRef): typeof vms.$inferSelect | null {
  return (
    orm
      .select()
      .from(vms)
      .where(and(eq(vms.nodeId, ref.nodeId), eq(vms.uuid, ref.uuid)))
      .get() ?? null
  )
}

export interface FleetRow {
  readonly vm: typeof vms.$inferSelect
  readonly node: { readonly name: string; readonly state: string; readonly lastSeenAt: number | null }
  readonly service: { readonly id: ServiceId; readonly status: string | null; readonly customerId: CustomerId | null; readonly expiresOn: Day | null } | null
  readonly productName: string | null
  readonly customerName: string | null
  readonly hold: { readonly kind: HoldKind; readonly until: Day | null } | null
  readonly suspended: boolean
  readonly tags: string[]
  readonly note: string
  readonly isProtected: boolean
}

/** Every VM that is not gone, with its confirmed service, by node and name. */
export function fleet(orm: Orm, nodeId?: NodeId): FleetRow[] {
  const rows = orm
    .select({
      vm: vms,
      node: { name: nodes.name, state: nodes.state, lastSeenAt: nodes.lastSeenAt },
      serviceId: links.serviceId,
      status: services.status,
      customerId: services.customerId,
      expiresOn: services.expiresOn,
      productName: products.name,
      customerName: customerNameSql,
      holdKind: holds.kind,
      holdUntil: holds.until,
      suspensionId: suspensions.id,
      tags: vmMarks.tags,
      note: vmMarks.note,
      isProtected: vmMarks.isProtected,
    })
    .from(vms)
    .innerJoin(nodes, eq(nodes.id, vms.nodeId))
    .leftJoin(links, and(eq(links.nodeId, vms.nodeId), eq(links.uuid, vms.uuid)))
    .leftJoin(services, eq(services.id, links.serviceId))
    .leftJoin(customers, eq(customers.id, services.customerId))
    .leftJoin(products, eq(products.id, services.productId))
    .leftJoin(holds, eq(holds.serviceId, links.serviceId))
    .leftJoin(suspensions, and(eq(suspensions.serviceId, links.serviceId), isNull(suspensions.endedAt)))
    .leftJoin(vmMarks, and(eq(vmMarks.nodeId, vms.nodeId), eq(vmMarks.uuid, vms.uuid)))
    .where(nodeId === undefined ? isNull(vms.goneAt) : and(isNull(vms.goneAt), eq(vms.nodeId, nodeId)))
    .orderBy(asc(nodes.name), asc(vms.name), asc(vms.uuid))
    .all()
  return rows.map((row) => ({
    vm: row.vm,
    node: row.node,
    service: row.serviceId === null ? null : { id: row.serviceId, status: row.status, customerId: row.customerId, expiresOn: row.expiresOn },
    productName: row.productName,
    customerName: row.customerName,
    hold: row.holdKind === null ? null : { kind: row.holdKind, until: row.holdUntil },
    suspended: row.suspensionId !== null,
    tags: row.tags ?? [],
    note: row.note ?? '',
    isProtected: row.isProtected ?? false,
  }))
}
