// Builds revenue facts as Paymenter would leave them: services, and invoices whose items name their period.
import { parseDay, type Day } from '../../shared/domain/calendar.ts'
import { asId, type CustomerId, type InvoiceId, type InvoiceItemId, type ProductId, type ServiceId } from '../../shared/domain/ids.ts'
import { civilDate, toEpochDay, type EpochDay } from '../../shared/domain/revenue/epochDay.ts'
import type { InvoiceFact, PlanFact, ProductFact, RecordedChange, RevenueFacts, ServiceFact } from '../../shared/domain/revenue/facts.ts'

export function day(text: string): EpochDay {
  const parsed = parseDay(text)
  if (parsed === null) throw new Error(`${text} is not a day`)
  return toEpochDay(parsed)
}

const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `Aug 07, 2026`. */
function english(text: string): string {
  const { year, month, date } = civilDate(day(text))
  return `${monthNames[month - 1] ?? ''} ${String(date).padStart(2, '0')}, ${year}`
}

export const service = (id: number): ServiceId => asId<ServiceId>(id)
export const customer = (id: number): CustomerId => asId<CustomerId>(id)
export const product = (id: number): ProductId => asId<ProductId>(id)

const plan = (
  productId: number,
  count: number | null,
  unit: 'week' | 'month' | 'year' | null,
  prices: PlanFact['prices'],
  type = 'recurring',
): PlanFact => ({
  productId: product(productId),
  name: null,
  type,
  period: count === null || unit === null ? null : { count, unit },
  prices,
})
const price = (amountMinor: number, currency = 'INR'): PlanFact['prices'][number] => ({ currency, amountMinor, setupFeeMinor: null })

export const products: readonly ProductFact[] = [
  { id: product(1), name: 'Free VPS' },
  { id: product(2), name: 'Starter VPS' },
  { id: product(3), name: 'Professional VPS' },
  { id: product(4), name: 'Business VPS' },
  { id: product(5), name: 'Migration' },
  { id: product(6), name: 'Backup' },
  { id: product(7), name: 'Storage' },
]

export const plans: readonly PlanFact[] = [
  plan(1, null, null, [price(0)], 'free'),
  plan(2, 1, 'month', [price(499_00), price(6_00, 'USD')]),
  plan(2, 1, 'year', [price(4990_00), price(60_00, 'USD')]),
  plan(3, 1, 'month', [price(999_00)]),
  plan(4, 1, 'month', [price(1999_00)]),
  plan(5, null, null, [price(1500_00)], 'one-time'),
  plan(6, 1, 'week', [price(100_00)]),
  plan(7, 3, 'month', [price(1400_00)]),
]

interface ServiceStory {
  readonly id: number
  readonly customer: number
  readonly product: number
  readonly status: string
  readonly priceMinor: number
  readonly quantity?: number
  readonly currency?: string
  readonly created: string
  /** The day of its last change. */
  readonly changed: string
  readonly expires?: string
}

interface InvoiceStory {
  readonly service: number
  /** First day of the period, and the invoice's due day. */
  readonly from: string
  readonly to: string
  /** Price of one. */
  readonly priceMinor: number
  /** The product's name in the text; the service's own unless said. */
  readonly product?: number
  readonly status?: 'paid' | 'pending' | 'cancelled'
  /** The due day unless said. */
  readonly paid?: string
  readonly created?: string
  readonly changed?: string
  /** No period in the text. */
  readonly plain?: boolean
}

/** Collects services and invoices; ids of invoices count up. */
export class Story {
  readonly services: ServiceFact[] = []
  readonly invoices: InvoiceFact[] = []
  readonly record: RecordedChange[] = []
  recordedDays: EpochDay[] = []

  service(story: ServiceStory): this {
    this.services.push({
      id: service(story.id),
      customerId: customer(story.customer),
      productId: product(story.product),
      status: story.status,
      currency: story.currency ?? 'INR',
      priceMinor: story.priceMinor,
      quantity: story.quantity ?? 1,
      expiresOn: story.expires === undefined ? null : day(story.expires),
      createdOn: day(story.created),
      changedOn: day(story.changed),
      goneOn: null,
    })
    return this
  }

  invoice(story: InvoiceStory): this {
    const of = this.#serviceOf(story.service)
    const status = story.status ?? 'paid'
    const id = this.invoices.length + 1
    const name = products.find((known) => known.id === (story.product ?? of.productId))?.name ?? ''
    const created = story.created ?? story.from
    const paid = story.paid ?? story.from
    this.invoices.push({
      id: asId<InvoiceId>(id),
      customerId: of.customerId,
      status,
      currency: of.currency,
      createdOn: day(created),
      dueOn: day(story.from),
      changedOn: day(story.changed ?? (status === 'paid' ? paid : created)),
      paidOn: status === 'paid' ? day(paid) : null,
      paidNotBefore: status === 'paid' ? day(created) : null,
      items: [
        {
          id: asId<InvoiceItemId>(id),
          serviceId: of.id,
          description: story.plain === true ? name : `${name} (${english(story.from)} - ${english(story.to)})`,
          priceMinor: story.priceMinor,
          quantity: of.quantity,
        },
      ],
    })
    return this
  }

  /** Invoices in a row: each ends where the next begins; the last day given is only an end. */
  renewals(serviceId: number, priceMinor: number, days: readonly string[], more: Partial<InvoiceStory> = {}): this {
    for (const [index, from] of days.entries()) {
      const to = days[index + 1]
      if (to !== undefined) this.invoice({ service: serviceId, from, to, priceMinor, ...more })
    }
    return this
  }

  facts(today: string): RevenueFacts {
    return {
      today: day(today),
      services: this.services,
      plans,
      products,
      invoices: this.invoices,
      record: this.record,
      recordedDays: this.recordedDays,
    }
  }

  #serviceOf(id: number): ServiceFact {
    const found = this.services.find((known) => known.id === service(id))
    if (found === undefined) throw new Error(`there is no service ${id} in the story`)
    return found
  }
}

/** `monthly('2025-01-05', 3)`: the 5th of three months and of the one after them. */
export function monthly(first: string, count: number): Day[] {
  const { year, month, date } = civilDate(day(first))
  return Array.from({ length: count + 1 }, (_, index) => {
    const months = month - 1 + index
    return `${year + Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, '0')}-${String(date).padStart(2, '0')}` as Day
  })
}
