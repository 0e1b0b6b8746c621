// Receivables: what is owed, by age and by customer, and credits as what is owed to customers.
import type { CustomerId } from '../ids.ts'
import { isOwedAt } from './cash.ts'
import { fromEpochDay, type EpochDay } from './epochDay.ts'
import type { Ledger, LedgerInvoice } from './ledger.ts'
import type { Day } from '../calendar.ts'

/** By days late; what has no due date is not due. */
export const ageBuckets = ['not-due', '1-7', '8-30', '31-60', 'over-60'] as const
export type AgeBucket = (typeof ageBuckets)[number]

/** Days after the due date; 0 on it, before it, and without one. */
export function daysLate(invoice: Pick<LedgerInvoice, 'dueOn'>, day: EpochDay): number {
  return invoice.dueOn === null ? 0 : Math.max(0, day - invoice.dueOn)
}

export function bucketOf(late: number): AgeBucket {
  if (late <= 0) return 'not-due'
  if (late <= 7) return '1-7'
  if (late <= 30) return '8-30'
  return late <= 60 ? '31-60' : 'over-60'
}

/** The invoices of a currency that were owed at the end of a day. */
export function owedAt(ledger: Ledger, currency: string, day: EpochDay): LedgerInvoice[] {
  return ledger.invoices.filter((invoice) => invoice.currency === currency && isOwedAt(invoice, day))
}

export interface ReceivablesRow {
  readonly currency: string
  readonly bucket: AgeBucket
  readonly invoices: number
  readonly amountMinor: number
}

/** What was owed at the end of a day by how late it was: every bucket, and together all that is owed. */
export function receivablesRows(ledger: Ledger, currency: string, day: EpochDay): ReceivablesRow[] {
  const sums = new Map(ageBuckets.map((bucket) => [bucket, { invoices: 0, amountMinor: 0 }]))
  for (const invoice of owedAt(ledger, currency, day)) {
    const sum = sums.get(bucketOf(daysLate(invoice, day)))
    if (sum === undefined) continue
    sum.invoices += 1
    sum.amountMinor += invoice.totalMinor
  }
  return [...sums].map(([bucket, sum]) => ({ currency, bucket, ...sum }))
}

export interface DebtorRow {
  readonly customerId: CustomerId | null
  readonly currency: string
  readonly invoices: number
  readonly notDueMinor: number
  readonly late1To7Minor: number
  readonly late8To30Minor: number
  readonly late31To60Minor: number
  readonly lateOver60Minor: number
  readonly owedMinor: number
  readonly oldestDueOn: Day | null
}

/** What each customer owed at the end of a day, the largest debt first. */
export function debtorRows(ledger: Ledger, currency: string, day: EpochDay): DebtorRow[] {
  type Sums = Record<AgeBucket, number> & { invoices: number; owedMinor: number; oldest: EpochDay | null }
  const debtors = new Map<CustomerId | null, Sums>()
  for (const invoice of owedAt(ledger, currency, day)) {
    const known = debtors.get(invoice.customerId)
    const sums: Sums = known ?? {
      'not-due': 0,
      '1-7': 0,
      '8-30': 0,
      '31-60': 0,
      'over-60': 0,
      'invoices': 0,
      'owedMinor': 0,
      'oldest': null,
    }
    if (known === undefined) debtors.set(invoice.customerId, sums)
    sums[bucketOf(daysLate(invoice, day))] += invoice.totalMinor
    sums.invoices += 1
    sums.owedMinor += invoice.totalMinor
    if (invoice.dueOn !== null) sums.oldest = Math.min(invoice.dueOn, sums.oldest ?? invoice.dueOn)
  }
  return [...debtors]
    .map(([customerId, sums]) => ({
      customerId,
      currency,
      invoices: sums.invoices,
      notDueMinor: sums['not-due'],
      late1To7Minor: sums['1-7'],
      late8To30Minor: sums['8-30'],
      late31To60Minor: sums['31-60'],
      lateOver60Minor: sums['over-60'],
      owedMinor: sums.owedMinor,
      oldestDueOn: sums.oldest === null ? null : fromEpochDay(sums.oldest),
    }))
    .sort((a, b) => b.owedMinor - a.owedMinor || (a.customerId ?? 0) - (b.customerId ?? 0))
}

export interface CreditFact {
  readonly customerId: CustomerId | null
  readonly currency: string
  readonly amountMinor: number
}

/** What each customer holds as credit, the most first: a liability, for it is money that was taken and not yet earned. */
export function creditRows(credits: readonly CreditFact[]): CreditFact[] {
  const sums = new Map<string, { customerId: CustomerId | null; currency: string; amountMinor: number }>()
  for (const { customerId, currency, amountMinor } of credits) {
    const key = `${currency} ${String(customerId)}`
    const sum = sums.get(key) ?? { customerId, currency, amountMinor: 0 }
    sums.set(key, sum)
    sum.amountMinor += amountMinor
  }
  return [...sums.values()].filter(({ amountMinor }) => amountMinor !== 0).sort((a, b) => (a.currency === b.currency ? b.amountMinor - a.amountMinor : a.currency < b.currency ? -1 : 1))
}
