// The facts of linked services, gathered in a few set-based queries: what `decide` is given.
import { and, asc, eq, inArray, isNull, type SQL } from 'drizzle-orm'
import { dayOf } from '../../shared/domain/calendar.ts'
import type { ServiceFacts, VmStateFact } from '../../shared/domain/decide.ts'
import type { NodeId, ServiceId, VmUuid } from '../../shared/domain/ids.ts'
import type { InvoiceFacts, SuspendedSeen } from '../../shared/domain/serviceState.ts'
import type { Orm } from '../open.ts'
import { billingWrites, customers, holds, invoiceItems, invoices, links, nodes, products, serviceHistory, services, suspensions, vms } from '../schema.ts'
import { customerNameSql } from './links.ts'

export interface LinkedService {
  readonly serviceId: ServiceId
  readonly nodeId: NodeId
  readonly nodeName: string
  readonly uuid: VmUuid
  /** The VM's name when the link was confirmed. */
  readonly linkedName: string
  readonly vmName: string
  readonly customerName: string | null
  readonly productName: string | null
  readonly vmObservedAt: number | null
  readonly memoryKiB: number
  readonly quantity: number
  readonly facts: ServiceFacts
}

type HistoryRow = typeof serviceHistory.$inferSelect

function groupBy<T, K>(rows: readonly T[], key: (row: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const row of rows) {
    const group = groups.get(key(row))
    if (group) group.push(row)
    else groups.set(key(row), [row])
  }
  return groups
}

/** The first row of the trailing run with the present status, and the row before it. */
function beginningOf(history: readonly HistoryRow[], status: string): { first: HistoryRow; before: HistoryRow | null } | null {
  let index = history.length - 1
  if (history[index]?.status !== status) return null
  while (index > 0 && history[index - 1]?.status === status) index -= 1
  const first = history[index]
  return first ? { first, before: history[index - 1] ?? null } : null
}

function suspendedSeenOf(history: readonly HistoryRow[], writes: readonly number[]): SuspendedSeen | null {
  const beginning = beginningOf(history, 'suspended')
  if (!beginning) return null
  const { first, before } = beginning
  const from = first.previousReadAt ?? first.readAt
  return {
    beginningSeen: before !== null,
    firstReadOn: first.readOn,
    expiresOnBefore: before?.expiresOn ?? null,
    expiresOnThen: first.expiresOn,
    ownWriteBetween: writes.some((at) => at >= from && at <= first.readAt),
  }
}

/**
 * Facts of every linked service, or of one.
 * @param timeZone Paymenter's
 */
export function linkedServices(orm: Orm, timeZone: string, only?: ServiceId): LinkedService[] {
  const scope = (column: Parameters<typeof eq>[0]): SQL => (only === undefined ? inArray(column, orm.select({ id: links.serviceId }).from(links)) : eq(column, only))
  const rows = orm
    .select({
      link: links,
      service: services,
      nodeName: nodes.name,
      vm: vms,
      hold: holds,
      suspension: suspensions,
      customerName: customerNameSql,
      productName: products.name,
    })
    .from(links)
    .innerJoin(nodes, eq(nodes.id, links.nodeId))
    .innerJoin(services, eq(services.id, links.serviceId))
    .leftJoin(vms, and(eq(vms.nodeId, links.nodeId), eq(vms.uuid, links.uuid)))
    .leftJoin(holds, eq(holds.serviceId, links.serviceId))
    .leftJoin(suspensions, and(eq(suspensions.serviceId, links.serviceId), isNull(suspensions.endedAt)))
    .leftJoin(customers, eq(customers.id, services.customerId))
    .leftJoin(products, eq(products.id, services.productId))
    .where(only === undefined ? undefined : eq(links.serviceId, only))
    .orderBy(asc(links.serviceId))
    .all()

  const invoiceRows = orm
    .selectDistinct({
      serviceId: invoiceItems.serviceId,
      id: invoices.id,
      status: invoices.status,
      dueOn: invoices.dueOn,
      dueReadable: invoices.dueReadable,
      createdOn: invoices.createdOn,
    })
    .from(invoiceItems)
    .innerJoin(invoices, eq(invoices.id, invoiceItems.invoiceId))
    .where(and(scope(invoiceItems.serviceId), isNull(invoices.goneAt), isNull(invoiceItems.goneAt)))
    .all()
  const invoicesOf = groupBy(invoiceRows, (row) => row.serviceId)
  const historyOf = groupBy(orm.select().from(serviceHistory).where(scope(serviceHistory.serviceId)).orderBy(asc(serviceHistory.id)).all(), (row) => row.serviceId)
  const writesOf = groupBy(
    orm.select({ serviceId: billingWrites.serviceId, at: billingWrites.at }).from(billingWrites).where(and(scope(billingWrites.serviceId), eq(billingWrites.field, 'status'))).all(),
    (row) => row.serviceId,
  )
  return rows.map((row) => {
    const { service, suspension } = row
    const history = historyOf.get(service.id) ?? []
    const writes = (writesOf.get(service.id) ?? []).map((write) => write.at)
    const ended = service.status === 'cancelled' ? beginningOf(history, 'cancelled') : null
    const state = (row.vm?.state ?? 'unknown') as VmStateFact
    const verifiedOn = suspension?.verifiedAt == null ? null : dayOf(suspension.verifiedAt, timeZone)
    const off = state === 'shutoff' || state === 'crashed'
    const facts: ServiceFacts = {
      serviceId: service.id,
      customerId: service.customerId,
      productId: service.productId,
      status: service.status,
      price: service.priceMinor === null ? null : { amountMinor: service.priceMinor, currency: service.currency },
      createdOn: service.createdAt === null ? null : dayOf(service.createdAt, timeZone),
      expiresOn: service.expiresOn,
      expiryReadable: service.expiryReadable,
      gone: service.goneAt !== null,
      invoices: (invoicesOf.get(service.id) ?? []).map(
        (invoice): InvoiceFacts => ({
          id: invoice.id,
          status: invoice.status,
          dueOn: invoice.dueOn,
          dueReadable: invoice.dueReadable,
          createdOn: invoice.createdOn,
        }),
      ),
      suspendedSeen: service.status === 'suspended' ? suspendedSeenOf(history, writes) : null,
      endedSeen: ended === null ? null : { firstReadOn: ended.first.readOn, wasOverdueBefore: suspension?.cause === 'overdue' },
      suspension: suspension === null ? null : { cause: suspension.cause, invoiceIds: suspension.invoiceIds, stopSent: suspension.stopSentAt !== null, verifiedOn },
      vm: { state, gone: row.vm === null ? false : row.vm.goneAt !== null, offSince: off && row.vm?.offSince != null ? dayOf(row.vm.offSince, timeZone) : null },
      hold: row.hold === null ? null : { kind: row.hold.kind, until: row.hold.until, why: row.hold.why },
    }
    return {
      serviceId: service.id,
      nodeId: row.link.nodeId,
      nodeName: row.nodeName,
      uuid: row.link.uuid,
      linkedName: row.link.vmName,
      vmName: row.vm?.name ?? row.link.vmName,
      customerName: row.customerName,
      productName: row.productName,
      vmObservedAt: row.vm?.observedAt ?? null,
      memoryKiB: row.vm?.memoryKiB ?? 0,
      quantity: service.quantity,
      facts,
    }
  })
}
