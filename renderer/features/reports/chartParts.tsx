// What all charts of reports share: short amounts on the axis, exact ones on hover, a frame with a name.
import type { ReactElement } from 'react'
import { ResponsiveContainer } from 'recharts'
import { currencyExponent } from '../../../shared/domain/money.ts'
import { moneyWords } from '../../../shared/domain/revenue/cells.ts'

/** `12K`, `1.2M`: whole units of the currency, short. */
export function shortAmount(amountMinor: number, currency: string): string {
  const whole = amountMinor / 10 ** currencyExponent(currency)
  return new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 }).format(whole)
}

export const axisProps = { stroke: 'var(--line-strong)', tick: { fill: 'var(--muted)', fontSize: 11 }, tickLine: false } as const

interface HintEntry {
  readonly name?: string | number | undefined
  readonly value?: unknown
  readonly payload?: unknown
}

interface HintProps {
  readonly active?: boolean
  readonly label?: string | number
  readonly payload?: readonly HintEntry[]
  readonly currency: string
}

function amountOf(entry: HintEntry): number | null {
  if (typeof entry.value === 'number') return entry.value
  const payload = entry.payload
  return typeof payload === 'object' && payload !== null && 'amountMinor' in payload && typeof payload.amountMinor === 'number'
    ? payload.amountMinor
    : null
}

/** The exact values under the pointer. */
export function ChartHint({ active = false, label, payload = [], currency }: HintProps) {
  if (!active || payload.length === 0) return null
  return (
    <div className="chart-hint">
      <div className="muted">{label}</div>
      {payload.map((entry, index) => {
        const amount = amountOf(entry)
        return amount === null ? null : (
          <div key={`${String(entry.name)}/${String(index)}`} className="chart-hint-row">
            <span>{entry.name}</span>
            <b>{moneyWords(amount, currency)}</b>
          </div>
        )
      })}
    </div>
  )
}

/** A chart with its name; the exact values stand in the table beneath it. */
export function ChartFrame({
  label,
  heightPx = 220,
  children,
}: {
  readonly label: string
  readonly heightPx?: number
  readonly children: ReactElement
}) {
  return (
    <figure className="chart" aria-label={label}>
      <ResponsiveContainer width="100%" height={heightPx}>
        {children}
      </ResponsiveContainer>
    </figure>
  )
}
