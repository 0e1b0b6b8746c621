// Reads everything that revenue is computed from, in a few whole-table reads: services, plans, invoices with items, the daily record.
import { parseDay, type Day } from '../../shared/domain/calendar.ts'
import type { CustomerId, InvoiceId, InvoiceItemId, NodeId, ProductId, ServiceId } from '../../shared/domain/ids.ts'
import { toEpochDay, type EpochDay } from '../../shared/domain/revenue/epochDay.ts'
import type { LinkedVm, NodeFact } from '../../shared/domain/revenue/earned.ts'
import type {
  InvoiceFact,
  ItemFact,
  PlanFact,
  PlanKind,
  ProductFact,
  RecordedChange,
  ServiceFact,
} from '../../shared/domain/revenue/facts.ts'
import type { LedgerFacts } from '../../shared/domain/revenue/ledger.ts'
import type { CreditFact } from '../../shared/domain/revenue/receivables.ts'
import { billingPeriod } from '../../shared/domain/revenue/monthly.ts'
import type { ZoneDays } from '../../shared/domain/revenue/zoneDays.ts'
import type { Database } from '../open.ts'
import { storedConnection } from './billingSync.ts'

/** The statements, so that a bare read of the very same rows can be measured beside the reports. */
export const revenueQueries = {
  services: `select id, customer_id, product_id, status, currency, price_minor, quantity, expires_on, created_at, updated_at, gone_at
    from services order by id`,
  plans: `select product_id, name, type, billing_period, billing_unit, prices from plans order by gone_at is not null, id`,
  products: `select id, name from products order by gone_at is not null desc, id`,
  invoices: `select id, customer_id, status, currency, created_on, due_on, updated_at, paid_at, created_at, first_seen_at
    from invoices where gone_at is null order by id`,
  items: `select id, invoice_id as invoiceId, service_id as serviceId, description, price_minor as priceMinor, quantity
    from invoice_items where gone_at is null order by invoice_id, id`,
  recordDays: `select day from record_days where day <= ? order by day`,
  record: `select day, service_id, status, currency, price_minor, quantity, product_id, customer_id, kind, period_count, period_unit
    from service_days where day <= ? order by day`,
  runs: `select started_at, finished_at from sync_runs where complete = 1 and finished_at is not null order by finished_at`,
} as const

type Row = readonly (string | number | null)[]

const dayNumbers = new Map<string, EpochDay | null>()

/** A stored day as a number, remembered: the same few thousand days come again and again. */
function dayNumber(text: string | number | null | undefined): EpochDay | null {
  if (typeof text !== 'string') return null
  const known = dayNumbers.get(text)
  if (known !== undefined) return known
  const day = parseDay(text)
  const number = day === null ? null : toEpochDay(day)
  if (dayNumbers.size > 50_000) dayNumbers.clear()
  dayNumbers.set(text, number)
  return number
}

function plainNumber(value: string | number | null | undefined): number | null {
  return typeof value === 'number' ? value : null
}

/** All facts as they are stored now; invoices are read while they are gone through, once. @param today in Paymenter's zone */
export function readRevenueFacts(db: Database, zone: ZoneDays, today: Day): LedgerFacts {
  const read = (sql: string, ...values: string[]): Row[] =>
    db.sqlite
      .prepare(sql)
      .raw()
      .all(...values) as Row[]
  const instantDay = (instantMs: string | number | null | undefined): EpochDay | null =>
    typeof instantMs === 'number' ? zone.dayOf(instantMs) : null
  const services = read(revenueQueries.services).map(
    ([id, customerId, productId, status, currency, priceMinor, quantity, expiresOn, createdAt, updatedAt, goneAt]): ServiceFact => ({
      id: id as ServiceId,
      customerId: customerId as CustomerId | null,
      productId: productId as ProductId | null,
      status: String(status),
      currency: String(currency),
      priceMinor: plainNumber(priceMinor),
      quantity: Number(quantity),
      expiresOn: dayNumber(expiresOn),
      createdOn: instantDay(createdAt),
      changedOn: instantDay(updatedAt),
      goneOn: instantDay(goneAt),
    }),
  )
  return {
    today: toEpochDay(today),
    services,
    plans: read(revenueQueries.plans).map(planOf),
    products: read(revenueQueries.products).map(([id, name]): ProductFact => ({ id: id as ProductId, name: String(name) })),
    invoices: readInvoices(db, read(revenueQueries.runs), instantDay),
    recordedDays: read(revenueQueries.recordDays, today).flatMap(([day]) => dayNumber(day) ?? []),
    record: read(revenueQueries.record, today).flatMap(recordedOf),
  }
}

function planOf([productId, name, type, count, unit, prices]: Row): PlanFact {
  return {
    productId: productId as ProductId,
    name: name === null || name === undefined ? null : String(name),
    type: String(type),
    period: billingPeriod(plainNumber(count), typeof unit === 'string' ? unit : null),
    prices: JSON.parse(String(prices)) as PlanFact['prices'],
  }
}

function recordedOf([
  day,
  serviceId,
  status,
  currency,
  priceMinor,
  quantity,
  productId,
  customerId,
  kind,
  periodCount,
  periodUnit,
]: Row): RecordedChange[] {
  const number = dayNumber(day)
  if (number === null) return []
  return [
    {
      day: number,
      serviceId: serviceId as ServiceId,
      status: String(status),
      currency: String(currency),
      priceMinor: plainNumber(priceMinor),
      quantity: Number(quantity),
      productId: productId as ProductId | null,
      customerId: customerId as CustomerId | null,
      kind: kind as PlanKind | null,
      period: billingPeriod(plainNumber(periodCount), typeof periodUnit === 'string' ? periodUnit : null),
    },
  ]
}

const noItems: readonly ItemFact[] = []
/** Invoices are read in pages, so that what was read of one can be let go while the next is read. */
const pageOfInvoices = 2_000

type InstantDay = (instantMs: string | number | null | undefined) => EpochDay | null

function* readInvoices(db: Database, runs: readonly Row[], instantDay: InstantDay): Generator<InvoiceFact, void> {
  const page = db.sqlite.prepare(revenueQueries.invoices.replace('order by id', 'and id > ? order by id limit ?')).raw()
  const itemsBetween = db.sqlite.prepare(revenueQueries.items.replace('order by', 'and invoice_id between ? and ? order by')).raw()
  const unpaidUntil = unpaidAtSyncBefore(runs)
  for (let after = 0; ;) {
    const rows = page.all(after, pageOfInvoices) as Row[]
    const last = rows.at(-1)?.[0]
    if (typeof last !== 'number') return
    const items = itemsBetween.all(Number(rows[0]?.[0]), last) as Row[]
    let next = 0
    for (const row of rows) {
      const id = row[0] as number
      // Items of an invoice that is gone are passed over.
      while (invoiceIdOf(items[next], id) < id) next += 1
      const first = next
      while (next < items.length && invoiceIdOf(items[next], id) === id) next += 1
      yield invoiceOf(row, itemsOf(items, first, next), instantDay, unpaidUntil)
    }
    after = last
  }
}

function invoiceIdOf(row: Row | undefined, none: number): number {
  return (row?.[1] as number | undefined) ?? none
}

function itemsOf(rows: readonly Row[], from: number, to: number): readonly ItemFact[] {
  if (from === to) return noItems
  const items: ItemFact[] = []
  for (let index = from; index < to; index += 1) {
    const row = rows[index]
    if (row === undefined) continue
    items.push({
      id: row[0] as InvoiceItemId,
      serviceId: row[2] as ServiceId | null,
      description: row[3] as string,
      priceMinor: plainNumber(row[4]),
      quantity: row[5] as number,
    })
  }
  return items
}

function invoiceOf(
  [id, customerId, status, currency, createdOn, dueOn, updatedAt, paidAt, createdAt, firstSeenAt]: Row,
  items: readonly ItemFact[],
  instantDay: InstantDay,
  unpaidUntil: (instantMs: number) => number | null,
): InvoiceFact {
  const created = dayNumber(createdOn)
  const earliest =
    typeof paidAt === 'number' ? earliestPayment(paidAt, plainNumber(createdAt), plainNumber(firstSeenAt), unpaidUntil) : null
  return {
    id: id as InvoiceId,
    customerId: customerId as CustomerId | null,
    status: String(status),
    currency: String(currency),
    createdOn: created,
    dueOn: dayNumber(dueOn),
    changedOn: status === 'cancelled' ? instantDay(updatedAt) : null,
    paidOn: instantDay(paidAt),
    paidNotBefore: typeof paidAt === 'number' ? (instantDay(earliest) ?? created) : null,
    items,
  }
}

/** The beginning of the newest complete sync that had ended by an instant: whatever became paid later was seen unpaid by it. */
export function unpaidAtSyncBefore(runs: readonly Row[]): (instantMs: number) => number | null {
  const ends = runs.map(([, finishedAt]) => Number(finishedAt))
  return (instantMs) => {
    let low = 0
    let high = ends.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((ends[middle] ?? 0) <= instantMs) low = middle + 1
      else high = middle
    }
    const startedAt = runs[low - 1]?.[0]
    return typeof startedAt === 'number' ? startedAt : null
  }
}

/** The earliest instant of a payment that was first seen at `paidAt`: the invoice's creation, or when this console last saw it unpaid. */
export function earliestPayment(
  paidAt: number,
  createdAt: number | null,
  firstSeenAt: number | null,
  unpaidUntil: (instantMs: number) => number | null,
): number | null {
  if (firstSeenAt === null || firstSeenAt >= paidAt) return createdAt === null ? null : Math.min(createdAt, paidAt)
  const seenUnpaid = Math.max(firstSeenAt, unpaidUntil(paidAt) ?? 0)
  return Math.min(paidAt, Math.max(createdAt ?? 0, seenUnpaid))
}

export interface RevenueNames {
  readonly customers: ReadonlyMap<number, string>
  readonly products: ReadonlyMap<number, string>
}

/** Names for the rows of a report: customers by id, then e-mail where a name is missing; products. */
export function readRevenueNames(db: Database): RevenueNames {
  const customers = db.sqlite
    .prepare(`select id, coalesce(nullif(trim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')), ''), email) from customers`)
    .raw()
    .all() as [number, string][]
  const products = db.sqlite.prepare('select id, name from products').raw().all() as [number, string][]
  return { customers: new Map(customers), products: new Map(products) }
}

/** The nodes with their memory and cost, and the VMs that services are linked to. */
export function readRevenueNodes(db: Database): { nodes: NodeFact[]; links: Map<ServiceId, LinkedVm> } {
  const nodes = db.sqlite
    .prepare(
      `select n.id, n.name, n.capacity ->> '$.memoryTotalKiB' as memoryKiB, c.amount_minor as amountMinor, c.currency
       from nodes n left join node_costs c on c.node_id = n.id order by n.name`,
    )
    .all() as { id: NodeId; name: string; memoryKiB: number | null; amountMinor: number | null; currency: string | null }[]
  const links = db.sqlite
    .prepare(
      `select k.service_id as serviceId, k.node_id as nodeId, coalesce(v.memory_kib, 0) as memoryKiB
       from links k left join vms v on v.node_id = k.node_id and v.uuid = k.uuid and v.gone_at is null`,
    )
    .all() as { serviceId: ServiceId; nodeId: NodeId; memoryKiB: number }[]
  return {
    nodes: nodes.map(({ id, name, memoryKiB, amountMinor, currency }) => ({
      id,
      name,
      memoryKiB,
      cost: amountMinor === null || currency === null ? null : { amountMinor, currency },
    })),
    links: new Map(links.map(({ serviceId, nodeId, memoryKiB }) => [serviceId, { nodeId, memoryKiB }])),
  }
}

/** What customers hold as credit now; null while the key may not view credits and none was ever read. What is no amount is left out. */
export function readCredits({ sqlite, orm }: Database): CreditFact[] | null {
  const rows = sqlite
    .prepare('select customer_id as customerId, currency, amount_minor as amountMinor from credits where gone_at is null and amount_minor is not null')
    .all() as CreditFact[]
  const mayView = storedConnection(orm)?.permissions.granted.includes('credits.view') ?? false
  return rows.length === 0 && !mayView ? null : rows
}
