// Marking an invoice as paid: what it renews is said first, from a fresh look; it is sent once and never again for the same invoice.
import { createHash } from 'node:crypto'
import type { z } from 'zod'
import { paymentOf } from '../../../db/repositories/billingActs.ts'
import { BillingLists } from '../../../db/repositories/billingLists.ts'
import { storedConnection } from '../../../db/repositories/billingSync.ts'
import { ServicePlans } from '../../../db/repositories/servicePlans.ts'
import type { invoiceRow, serviceRow } from '../../../shared/contract/billing.ts'
import type { paymentPreview, renewal } from '../../../shared/contract/billingWrites.ts'
import type { Day } from '../../../shared/domain/calendar.ts'
import { Failure, type FailureBody } from '../../../shared/domain/failure.ts'
import type { ProductId, ServiceId } from '../../../shared/domain/ids.ts'
import { renewedFrom, renewedUntil } from '../../../shared/domain/renewal.ts'
import { canonicalJson } from '../audit/audit.ts'
import { forbidden } from '../paymenter/failures.ts'
import type { Billing } from './billing.ts'
import { changedMeanwhile, type Changes, type Session } from './changes.ts'

type Invoice = z.output<typeof invoiceRow>
type Service = z.output<typeof serviceRow>
type Renewal = z.output<typeof renewal>
type Preview = z.output<typeof paymentPreview>

function paidBefore(id: number, how: string): FailureBody {
  return {
    code: 'billing.paid-before',
    message: `Invoice ${id} ${how}. Paying it once more would renew its services a second time, so it is not done from here.`,
    hint: 'Look at the invoice and at its services’ expiry in Paymenter.',
  }
}

export class Payment {
  readonly #changes: Changes
  readonly #billing: Billing
  readonly #lists: BillingLists

  constructor(changes: Changes, billing: Billing) {
    this.#changes = changes
    this.#billing = billing
    this.#lists = new BillingLists(changes.context.db)
  }

  /** Reads the invoice and its services afresh and says what a payment does. Throws Failures. */
  async preview(invoiceId: number): Promise<Preview> {
    return this.#changes.inTurn(async (session) => this.#look(session, invoiceId))
  }

  /** Throws `billing.changed-meanwhile` when what was shown is not so any more, and what the preview refuses. */
  async markPaid(invoiceId: number, token: string, why: string | undefined): Promise<{ invoice: Invoice; services: Service[] }> {
    return this.#changes.inTurn(async (session) => {
      await this.#changes.need(session, 'invoices', 'update', invoiceId)
      const shown = await this.#look(session, invoiceId)
      if (shown.refused !== null) throw new Failure(shown.refused.code, shown.refused.message, shown.refused.hint)
      if (shown.token !== token) throw changedMeanwhile(`invoice ${invoiceId} or a service that it renews`, 'another than was shown')
      const serviceIds = [...new Set(shown.renewals.map((one) => one.serviceId))]
      await this.#changes.holding(session, 'invoices', invoiceId, async () =>
        this.#changes.make({
          kind: 'invoice-paid',
          rowId: invoiceId,
          customerId: shown.invoice.customerId,
          serviceId: serviceIds.length === 1 ? serviceIds[0] : null,
          what: `the status of invoice ${invoiceId}`,
          before: { status: shown.invoice.status, services: shown.renewals.map(({ serviceId, status, expiresAt }) => ({ serviceId, status, expiresAt })) },
          after: { status: 'paid', renewals: shown.renewals.map(({ serviceId, from, to }) => ({ serviceId, from, to })) },
          why,
          send: async () => session.client.update('invoices', invoiceId, { status: 'paid' }),
          readBack: async () => {
            await this.#changes.read(session, 'invoices', invoiceId, true)
            for (const id of serviceIds) await this.#readService(session, id)
          },
          isSeen: () => this.#invoice(invoiceId).status === 'paid',
        }),
      )
      return { invoice: this.#invoice(invoiceId), services: serviceIds.flatMap((id) => this.#service(id) ?? []) }
    })
  }

  async #look(session: Session, invoiceId: number): Promise<Preview> {
    const ambiguous = await this.#readInvoice(session, invoiceId)
    const invoice = this.#invoice(invoiceId)
    for (const id of new Set(invoice.items.flatMap((item) => item.serviceId ?? []))) await this.#readService(session, id)
    const renewals = this.#renewals(invoice)
    const refused = ambiguous ?? this.#refusal(invoice)
    const today = this.#billing.today()
    const facts = { today, status: invoice.status, dueAt: invoice.dueAt, items: invoice.items, renewals, refused: refused?.code ?? null }
    return { invoice, renewals, refused, token: createHash('sha256').update(canonicalJson(facts)).digest('hex').slice(0, 32) }
  }

  /** Another invoice's address is no reason not to show this one; only not to pay it. */
  async #readInvoice(session: Session, id: number): Promise<FailureBody | null> {
    try {
      await this.#changes.read(session, 'invoices', id)
      return null
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'billing.ambiguous-id') throw error
      return error.body()
    }
  }

  /** A service that is gone is not renewed. */
  async #readService(session: Session, id: number): Promise<void> {
    try {
      await this.#changes.read(session, 'services', id)
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'billing.row-gone') throw error
    }
  }

  /** Each item that bills a service renews it once, one after the other. */
  #renewals(invoice: Invoice): Renewal[] {
    const plans = new ServicePlans(this.#changes.context.db)
    const today = this.#billing.today()
    const state = new Map<number, { status: string; expiresOn: Day | null }>()
    return invoice.items.flatMap(({ serviceId }): Renewal[] => {
      const service = serviceId === null ? null : this.#service(serviceId)
      if (service === null || service.gone) return []
      const before = state.get(service.id) ?? { status: service.status, expiresOn: service.expiresAt as Day | null }
      const { kind, period } = plans.planOf({
        serviceId: service.id as ServiceId,
        productId: service.productId as ProductId | null,
        currency: service.price?.currency ?? '',
        priceMinor: service.price?.amountMinor ?? null,
        expiresOn: service.expiresAt as Day | null,
      })
      const from = renewedFrom(before, today)
      const to = period === null ? null : renewedUntil(from, period)
      state.set(service.id, { status: 'active', expiresOn: to })
      return [
        {
          serviceId: service.id,
          customerName: service.customerName,
          productName: service.productName,
          status: before.status,
          expiresAt: before.expiresOn,
          from,
          to,
          note: noteOf(before.status, kind, to),
        },
      ]
    })
  }

  #refusal(invoice: Invoice): FailureBody | null {
    const { orm, sqlite } = this.#changes.context.db
    const { id, status } = invoice
    if (status === 'paid') return { code: 'billing.already-paid', message: `Invoice ${id} is paid already.` }
    if (status !== 'pending') {
      return { code: 'billing.not-pending', message: `Invoice ${id} is ${status.slice(0, 40)}: only a pending one is marked as paid from here.`, hint: 'Set it to pending in Paymenter first, if it is to be paid after all.' }
    }
    const sent = paymentOf(orm, id)
    if (sent !== null) return paidBefore(id, sent.state === 'seen' ? 'was marked as paid from here before, and set back since' : 'may have been marked as paid from here before')
    const oncePaidAt = sqlite.prepare('select once_paid_at from invoices where id = ?').pluck().get(id) as number | null | undefined
    if (typeof oncePaidAt === 'number') return paidBefore(id, 'was paid before, and set back since')
    if (storedConnection(orm)?.permissions.missing.includes('invoices.update') === true) return forbidden('invoices.update', 'mark an invoice as paid').body()
    return null
  }

  #invoice(id: number): Invoice {
    const row = this.#lists.invoices({ filter: `id:${id}`, gone: true }).rows[0]
    if (row === undefined) throw new Failure('billing.unknown-row', `Invoice ${id} is not known here.`)
    return row
  }

  #service(id: number): Service | null {
    return this.#lists.services({ filter: `id:${id}`, gone: true }).rows[0] ?? null
  }
}

function noteOf(status: string, kind: string | null, to: Day | null): string | null {
  const notes = [
    status === 'cancelled' ? 'It is cancelled: the payment makes it active again.' : null,
    to !== null ? null : kind === null ? 'Its billing period could not be told from its plans and invoices: Paymenter sets the new expiry.' : 'It has no billing period: it gets no expiry.',
  ]
  const said = notes.filter((note) => note !== null).join(' ')
  return said === '' ? null : said
}
