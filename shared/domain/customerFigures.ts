// A customer in figures: how late he pays on average, and what he brings in a month. Pure.
import { dayOf, daysBetween, parseDay } from './calendar.ts'
import { addMoney, type Money } from './money.ts'
import { billingPeriod, monthlyMinor } from './revenue/monthly.ts'

export interface PaidInvoice {
  readonly status: string
  readonly dueAt: string | null
  /** First seen paid. */
  readonly paidAt: number | null
  /** The earliest that it can have been paid. */
  readonly paidNotBefore: number | null
}

/** How far apart the two bounds of a payment may be for it to count. */
const closeEnoughDays = 3

/**
 * Days late on average over paid invoices, those paid before their day counting as nothing late; null without one. A payment whose day is only
 * known within a span is left out when the span is longer than three days: it was paid before this console came. So is one that was certainly
 * in time: of a customer who always pays late, those alone would say that he never does.
 * @param timeZone Paymenter's
 */
export function daysLateOnAverage(invoices: readonly PaidInvoice[], timeZone: string): { readonly days: number; readonly of: number } | null {
  const late = invoices.flatMap((invoice) => {
    const due = invoice.dueAt === null ? null : parseDay(invoice.dueAt)
    if (invoice.status !== 'paid' || due === null || invoice.paidAt === null) return []
    const paid = dayOf(invoice.paidAt, timeZone)
    if (invoice.paidNotBefore !== null && daysBetween(dayOf(invoice.paidNotBefore, timeZone), paid) > closeEnoughDays) return []
    return [Math.max(0, daysBetween(due, paid))]
  })
  return late.length === 0 ? null : { days: late.reduce((sum, days) => sum + days, 0) / late.length, of: late.length }
}

export interface PaidService {
  readonly status: string
  readonly price: Money | null
  readonly quantity: number
  readonly billed: { readonly kind: string; readonly count: number | null; readonly unit: string | null } | null
  readonly gone: boolean
}

/** What the active services bring in a month, by currency, and of how many that cannot be told. */
export function monthlyValue(services: readonly PaidService[]): { readonly amounts: Money[]; readonly untold: number } {
  const sums = new Map<string, Money>()
  let untold = 0
  for (const service of services) {
    if (service.status !== 'active' || service.gone || service.billed?.kind === 'free' || service.billed?.kind === 'one-time') continue
    const period = service.billed === null ? null : billingPeriod(service.billed.count, service.billed.unit)
    const amountMinor = service.price === null || period === null ? null : monthlyMinor(service.price.amountMinor, service.quantity, period)
    if (service.price === null || amountMinor === null) {
      untold += 1
      continue
    }
    const amount = { amountMinor, currency: service.price.currency }
    const known = sums.get(amount.currency)
    sums.set(amount.currency, known === undefined ? amount : addMoney(known, amount))
  }
  return { amounts: [...sums.values()].sort((a, b) => b.amountMinor - a.amountMinor), untold }
}
