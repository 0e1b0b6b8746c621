// A small shop of 21 services over fourteen months, January 2025 to February 2026, whose every figure is computed by hand in the test.
import { addDays, parseDay, type Day } from '../../shared/domain/calendar.ts'
import type { PlanKind, RecordedChange } from '../../shared/domain/revenue/facts.ts'
import type { BillingPeriod } from '../../shared/domain/revenue/monthly.ts'
import { customer, day, monthly, product, service, Story } from './revenueStory.ts'

export const today = '2026-02-28'

function weeks(first: string, count: number): string[] {
  const start = parseDay(first)
  if (start === null) throw new Error(first)
  return Array.from({ length: count + 1 }, (_, index) => addDays(start, 7 * index))
}

function weekBefore(text: string): Day {
  const known = parseDay(text)
  if (known === null) throw new Error(text)
  return addDays(known, -7)
}

/** The services and their invoices, told in Paymenter's own rows. */
export function shop(): Story {
  const story = new Story()
  // 1: a plain monthly Starter; its invoices come a week before they are due, so that their payments may belong to the month before.
  story.service({
    id: 1,
    customer: 1,
    product: 2,
    status: 'active',
    priceMinor: 499_00,
    created: '2025-01-05',
    changed: '2026-02-05',
    expires: '2026-03-05',
  })
  for (const [index, from] of monthly('2025-01-05', 13).entries()) {
    const to = monthly('2025-01-05', 14)[index + 1] ?? from
    story.invoice({ service: 1, from, to, priceMinor: 499_00, created: index === 0 ? from : weekBefore(from) })
  }
  story.invoice({ service: 1, from: '2026-03-05', to: '2026-04-05', priceMinor: 499_00, status: 'pending', created: '2026-02-26' })
  // 2: upgraded from Starter to Professional in June.
  story.service({
    id: 2,
    customer: 2,
    product: 3,
    status: 'active',
    priceMinor: 999_00,
    created: '2025-01-10',
    changed: '2026-02-10',
    expires: '2026-03-10',
  })
  story.renewals(2, 499_00, monthly('2025-01-10', 5), { product: 2 }).renewals(2, 999_00, monthly('2025-06-10', 9))
  // 3: Professional, its price raised by hand in August.
  story.service({
    id: 3,
    customer: 3,
    product: 3,
    status: 'active',
    priceMinor: 1099_00,
    created: '2025-01-15',
    changed: '2026-02-15',
    expires: '2026-03-15',
  })
  story.renewals(3, 999_00, monthly('2025-01-15', 7)).renewals(3, 1099_00, monthly('2025-08-15', 7))
  // 4: Starter by the year, renewed once: 4,990 a year are 415.83 a month.
  story.service({
    id: 4,
    customer: 4,
    product: 2,
    status: 'active',
    priceMinor: 4990_00,
    created: '2025-02-01',
    changed: '2026-02-01',
    expires: '2027-02-01',
  })
  story.renewals(4, 4990_00, ['2025-02-01', '2026-02-01', '2027-02-01'])
  // 5: three of one service.
  story.service({
    id: 5,
    customer: 5,
    product: 2,
    status: 'active',
    priceMinor: 499_00,
    quantity: 3,
    created: '2025-02-12',
    changed: '2026-02-12',
    expires: '2026-03-12',
  })
  story.renewals(5, 499_00, monthly('2025-02-12', 13))
  // 6: suspended in May from the 22nd, paid on the 28th, and from then on due on the 28th.
  story.service({
    id: 6,
    customer: 6,
    product: 3,
    status: 'active',
    priceMinor: 999_00,
    created: '2025-02-20',
    changed: '2026-02-28',
    expires: '2026-03-28',
  })
  story
    .renewals(6, 999_00, monthly('2025-02-20', 3))
    .invoice({ service: 6, from: '2025-05-20', to: '2025-06-20', priceMinor: 999_00, paid: '2025-05-28' })
  story.renewals(6, 999_00, monthly('2025-06-28', 9))
  // 7: cancelled by the customer at the end of the paid time.
  story.service({
    id: 7,
    customer: 7,
    product: 2,
    status: 'cancelled',
    priceMinor: 499_00,
    created: '2025-03-03',
    changed: '2025-07-03',
    expires: '2025-07-03',
  })
  story.renewals(7, 499_00, monthly('2025-03-03', 4))
  // 8: never paid the invoice of September; given up two weeks later.
  story.service({
    id: 8,
    customer: 8,
    product: 3,
    status: 'cancelled',
    priceMinor: 999_00,
    created: '2025-03-10',
    changed: '2025-09-24',
    expires: '2025-09-10',
  })
  story.renewals(8, 999_00, monthly('2025-03-10', 6))
  story.invoice({
    service: 8,
    from: '2025-09-10',
    to: '2025-10-10',
    priceMinor: 999_00,
    status: 'cancelled',
    created: '2025-09-03',
    changed: '2025-09-24',
  })
  // 9: Business, downgraded to Professional in October.
  story.service({
    id: 9,
    customer: 9,
    product: 3,
    status: 'active',
    priceMinor: 999_00,
    created: '2025-03-18',
    changed: '2026-02-18',
    expires: '2026-03-18',
  })
  story.renewals(9, 1999_00, monthly('2025-03-18', 7), { product: 4 }).renewals(9, 999_00, monthly('2025-10-18', 5))
  // 10 and 11: in dollars; the second leaves in December.
  story.service({
    id: 10,
    customer: 10,
    product: 2,
    status: 'active',
    currency: 'USD',
    priceMinor: 6_00,
    created: '2025-04-01',
    changed: '2026-02-01',
    expires: '2026-03-01',
  })
  story.renewals(10, 6_00, monthly('2025-04-01', 11))
  story.service({
    id: 11,
    customer: 11,
    product: 2,
    status: 'cancelled',
    currency: 'USD',
    priceMinor: 6_00,
    created: '2025-04-15',
    changed: '2025-12-15',
    expires: '2025-12-15',
  })
  story.renewals(11, 6_00, monthly('2025-04-15', 8))
  // 12: a trial that was upgraded after a month; 13: one that is still free.
  story.service({
    id: 12,
    customer: 12,
    product: 2,
    status: 'active',
    priceMinor: 499_00,
    created: '2025-04-20',
    changed: '2026-02-20',
    expires: '2026-03-20',
  })
  story.renewals(12, 499_00, monthly('2025-05-20', 10))
  story.service({ id: 13, customer: 13, product: 1, status: 'active', priceMinor: 0, created: '2025-05-05', changed: '2025-05-05' })
  // 14: paid once.
  story.service({ id: 14, customer: 14, product: 5, status: 'active', priceMinor: 1500_00, created: '2025-06-01', changed: '2025-06-01' })
  story.invoice({ service: 14, from: '2025-06-01', to: '2025-06-02', priceMinor: 1500_00, plain: true })
  // 15: given up in August, back in November.
  story.service({
    id: 15,
    customer: 15,
    product: 2,
    status: 'active',
    priceMinor: 499_00,
    created: '2025-06-15',
    changed: '2026-02-01',
    expires: '2026-03-01',
  })
  story.renewals(15, 499_00, monthly('2025-06-15', 2))
  story.invoice({
    service: 15,
    from: '2025-08-15',
    to: '2025-09-15',
    priceMinor: 499_00,
    status: 'cancelled',
    created: '2025-08-08',
    changed: '2025-08-29',
  })
  story.renewals(15, 499_00, monthly('2025-11-01', 4))
  // 16: the first customer's second service, by the week: 100 a week are 434.82 a month.
  story.service({
    id: 16,
    customer: 1,
    product: 6,
    status: 'active',
    priceMinor: 100_00,
    created: '2025-07-07',
    changed: '2026-02-23',
    expires: '2026-03-02',
  })
  story.renewals(16, 100_00, weeks('2025-07-07', 34))
  // 17: by the quarter: 1,400 are 466.67 a month.
  story.service({
    id: 17,
    customer: 16,
    product: 7,
    status: 'active',
    priceMinor: 1400_00,
    created: '2025-07-20',
    changed: '2026-01-20',
    expires: '2026-04-20',
  })
  story.renewals(17, 1400_00, ['2025-07-20', '2025-10-20', '2026-01-20', '2026-04-20'])
  // 18: given back after a week; the money became credit, so the invoice stays paid.
  story.service({
    id: 18,
    customer: 17,
    product: 2,
    status: 'cancelled',
    priceMinor: 499_00,
    created: '2025-09-05',
    changed: '2025-09-12',
    expires: '2025-10-05',
  })
  story.renewals(18, 499_00, monthly('2025-09-05', 1))
  // 19: an order that was never paid.
  story.service({ id: 19, customer: 18, product: 2, status: 'cancelled', priceMinor: 499_00, created: '2025-10-10', changed: '2025-10-17' })
  story.invoice({ service: 19, from: '2025-10-10', to: '2025-11-10', priceMinor: 499_00, status: 'cancelled', changed: '2025-10-17' })
  // 20: begun on a 31st.
  story.service({
    id: 20,
    customer: 19,
    product: 4,
    status: 'active',
    priceMinor: 1999_00,
    created: '2026-01-31',
    changed: '2026-01-31',
    expires: '2026-03-03',
  })
  story.renewals(20, 1999_00, ['2026-01-31', '2026-03-03'])
  // 21: not paid since the 22nd of February; suspended, and so at risk.
  story.service({
    id: 21,
    customer: 20,
    product: 4,
    status: 'suspended',
    priceMinor: 1999_00,
    created: '2025-10-22',
    changed: '2026-02-24',
    expires: '2026-02-22',
  })
  story.renewals(21, 1999_00, monthly('2025-10-22', 4))
  story.invoice({ service: 21, from: '2026-02-22', to: '2026-03-22', priceMinor: 1999_00, status: 'pending' })
  return story
}

const month: BillingPeriod = { count: 1, unit: 'month' }

/** What a record kept on every day would hold of the same shop, from a day on. */
export function recordOf(story: Story, from: string): RecordedChange[] {
  type Row = readonly [day: string, service: number, status: string, priceMinor: number, product: number, period?: BillingPeriod | PlanKind]
  const rows: Row[] = [
    ['2025-01-05', 1, 'active', 499_00, 2],
    ['2025-01-10', 2, 'active', 499_00, 2],
    ['2025-06-10', 2, 'active', 999_00, 3],
    ['2025-01-15', 3, 'active', 999_00, 3],
    ['2025-08-15', 3, 'active', 1099_00, 3],
    ['2025-02-01', 4, 'active', 4990_00, 2, { count: 1, unit: 'year' }],
    ['2025-02-12', 5, 'active', 499_00, 2],
    ['2025-02-20', 6, 'active', 999_00, 3],
    ['2025-05-22', 6, 'suspended', 999_00, 3],
    ['2025-05-28', 6, 'active', 999_00, 3],
    ['2025-03-03', 7, 'active', 499_00, 2],
    ['2025-07-03', 7, 'cancelled', 499_00, 2],
    ['2025-03-10', 8, 'active', 999_00, 3],
    ['2025-09-12', 8, 'suspended', 999_00, 3],
    ['2025-09-24', 8, 'cancelled', 999_00, 3],
    ['2025-03-18', 9, 'active', 1999_00, 4],
    ['2025-10-18', 9, 'active', 999_00, 3],
    ['2025-04-01', 10, 'active', 6_00, 2],
    ['2025-04-15', 11, 'active', 6_00, 2],
    ['2025-12-15', 11, 'cancelled', 6_00, 2],
    ['2025-04-20', 12, 'active', 0, 1, 'free'],
    ['2025-05-20', 12, 'active', 499_00, 2],
    ['2025-05-05', 13, 'active', 0, 1, 'free'],
    ['2025-06-01', 14, 'active', 1500_00, 5, 'one-time'],
    ['2025-06-15', 15, 'active', 499_00, 2],
    ['2025-08-17', 15, 'suspended', 499_00, 2],
    ['2025-08-29', 15, 'cancelled', 499_00, 2],
    ['2025-11-01', 15, 'active', 499_00, 2],
    ['2025-07-07', 16, 'active', 100_00, 6, { count: 1, unit: 'week' }],
    ['2025-07-20', 17, 'active', 1400_00, 7, { count: 3, unit: 'month' }],
    ['2025-09-05', 18, 'active', 499_00, 2],
    ['2025-09-12', 18, 'cancelled', 499_00, 2],
    ['2025-10-10', 19, 'pending', 499_00, 2],
    ['2025-10-17', 19, 'cancelled', 499_00, 2],
    ['2026-01-31', 20, 'active', 1999_00, 4],
    ['2025-10-22', 21, 'active', 1999_00, 4],
    ['2026-02-24', 21, 'suspended', 1999_00, 4],
  ]
  const asRow = ([text, id, status, priceMinor, productId, told]: Row): RecordedChange => {
    const fact = story.services.find((known) => known.id === service(id))
    const kind: PlanKind = told === 'free' || told === 'one-time' ? told : 'recurring'
    return {
      day: day(text),
      serviceId: service(id),
      status,
      currency: fact?.currency ?? 'INR',
      priceMinor,
      quantity: fact?.quantity ?? 1,
      productId: product(productId),
      customerId: customer(Number(fact?.customerId ?? 0)),
      kind,
      period: kind === 'recurring' ? (told === undefined || typeof told === 'string' ? month : told) : null,
    }
  }
  const changes = rows.map(asRow)
  // On its first day a record holds what is there then.
  const first = new Map<number, RecordedChange>()
  for (const change of [...changes].sort((a, b) => a.day - b.day))
    if (change.day <= day(from)) first.set(change.serviceId, { ...change, day: day(from) })
  return [...first.values(), ...changes.filter((change) => change.day > day(from))].sort((a, b) => a.day - b.day)
}
