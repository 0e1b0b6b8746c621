// Every icon of the app: Tabler's, 16 px, 1.5 stroke, silent for screen readers because a word always stands beside it.
import type { TablerIcon } from '@tabler/icons-react'

export function Icon({
  of: Shape,
  className = '',
  sizePx = 16,
}: {
  readonly of: TablerIcon
  readonly className?: string
  readonly sizePx?: number
}) {
  return <Shape size={sizePx} stroke={1.5} className={`icon ${className}`} aria-hidden="true" />
}
