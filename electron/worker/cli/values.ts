// Values as the command line shows them: instants in ISO, money with its currency, and what is typed read strictly.
import { parseDay } from '../../../shared/domain/calendar.ts'
import { Failure, type FailureBody } from '../../../shared/domain/failure.ts'
import { formatDecimal, type Money } from '../../../shared/domain/money.ts'

export function isoOf(instantMs: number): string
export function isoOf(instantMs: number | null): string | null
export function isoOf(instantMs: number | null): string | null {
  return instantMs === null ? null : new Date(instantMs).toISOString()
}

/** The local time, to the second; for people. */
export function timeText(instantMs: number | null): string {
  if (instantMs === null) return 'never'
  const date = new Date(instantMs - new Date(instantMs).getTimezoneOffset() * 60_000)
  return date.toISOString().slice(0, 19).replace('T', ' ')
}

export function moneyText(money: Money | null): string {
  return money === null ? '?' : `${formatDecimal(money)} ${money.currency}`
}

/** A failure in JSON always has all three keys. */
export function failureJson(failure: FailureBody): { code: string; message: string; hint: string | null } {
  return { code: failure.code, message: failure.message, hint: failure.hint ?? null }
}

function invalid(what: string, text: string, right: string): Failure {
  return new Failure('cli.invalid-value', `${what} must be ${right}, not “${text}”.`)
}

/** A whole number as typed. Throws `cli.invalid-value`. */
export function wholeNumber(what: string, text: string, least: number, most: number): number {
  const value = /^[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= least && value <= most)) throw invalid(what, text, `a whole number from ${least} to ${most}`)
  return value
}

/** One of Paymenter's ids as typed. */
export function paymenterId(what: string, text: string): number {
  return wholeNumber(what, text, 1, Number.MAX_SAFE_INTEGER)
}

/** One of some words. */
export function oneOf<T extends string>(what: string, text: string, words: readonly T[]): T {
  const word = words.find((known) => known === text)
  if (word === undefined) throw invalid(what, text, `one of ${words.join(', ')}`)
  return word
}

/** An instant as typed: a day (its beginning, local) or an ISO instant. */
export function instantOf(what: string, text: string): number {
  const isDay = parseDay(text) !== null
  // A day that does not exist would be read as one of the next month.
  const isInstant = parseDay(text.slice(0, 10)) !== null && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/.test(text)
  const instantMs = isDay ? Date.parse(`${text}T00:00`) : isInstant ? Date.parse(text) : Number.NaN
  if (Number.isNaN(instantMs)) throw invalid(what, text, 'a day (2026-11-30) or an instant (2026-11-30T14:00:00Z)')
  return instantMs
}
