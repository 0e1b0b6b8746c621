// Amounts for the eye: formatted for their currency, exact to the last minor unit.
import { currencyExponent, formatDecimal } from '../../shared/domain/money.ts'
import type { Money } from '../../shared/domain/money.ts'

const formatters = new Map<string, Intl.NumberFormat | null>()

function formatterOf(currency: string, short: boolean): Intl.NumberFormat | null {
  const key = `${currency}/${String(short)}`
  const known = formatters.get(key)
  if (known !== undefined) return known
  const digits = currencyExponent(currency)
  let made: Intl.NumberFormat | null = null
  try {
    made = new Intl.NumberFormat(undefined, {
      style: 'currency',
      currency,
      currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      trailingZeroDisplay: short ? 'stripIfInteger' : 'auto',
    })
  } catch {
    // A code that is not one: shown as Paymenter wrote it.
  }
  formatters.set(key, made)
  return made
}

/** `₹1,999.00`; an unknown currency code stands behind the plain amount. The text goes to Intl, so no digit is lost in a float. */
export function formatMoney(money: Money): string {
  const decimal = formatDecimal(money)
  return formatterOf(money.currency, false)?.format(decimal as Intl.StringNumericLiteral) ?? `${decimal} ${money.currency}`
}

/** `₹1,999`: without the fraction where it is nothing, for figures and sentences. */
export function formatMoneyShort(money: Money): string {
  const decimal = formatDecimal(money)
  return formatterOf(money.currency, true)?.format(decimal as Intl.StringNumericLiteral) ?? `${decimal} ${money.currency}`
}

/** Sums by currency, largest first; amounts of different currencies are never added. */
export function sumByCurrency(amounts: readonly Money[]): Money[] {
  const sums = new Map<string, number>()
  for (const amount of amounts) sums.set(amount.currency, (sums.get(amount.currency) ?? 0) + amount.amountMinor)
  return [...sums].map(([currency, amountMinor]) => ({ currency, amountMinor })).sort((a, b) => b.amountMinor - a.amountMinor)
}

/** `₹7,992 + $12`; `none` says what an empty sum is. */
export function formatSums(amounts: readonly Money[], none: string): string {
  const sums = sumByCurrency(amounts)
  return sums.length === 0 ? none : sums.map(formatMoneyShort).join(' + ')
}
