// Money: an integer of minor units with its currency. The exponent comes from the currency, never from a `* 100`.

export interface Money {
  /** Whole minor units: paise, cents, yen, fils. */
  readonly amountMinor: number
  /** ISO 4217 code, upper case. */
  readonly currency: string
}

const zeroDecimals = new Set(['BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'])
const threeDecimals = new Set(['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'])

/** How many decimals a currency has (ISO 4217); 2 where the code is not known. */
export function currencyExponent(currency: string): number {
  if (zeroDecimals.has(currency)) return 0
  if (threeDecimals.has(currency)) return 3
  return 2
}

/**
 * Reads an amount as a peer sends it: `"499.00"`, `499`, `"80"`. Exact: text is never turned into a float.
 * Returns null for anything that is not an exact amount of the currency (`"abc"`, null, `"1.005"` INR); zeros beyond the exponent are fine
 * (`"500.00"` JPY).
 */
export function parseMoney(raw: unknown, currency: string): Money | null {
  if (!/^[A-Z]{3}$/.test(currency)) return null
  const text = typeof raw === 'number' && Number.isFinite(raw) ? String(raw) : typeof raw === 'string' ? raw.trim() : null
  if (text === null) return null
  const match = /^(-?)(\d{1,13})(?:\.(\d{1,10}))?$/.exec(text)
  if (!match) return null
  const exponent = currencyExponent(currency)
  const fraction = (match[3] ?? '').padEnd(exponent, '0')
  if (/[1-9]/.test(fraction.slice(exponent))) return null
  const minor = Number((match[2] ?? '0') + fraction.slice(0, exponent))
  if (!Number.isSafeInteger(minor)) return null
  return { amountMinor: match[1] === '-' && minor !== 0 ? -minor : minor, currency }
}

/** The plain decimal form: `{49900, INR}` → `499.00`. */
export function formatDecimal(money: Money): string {
  const exponent = currencyExponent(money.currency)
  const digits = String(Math.abs(money.amountMinor)).padStart(exponent + 1, '0')
  const whole = digits.slice(0, digits.length - exponent)
  const sign = money.amountMinor < 0 ? '-' : ''
  return exponent === 0 ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(digits.length - exponent)}`
}

/** Adds amounts of one currency. Throws on a mixture: amounts of different currencies are never added. */
export function addMoney(a: Money, b: Money): Money {
  if (a.currency !== b.currency) throw new Error(`cannot add ${a.currency} and ${b.currency}`)
  return { amountMinor: a.amountMinor + b.amountMinor, currency: a.currency }
}

/** price × quantity. Quantity is a whole number. */
export function multiplyMoney(price: Money, quantity: number): Money {
  return { amountMinor: price.amountMinor * quantity, currency: price.currency }
}
