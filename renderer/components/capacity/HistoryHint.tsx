// The exact values under the cursor: average, lowest and highest of the time that one point stands for.
import type { ChartPlan } from '../../lib/capacityCharts.ts'

interface HintEntry {
  readonly payload?: unknown
}

interface HistoryHintProps {
  readonly active?: boolean
  readonly payload?: readonly HintEntry[]
  readonly plan: ChartPlan
  readonly bucketMs: number
  readonly of: number
  readonly partName: string | null
}

function isRow(value: unknown): value is Record<string, unknown> & { at: number; seen: number } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'at' in value &&
    typeof value.at === 'number' &&
    'seen' in value &&
    typeof value.seen === 'number'
  )
}

/** When it begins, and when it ends if that is another day or the bucket is long. */
function timeWords(at: number, bucketMs: number): string {
  const day = new Date(at).toLocaleDateString('en-GB', { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' })
  const clock = (time: number): string => new Date(time).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  return bucketMs >= 86_400_000 ? `${day} (UTC days)` : `${day}, ${clock(at)} to ${clock(at + bucketMs)}`
}

export function HistoryHint({ active = false, payload = [], plan, bucketMs, of, partName }: HistoryHintProps) {
  const row = payload[0]?.payload
  if (!active || !isRow(row)) return null
  return (
    <div className="history-hint" role="status">
      <div className="muted">{timeWords(row.at, bucketMs)}</div>
      {plan.lines.map(({ metric, name }) => {
        const value = row[metric]
        const band = row[`${metric}Band`]
        return typeof value === 'number' ? (
          <div key={metric} className="history-hint-row">
            <span>{name}</span>
            <b>{plan.format(value)}</b>
            {Array.isArray(band) && (
              <span className="muted">
                {plan.format(Number(band[0]))} – {plan.format(Number(band[1]))}
              </span>
            )}
          </div>
        ) : null
      })}
      {partName !== null && row.seen < of && (
        <div className="warn">
          only {row.seen} of {of} {partName}s seen
        </div>
      )}
    </div>
  )
}
