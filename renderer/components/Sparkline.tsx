// A figure's way here, without axes: only its shape.
import { gappedPath } from '../lib/gappedPath.ts'

const widthPx = 96
const heightPx = 22

export function Sparkline({ values }: { readonly values: readonly (number | null)[] }) {
  const known = values.filter((value) => value !== null)
  const low = Math.min(...known)
  const high = Math.max(...known)
  if (known.length < 2) return null
  const x = (index: number): number => 1 + (index / Math.max(1, values.length - 1)) * (widthPx - 2)
  const y = (value: number): number => (high === low ? heightPx / 2 : 2 + ((high - value) / (high - low)) * (heightPx - 4))
  return (
    <svg className="sparkline" width={widthPx} height={heightPx} viewBox={`0 0 ${String(widthPx)} ${String(heightPx)}`} aria-hidden="true">
      <path d={gappedPath(values, x, y)} />
    </svg>
  )
}
