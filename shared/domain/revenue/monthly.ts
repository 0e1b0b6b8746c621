// What a service brings in a month: price × quantity over its billing period, normalised exactly, rounded once.

const billingUnits = ['hour', 'day', 'week', 'month', 'year'] as const
export type BillingUnit = (typeof billingUnits)[number]

/** A billing period: so many hours, days, weeks, months or years. */
export interface BillingPeriod {
  readonly count: number
  readonly unit: BillingUnit
}

/**
 * Months in one unit, as a fraction: a month is 1, a year 12, a month has 365.25 / 12 = 487/16 days of 24 hours, a week 7 of them.
 */
const monthsPerUnit: Readonly<Record<BillingUnit, readonly [numerator: bigint, denominator: bigint]>> = {
  hour: [2n, 1461n],
  day: [16n, 487n],
  week: [112n, 487n],
  month: [1n, 1n],
  year: [12n, 1n],
}

function isBillingUnit(unit: string | null): unit is BillingUnit {
  return billingUnits.some((known) => known === unit)
}

/** Checks a plan's period; null when it is not a whole number of a known unit, at least one. */
export function billingPeriod(count: number | null, unit: string | null): BillingPeriod | null {
  return count !== null && Number.isSafeInteger(count) && count > 0 && isBillingUnit(unit) ? { count, unit } : null
}

/** True when both periods come to the same part of a month (12 months and a year, 7 days and a week). */
export function samePeriod(a: BillingPeriod, b: BillingPeriod): boolean {
  const [aNumerator, aDenominator] = monthsPerUnit[a.unit]
  const [bNumerator, bDenominator] = monthsPerUnit[b.unit]
  return aNumerator * BigInt(a.count) * bDenominator === bNumerator * BigInt(b.count) * aDenominator
}

/** Rounds a fraction to the nearest whole number, halves away from zero. The denominator is positive. */
export function roundFraction(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n
  const rounded = ((negative ? -numerator : numerator) * 2n + denominator) / (denominator * 2n)
  return negative ? -rounded : rounded
}

/**
 * MRR of one service on one day, in minor units of its currency:
 *
 *     price × quantity ÷ months in the billing period
 *
 * in exact rational arithmetic, rounded to the minor unit once (halves away from zero), so that every larger figure is a plain sum of
 * these. Null when the result is beyond exact numbers.
 * @param priceMinor price of one
 */
export function monthlyMinor(priceMinor: number, quantity: number, period: BillingPeriod): number | null {
  if (!Number.isSafeInteger(priceMinor) || !Number.isSafeInteger(quantity)) return null
  const amountMinor = priceMinor * quantity
  if (period.unit === 'month' && period.count === 1) return Number.isSafeInteger(amountMinor) ? amountMinor : null
  const [months, part] = monthsPerUnit[period.unit]
  const rounded = Number(roundFraction(BigInt(priceMinor) * BigInt(quantity) * part, months * BigInt(period.count)))
  return Number.isSafeInteger(rounded) ? rounded : null
}

/** `monthly`, `yearly`, `every 3 months`. */
export function periodWords(period: BillingPeriod): string {
  if (period.count > 1) return `every ${period.count} ${period.unit}s`
  return { hour: 'hourly', day: 'daily', week: 'weekly', month: 'monthly', year: 'yearly' }[period.unit]
}
