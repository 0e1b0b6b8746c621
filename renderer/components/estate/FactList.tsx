// The facts behind a decision, whatever they are, as names and values; lists of facts as small tables.
import type { ReactNode } from 'react'
import { useMinute } from '../../lib/now.ts'
import { formatDay, formatInstant } from '../../lib/formatTime.ts'
import { formatMoneyShort } from '../../lib/formatMoney.ts'
import { spelledOut } from '../../lib/words.ts'
import { Facts } from '../Panel.tsx'

const plainDay = /^\d{4}-\d{2}-\d{2}$/
const isoInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function plain(name: string, value: unknown, nowMs: number): string {
  if (value === null || value === undefined) return '–'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') return name.endsWith('At') && value > 1e11 ? formatInstant(value, nowMs) : value.toLocaleString()
  if (typeof value === 'string') {
    if (plainDay.test(value)) return formatDay(value, nowMs)
    return isoInstant.test(value) ? formatInstant(Date.parse(value), nowMs) : value
  }
  if (isRecord(value) && typeof value['amountMinor'] === 'number' && typeof value['currency'] === 'string') {
    return formatMoneyShort({ amountMinor: value['amountMinor'], currency: value['currency'] })
  }
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map((entry) => plain(name, entry, nowMs)).join(', ')
  return Object.entries(value)
    .map(([key, inner]) => `${spelledOut(key).toLowerCase()} ${plain(key, inner, nowMs)}`)
    .join(', ')
}

export function FactList({ facts }: { readonly facts: Readonly<Record<string, unknown>> }) {
  const nowMs = useMinute()
  const show = (name: string, value: unknown): ReactNode => {
    if (Array.isArray(value) && value.some(isRecord)) {
      return (
        <ul>
          {value.map((entry, index) => (
            <li key={index}>{plain(name, entry, nowMs)}</li>
          ))}
        </ul>
      )
    }
    return plain(name, value, nowMs)
  }
  return <Facts rows={Object.entries(facts).map(([name, value]) => [spelledOut(name), show(name, value)] as const)} />
}
