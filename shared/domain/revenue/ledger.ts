// The ledger: every service's life and every invoice that counts, prepared once from the facts; each report is a sum over it.
import type { InvoiceId, ProductId, ServiceId, CustomerId } from '../ids.ts'
import type { EpochDay } from './epochDay.ts'
import {
  invoiceTotalMinor,
  type InvoiceFact,
  type LeftOut,
  type LeftOutReason,
  type PlanFact,
  type RecordedChange,
  type RevenueFacts,
  type ServiceFact,
} from './facts.ts'
import { mergeHistory } from './history.ts'
import { spanOfText, type DaySpan } from './itemPeriod.ts'
import { RecordDays } from './recordDays.ts'
import { reconstruct, type BilledInvoice, type BilledLine } from './reconstruct.ts'
import { planOfService, type ServicePlan } from './servicePlan.ts'
import type { Timeline } from './timeline.ts'

/** An invoice that has a total and a day. */
export interface LedgerInvoice {
  readonly id: InvoiceId
  readonly customerId: CustomerId | null
  readonly status: 'pending' | 'paid' | 'cancelled'
  readonly currency: string
  readonly totalMinor: number
  readonly createdOn: EpochDay
  readonly dueOn: EpochDay | null
  readonly paidOn: EpochDay | null
  readonly paidNotBefore: EpochDay | null
  /** The day of its last change: when a cancelled one was cancelled, at the latest. */
  readonly changedOn: EpochDay | null
  /** The first service that an item of it refers to. */
  readonly serviceId: ServiceId | null
}

export interface Ledger {
  readonly today: EpochDay
  readonly timelines: readonly Timeline[]
  readonly services: ReadonlyMap<ServiceId, ServiceFact>
  readonly plans: readonly PlanFact[]
  readonly invoices: readonly LedgerInvoice[]
  readonly recordDays: RecordDays
  readonly leftOut: readonly LeftOut[]
  /** Every currency that occurs, the one with most services first. */
  readonly currencies: readonly string[]
  /** The first day of which anything is known; null when nothing is. */
  readonly firstDay: EpochDay | null
}

const noPlans: readonly PlanFact[] = []

function groupBy<T, K>(rows: readonly T[], keyOf: (row: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const row of rows) {
    const key = keyOf(row)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [row])
    else group.push(row)
  }
  return groups
}

/** The period in the text of a service's newest invoice that has one. Cancelled invoices tell it too: only what is billed counts here. */
function newestSpanOf(billed: readonly BilledLine[]): DaySpan | null {
  let newest: DaySpan | null = null
  let invoice: BilledInvoice | null = null
  for (let index = billed.length - 1; index >= 0; index -= 1) {
    const line = billed[index]
    if (line === undefined || (newest !== null && line.invoice !== invoice)) break
    if (line.span === null || (line.priceMinor ?? 0) <= 0 || (newest !== null && line.span.from <= newest.from)) continue
    newest = line.span
    invoice = line.invoice
  }
  return newest
}

/** The days between the last two invoices of a service. */
function lastGapOf(billed: readonly BilledLine[]): number | null {
  let last: EpochDay | null = null
  let before: EpochDay | null = null
  for (const { invoice } of billed) {
    const day = invoice.dueOn ?? invoice.createdOn
    if (day === null || day === last) continue
    if (last === null || day > last) {
      before = last
      last = day
    } else if (before === null || day > before) before = day
  }
  return last === null || before === null ? null : last - before
}

/** What a ledger is built from; the invoices are gone through once, in the order of their ids. */
export type LedgerFacts = Omit<RevenueFacts, 'invoices'> & { readonly invoices: Iterable<InvoiceFact> }

const noRecord: readonly RecordedChange[] = []

/** Prepares the ledger. What cannot be taken in is in `leftOut`, never in a sum. */
export function buildLedger(facts: LedgerFacts): Ledger {
  const { today } = facts
  const recordDays = new RecordDays(facts.recordedDays)
  const leftOut: LeftOut[] = []
  const left = (reason: LeftOutReason, serviceId: ServiceId | null, invoiceId: InvoiceId | null): void => {
    leftOut.push({ reason, serviceId, invoiceId })
  }
  const plansOf = groupBy(facts.plans, (plan) => plan.productId)
  const productIds = new Map(facts.products.map((product): [string, ProductId] => [product.name, product.id]))
  const productNamed = (name: string): ProductId | null => productIds.get(name) ?? null
  const invoices: LedgerInvoice[] = []
  const billedOf = new Map<ServiceId, BilledLine[]>()
  for (const fact of facts.invoices) {
    const invoice = ledgerInvoice(fact, today, left)
    if (invoice !== null) invoices.push(invoice)
    for (const { serviceId, priceMinor, quantity, description } of fact.items) {
      if (serviceId === null) continue
      const line: BilledLine = { invoice: invoice ?? fact, priceMinor, quantity, span: spanOfText(description) }
      const lines = billedOf.get(serviceId)
      if (lines === undefined) billedOf.set(serviceId, [line])
      else lines.push(line)
    }
  }
  const recordOf = groupBy(facts.record, (row) => row.serviceId)

  const timelines = facts.services.map((service): Timeline => {
    const billed = billedOf.get(service.id) ?? []
    const plans = service.productId === null ? noPlans : (plansOf.get(service.productId) ?? noPlans)
    const plan = planOfService(service, plans, newestSpanOf(billed), lastGapOf(billed))
    tellLeftOut(service, plan, left)
    const { changes, paid } = reconstruct({ service, plan, plans, productNamed, today }, billed)
    const merged = mergeHistory(changes, recordOf.get(service.id) ?? noRecord, plan, recordDays)
    return { serviceId: service.id, customerId: service.customerId, changes: merged.filter((change) => change.day <= today), paid }
  })
  return {
    today,
    timelines,
    services: new Map(facts.services.map((service) => [service.id, service])),
    plans: facts.plans,
    invoices,
    recordDays,
    leftOut,
    currencies: currenciesOf(timelines, invoices),
    firstDay: firstDayOfAll(timelines, invoices),
  }
}

function tellLeftOut(
  service: ServiceFact,
  plan: ServicePlan,
  left: (reason: LeftOutReason, serviceId: ServiceId, invoiceId: null) => void,
): void {
  if (service.goneOn !== null) return
  if (service.status === 'active' || service.status === 'suspended') {
    if (service.priceMinor === null) left('service-price-unreadable', service.id, null)
    else if (plan.kind === null) left('service-plan-unknown', service.id, null)
  } else if (service.status !== 'pending' && service.status !== 'cancelled') left('service-status-unknown', service.id, null)
}

function ledgerInvoice(
  invoice: InvoiceFact,
  today: EpochDay,
  left: (reason: LeftOutReason, serviceId: null, invoiceId: InvoiceId) => void,
): LedgerInvoice | null {
  const { id, status, items, createdOn, paidOn } = invoice
  if (status !== 'pending' && status !== 'paid' && status !== 'cancelled') {
    left('invoice-status-unknown', null, id)
    return null
  }
  const totalMinor = invoiceTotalMinor(items)
  if (totalMinor === null) {
    left('invoice-unreadable', null, id)
    return null
  }
  if (items.length === 0) left('invoice-without-items', null, id)
  if (status === 'paid' && items.some((item) => item.serviceId === null)) left('item-of-no-service', null, id)
  if (createdOn === null || (status === 'paid' && paidOn === null)) left('invoice-without-day', null, id)
  else if (createdOn > today || (paidOn ?? today) > today) left('invoice-in-future', null, id)
  return {
    id,
    customerId: invoice.customerId,
    status,
    currency: invoice.currency,
    totalMinor,
    createdOn: createdOn ?? paidOn ?? invoice.dueOn ?? today,
    dueOn: invoice.dueOn,
    paidOn: status === 'paid' ? paidOn : null,
    paidNotBefore: status === 'paid' ? invoice.paidNotBefore : null,
    changedOn: invoice.changedOn,
    serviceId: items[0]?.serviceId ?? items.find((item) => item.serviceId !== null)?.serviceId ?? null,
  }
}

function currenciesOf(timelines: readonly Timeline[], invoices: readonly LedgerInvoice[]): string[] {
  const counts = new Map<string, number>()
  for (const { changes } of timelines) {
    let last: string | null = null
    for (const { state } of changes) {
      if (state === null || state.currency === last) continue
      last = state.currency
      counts.set(last, (counts.get(last) ?? 0) + 1)
    }
  }
  for (const { currency } of invoices) if (!counts.has(currency)) counts.set(currency, 0)
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([currency]) => currency)
}

function firstDayOfAll(timelines: readonly Timeline[], invoices: readonly LedgerInvoice[]): EpochDay | null {
  let first = Number.POSITIVE_INFINITY
  for (const { changes } of timelines) first = Math.min(first, changes[0]?.day ?? first)
  for (const invoice of invoices) first = Math.min(first, invoice.createdOn, invoice.paidOn ?? first)
  return Number.isFinite(first) ? first : null
}
