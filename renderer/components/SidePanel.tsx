// Details beside a table; can be opened as a page of its own, and closed by Escape.
import { IconX } from '@tabler/icons-react'
import { useEffect } from 'react'
import type { ReactNode } from 'react'
import { IconButton } from './Button.tsx'
import { Icon } from './Icon.tsx'

interface SidePanelProps {
  readonly title: ReactNode
  readonly note?: ReactNode
  /** A link to the page of its own. */
  readonly pageLink?: ReactNode
  readonly onClose: () => void
  readonly children: ReactNode
}

export function SidePanel({ title, note, pageLink, onClose, children }: SidePanelProps) {
  useEffect(() => {
    const closeOnEscape = (event: KeyboardEvent): void => {
      const inDialog = document.querySelector('[role="dialog"], [role="menu"], [role="listbox"]') !== null
      if (event.key === 'Escape' && !inDialog && !event.defaultPrevented) onClose()
    }
    window.addEventListener('keydown', closeOnEscape)
    return () => {
      window.removeEventListener('keydown', closeOnEscape)
    }
  }, [onClose])
  return (
    <aside className="panel side-panel" aria-label="Details">
      <header className="panel-head">
        <h2 className="cut-end">{title}</h2>
        {note !== undefined && <small>{note}</small>}
        <div className="push row">
          {pageLink}
          <IconButton label="Close details" icon={<Icon of={IconX} />} onClick={onClose} />
        </div>
      </header>
      {children}
    </aside>
  )
}

/** A table with details beside it while something is open. */
export function Split({ main, side }: { readonly main: ReactNode; readonly side: ReactNode }) {
  return (
    <div className={side === null ? 'split single' : 'split'}>
      {main}
      {side}
    </div>
  )
}
