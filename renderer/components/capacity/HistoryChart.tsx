// One graph over time: the average as a line in its band of lowest and highest, what is promised and what there is; drag to zoom.
import { useRef, useState } from 'react'
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'
import type { MouseHandlerDataParam } from 'recharts'
import { chartRows, type ChartLine, type ChartPlan, type ChartRow, type History } from '../../lib/capacityCharts.ts'
import { formatDuration } from '../../lib/formatTime.ts'
import { HistoryHint } from './HistoryHint.tsx'

const heightPx = 176
const leastZoomBuckets = 2
const strokes: Readonly<Record<ChartLine['look'], { readonly stroke: string; readonly width: number; readonly dash?: string }>> = {
  main: { stroke: 'var(--c1)', width: 1.5 },
  second: { stroke: 'var(--c2)', width: 1.5 },
  third: { stroke: 'var(--c2)', width: 1, dash: '4 3' },
  physical: { stroke: 'var(--muted)', width: 1, dash: '1 3' },
}
const axis = { stroke: 'var(--line-strong)', tick: { fill: 'var(--muted)', fontSize: 11 }, tickLine: false } as const

interface HistoryChartProps {
  readonly plan: ChartPlan
  readonly history: History
  readonly syncId: string
  /** What one series of `of` is called in the hint: node. */
  readonly partName: string | null
  readonly onZoom: (fromMs: number, toMs: number) => void
}

function instantOf({ activeLabel }: MouseHandlerDataParam): number | null {
  const at = Number(activeLabel)
  return activeLabel === undefined || Number.isNaN(at) ? null : at
}

/** Times on the axis: clock times within two days, days beyond. */
function tickWords(atMs: number, spanMs: number): string {
  const at = new Date(atMs)
  const isShort = spanMs <= 2 * 86_400_000
  return isShort
    ? at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
    : at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', ...(spanMs > 300 * 86_400_000 ? { year: '2-digit' } : {}) })
}

/** What has a unit is marked in round ones of it; what is counted, Recharts marks well by itself. */
function marksOf(plan: ChartPlan, rows: readonly ChartRow[]): { domain: [number, number | 'auto']; ticks?: number[] } {
  if (plan.marks === undefined) return { domain: [0, 'auto'] }
  const values = rows.flatMap((row) =>
    Object.entries(row).flatMap(([key, value]) => (key === 'at' || key === 'seen' || value === null ? [] : value)),
  )
  const ticks = plan.marks(Math.max(0, ...values))
  return { domain: [0, ticks.at(-1) ?? 1], ticks }
}

export function HistoryChart({ plan, history, syncId, partName, onZoom }: HistoryChartProps) {
  const rows = chartRows(history, plan)
  const [selected, setSelected] = useState<{ readonly from: number; readonly to: number } | null>(null)
  const pressedAt = useRef<number | null>(null)
  const end = history.from + history.seen.length * history.bucketMs
  const span = end - history.from
  const isEmpty = plan.lines.every(({ metric }) => rows.every((row) => row[metric] === null))
  const drag = (state: MouseHandlerDataParam): void => {
    const at = instantOf(state)
    if (pressedAt.current !== null && at !== null)
      setSelected({ from: Math.min(pressedAt.current, at), to: Math.max(pressedAt.current, at) })
  }
  const release = (): void => {
    pressedAt.current = null
    if (selected !== null && selected.to - selected.from >= leastZoomBuckets * history.bucketMs)
      onZoom(selected.from, selected.to + history.bucketMs)
    setSelected(null)
  }
  return (
    <figure className="history-chart" aria-label={`${plan.title} over time`}>
      <figcaption>
        <b>{plan.title}</b> <small>{plan.note}</small>
      </figcaption>
      {isEmpty ? (
        <p className="history-empty muted" style={{ height: heightPx }}>
          {plan.whenUnknown !== undefined && history.seen.some((seen) => seen > 0) ? plan.whenUnknown : 'Nothing was seen in this time.'}
        </p>
      ) : (
        <ResponsiveContainer width="100%" height={heightPx}>
          <ComposedChart
            data={rows}
            syncId={syncId}
            syncMethod="value"
            margin={{ top: 6, right: 8, bottom: 0, left: 0 }}
            onMouseDown={(state) => {
              pressedAt.current = instantOf(state)
            }}
            onMouseMove={drag}
            onMouseUp={release}
            onMouseLeave={() => {
              pressedAt.current = null
              setSelected(null)
            }}
          >
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis
              dataKey="at"
              type="number"
              scale="time"
              domain={[history.from, end]}
              minTickGap={32}
              tickFormatter={(at: number) => tickWords(at, span)}
              {...axis}
            />
            <YAxis {...axis} {...marksOf(plan, rows)} axisLine={false} width={58} tickFormatter={plan.axis} />
            <Tooltip
              content={<HistoryHint plan={plan} bucketMs={history.bucketMs} of={history.of} partName={partName} />}
              cursor={{ stroke: 'var(--muted)' }}
              isAnimationActive={false}
            />
            {plan.lines.map(({ metric, name, look }) =>
              look === 'main' ? (
                <Area
                  key={`${metric} band`}
                  dataKey={`${metric}Band`}
                  name={`${name}, lowest to highest`}
                  type="linear"
                  stroke="none"
                  fill="var(--c1)"
                  fillOpacity={0.22}
                  activeDot={false}
                  connectNulls={false}
                  isAnimationActive={false}
                />
              ) : null,
            )}
            {plan.lines.map(({ metric, name, look }) => (
              <Line
                key={metric}
                dataKey={metric}
                name={name}
                type={look === 'main' ? 'linear' : 'stepAfter'}
                stroke={strokes[look].stroke}
                strokeWidth={strokes[look].width}
                {...(strokes[look].dash === undefined ? {} : { strokeDasharray: strokes[look].dash })}
                dot={false}
                activeDot={look === 'main' ? { r: 3, fill: 'var(--c1)', stroke: 'none' } : false}
                connectNulls={false}
                isAnimationActive={false}
              />
            ))}
            {history.simulatedUntil !== null && history.simulatedUntil > history.from && history.simulatedUntil < end && (
              <ReferenceLine x={history.simulatedUntil} stroke="var(--line-strong)" strokeDasharray="2 2" />
            )}
            {selected !== null && <ReferenceArea x1={selected.from} x2={selected.to} fill="var(--accent)" fillOpacity={0.14} />}
          </ComposedChart>
        </ResponsiveContainer>
      )}
      <ul className="history-legend">
        {plan.lines.map(({ metric, name, look }) => (
          <li key={metric}>
            <svg width={18} height={8} aria-hidden="true">
              {look === 'main' && <rect x={0} y={0} width={18} height={8} fill="var(--c1)" fillOpacity={0.22} />}
              <line
                x1={0}
                x2={18}
                y1={4}
                y2={4}
                stroke={strokes[look].stroke}
                strokeWidth={strokes[look].width}
                strokeDasharray={strokes[look].dash}
              />
            </svg>
            {name}
          </li>
        ))}
        <li className="push faint">a point is {formatDuration(history.bucketMs)}</li>
      </ul>
    </figure>
  )
}
