// The facts of linked services, gathered in a few set-based queries: what `decide` is given.
import { sql } from 'drizzle-orm'
import { dayOf, type Day } from '../../shared/domain/calendar.ts'
import type { HoldKind, ServiceFacts, VmStateFact } from '../../shared/domain/decide.ts'
import type { CustomerId, InvoiceId, NodeId, ProductId, ServiceId, VmUuid } from '../../shared/domain/ids.ts'
import type { InvoiceFacts, SuspendedSeen, SuspensionCause } from '../../shared/domain/serviceState.ts'
import type { Orm } from '../open.ts'
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

/** Rows as the driver gives them: reading ten thousand services must not take much longer than the driver itself. */
interface LinkedRow {
  readonly serviceId: ServiceId
  readonly nodeId: NodeId
  readonly uuid: VmUuid
  readonly linkedName: string
  readonly nodeName: string
  readonly customerId: CustomerId | null
  readonly productId: ProductId | null
  readonly status: string
  readonly currency: string
  readonly priceMinor: number | null
  readonly quantity: number
  readonly expiresOn: Day | null
  readonly expiryReadable: 0 | 1
  readonly createdAt: number | null
  readonly goneAt: number | null
  readonly vmName: string | null
  readonly vmState: VmStateFact | null
  readonly memoryKiB: number | null
  readonly vmObservedAt: number | null
  readonly offSince: number | null
  readonly vmGoneAt: number | null
  readonly holdKind: HoldKind | null
  readonly holdUntil: Day | null
  readonly holdWhy: string | null
  readonly cause: SuspensionCause | null
  readonly suspendedInvoiceIds: string | null
  readonly stopSentAt: number | null
  readonly verifiedAt: number | null
  readonly customerName: string | null
  readonly productName: string | null
}

interface InvoiceRow {
  readonly serviceId: ServiceId
  readonly id: InvoiceId
  readonly status: string
  readonly dueOn: Day | null
  readonly dueReadable: 0 | 1
  readonly createdOn: Day | null
}

interface HistoryRow {
  readonly serviceId: ServiceId
  readonly readAt: number
  readonly previousReadAt: number | null
  readonly readOn: Day
  readonly status: string
  readonly expiresOn: Day | null
}

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
  const linked = only === undefined ? sql`(select service_id from links)` : sql`(${only})`
  const rows = orm.all<LinkedRow>(sql`
    select l.service_id as serviceId, l.node_id as nodeId, l.uuid, l.vm_name as linkedName, n.name as nodeName,
      s.customer_id as customerId, s.product_id as productId, s.status, s.currency, s.price_minor as priceMinor, s.quantity, s.expires_on as expiresOn,
      s.expiry_readable as expiryReadable, s.created_at as createdAt, s.gone_at as goneAt,
      v.name as vmName, v.state as vmState, v.memory_kib as memoryKiB, v.observed_at as vmObservedAt, v.off_since as offSince, v.gone_at as vmGoneAt,
      h.kind as holdKind, h.until as holdUntil, h.why as holdWhy,
      x.cause, x.invoice_ids as suspendedInvoiceIds, x.stop_sent_at as stopSentAt, x.verified_at as verifiedAt,
      ${customerNameSql} as customerName, p.name as productName
    from links l
    join nodes n on n.id = l.node_id
    join services s on s.id = l.service_id
    left join vms v on v.node_id = l.node_id and v.uuid = l.uuid
    left join holds h on h.service_id = l.service_id
    left join suspensions x on x.service_id = l.service_id and x.ended_at is null
    left join customers on customers.id = s.customer_id
    left join products p on p.id = s.product_id
    where l.service_id in ${linked}
    order by l.service_id`)
  const invoicesOf = groupBy(
    orm.all<InvoiceRow>(sql`
      select distinct i.service_id as serviceId, n.id, n.status, n.due_on as dueOn, n.due_readable as dueReadable, n.created_on as createdOn
      from invoice_items i join invoices n on n.id = i.invoice_id
      where i.service_id in ${linked} and n.gone_at is null and i.gone_at is null`),
    (row) => row.serviceId,
  )
  // How a status began matters only while it lasts.
  const historyOf = groupBy(
    orm.all<HistoryRow>(sql`
      select h.service_id as serviceId, h.read_at as readAt, h.previous_read_at as previousReadAt, h.read_on as readOn, h.status, h.expires_on as expiresOn
      from service_history h join services s on s.id = h.service_id
      where h.service_id in ${linked} and s.status in ('suspended', 'cancelled')
      order by h.id`),
    (row) => row.serviceId,
  )
  const writesOf = groupBy(
    orm.all<{ serviceId: ServiceId; at: number }>(sql`select service_id as serviceId, at from billing_writes where field = 'status' and service_id in ${linked}`),
    (row) => row.serviceId,
  )
  return rows.map((row) => {
    const history = historyOf.get(row.serviceId) ?? []
    const ended = row.status === 'cancelled' ? beginningOf(history, 'cancelled') : null
    const state = row.vmState ?? 'unknown'
    const off = state === 'shutoff' || state === 'crashed'
    const suspension =
      row.cause === null
        ? null
        : {
            cause: row.cause,
            invoiceIds: JSON.parse(row.suspendedInvoiceIds ?? '[]') as InvoiceId[],
            stopSent: row.stopSentAt !== null,
            verifiedOn: row.verifiedAt === null ? null : dayOf(row.verifiedAt, timeZone),
          }
    const facts: ServiceFacts = {
      serviceId: row.serviceId,
      customerId: row.customerId,
      productId: row.productId,
      status: row.status,
      price: row.priceMinor === null ? null : { amountMinor: row.priceMinor, currency: row.currency },
      createdOn: row.createdAt === null ? null : dayOf(row.createdAt, timeZone),
      expiresOn: row.expiresOn,
      expiryReadable: row.expiryReadable === 1,
      gone: row.goneAt !== null,
      invoices: (invoicesOf.get(row.serviceId) ?? []).map(
        (invoice): InvoiceFacts => ({ id: invoice.id, status: invoice.status, dueOn: invoice.dueOn, dueReadable: invoice.dueReadable === 1, createdOn: invoice.createdOn }),
      ),
      suspendedSeen:
        row.status === 'suspended'
          ? suspendedSeenOf(
              history,
              (writesOf.get(row.serviceId) ?? []).map((write) => write.at),
            )
          : null,
      endedSeen: ended === null ? null : { firstReadOn: ended.first.readOn, wasOverdueBefore: row.cause === 'overdue' },
      suspension,
      vm: { state, gone: row.vmGoneAt !== null, offSince: off && row.offSince !== null ? dayOf(row.offSince, timeZone) : null },
      hold: row.holdKind === null ? null : { kind: row.holdKind, until: row.holdUntil, why: row.holdWhy ?? '' },
    }
    return {
      serviceId: row.serviceId,
      nodeId: row.nodeId,
      nodeName: row.nodeName,
      uuid: row.uuid,
      linkedName: row.linkedName,
      vmName: row.vmName ?? row.linkedName,
      customerName: row.customerName,
      productName: row.productName,
      vmObservedAt: row.vmObservedAt,
      memoryKiB: row.memoryKiB ?? 0,
      quantity: row.quantity,
      facts,
    }
  })
}
