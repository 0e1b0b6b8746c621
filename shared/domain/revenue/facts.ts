// What revenue is computed from: services, their plans, invoices with items, and the daily record. Amounts are minor units.
import type { CustomerId, InvoiceId, InvoiceItemId, ProductId, ServiceId } from '../ids.ts'
import type { EpochDay } from './epochDay.ts'
import type { BillingPeriod } from './monthly.ts'

/** A service as the mirror has it now. */
export interface ServiceFact {
  readonly id: ServiceId
  readonly customerId: CustomerId | null
  readonly productId: ProductId | null
  readonly status: string
  readonly currency: string
  /** Price of one; null when what was sent is not an amount. */
  readonly priceMinor: number | null
  readonly quantity: number
  readonly expiresOn: EpochDay | null
  readonly createdOn: EpochDay | null
  /** The day of its last change in Paymenter. */
  readonly changedOn: EpochDay | null
  /** The day on which its own address answered that it does not exist. */
  readonly goneOn: EpochDay | null
}

export interface PlanFact {
  readonly productId: ProductId
  readonly name: string | null
  readonly type: string
  /** Null unless it is a whole number of a known unit. */
  readonly period: BillingPeriod | null
  readonly prices: readonly { readonly currency: string; readonly amountMinor: number | null; readonly setupFeeMinor: number | null }[]
}

export interface ProductFact {
  readonly id: ProductId
  readonly name: string
}

export interface ItemFact {
  readonly id: InvoiceItemId
  /** Set only when the item refers to a service. */
  readonly serviceId: ServiceId | null
  readonly description: string
  readonly priceMinor: number | null
  readonly quantity: number
}

export interface InvoiceFact {
  readonly id: InvoiceId
  readonly customerId: CustomerId | null
  readonly status: string
  readonly currency: string
  readonly createdOn: EpochDay | null
  readonly dueOn: EpochDay | null
  /** The day of its last change in Paymenter: of a cancelled one, when it was cancelled, at the latest. Not needed of others. */
  readonly changedOn: EpochDay | null
  /** The latest day on which it can have been paid; null unless it is paid. */
  readonly paidOn: EpochDay | null
  /** The earliest day on which it can have been paid. */
  readonly paidNotBefore: EpochDay | null
  readonly items: readonly ItemFact[]
}

export type PlanKind = 'recurring' | 'one-time' | 'free'

/** A service's state as the daily record has it from `day` on; null: it was gone. */
export interface RecordedChange {
  readonly day: EpochDay
  readonly serviceId: ServiceId
  readonly status: string
  readonly currency: string
  readonly priceMinor: number | null
  readonly quantity: number
  readonly productId: ProductId | null
  readonly customerId: CustomerId | null
  /** Null when the plan could not be told at that time. */
  readonly kind: PlanKind | null
  readonly period: BillingPeriod | null
}

export interface RevenueFacts {
  readonly today: EpochDay
  readonly services: readonly ServiceFact[]
  readonly plans: readonly PlanFact[]
  readonly products: readonly ProductFact[]
  readonly invoices: readonly InvoiceFact[]
  /** The days that were recorded, ascending. */
  readonly recordedDays: readonly EpochDay[]
  /** Every change between recorded days, ascending by day. */
  readonly record: readonly RecordedChange[]
}

/** Something that a report had to leave out, or could only take in part. */
export interface LeftOut {
  readonly reason: LeftOutReason
  readonly serviceId: ServiceId | null
  readonly invoiceId: InvoiceId | null
}

export const leftOutReasons = {
  'service-price-unreadable': 'Services whose price is not an amount of their currency: in no MRR.',
  'service-plan-unknown': 'Services with a price but no plan, period or invoices that would tell how often it is paid: in no MRR.',
  'service-status-unknown': 'Services with a status that this console does not know: in no MRR.',
  'invoice-unreadable': 'Invoices with an item that is not an amount, or with a sum beyond exact numbers: in no sum.',
  'invoice-without-items': 'Invoices without items: their total is taken as nothing.',
  'invoice-status-unknown': 'Invoices with a status that this console does not know: in no sum.',
  'invoice-without-day': 'Invoices without a readable day of creation or payment: counted by the next best day, or not as paid.',
  'invoice-in-future': 'Invoices from a day that has not come yet: in no month until then.',
  'item-of-no-service': 'Paid items that refer to no service (or to something else): in the cash, in no MRR.',
  'rate-missing': 'Amounts in currencies for which no rate was entered: in no converted sum.',
} as const
export type LeftOutReason = keyof typeof leftOutReasons

/** Σ price × quantity of an invoice's items; zero without items, null when one cannot be read or the sum is beyond exact numbers. */
export function invoiceTotalMinor(items: readonly Pick<ItemFact, 'priceMinor' | 'quantity'>[]): number | null {
  let totalMinor = 0
  for (const item of items) {
    if (item.priceMinor === null) return null
    totalMinor += item.priceMinor * item.quantity
  }
  return Number.isSafeInteger(totalMinor) ? totalMinor : null
}
