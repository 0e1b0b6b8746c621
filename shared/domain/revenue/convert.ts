// One currency out of several at fixed rates that the operator entered: off unless asked for, and marked wherever it is used.
import { currencyExponent } from '../money.ts'
import type { LeftOut } from './facts.ts'
import type { Ledger, LedgerInvoice } from './ledger.ts'
import { roundFraction } from './monthly.ts'
import type { ServiceState, Timeline } from './timeline.ts'

/** One unit of each currency in units of the base, as typed: `{ USD: "83.20" }`. */
export interface Rates {
  readonly base: string
  readonly rates: Readonly<Record<string, string>>
}

/** Reads a rate: digits with at most ten decimals, more than nothing. Null otherwise. */
export function parseRate(text: string): readonly [numerator: bigint, denominator: bigint] | null {
  const match = /^(\d{1,9})(?:\.(\d{1,10}))?$/.exec(text.trim())
  if (match === null) return null
  const decimals = match[2] ?? ''
  const numerator = BigInt((match[1] ?? '') + decimals)
  return numerator === 0n ? null : [numerator, 10n ** BigInt(decimals.length)]
}

type Convert = (amountMinor: number) => number

/** From a currency to the base, rounded to the minor unit; null where it has no rate. */
export function converterOf(currency: string, { base, rates }: Rates): Convert | null {
  if (currency === base) return (amountMinor) => amountMinor
  const rate = parseRate(rates[currency] ?? '')
  if (rate === null) return null
  const numerator = rate[0] * 10n ** BigInt(currencyExponent(base))
  const denominator = rate[1] * 10n ** BigInt(currencyExponent(currency))
  return (amountMinor) => Number(roundFraction(BigInt(amountMinor) * numerator, denominator))
}

/**
 * The ledger in the base currency: each service's MRR and each invoice's total is converted, and rounded to the minor unit, once. What has
 * no rate is left out, and listed.
 */
export function convertLedger(ledger: Ledger, rates: Rates): Ledger {
  const converters = new Map(ledger.currencies.map((currency) => [currency, converterOf(currency, rates)]))
  const leftOut: LeftOut[] = [...ledger.leftOut]
  const convert = (currency: string): Convert | null => converters.get(currency) ?? null
  const state = (before: ServiceState | null): ServiceState | null => {
    const converter = before === null ? null : convert(before.currency)
    return before === null || converter === null ? null : { ...before, currency: rates.base, monthlyMinor: converter(before.monthlyMinor) }
  }
  const timelines = ledger.timelines.map((timeline): Timeline => {
    if (timeline.changes.some((change) => change.state !== null && convert(change.state.currency) === null)) {
      leftOut.push({ reason: 'rate-missing', serviceId: timeline.serviceId, invoiceId: null })
    }
    return {
      ...timeline,
      changes: timeline.changes.map((change) => ({ ...change, state: state(change.state) })),
      paid: timeline.paid.flatMap((span) => {
        const converter = convert(span.currency)
        return converter === null
          ? []
          : [{ ...span, currency: rates.base, amountMinor: converter(span.amountMinor), monthlyMinor: converter(span.monthlyMinor) }]
      }),
    }
  })
  const invoices = ledger.invoices.flatMap((invoice): LedgerInvoice[] => {
    const converter = convert(invoice.currency)
    if (converter !== null) return [{ ...invoice, currency: rates.base, totalMinor: converter(invoice.totalMinor) }]
    leftOut.push({ reason: 'rate-missing', serviceId: null, invoiceId: invoice.id })
    return []
  })
  const services = new Map(
    [...ledger.services].map(([id, service]) => {
      const converter = convert(service.currency)
      return [
        id,
        {
          ...service,
          currency: rates.base,
          priceMinor: converter === null || service.priceMinor === null ? null : converter(service.priceMinor),
        },
      ]
    }),
  )
  return { ...ledger, timelines, invoices, services, leftOut, currencies: [rates.base] }
}
