// Turns sales into Paymenter's rows: orders, services, and the invoices of their whole history, numbered as time made them.
import type { PaymenterSettings } from '../paymenter/billing.ts'
import { invoiceNumber, itemDescription } from '../paymenter/billing.ts'
import { DAY_MS, addDays, addPeriods } from '../paymenter/dates.ts'
import type { TimeZone } from '../paymenter/dates.ts'
import type { InvoiceItemRow, InvoiceRow, OrderRow, PlanRow, ServiceRow, ServiceStatus } from '../paymenter/rows.ts'
import { SERVICE_REFERENCE } from '../paymenter/rows.ts'
import { rupees } from './catalog.ts'
import type { Dice } from './random.ts'
import type { Sale } from './sales.ts'

/** The nightly job runs at 00:00 and is done half a minute later. */
const JOB_DONE_MS = 30_000
const INVOICE_DAYS_BEFORE = 7
const SUSPEND_AFTER_DAYS = 2
const TERMINATE_AFTER_DAYS = 14

export interface LedgerContext {
  nowMs: number
  zone: TimeZone
  settings: PaymenterSettings
  plans: readonly PlanRow[]
  dice: Dice
}

export interface Ledger {
  orders: OrderRow[]
  services: ServiceRow[]
  invoices: InvoiceRow[]
  invoiceItems: InvoiceItemRow[]
  /** The service that came of each sale, in the order of the sales. */
  serviceIds: number[]
}

interface DraftInvoice {
  sale: Sale
  status: InvoiceRow['status']
  dueDay: string
  createdAt: number
  updatedAt: number
}

interface Draft {
  sale: Sale
  status: ServiceStatus
  createdAt: number
  updatedAt: number
  expiresDay: string | null
  invoices: DraftInvoice[]
}

/** Ids follow the instants at which the rows were made, as they would in a real installation. */
export function makeLedger(sales: readonly Sale[], context: LedgerContext): Ledger {
  const drafts = sales.map((sale) => draftService(sale, context))
  const ids = new Map([...drafts].sort((left, right) => left.createdAt - right.createdAt).map((draft, index) => [draft.sale, index + 1]))
  const idOf = (sale: Sale): number => ids.get(sale) ?? 0
  const services = drafts.map((draft) => serviceRow(draft, idOf(draft.sale))).sort((left, right) => left.id - right.id)
  const orders = services.map((service) => ({
    id: service.id,
    user_id: service.user_id,
    currency_code: service.currency_code,
    created_at: service.created_at,
    updated_at: service.created_at,
  }))
  const bills = drafts
    .flatMap((draft) => draft.invoices)
    .sort((left, right) => left.createdAt - right.createdAt || idOf(left.sale) - idOf(right.sale))
  const invoices: InvoiceRow[] = []
  const invoiceItems: InvoiceItemRow[] = []
  for (const [index, bill] of bills.entries()) {
    const id = index + 1
    invoices.push({
      id,
      number: invoiceNumber(context.settings, id),
      user_id: bill.sale.customer + 1,
      status: bill.status,
      currency_code: 'INR',
      due_at: bill.dueDay,
      created_at: bill.createdAt,
      updated_at: bill.updatedAt,
    })
    invoiceItems.push(...itemRows(bill, id, idOf(bill.sale), invoiceItems.length + 1, context))
  }
  return { orders, services, invoices, invoiceItems, serviceIds: sales.map(idOf) }
}

function planOf(sale: Sale): number {
  return sale.yearly && sale.offer.yearlyPlanId !== null ? sale.offer.yearlyPlanId : sale.offer.monthlyPlanId
}

function priceOf(sale: Sale): string {
  return rupees(sale.offer.priceRupees * (sale.yearly ? 10 : 1))
}

function serviceRow(draft: Draft, id: number): ServiceRow {
  return {
    id,
    user_id: draft.sale.customer + 1,
    product_id: draft.sale.offer.productId,
    plan_id: planOf(draft.sale),
    order_id: id,
    coupon_id: null,
    subscription_id: null,
    quantity: 1,
    price: priceOf(draft.sale),
    status: draft.status,
    currency_code: 'INR',
    expires_at: draft.expiresDay,
    created_at: draft.createdAt,
    updated_at: draft.updatedAt,
  }
}

/** The item that renews the service; now and then one more that has nothing to do with it. */
function itemRows(bill: DraftInvoice, invoiceId: number, serviceId: number, firstId: number, context: LedgerContext): InvoiceItemRow[] {
  const times = { created_at: bill.createdAt, updated_at: bill.createdAt }
  const plan = context.plans.find((row) => row.id === planOf(bill.sale))
  const renewal: InvoiceItemRow = {
    id: firstId,
    invoice_id: invoiceId,
    description: itemDescription(bill.sale.offer.name, plan, bill.dueDay),
    quantity: 1,
    price: priceOf(bill.sale),
    reference_type: SERVICE_REFERENCE,
    reference_id: serviceId,
    ...times,
  }
  if (!context.dice.chance(0.04)) return [renewal]
  const extra = { description: 'Additional IPv4 address', price: '99.00', reference_type: null, reference_id: null }
  return [renewal, { ...renewal, ...extra, id: firstId + 1, quantity: context.dice.whole(1, 2) }]
}

function draftService(sale: Sale, context: LedgerContext): Draft {
  const { nowMs, zone } = context
  const today = zone.today(nowMs)
  if (sale.expiredDays === null) {
    const createdAt = purchaseInstant(addDays(today, -sale.ageDays), context)
    const status: ServiceStatus = sale.role === 'free' ? 'active' : 'pending'
    const open: DraftInvoice = { sale, status: 'pending', dueDay: zone.today(createdAt), createdAt, updatedAt: createdAt }
    return { sale, status, createdAt, updatedAt: createdAt, expiresDay: null, invoices: status === 'pending' ? [open] : [] }
  }
  const expiresDay = addDays(today, -sale.expiredDays)
  const dueDays = Array.from({ length: sale.paidPeriods }, (_, index) => periodsBefore(expiresDay, sale.yearly, sale.paidPeriods - index))
  const createdAt = purchaseInstant(dueDays[0] ?? expiresDay, context)
  const invoices = dueDays.map((dueDay, index) => paidInvoice(sale, dueDay, index === 0 ? createdAt : null, context))
  const paidAt = invoices.at(-1)?.updatedAt ?? createdAt
  const state = stateAfterExpiry(sale.expiredDays, expiresDay, paidAt, context)
  if (sale.expiredDays >= -INVOICE_DAYS_BEFORE) {
    const made = Math.max(createdAt, Math.min(nowMs, jobInstant(addDays(expiresDay, -INVOICE_DAYS_BEFORE), context)))
    const ended = state.status === 'cancelled'
    invoices.push({
      sale,
      status: ended ? 'cancelled' : 'pending',
      dueDay: expiresDay,
      createdAt: made,
      updatedAt: ended ? state.updatedAt : made,
    })
  }
  return { sale, createdAt, expiresDay, invoices, ...state }
}

function stateAfterExpiry(
  expiredDays: number,
  expiresDay: string,
  paidAt: number,
  context: LedgerContext,
): { status: ServiceStatus; updatedAt: number } {
  if (expiredDays >= TERMINATE_AFTER_DAYS) {
    return { status: 'cancelled', updatedAt: jobInstant(addDays(expiresDay, TERMINATE_AFTER_DAYS), context) }
  }
  if (expiredDays >= SUSPEND_AFTER_DAYS) {
    return { status: 'suspended', updatedAt: Math.min(context.nowMs, jobInstant(addDays(expiresDay, SUSPEND_AFTER_DAYS), context)) }
  }
  return { status: 'active', updatedAt: paidAt }
}

/** Paid a few days before it was due, or a day late; the first one at once, with the order. */
function paidInvoice(sale: Sale, dueDay: string, orderedAt: number | null, context: LedgerContext): DraftInvoice {
  const { dice, nowMs } = context
  const createdAt = orderedAt ?? jobInstant(addDays(dueDay, -INVOICE_DAYS_BEFORE), context)
  const waitedDays = dice.chance(0.12) ? 7.6 : dice.whole(1, 650) / 100
  const waitedMs = orderedAt === null ? Math.round(waitedDays * DAY_MS) : dice.whole(1, 90) * 60_000
  const updatedAt = Math.min(createdAt + waitedMs, nowMs - 60_000)
  return { sale, status: 'paid', dueDay, createdAt: Math.min(createdAt, updatedAt), updatedAt }
}

function jobInstant(day: string, { zone }: LedgerContext): number {
  return zone.midnight(day) + JOB_DONE_MS
}

/** Some time in the waking hours of a day, and never in the future. */
function purchaseInstant(day: string, { zone, dice, nowMs }: LedgerContext): number {
  return Math.min(zone.midnight(day) + dice.whole(7 * 3600, 22 * 3600) * 1000, nowMs - 3_600_000)
}

/** Periods counted back from a day; where a month is too short, its last day. */
function periodsBefore(day: string, yearly: boolean, periods: number): string {
  const date = Number(day.slice(8))
  const first = addPeriods(`${day.slice(0, 8)}01`, yearly ? 'year' : 'month', -periods)
  const lastDate = Number(addDays(addPeriods(first, 'month', 1), -1).slice(8))
  return `${first.slice(0, 8)}${String(Math.min(date, lastDate)).padStart(2, '0')}`
}
