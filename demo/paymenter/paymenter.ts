// A simulated Paymenter: its admin API as real HTTP on loopback, and the hand of the shopkeeper behind it.
import { createHash } from 'node:crypto'
import { AdminApi } from './api.ts'
import type { PaymenterSettings } from './billing.ts'
import { Billing, DEFAULT_SETTINGS } from './billing.ts'
import type { DeletableKind } from './database.ts'
import { PaymenterDatabase } from './database.ts'
import { TimeZone } from './dates.ts'
import type { PaymenterFaults } from './faults.ts'
import { noFaults } from './faults.ts'
import type { ServedRequest } from './http.ts'
import { HttpFront } from './http.ts'
import { decimalText } from './json.ts'
import type { Tokens } from './keys.ts'
import { TOKEN_NAMES, apiKey, makeTokens } from './keys.ts'
import type { NightlyResult } from './nightly-job.ts'
import { runNightlyJob } from './nightly-job.ts'
import type { CreditRow, InvoiceItemRow, InvoiceRow, OrderRow, PaymenterRows, ServiceRow, TicketMessageRow, TicketRow, UserRow } from './rows.ts'
import { SERVICE_REFERENCE } from './rows.ts'

export interface PaymenterOptions {
  clock: { now(): number }
  rows: PaymenterRows
  /** An IANA name; UTC unless given, as in a new installation. */
  timeZone?: string
  settings?: Partial<PaymenterSettings>
  tokens?: Tokens
  /** 0 or absent: any free port. */
  port?: number
}

const REQUESTS_KEPT = 20_000

type Settable<R> = Partial<Omit<R, 'id' | 'created_at' | 'updated_at'>>

export class SimulatedPaymenter {
  readonly tokens: Tokens
  #timeZone: string
  readonly settings: PaymenterSettings
  faults: PaymenterFaults = noFaults()
  /** The newest 20,000 requests, oldest first. */
  readonly requests: ServedRequest[] = []
  readonly #database: PaymenterDatabase
  readonly #billing: Billing
  readonly #front: HttpFront
  #port: number
  #url = ''

  constructor(options: PaymenterOptions) {
    this.tokens = options.tokens ?? makeTokens()
    this.settings = { ...DEFAULT_SETTINGS, ...options.settings }
    this.#timeZone = options.timeZone ?? 'UTC'
    this.#port = options.port ?? 0
    this.#database = new PaymenterDatabase(options.rows)
    const nowMs = (): number => options.clock.now() + this.faults.clockOffsetMs
    this.#billing = new Billing(this.#database, new TimeZone(this.#timeZone), this.settings, nowMs)
    const keys = new Map(TOKEN_NAMES.map((name) => [createHash('sha256').update(this.tokens[name]).digest('hex'), apiKey(name)]))
    const faults = (): PaymenterFaults => this.faults
    this.#front = new HttpFront({
      api: new AdminApi(this.#billing, keys, faults),
      faults,
      nowMs,
      onServed: (request) => {
        this.requests.push(request)
        if (this.requests.length > REQUESTS_KEPT) this.requests.splice(0, this.requests.length - REQUESTS_KEPT)
      },
    })
  }

  get timeZone(): string {
    return this.#timeZone
  }

  /** Changes the setting. Its database holds clock times, so that every instant moves with the zone. */
  setTimeZone(name: string): void {
    const before = this.#billing.zone
    this.#timeZone = name
    this.#billing.zone = new TimeZone(name)
    this.#database.moveInstants((instant) => this.#billing.zone.sameClockTime(instant, before))
  }

  /** `http://127.0.0.1:<port>`, the same after a stop and a new start; empty before the first. */
  get url(): string {
    return this.#url
  }

  /** Requests whose answers are held back at present, by a pace or a fault. */
  get waiting(): number {
    return this.#front.waiting
  }

  async start(): Promise<void> {
    this.#port = await this.#front.start(this.#port)
    this.#url = `http://127.0.0.1:${this.#port}`
  }

  async stop(): Promise<void> {
    await this.#front.stop()
  }

  // The shopkeeper's hand: changes as in Paymenter's own screens, without HTTP.

  /** A customer pays: the invoice is paid and what it bills is renewed. Throws for an unknown invoice; a paid one stays as it is. */
  payInvoice(id: number): Readonly<InvoiceRow> {
    const invoice = this.#known(this.#database.invoices.get(id), 'invoice', id)
    this.#billing.setInvoiceStatus(invoice, 'paid')
    return invoice
  }

  /** Changes an invoice. A status that becomes paid renews, as it does in Paymenter's screens. */
  setInvoice(id: number, changes: Settable<InvoiceRow>): Readonly<InvoiceRow> {
    const invoice = this.#known(this.#database.invoices.get(id), 'invoice', id)
    const { status, ...others } = changes
    if (Object.keys(others).length > 0) this.#database.invoices.update(invoice, { ...others, updated_at: this.#billing.now() })
    if (status) this.#billing.setInvoiceStatus(invoice, status)
    return invoice
  }

  /** Changes an item. Its invoice's `updated_at` stays as it was. */
  setInvoiceItem(id: number, changes: Settable<InvoiceItemRow>): Readonly<InvoiceItemRow> {
    const item = this.#known(this.#database.invoiceItems.get(id), 'invoice item', id)
    this.#database.invoiceItems.update(item, { ...changes, updated_at: this.#billing.now() })
    return item
  }

  /** Changes a service. Setting a status runs nothing. */
  setService(id: number, changes: Settable<ServiceRow>): Readonly<ServiceRow> {
    const service = this.#known(this.#database.services.get(id), 'service', id)
    this.#database.services.update(service, { ...changes, updated_at: this.#billing.now() })
    return service
  }

  /** An invoice for a service's next period, or, with `items`, for anything else. Due on `due_at`, or when the period begins. */
  addInvoice(values: {
    user_id: number
    service_id?: number
    due_at?: string | null
    status?: InvoiceRow['status']
    currency_code?: string
    items?: readonly { description: string; price: string; quantity?: number; service_id?: number }[]
  }): Readonly<InvoiceRow> {
    if (values.service_id !== undefined && !values.items) {
      const service = this.#known(this.#database.services.get(values.service_id), 'service', values.service_id)
      const invoice = this.#billing.invoiceService(service)
      const { due_at, status, currency_code } = values
      return this.setInvoice(invoice.id, {
        ...(due_at === undefined ? {} : { due_at }),
        ...(status ? { status } : {}),
        ...(currency_code ? { currency_code } : {}),
      })
    }
    const invoice = this.#billing.addInvoice({
      user_id: values.user_id,
      due_at: values.due_at ?? this.#billing.today(),
      status: values.status ?? 'pending',
      currency_code: values.currency_code ?? 'INR',
    })
    for (const item of values.items ?? []) {
      this.#billing.addItem({
        invoice_id: invoice.id,
        description: item.description,
        price: item.price,
        quantity: item.quantity ?? 1,
        reference_type: item.service_id === undefined ? null : SERVICE_REFERENCE,
        reference_id: item.service_id ?? null,
      })
    }
    return invoice
  }

  /** Sells a service: its price is the plan's unless given. */
  addService(values: Pick<ServiceRow, 'user_id' | 'product_id' | 'plan_id'> & Settable<ServiceRow>): Readonly<ServiceRow> {
    const now = this.#billing.now()
    const price = this.#database.prices.where('plan_id', values.plan_id)[0]?.price ?? '0.00'
    return this.#database.services.insert({
      id: this.#database.services.nextId,
      order_id: null,
      coupon_id: null,
      subscription_id: null,
      quantity: 1,
      status: 'pending',
      currency_code: 'INR',
      expires_at: null,
      ...values,
      price: decimalText(values.price ?? price),
      created_at: now,
      updated_at: now,
    })
  }

  addCustomer(values: Pick<UserRow, 'email'> & Settable<UserRow>): Readonly<UserRow> {
    const now = this.#billing.now()
    return this.#database.users.insert({
      id: this.#database.users.nextId,
      first_name: null,
      last_name: null,
      email_verified_at: null,
      role_id: null,
      ...values,
      created_at: now,
      updated_at: now,
    })
  }

  addOrder(values: Pick<OrderRow, 'user_id'> & Settable<OrderRow>, serviceIds: readonly number[] = []): Readonly<OrderRow> {
    const now = this.#billing.now()
    const order = this.#database.orders.insert({ id: this.#database.orders.nextId, currency_code: 'INR', ...values, created_at: now, updated_at: now })
    for (const id of serviceIds) this.#database.services.update(this.#known(this.#database.services.get(id), 'service', id), { order_id: order.id })
    return order
  }

  addCredit(values: Pick<CreditRow, 'user_id' | 'amount'> & Settable<CreditRow>): Readonly<CreditRow> {
    const now = this.#billing.now()
    return this.#database.credits.insert({ id: this.#database.credits.nextId, currency_code: 'INR', ...values, amount: decimalText(values.amount), created_at: now, updated_at: now })
  }

  setCredit(id: number, changes: Settable<CreditRow>): Readonly<CreditRow> {
    const credit = this.#known(this.#database.credits.get(id), 'credit', id)
    this.#database.credits.update(credit, { ...changes, updated_at: this.#billing.now() })
    return credit
  }

  /** A customer opens a ticket. */
  addTicket(values: Pick<TicketRow, 'user_id' | 'subject'> & Settable<TicketRow>, message?: string): Readonly<TicketRow> {
    const now = this.#billing.now()
    const ticket = this.#database.tickets.insert({
      id: this.#database.tickets.nextId,
      status: 'open',
      priority: 'medium',
      assigned_to: null,
      department: null,
      ...values,
      created_at: now,
      updated_at: now,
    })
    if (message !== undefined) this.addTicketMessage(ticket.id, values.user_id, message)
    return ticket
  }

  setTicket(id: number, changes: Settable<TicketRow>): Readonly<TicketRow> {
    const ticket = this.#known(this.#database.tickets.get(id), 'ticket', id)
    this.#database.tickets.update(ticket, { ...changes, updated_at: this.#billing.now() })
    return ticket
  }

  addTicketMessage(ticketId: number, userId: number, message: string): Readonly<TicketMessageRow> {
    return this.#billing.addTicketMessage({ ticket_id: ticketId, user_id: userId, message })
  }

  /** Removes a row, with what hangs on it; false when there was none. */
  deleteRow(kind: DeletableKind, id: number): boolean {
    return this.#database.removeCascading(kind, id)
  }

  /** Runs the nightly job now, whatever the hour. */
  runNightlyJob(): NightlyResult {
    return runNightlyJob(this.#billing)
  }

  service(id: number): Readonly<ServiceRow> | undefined {
    return this.#database.services.get(id)
  }

  invoice(id: number): Readonly<InvoiceRow> | undefined {
    return this.#database.invoices.get(id)
  }

  /** The invoices that bill a service, by id. */
  invoicesOf(serviceId: number): readonly Readonly<InvoiceRow>[] {
    return this.#database.invoicesOfService(serviceId)
  }

  itemsOf(invoiceId: number): readonly Readonly<InvoiceItemRow>[] {
    return this.#database.itemsOf(invoiceId)
  }

  customers(): readonly Readonly<UserRow>[] {
    return this.#database.users.all()
  }

  services(): readonly Readonly<ServiceRow>[] {
    return this.#database.services.all()
  }

  invoices(): readonly Readonly<InvoiceRow>[] {
    return this.#database.invoices.all()
  }

  orders(): readonly Readonly<OrderRow>[] {
    return this.#database.orders.all()
  }

  credits(): readonly Readonly<CreditRow>[] {
    return this.#database.credits.all()
  }

  tickets(): readonly Readonly<TicketRow>[] {
    return this.#database.tickets.all()
  }

  ticketMessages(): readonly Readonly<TicketMessageRow>[] {
    return this.#database.ticketMessages.all()
  }

  /** Today in Paymenter's time zone. */
  today(): string {
    return this.#billing.today()
  }

  /** The next local midnight after an instant: when the nightly job is due. */
  nextMidnight(instantMs: number): number {
    return this.#billing.zone.nextMidnight(instantMs)
  }

  #known<R>(row: R | undefined, kind: string, id: number): R {
    if (!row) throw new Error(`There is no ${kind} ${id}`)
    return row
  }
}
