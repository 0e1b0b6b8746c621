// Any shop, for properties: services and invoices of every status, with and without text, dates, items and amounts; any record with gaps.
import fc from 'fast-check'
import { asId, type CustomerId, type InvoiceId, type InvoiceItemId, type ProductId, type ServiceId } from '../../shared/domain/ids.ts'
import { civilDate, type EpochDay } from '../../shared/domain/revenue/epochDay.ts'
import type { InvoiceFact, ItemFact, RecordedChange, RevenueFacts, ServiceFact } from '../../shared/domain/revenue/facts.ts'
import { day, plans, products } from './revenueStory.ts'

export const firstDay = day('2024-01-01')
export const today = day('2026-02-14')

const anyDay = fc.integer({ min: firstDay, max: today + 40 })
const dayOrNull = fc.option(anyDay, { nil: null, freq: 6 })
const currency = fc.constantFrom('INR', 'INR', 'INR', 'USD', 'JPY')
const priceMinor = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 6_00, 100_00, 499_00, 999_00, 1400_00, 1999_00, 4990_00) },
  { weight: 2, arbitrary: fc.integer({ min: -500_00, max: 9_999_99 }) },
  { weight: 1, arbitrary: fc.constant(null) },
)
const quantity = fc.constantFrom(1, 1, 1, 1, 0, 3)
const productId = fc.integer({ min: 1, max: 8 }).map((id) => asId<ProductId>(id))
const serviceIds = fc.integer({ min: 1, max: 12 }).map((id) => asId<ServiceId>(id))
const customerId = fc.option(
  fc.integer({ min: 1, max: 6 }).map((id) => asId<CustomerId>(id)),
  { nil: null, freq: 12 },
)

const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function english(at: EpochDay): string {
  const { year, month, date } = civilDate(at)
  return `${monthNames[month - 1] ?? ''} ${String(date).padStart(2, '0')}, ${year}`
}

const description = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(anyDay, fc.constantFrom(7, 28, 30, 31, 31, 365))
      .map(([from, days]) => `Starter VPS (${english(from)} - ${english(from + days)})`),
  },
  { weight: 1, arbitrary: fc.constantFrom('', 'Setup', 'Starter VPS (Feb 30, 2026 - Mar 30, 2026)', 'A (Mar 05, 2026 - Feb 05, 2026)') },
)

const services: fc.Arbitrary<ServiceFact[]> = fc.uniqueArray(
  fc.record({
    id: serviceIds,
    customerId,
    productId: fc.option(productId, { nil: null, freq: 10 }),
    status: fc.constantFrom('pending', 'active', 'active', 'active', 'suspended', 'cancelled', 'cancelled', 'frozen'),
    currency,
    priceMinor,
    quantity,
    expiresOn: dayOrNull,
    createdOn: dayOrNull,
    changedOn: dayOrNull,
    goneOn: fc.option(anyDay, { nil: null, freq: 1 }),
  }),
  { selector: (service) => service.id, minLength: 1, maxLength: 12 },
)

const items: fc.Arbitrary<ItemFact[]> = fc.array(
  fc.record({
    id: fc.nat().map((id) => asId<InvoiceItemId>(id)),
    serviceId: fc.option(serviceIds, { nil: null, freq: 6 }),
    description,
    priceMinor,
    quantity,
  }),
  { maxLength: 3 },
)

const invoices: fc.Arbitrary<InvoiceFact[]> = fc
  .array(
    fc.record({
      customerId,
      status: fc.constantFrom('pending', 'paid', 'paid', 'paid', 'cancelled', 'refunded'),
      currency,
      createdOn: dayOrNull,
      dueOn: dayOrNull,
      changedOn: dayOrNull,
      paid: anyDay,
      boundDays: fc.nat(40),
      items,
    }),
    { maxLength: 40 },
  )
  .map((rows) =>
    rows.map(({ paid, boundDays, ...row }, index) => ({
      ...row,
      id: asId<InvoiceId>(index + 1),
      paidOn: row.status === 'paid' ? paid : null,
      paidNotBefore: row.status === 'paid' ? paid - boundDays : null,
    })),
  )

interface RawRecord {
  readonly days: EpochDay[]
  readonly rows: RecordedChange[]
}

const record: fc.Arbitrary<RawRecord> = fc
  .tuple(
    fc.option(fc.integer({ min: firstDay, max: today }), { nil: null }),
    fc.array(fc.tuple(anyDay, fc.nat(60)), { maxLength: 4 }),
    fc.array(
      fc.record({
        day: anyDay,
        serviceId: serviceIds,
        status: fc.constantFrom('active', 'active', 'suspended', 'cancelled', 'gone'),
        currency,
        priceMinor,
        quantity,
        productId,
        customerId,
        kind: fc.constantFrom('recurring' as const, 'recurring' as const, 'free' as const, 'one-time' as const, null),
        period: fc.constantFrom(
          { count: 1, unit: 'month' } as const,
          { count: 1, unit: 'year' } as const,
          { count: 1, unit: 'week' } as const,
        ),
      }),
      { maxLength: 25 },
    ),
  )
  .map(([since, gaps, rows]) => {
    if (since === null) return { days: [], rows: [] }
    const days = Array.from({ length: today - since + 1 }, (_, index) => since + index).filter((one) =>
      gaps.every(([from, length]) => one < from || one > from + length),
    )
    const known = new Set(days)
    const kept = new Map(rows.filter((row) => known.has(row.day)).map((row) => [`${row.serviceId}/${row.day}`, row]))
    return { days, rows: [...kept.values()].sort((a, b) => a.day - b.day) }
  })

export const anyFacts: fc.Arbitrary<RevenueFacts> = fc
  .record({ services, invoices, record })
  .map(({ services, invoices, record }) => ({ today, services, invoices, plans, products, record: record.rows, recordedDays: record.days }))
