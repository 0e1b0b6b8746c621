// Nothing here yet: what that means and what to do next.
import type { TablerIcon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Icon } from './Icon.tsx'

export function EmptyState({
  icon,
  title,
  children,
  action,
}: {
  readonly icon: TablerIcon
  readonly title: string
  readonly children?: ReactNode
  readonly action?: ReactNode
}) {
  return (
    <div className="empty">
      <Icon of={icon} sizePx={28} />
      <div className="empty-title">{title}</div>
      {children !== undefined && <p>{children}</p>}
      {action}
    </div>
  )
}

/** Grey bars on the first load only; afterwards old data stay. */
export function Skeleton({ lines = 6 }: { readonly lines?: number }) {
  return (
    <div className="panel-body stack" aria-busy="true" aria-label="Loading" role="status">
      {Array.from({ length: lines }, (_, index) => (
        <div key={index} className="skeleton" style={{ width: `${String(88 - ((index * 17) % 40))}%` }} />
      ))}
    </div>
  )
}
