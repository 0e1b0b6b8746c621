// Paymenter's own billing: invoices for services, payments, and the renewals that they cause.
import type { PaymenterDatabase } from './database.ts'
import { addPeriods, englishDay } from './dates.ts'
import type { TimeZone } from './dates.ts'
import { centsText, decimalText, toCents } from './json.ts'
import type { CreditRow, InvoiceItemRow, InvoiceRow, PlanRow, ServiceRow, TicketMessageRow } from './rows.ts'
import { SERVICE_REFERENCE } from './rows.ts'

/** Paymenter's settings, with its defaults. */
export interface PaymenterSettings {
  /** `{number}` stands for the invoice's number; without a prefix a number can be taken for an id. */
  invoiceNumberFormat: string
  /** The number of the invoice whose id is 1. */
  firstInvoiceNumber: number
  invoiceDaysBefore: number
  cancelOrderAfterDays: number
  suspendAfterDays: number
  terminateAfterDays: number
  closeTicketAfterDays: number
  payFromCredit: boolean
  ticketDepartments: readonly string[]
  currencies: readonly string[]
  /** Where a failed validation is redirected to. */
  siteUrl: string
}

export const DEFAULT_SETTINGS: PaymenterSettings = {
  invoiceNumberFormat: 'INV-{number}',
  firstInvoiceNumber: 100_000,
  invoiceDaysBefore: 7,
  cancelOrderAfterDays: 7,
  suspendAfterDays: 2,
  terminateAfterDays: 14,
  closeTicketAfterDays: 7,
  payFromCredit: true,
  ticketDepartments: [],
  currencies: ['INR', 'USD', 'EUR', 'JPY'],
  siteUrl: 'http://localhost',
}

export function invoiceNumber(settings: PaymenterSettings, invoiceId: number): string {
  return settings.invoiceNumberFormat.replace('{number}', String(settings.firstInvoiceNumber + invoiceId - 1))
}

/** `Starter VPS (Aug 07, 2026 - Sep 07, 2026)`: the period that begins on the day; the bare name without a period. */
export function itemDescription(productName: string, plan: PlanRow | undefined, from: string): string {
  if (!plan || plan.type !== 'recurring' || plan.billing_unit === null) return productName
  return `${productName} (${englishDay(from)} - ${englishDay(addPeriods(from, plan.billing_unit, plan.billing_period ?? 1))})`
}

export class Billing {
  readonly database: PaymenterDatabase
  zone: TimeZone
  readonly settings: PaymenterSettings
  readonly #nowMs: () => number

  constructor(database: PaymenterDatabase, zone: TimeZone, settings: PaymenterSettings, nowMs: () => number) {
    this.database = database
    this.zone = zone
    this.settings = settings
    this.#nowMs = nowMs
  }

  /** Now, in whole seconds as the database keeps them. */
  now(): number {
    return Math.floor(this.#nowMs() / 1000) * 1000
  }

  today(): string {
    return this.zone.today(this.now())
  }

  /** Writes a status and, when it becomes paid, renews what the invoice bills: again each time that it becomes paid. */
  setInvoiceStatus(invoice: InvoiceRow, status: InvoiceRow['status']): void {
    if (invoice.status === status) return
    this.database.invoices.update(invoice, { status, updated_at: this.now() })
    if (status === 'paid') this.processPayment(invoice)
  }

  /** What a payment causes: every item that bills a service renews it once. */
  processPayment(invoice: InvoiceRow): void {
    for (const item of this.database.itemsOf(invoice.id)) {
      if (item.reference_type !== SERVICE_REFERENCE || item.reference_id === null) continue
      const service = this.database.services.get(item.reference_id)
      if (service) this.renew(service)
    }
  }

  /** Active again, and one period longer: from its expiry if it was active, from today if it was suspended, pending or cancelled. */
  renew(service: ServiceRow): void {
    const plan = this.database.plans.get(service.plan_id)
    const from = service.expires_at !== null && service.status === 'active' ? service.expires_at : this.today()
    const recurring = plan?.type === 'recurring' && plan.billing_unit !== null
    const expires_at = recurring ? addPeriods(from, plan.billing_unit ?? 'month', plan.billing_period ?? 1) : null
    this.database.services.update(service, { status: 'active', expires_at, updated_at: this.now() })
  }

  /** A pending invoice for the service's next period, due when the present one ends (today for one that never had any). */
  invoiceService(service: ServiceRow): InvoiceRow {
    const product = this.database.products.get(service.product_id)
    const from = service.expires_at ?? this.today()
    const description = itemDescription(product?.name ?? 'Service', this.database.plans.get(service.plan_id), from)
    const invoice = this.addInvoice({ user_id: service.user_id, due_at: from, currency_code: service.currency_code, status: 'pending' })
    this.addItem({
      invoice_id: invoice.id,
      description,
      price: service.price,
      quantity: service.quantity,
      reference_type: SERVICE_REFERENCE,
      reference_id: service.id,
    })
    return invoice
  }

  addInvoice(values: Pick<InvoiceRow, 'user_id' | 'due_at' | 'currency_code' | 'status'>): InvoiceRow {
    const id = this.database.invoices.nextId
    const now = this.now()
    const number = invoiceNumber(this.settings, id)
    return this.database.invoices.insert({ id, number, ...values, created_at: now, updated_at: now })
  }

  /** Adds an item; its invoice's `updated_at` stays as it was. */
  addItem(values: Omit<InvoiceItemRow, 'id' | 'created_at' | 'updated_at'>): InvoiceItemRow {
    const now = this.now()
    const id = this.database.invoiceItems.nextId
    return this.database.invoiceItems.insert({ id, ...values, price: decimalText(values.price), created_at: now, updated_at: now })
  }

  /** Adds a message, which sets its ticket: open when the customer whose ticket it is wrote it, replied when anybody else did. */
  addTicketMessage(values: Pick<TicketMessageRow, 'ticket_id' | 'user_id' | 'message'>): TicketMessageRow {
    const now = this.now()
    const ticket = this.database.tickets.get(values.ticket_id)
    const status = ticket?.user_id === values.user_id ? 'open' : 'replied'
    if (ticket && ticket.status !== status) this.database.tickets.update(ticket, { status, updated_at: now })
    return this.database.ticketMessages.insert({ id: this.database.ticketMessages.nextId, ...values, created_at: now, updated_at: now })
  }

  /** Pays a pending invoice from the customer's credit of the same currency, if that covers all of it. */
  payFromCredit(invoice: InvoiceRow): boolean {
    const credit = this.creditOf(invoice.user_id, invoice.currency_code)
    const total = this.database.totalCents(invoice.id)
    if (!this.settings.payFromCredit || !credit || total <= 0n || toCents(credit.amount) < total) return false
    this.database.credits.update(credit, { amount: centsText(toCents(credit.amount) - total), updated_at: this.now() })
    this.setInvoiceStatus(invoice, 'paid')
    return true
  }

  creditOf(userId: number, currency: string): CreditRow | undefined {
    return this.database.credits.where('user_id', userId).find((credit) => credit.currency_code === currency)
  }
}
