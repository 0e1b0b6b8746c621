// The charts of reports: amounts by period with what they are compared with, and the way from the opening MRR to the closing one.
import { Bar, CartesianGrid, Cell, ComposedChart, BarChart, Line, ReferenceLine, Tooltip, XAxis, YAxis } from 'recharts'
import { axisProps, ChartFrame, ChartHint, shortAmount } from './chartParts.tsx'
import type { MrrRow } from './useReports.ts'

export interface PeriodAmount {
  readonly label: string
  readonly amountMinor: number
  /** A part of it, drawn lighter: at risk, uncertain. */
  readonly partMinor?: number
  readonly comparedMinor?: number | null
}

interface PeriodChartProps {
  readonly label: string
  readonly currency: string
  readonly name: string
  readonly partName?: string
  readonly comparedName?: string | undefined
  readonly data: readonly PeriodAmount[]
  readonly heightPx?: number
}

/** Bars by period; a part of each drawn lighter on its top; the comparison as a line of its own. */
export function PeriodChart({ label, currency, name, partName, comparedName, data, heightPx }: PeriodChartProps) {
  const bars = data.map((one) => ({ ...one, mainMinor: one.amountMinor - (one.partMinor ?? 0) }))
  return (
    <ChartFrame label={label} {...(heightPx === undefined ? {} : { heightPx })}>
      <ComposedChart data={bars} margin={{ top: 8, right: 8, bottom: 0, left: 0 }}>
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis dataKey="label" {...axisProps} minTickGap={12} />
        <YAxis {...axisProps} axisLine={false} width={48} tickFormatter={(value: number) => shortAmount(value, currency)} />
        <Tooltip content={<ChartHint currency={currency} />} cursor={{ fill: 'var(--hover)' }} isAnimationActive={false} />
        <Bar dataKey="mainMinor" name={name} stackId="amount" fill="var(--c1)" isAnimationActive={false} maxBarSize={44} />
        {partName !== undefined && (
          <Bar dataKey="partMinor" name={partName} stackId="amount" fill="var(--c2)" isAnimationActive={false} maxBarSize={44} />
        )}
        {comparedName !== undefined && (
          <Line
            dataKey="comparedMinor"
            name={comparedName}
            type="linear"
            stroke="var(--compare)"
            strokeWidth={1.5}
            strokeDasharray="4 3"
            dot={{ r: 2, fill: 'var(--compare)', strokeDasharray: '' }}
            isAnimationActive={false}
          />
        )}
      </ComposedChart>
    </ChartFrame>
  )
}

interface Step {
  readonly label: string
  readonly amountMinor: number
  readonly range: readonly [number, number]
  readonly fill: string
}

/** Opening, each kind of movement over all the rows, closing. */
function stepsOf(rows: readonly MrrRow[]): Step[] {
  const first = rows[0]
  const last = rows.at(-1)
  if (first === undefined || last === undefined) return []
  const sum = (pick: (row: MrrRow) => number): number => rows.reduce((total, row) => total + pick(row), 0)
  const moves: readonly (readonly [string, number])[] = [
    ['New', sum((row) => row.newMinor)],
    ['Back', sum((row) => row.reactivationMinor)],
    ['Expansion', sum((row) => row.expansionMinor)],
    ['Contraction', sum((row) => row.contractionMinor)],
    ['Churn', sum((row) => row.churnMinor)],
  ]
  let level = first.openingMinor
  const steps: Step[] = [{ label: 'Opening', amountMinor: level, range: [0, level], fill: 'var(--c1)' }]
  for (const [label, amountMinor] of moves) {
    steps.push({
      label,
      amountMinor,
      range: [Math.min(level, level + amountMinor), Math.max(level, level + amountMinor)],
      fill: amountMinor < 0 ? 'var(--c3)' : 'var(--c2)',
    })
    level += amountMinor
  }
  return [...steps, { label: 'Closing', amountMinor: last.closingMinor, range: [0, last.closingMinor], fill: 'var(--c1)' }]
}

export function Waterfall({
  rows,
  currency,
  heightPx,
}: {
  readonly rows: readonly MrrRow[]
  readonly currency: string
  readonly heightPx?: number
}) {
  const steps = stepsOf(rows)
  return (
    <ChartFrame label="From the opening MRR to the closing one" {...(heightPx === undefined ? {} : { heightPx })}>
      <BarChart data={steps} margin={{ top: 8, right: 8, bottom: 0, left: 0 }}>
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis dataKey="label" {...axisProps} interval={0} />
        <YAxis {...axisProps} axisLine={false} width={48} tickFormatter={(value: number) => shortAmount(value, currency)} />
        <Tooltip content={<ChartHint currency={currency} />} cursor={{ fill: 'var(--hover)' }} isAnimationActive={false} />
        <ReferenceLine y={0} stroke="var(--line-strong)" />
        <Bar dataKey="range" name="Amount" isAnimationActive={false} maxBarSize={56}>
          {steps.map((step) => (
            <Cell key={step.label} fill={step.fill} stroke={step.fill === 'var(--c3)' ? 'var(--c1)' : 'none'} strokeWidth={0.5} />
          ))}
        </Bar>
      </BarChart>
    </ChartFrame>
  )
}
