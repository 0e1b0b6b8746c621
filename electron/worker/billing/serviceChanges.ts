// Changes of invoices' due dates, of services and of credits by the operator's hand.
import { eq } from 'drizzle-orm'
import type { z } from 'zod'
import { BillingLists } from '../../../db/repositories/billingLists.ts'
import { SupportLists } from '../../../db/repositories/supportLists.ts'
import { billingWrites } from '../../../db/schema.ts'
import type { creditRow, invoiceRow, serviceRow } from '../../../shared/contract/billing.ts'
import { parseDay } from '../../../shared/domain/calendar.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import { asId, type ServiceId } from '../../../shared/domain/ids.ts'
import { currencyExponent, formatDecimal } from '../../../shared/domain/money.ts'
import type { MethodParsedInput } from '../../../shared/contract/index.ts'
import type { Billing } from './billing.ts'
import { changedMeanwhile, type Changes, type Session } from './changes.ts'

type Invoice = z.output<typeof invoiceRow>
type Service = z.output<typeof serviceRow>
type Credit = z.output<typeof creditRow>

function existingDay(text: string): string {
  const day = parseDay(text)
  if (day === null) throw new Failure('billing.invalid-date', `${text} is not a day of the calendar.`, 'Write it like 2026-12-24.')
  return day
}

export class ServiceChanges {
  readonly #changes: Changes
  readonly #billing: Billing
  readonly #lists: BillingLists
  readonly #support: SupportLists

  constructor(changes: Changes, billing: Billing) {
    this.#changes = changes
    this.#billing = billing
    this.#lists = new BillingLists(changes.context.db)
    this.#support = new SupportLists(changes.context.db)
  }

  /** Only a pending invoice has a due date that matters; the same date is not sent. */
  async setDueDate({ invoiceId, dueAt, expected, why }: MethodParsedInput<'billing.setDueDate'>): Promise<Invoice> {
    const day = existingDay(dueAt)
    return this.#changes.inTurn(async (session) => {
      await this.#changes.need(session, 'invoices', 'update', invoiceId)
      await this.#changes.read(session, 'invoices', invoiceId)
      const before = this.#invoice(invoiceId)
      if (before.status !== expected.status || before.dueAt !== expected.dueAt) {
        throw changedMeanwhile(`invoice ${invoiceId}`, `${before.status}, due ${before.dueAt ?? 'on no day that can be read'}`)
      }
      if (before.status !== 'pending') throw new Failure('billing.not-pending', `Invoice ${invoiceId} is ${before.status.slice(0, 40)}: only a pending one is moved.`)
      if (before.dueAt === day) return before
      await this.#changes.holding(session, 'invoices', invoiceId, async () =>
        this.#changes.make({
          kind: 'invoice-due',
          rowId: invoiceId,
          customerId: before.customerId,
          what: `the due date of invoice ${invoiceId}`,
          before: { dueAt: before.dueAt },
          after: { dueAt: day },
          why,
          send: async () => session.client.update('invoices', invoiceId, { due_at: day }),
          readBack: async () => this.#changes.read(session, 'invoices', invoiceId, true),
          isSeen: () => this.#invoice(invoiceId).dueAt === day,
        }),
      )
      return this.#invoice(invoiceId)
    })
  }

  /** Paymenter runs nothing on a status: no VM is touched. It is recorded as this console's own, which is never evidence. */
  async setServiceStatus({ serviceId, status, expected, why }: MethodParsedInput<'billing.setServiceStatus'>): Promise<Service> {
    return this.#changes.inTurn(async (session) => {
      const before = await this.#freshService(session, serviceId)
      if (before.status !== expected.status) throw changedMeanwhile(`service ${serviceId}`, before.status.slice(0, 40))
      if (before.status === status) return before
      return this.#changeService(session, before, { field: 'status', kind: 'service-status', value: status, why })
    })
  }

  /** Throws `billing.invalid-date` for a day that is over in Paymenter's zone, which it refuses. */
  async setServiceExpiry({ serviceId, expiresAt, expected, why }: MethodParsedInput<'billing.setServiceExpiry'>): Promise<Service> {
    const day = expiresAt === null ? null : existingDay(expiresAt)
    return this.#changes.inTurn(async (session) => {
      const today = this.#billing.today()
      if (day !== null && day < today) {
        throw new Failure('billing.invalid-date', `${day} is over: Paymenter takes an expiry of today (${today}) or later only.`, 'Choose a later day; to end the service now, set its status.')
      }
      const before = await this.#freshService(session, serviceId)
      if (before.expiresAt !== expected.expiresAt) throw changedMeanwhile(`service ${serviceId}`, before.expiresAt === null ? 'without an expiry' : `to expire on ${before.expiresAt}`)
      if (before.expiresAt === day) return before
      return this.#changeService(session, before, { field: 'expires_at', kind: 'service-expiry', value: day, why })
    })
  }

  /** Makes a customer's credit of a currency, or changes it. */
  async setCredit({ customerId, currency, amountMinor, expected, why }: MethodParsedInput<'billing.setCredit'>): Promise<Credit> {
    // Its database keeps two decimals, whatever the currency.
    if (currencyExponent(currency) > 2 && amountMinor % 10 ** (currencyExponent(currency) - 2) !== 0) {
      throw new Failure('billing.invalid-amount', `Paymenter keeps two decimals only, so this amount of ${currency} would be rounded.`)
    }
    return this.#changes.inTurn(async (session) => {
      await this.#readCredits(session, customerId)
      const before = this.#credit(customerId, currency)
      await this.#changes.need(session, 'credits', before === null ? 'create' : 'update', before?.id)
      if ((before?.amount?.amountMinor ?? null) !== expected.amountMinor) {
        throw changedMeanwhile(`the customer’s credit in ${currency}`, before === null ? 'gone' : before.amount === null ? 'not readable' : formatDecimal(before.amount))
      }
      if (before !== null && expected.amountMinor === amountMinor) return before
      const amount = formatDecimal({ amountMinor, currency })
      await this.#changes.make({
        kind: 'credit',
        rowId: before?.id ?? null,
        customerId,
        what: `the credit of customer ${customerId} in ${currency}`,
        before: { currency, amountMinor: expected.amountMinor },
        after: { currency, amountMinor },
        why,
        send: async () =>
          before === null
            ? session.client.create('credits', { user_id: customerId, currency_code: currency, amount })
            : session.client.update('credits', before.id, { amount }),
        readBack: async () => this.#readCredits(session, customerId),
        isSeen: () => this.#credit(customerId, currency)?.amount?.amountMinor === amountMinor,
      })
      const row = this.#credit(customerId, currency)
      if (row === null) throw new Failure('billing.unknown-row', 'The credit is not known here.')
      return row
    })
  }

  async #changeService(
    session: Session,
    before: Service,
    change: { field: 'status' | 'expires_at'; kind: 'service-status' | 'service-expiry'; value: string | null; why: string | undefined },
  ): Promise<Service> {
    const { id } = before
    const { field, kind, value, why } = change
    const { db, clock } = this.#changes.context
    const name = field === 'status' ? 'status' : 'expiresAt'
    await this.#changes.holding(session, 'services', id, async () =>
      this.#changes.make({
        kind,
        rowId: id,
        customerId: before.customerId,
        serviceId: id,
        what: `the ${field === 'status' ? 'status' : 'expiry'} of service ${id}`,
        before: { [name]: before[name] },
        after: { [name]: value },
        why,
        record: () => {
          const values = { serviceId: asId<ServiceId>(id), at: clock.now(), field, value: value ?? '' }
          const write = db.orm.insert(billingWrites).values(values).returning({ id: billingWrites.id }).get()
          return () => {
            db.orm.delete(billingWrites).where(eq(billingWrites.id, write.id)).run()
          }
        },
        send: async () => session.client.update('services', id, { [field]: value }),
        readBack: async () => this.#changes.read(session, 'services', id, true),
        isSeen: () => this.#service(id)[name] === value,
      }),
    )
    return this.#service(id)
  }

  async #freshService(session: Session, id: number): Promise<Service> {
    await this.#changes.need(session, 'services', 'update', id)
    await this.#changes.read(session, 'services', id)
    return this.#service(id)
  }

  /** Filters match in the middle, and the answer does not say for whom unless it is included: every row is compared when it is stored. */
  async #readCredits({ client, mirror }: Session, customerId: number): Promise<void> {
    for (let page = 1; page <= 100; page += 1) {
      const ticket = mirror.freshness.ticket()
      const answer = await client.list('credits', { page, perPage: 100, sort: 'id', includes: ['user'], filters: { user_id: String(customerId) } })
      mirror.storePage('credits', answer, ticket, true)
      if (!answer.hasMore) return
    }
  }

  #credit(customerId: number, currency: string): Credit | null {
    const { rows } = this.#support.credits({ filter: `customer:${customerId}` })
    return rows.find((row) => row.customerId === customerId && row.currency === currency) ?? null
  }

  #invoice(id: number): Invoice {
    const row = this.#lists.invoices({ filter: `id:${id}`, gone: true }).rows[0]
    if (row === undefined) throw new Failure('billing.unknown-row', `Invoice ${id} is not known here.`)
    return row
  }

  #service(id: number): Service {
    const row = this.#lists.services({ filter: `id:${id}`, gone: true }).rows[0]
    if (row === undefined) throw new Failure('billing.unknown-row', `Service ${id} is not known here.`)
    return row
  }
}
