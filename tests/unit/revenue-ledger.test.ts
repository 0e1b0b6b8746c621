// The shop of revenueLedger.ts: every monthly figure against a table that was computed by hand.
import { describe, expect, it } from 'vitest'
import { asId, type CustomerId, type NodeId } from '../../shared/domain/ids.ts'
import { cashRows } from '../../shared/domain/revenue/cash.ts'
import { churnRows } from '../../shared/domain/revenue/churn.ts'
import { cohortRows } from '../../shared/domain/revenue/cohorts.ts'
import { customerRows, nodeRows, planRows } from '../../shared/domain/revenue/earned.ts'
import { parseMonth } from '../../shared/domain/revenue/epochDay.ts'
import { buildLedger, type Ledger } from '../../shared/domain/revenue/ledger.ts'
import { movementsOf, mrrRows } from '../../shared/domain/revenue/movements.ts'
import { periodsBetween } from '../../shared/domain/revenue/periods.ts'
import { creditRows, debtorRows, receivablesRows } from '../../shared/domain/revenue/receivables.ts'
import { recordOf, shop, today } from './revenueLedger.ts'
import { day, service } from './revenueStory.ts'

const from = parseMonth('2025-01') ?? 0
const to = parseMonth('2026-02') ?? 0
const months = periodsBetween(from, to, 'month', 1)

const reconstructed = buildLedger(shop().facts(today))

/** The same shop with a record from a day on, with the days of some ranges missing in it. */
function recorded(since: string, gaps: readonly (readonly [string, string])[] = []): Ledger {
  const story = shop()
  const days = Array.from({ length: day(today) - day(since) + 1 }, (_, index) => day(since) + index)
  story.recordedDays = days.filter((one) => gaps.every(([first, last]) => one < day(first) || one > day(last)))
  const seen = new Set(story.recordedDays)
  const next = (missing: number): number => story.recordedDays.find((one) => one >= missing) ?? missing
  // What changed within a gap is seen on the first day after it; of several changes only the last is.
  const rows = recordOf(story, since).map((row) => (seen.has(row.day) ? row : { ...row, day: next(row.day) }))
  story.record.push(
    ...rows.filter((row, index) => !rows.some((other, at) => at > index && other.serviceId === row.serviceId && other.day === row.day)),
  )
  return buildLedger(story.facts(today))
}

// Rupees: month, opening, new, reactivation, expansion, contraction, churn, closing, services, customers.
const mrrTable: readonly (readonly [string, number, number, number, number, number, number, number, number, number])[] = [
  ['2025-01', 0, 1997, 0, 0, 0, 0, 1997, 3, 3],
  ['2025-02', 1997, 2911.83, 0, 0, 0, 0, 4908.83, 6, 6],
  ['2025-03', 4908.83, 3497, 0, 0, 0, 0, 8405.83, 9, 9],
  ['2025-04', 8405.83, 0, 0, 0, 0, 0, 8405.83, 10, 10],
  ['2025-05', 8405.83, 499, 0, 0, 0, 0, 8904.83, 11, 11],
  ['2025-06', 8904.83, 499, 0, 500, 0, 0, 9903.83, 13, 13],
  ['2025-07', 9903.83, 901.49, 0, 0, 0, -499, 10306.32, 14, 13],
  ['2025-08', 10306.32, 0, 0, 100, 0, -499, 9907.32, 13, 12],
  ['2025-09', 9907.32, 499, 0, 0, 0, -1498, 8908.32, 12, 11],
  ['2025-10', 8908.32, 1999, 0, 0, -1000, 0, 9907.32, 13, 12],
  ['2025-11', 9907.32, 0, 499, 0, 0, 0, 10406.32, 14, 13],
  ['2025-12', 10406.32, 0, 0, 0, 0, 0, 10406.32, 14, 13],
  ['2026-01', 10406.32, 1999, 0, 0, 0, 0, 12405.32, 15, 14],
  ['2026-02', 12405.32, 0, 0, 0, 0, 0, 12405.32, 15, 14],
]
const minor = (amount: number): number => Math.round(amount * 100)

function mrrAsTable(ledger: Ledger, currency: string): unknown[] {
  return mrrRows(ledger, currency, movementsOf(ledger.timelines, currency), months).map((row) => [
    row.period,
    row.openingMinor,
    row.newMinor,
    row.reactivationMinor,
    row.expansionMinor,
    row.contractionMinor,
    row.churnMinor,
    row.closingMinor,
    row.services,
    row.customers,
  ])
}

const expectedMrr = mrrTable.map(([month, ...figures]) => [month, ...figures.slice(0, 7).map(minor), ...figures.slice(7)])

describe('monthly recurring revenue of the shop', () => {
  it('is the hand-computed table when it is reconstructed from invoices alone', () => {
    expect(mrrAsTable(reconstructed, 'INR')).toEqual(expectedMrr)
  })

  it('is the same table out of a record of every day', () => {
    expect(mrrAsTable(recorded('2025-01-01'), 'INR')).toEqual(expectedMrr)
  })

  it('is the same table out of invoices before a record that begins in September', () => {
    expect(mrrAsTable(recorded('2025-09-01'), 'INR')).toEqual(expectedMrr)
  })

  it('is the same table when the record has a gap from the middle of a month to the middle of another', () => {
    expect(
      mrrAsTable(
        recorded('2025-01-01', [
          ['2025-05-15', '2025-08-20'],
          ['2025-09-04', '2025-11-20'],
        ]),
        'INR',
      ),
    ).toEqual(expectedMrr)
  })

  it('keeps the currencies apart', () => {
    const closings = mrrRows(reconstructed, 'USD', movementsOf(reconstructed.timelines, 'USD'), months).map((row) => [
      row.newMinor,
      row.churnMinor,
      row.closingMinor,
      row.services,
      row.customers,
    ])
    const before = [0, 0, 0, 0, 0]
    const during = [0, 0, 12_00, 2, 2]
    const after = [0, 0, 6_00, 1, 1]
    expect(closings).toEqual([
      before,
      before,
      before,
      [12_00, 0, 12_00, 2, 2],
      during,
      during,
      during,
      during,
      during,
      during,
      during,
      [0, -6_00, 6_00, 1, 1],
      after,
      after,
    ])
  })

  it('counts a suspended service, and shows it apart as at risk', () => {
    const atRisk = mrrRows(reconstructed, 'INR', movementsOf(reconstructed.timelines, 'INR'), months).map((row) => row.atRiskMinor)
    expect(atRisk).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1999_00])
  })

  it('marks the months that were reconstructed, and only those', () => {
    const marks = (ledger: Ledger): boolean[] => mrrRows(ledger, 'INR', [], months).map((row) => row.reconstructed)
    expect(marks(reconstructed)).toEqual(months.map(() => true))
    expect(marks(recorded('2025-01-01'))).toEqual(months.map(() => false))
    expect(marks(recorded('2025-09-10'))).toEqual(months.map((period) => period.label <= '2025-09'))
    expect(marks(recorded('2025-01-01', [['2025-07-30', '2025-08-02']]))).toEqual(
      months.map((period) => period.label === '2025-07' || period.label === '2025-08'),
    )
  })
})

describe('cash of the shop', () => {
  // Rupees: invoiced, collected, uncertain.
  const cashTable: readonly (readonly [number, number, number])[] = [
    [2496, 1997, 0],
    [9483, 9483, 499],
    [7990, 7990, 499],
    [7990, 7990, 499],
    [8489, 8489, 499],
    [10988, 10988, 499],
    [10789, 10789, 499],
    [8990, 8990, 499],
    [8590, 8590, 499],
    [10390, 10390, 499],
    [9489, 9489, 499],
    [9589, 9589, 499],
    [12888, 12888, 499],
    [14479, 12480, 499],
  ]

  it('is the hand-computed table of invoiced, collected and uncertain', () => {
    const rows = cashRows(reconstructed, 'INR', months).map((row) => [row.invoicedMinor, row.collectedMinor, row.uncertainMinor])
    expect(rows).toEqual(cashTable.map((row) => row.map(minor)))
  })

  it('knows the share that was paid and the days that sales were outstanding', () => {
    const [january] = cashRows(reconstructed, 'INR', months)
    expect(january).toMatchObject({ collectionRate: 100, owedMinor: 499_00, daysSalesOutstanding: 6.2, invoices: 4, payments: 3 })
    const february = cashRows(reconstructed, 'INR', months).at(-1)
    // 12,480 − 499 (billed in January) of 14,479; 2,498 owed over 28 days.
    expect(february).toMatchObject({ collectionRate: 82.75, owedMinor: 2498_00, daysSalesOutstanding: 4.8 })
  })

  it('has dollars by themselves', () => {
    const collected = cashRows(reconstructed, 'USD', months).map((row) => row.collectedMinor)
    expect(collected).toEqual([0, 0, 0, 12_00, 12_00, 12_00, 12_00, 12_00, 12_00, 12_00, 12_00, 6_00, 6_00, 6_00])
  })
})

describe('what is owed to and by the shop', () => {
  it('is owed by age: one invoice six days late, one not due', () => {
    expect(receivablesRows(reconstructed, 'INR', day(today))).toEqual([
      { currency: 'INR', bucket: 'not-due', invoices: 1, amountMinor: 499_00 },
      { currency: 'INR', bucket: '1-7', invoices: 1, amountMinor: 1999_00 },
      { currency: 'INR', bucket: '8-30', invoices: 0, amountMinor: 0 },
      { currency: 'INR', bucket: '31-60', invoices: 0, amountMinor: 0 },
      { currency: 'INR', bucket: 'over-60', invoices: 0, amountMinor: 0 },
    ])
  })

  it('was owed in the past: the invoice of May, eight days late before it was paid, and the one that was later cancelled', () => {
    expect(debtorRows(reconstructed, 'INR', day('2025-05-27')).map((row) => [row.customerId, row.late1To7Minor, row.owedMinor])).toEqual([
      [6, 999_00, 999_00],
    ])
    expect(debtorRows(reconstructed, 'INR', day('2025-09-20')).map((row) => [row.customerId, row.late8To30Minor, row.oldestDueOn])).toEqual(
      [[8, 999_00, '2025-09-10']],
    )
    expect(debtorRows(reconstructed, 'INR', day('2025-09-24'))).toEqual([])
  })

  it('holds the refunded money as a liability', () => {
    const customerId = asId<CustomerId>(17)
    expect(
      creditRows([
        { customerId, currency: 'INR', amountMinor: 499_00 },
        { customerId, currency: 'USD', amountMinor: 0 },
        { customerId, currency: 'INR', amountMinor: 1_00 },
      ]),
    ).toEqual([{ customerId, currency: 'INR', amountMinor: 500_00 }])
  })
})

describe('rates of the shop', () => {
  const rows = churnRows(reconstructed, 'INR', movementsOf(reconstructed.timelines, 'INR'), months)

  it('tells voluntary from involuntary churn', () => {
    expect(
      rows
        .map((row) => [row.period, row.churnVoluntaryMinor, row.churnInvoluntaryMinor])
        .filter(([, voluntary, involuntary]) => voluntary !== 0 || involuntary !== 0),
    ).toEqual([
      ['2025-07', -499_00, 0],
      ['2025-08', 0, -499_00],
      ['2025-09', -499_00, -999_00],
    ])
  })

  it('divides by what stood at the opening', () => {
    // September opened with 12 customers, one free and one of a migration among them: ten with MRR, of whom one left.
    const september = rows[8]
    expect(september).toMatchObject({
      payingCustomers: 10,
      lostCustomers: 1,
      customerChurnPercent: 10,
      revenueChurnPercent: 15.12,
      netRevenueChurnPercent: 15.12,
      lifetimeMonths: 10,
      quickRatio: 0.33,
    })
    const october = rows[9]
    expect(october).toMatchObject({
      lostCustomers: 0,
      contractionMinor: -1000_00,
      revenueChurnPercent: 11.23,
      quickRatio: 2,
      lifetimeMonths: null,
    })
    expect(rows[0]).toMatchObject({ payingCustomers: 0, customerChurnPercent: null, arpuMinor: 665_67 })
  })

  it('counts the trial that converted and the one that did not', () => {
    expect(rows[3]).toMatchObject({ trials: 1, trialsConverted: 1, trialConversionPercent: 100 })
    expect(rows[4]).toMatchObject({ trials: 1, trialsConverted: 0, trialConversionPercent: 0 })
  })

  it('follows the cohorts of the first payment', () => {
    const cohorts = cohortRows(reconstructed, 'INR', movementsOf(reconstructed.timelines, 'INR'), from, to)
    const march = cohorts
      .filter((row) => row.cohort === '2025-03')
      .map((row) => [row.month, row.customers, row.activeCustomers, row.mrrMinor, row.collectedMinor])
    expect(march.slice(0, 2)).toEqual([
      ['2025-03', 3, 3, 3497_00, 3497_00],
      ['2025-04', 3, 3, 3497_00, 3497_00],
    ])
    expect(march[4]).toEqual(['2025-07', 3, 2, 2998_00, 2998_00])
    expect(march.at(-1)).toEqual(['2026-02', 3, 1, 999_00, 999_00])
  })
})

describe('where the shop earns', () => {
  const period = { from: day('2025-10-01'), to: day(today) }
  const movements = movementsOf(reconstructed.timelines, 'INR')

  it('is summed by product and period', () => {
    const rows = planRows(reconstructed, 'INR', movements, period)
    expect(rows.map((row) => [row.productId, row.plan, row.services, row.mrrMinor, row.newMinor])).toEqual([
      [3, 'monthly', 4, 4096_00, 0],
      [4, 'monthly', 2, 3998_00, 3998_00],
      [2, 'monthly', 4, 2994_00, 499_00],
      [7, 'every 3 months', 1, 466_67, 0],
      [6, 'weekly', 1, 434_82, 0],
      [2, 'yearly', 1, 415_83, 0],
      [1, 'free', 1, 0, 0],
      [5, 'one-time', 1, 0, 0],
    ])
  })

  it('is summed by node, with what is linked to none', () => {
    const node = asId<NodeId>('n1')
    const links = new Map([1, 2, 13].map((id) => [service(id), { nodeId: node, memoryKiB: 2 * 1024 * 1024 }]))
    const [linked, rest] = nodeRows(reconstructed, 'INR', day(today), links, [
      { id: node, name: 'blr-1', memoryKiB: 16 * 1024 * 1024, cost: { amountMinor: 1000_00, currency: 'INR' } },
    ])
    expect(linked).toMatchObject({
      node: 'blr-1',
      services: 3,
      mrrMinor: 1498_00,
      costMinor: 1000_00,
      marginMinor: 498_00,
      memorySoldMiB: 4096,
      memoryUnsoldMiB: 12_288,
      perGbMinor: 374_50,
      unsoldMinor: 4494_00,
    })
    expect(rest).toMatchObject({ nodeId: null, services: 12, mrrMinor: 12405_32 - 1498_00 })
  })

  it('is summed by customer, the largest first, with what each owes', () => {
    const rows = customerRows(reconstructed, 'INR', period)
    expect(rows.slice(0, 2).map((row) => [row.customerId, row.mrrMinor, row.owedMinor])).toEqual([
      [20, 1999_00, 1999_00],
      [19, 1999_00, 0],
    ])
    expect(rows.find((row) => row.customerId === 1)).toMatchObject({
      services: 2,
      mrrMinor: 499_00 + 434_82,
      owedMinor: 499_00,
      firstPaidMonth: '2025-01',
      averageDaysLate: 0,
    })
    expect(rows.at(-1)?.cumulativePercent).toBe(100)
  })
})
