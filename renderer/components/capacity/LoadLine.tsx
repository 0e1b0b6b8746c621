// The CPU of a node or a VM over the last day as a small line from nothing up, its gaps left open.
import { gappedPath } from '../../lib/gappedPath.ts'

const widthPx = 96
const heightPx = 20

/** @param values percent of one core each; @param cores how many there are: the line's top is never lower than a tenth of them */
export function LoadLine({
  values,
  cores,
  label,
}: {
  readonly values: readonly (number | null)[]
  readonly cores: number
  readonly label: string
}) {
  const known = values.filter((value) => value !== null)
  if (known.length < 2) return <span className="faint">–</span>
  const top = Math.max(...known, cores * 10, 1)
  const x = (index: number): number => 1 + (index / Math.max(1, values.length - 1)) * (widthPx - 2)
  const y = (value: number): number => 1 + (1 - value / top) * (heightPx - 2)
  const average = known.reduce((sum, value) => sum + value, 0) / known.length
  const share = cores > 0 ? `${(average / cores).toFixed(1)} % of all cores on average` : ''
  return (
    <svg
      className="load-line"
      width={widthPx}
      height={heightPx}
      viewBox={`0 0 ${String(widthPx)} ${String(heightPx)}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${label}: CPU over 24 hours, ${share}`}
    >
      <path d={gappedPath(values, x, y)} />
    </svg>
  )
}
