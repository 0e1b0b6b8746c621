// Cash: what was invoiced, what was collected, how sure the month of a payment is, and how long customers take.
import type { EpochDay } from './epochDay.ts'
import type { Ledger, LedgerInvoice } from './ledger.ts'
import { periodFinder, type Period } from './periods.ts'

export interface CashRow {
  readonly period: string
  readonly from: EpochDay
  readonly to: EpochDay
  readonly currency: string
  readonly invoicedMinor: number
  readonly collectedMinor: number
  readonly uncertainMinor: number
  readonly invoices: number
  readonly payments: number
  /** Per cent; null when nothing was invoiced. */
  readonly collectionRate: number | null
  /** Days; null when nothing was invoiced. */
  readonly daysSalesOutstanding: number | null
  readonly owedMinor: number
}

/** Whether an invoice counts as invoiced: cancelled ones are void. */
export function isInvoiced(invoice: LedgerInvoice, period: Pick<Period, 'from' | 'to'>): boolean {
  return invoice.status !== 'cancelled' && invoice.createdOn >= period.from && invoice.createdOn <= period.to
}

export function isCollected(invoice: LedgerInvoice, period: Pick<Period, 'from' | 'to'>): boolean {
  return invoice.paidOn !== null && invoice.paidOn >= period.from && invoice.paidOn <= period.to
}

/** Whether it is counted in this period but may have been paid before it. */
export function isUncertain(invoice: LedgerInvoice, period: Pick<Period, 'from' | 'to'>): boolean {
  return isCollected(invoice, period) && invoice.paidNotBefore !== null && invoice.paidNotBefore < period.from
}

/** Whether an invoice was owed at the end of a day: it existed, was not paid by then and not cancelled by then. */
export function isOwedAt(invoice: LedgerInvoice, day: EpochDay): boolean {
  if (invoice.createdOn > day) return false
  switch (invoice.status) {
    case 'pending':
      return true
    case 'paid':
      return invoice.paidOn !== null && invoice.paidOn > day
    case 'cancelled':
      return invoice.changedOn !== null && invoice.changedOn > day
  }
}

/** A ratio in per cent with two decimals; null where the whole is not positive. */
export function percentOf(part: number, whole: number): number | null {
  return whole > 0 ? Math.round((part / whole) * 10_000) / 100 : null
}

/** A period as far as it has come: what bears a later date than today is in no sum until then. */
export function untilToday<P extends Pick<Period, 'from' | 'to'>>(period: P, today: EpochDay): P {
  return period.to <= today ? period : { ...period, to: today }
}

interface Sums {
  invoicedMinor: number
  invoices: number
  paidOfInvoicedMinor: number
  collectedMinor: number
  payments: number
  uncertainMinor: number
  owedMinor: number
}

/**
 * Cash of each period in one currency.
 *
 *     invoiced    Σ totals of invoices created in the period, cancelled ones left out
 *     collected   Σ totals of invoices paid in it, by the latest day on which each can have been paid
 *     uncertain   the part of collected that may have been paid before the period began
 *     collection rate          paid so far ÷ invoiced, of the invoices created in the period
 *     days sales outstanding   owed at the period's end ÷ invoiced in it × its days
 */
export function cashRows(ledger: Ledger, currency: string, wholePeriods: readonly Period[]): CashRow[] {
  const periods = wholePeriods.map((period) => untilToday(period, ledger.today))
  const sums = periods.map((): Sums => ({
    invoicedMinor: 0,
    invoices: 0,
    paidOfInvoicedMinor: 0,
    collectedMinor: 0,
    payments: 0,
    uncertainMinor: 0,
    owedMinor: 0,
  }))
  const first = periods[0]?.from ?? 0
  const periodAt = periodFinder(periods)
  for (const invoice of ledger.invoices) {
    if (invoice.currency !== currency) continue
    const { totalMinor, createdOn, paidOn } = invoice
    const created = sums[periodAt(createdOn)]
    if (created !== undefined && invoice.status !== 'cancelled') {
      created.invoicedMinor += totalMinor
      created.invoices += 1
      if (paidOn !== null) created.paidOfInvoicedMinor += totalMinor
    }
    if (paidOn !== null) {
      const index = periodAt(paidOn)
      const paid = sums[index]
      if (paid !== undefined) {
        paid.collectedMinor += totalMinor
        paid.payments += 1
        if (invoice.paidNotBefore !== null && invoice.paidNotBefore < (periods[index]?.from ?? 0)) paid.uncertainMinor += totalMinor
      }
      if (paidOn < first) continue
    }
    for (let index = Math.max(0, periodAt(createdOn)); index < periods.length; index += 1) {
      const period = periods[index]
      const sum = sums[index]
      if (period === undefined || sum === undefined || period.from > ledger.today) break
      if (paidOn !== null && paidOn <= period.to) break
      if (isOwedAt(invoice, Math.min(period.to, ledger.today))) sum.owedMinor += totalMinor
    }
  }
  return wholePeriods.map((period, index) => {
    const sum = sums[index] ?? {
      invoicedMinor: 0,
      invoices: 0,
      paidOfInvoicedMinor: 0,
      collectedMinor: 0,
      payments: 0,
      uncertainMinor: 0,
      owedMinor: 0,
    }
    const days = Math.min(period.to, ledger.today) - period.from + 1
    return {
      period: period.label,
      from: period.from,
      to: period.to,
      currency,
      invoicedMinor: sum.invoicedMinor,
      collectedMinor: sum.collectedMinor,
      uncertainMinor: sum.uncertainMinor,
      invoices: sum.invoices,
      payments: sum.payments,
      collectionRate: percentOf(sum.paidOfInvoicedMinor, sum.invoicedMinor),
      daysSalesOutstanding: sum.invoicedMinor > 0 && days > 0 ? Math.round((sum.owedMinor / sum.invoicedMinor) * days * 10) / 10 : null,
      owedMinor: sum.owedMinor,
    }
  })
}
