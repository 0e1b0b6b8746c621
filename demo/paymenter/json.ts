// JSON as PHP writes it: slashes and everything beyond ASCII escaped, and money as text with two decimals.

const BEYOND_ASCII = /[\u0080-\uffff]/g

function escapeUnicode(text: string): string {
  return text.replace(BEYOND_ASCII, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** One line, `/` as `\/`: how Laravel answers a request. */
export function phpJson(value: unknown): string {
  return escapeUnicode(JSON.stringify(value)).replaceAll('/', '\\/')
}

/** Indented by four blanks, slashes left alone: how Laravel's error handler writes its message. */
export function phpErrorJson(value: unknown): string {
  return escapeUnicode(JSON.stringify(value, null, 4))
}

/** `499` and `"499"` become `"499.00"`, as a decimal column gives them back. */
export function decimalText(value: number | string): string {
  return toCents(value) < 0n ? `-${centsText(-toCents(value))}` : centsText(toCents(value))
}

/** Hundredths, exactly. Throws for what is not a number. */
export function toCents(value: number | string): bigint {
  const text = Number.isFinite(Number(value)) ? Number(value).toFixed(2) : ''
  const match = /^(-?)(\d+)\.(\d\d)$/.exec(/^-?\d+\.\d\d$/.test(String(value)) ? String(value) : text)
  if (!match) throw new Error(`Not an amount: ${String(value)}`)
  const cents = BigInt(`${match[2] ?? '0'}${match[3] ?? '00'}`)
  return match[1] === '-' ? -cents : cents
}

export function centsText(cents: bigint): string {
  const digits = cents.toString().padStart(3, '0')
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`
}
