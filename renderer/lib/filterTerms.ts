// A filter's terms set and read one by one, for controls that write them; and days as bounds of time.
import { fold } from './filter.ts'

const token = /-?(?:([A-Za-z]+):)?(?:"([^"]*)"?|([^\s"]\S*))?/g
const day = /^\d{4}-\d{2}-\d{2}$/
const minute = /^\d{4}-\d{2}-\d{2}t\d{2}:\d{2}$/

/** What stands behind `key:` in a filter; empty where it does not stand there, or only as a refusal (`-key:`). */
export function valueOfTerm(filter: string, key: string): string {
  for (const [whole, name, quoted, plain] of filter.matchAll(token)) {
    if (name?.toLowerCase() === key && !whole.startsWith('-')) return quoted ?? plain ?? ''
  }
  return ''
}

/** The filter with `key:` set to a value, or without it when the value is empty; everything else stays as it was typed. */
export function withTerm(filter: string, key: string, value: string): string {
  const others = [...filter.matchAll(token)]
    .filter(([whole, name]) => whole !== '' && (name?.toLowerCase() !== key || whole.startsWith('-')))
    .map(([whole]) => whole)
  const plain = value.replaceAll('"', '').trim()
  if (plain !== '') others.push(/\s/.test(plain) ? `${key}:"${plain}"` : `${key}:${plain}`)
  return others.join(' ')
}

/** A local day or minute as the first and the last of its milliseconds; null while it is not one yet. */
function spanOf(text: string): { fromMs: number; toMs: number } | null {
  const folded = fold(text)
  if (day.test(folded)) {
    const fromMs = Date.parse(`${folded}T00:00`)
    if (Number.isNaN(fromMs)) return null
    const next = new Date(fromMs)
    next.setDate(next.getDate() + 1)
    return { fromMs, toMs: next.getTime() - 1 }
  }
  if (!minute.test(folded)) return null
  const fromMs = Date.parse(folded.toUpperCase())
  return Number.isNaN(fromMs) ? null : { fromMs, toMs: fromMs + 59_999 }
}

/** True from a day (`2026-11-22`) or minute (`2026-11-22T14:00`) of this machine's zone on; a text that is neither yet bounds nothing. */
export function isSince(atMs: number, text: string): boolean {
  const span = spanOf(text)
  return span === null || atMs >= span.fromMs
}

/** True up to and with a day or minute; a text that is neither yet bounds nothing. */
export function isUntil(atMs: number, text: string): boolean {
  const span = spanOf(text)
  return span === null || atMs <= span.toMs
}
