// The frame's part that a screen fills: title, age of its data, its own actions, search, tabs, and the content.
import { IconSearch } from '@tabler/icons-react'
import { useEffect } from 'react'
import type { ReactNode } from 'react'
import { openPalette } from '../lib/palette.ts'
import { useLineState } from '../lib/queries.ts'
import { Icon } from './Icon.tsx'

interface PageProps {
  /** Plain text of the title, for the window. */
  readonly title: string
  /** What stands in front of the title: where it belongs. */
  readonly parent?: ReactNode
  readonly age?: ReactNode
  readonly actions?: ReactNode
  readonly tabs?: ReactNode
  /** The content fills the room and scrolls by itself. */
  readonly filled?: boolean
  readonly children: ReactNode
}

const isMac = navigator.userAgent.includes('Mac')

export function Page({ title, parent, age, actions, tabs, filled = false, children }: PageProps) {
  const line = useLineState()
  useEffect(() => {
    document.title = `${title} · Flint Console`
  }, [title])
  return (
    <div className="page">
      <section className="bar" aria-label={title}>
        <h1>
          {parent}
          {parent !== undefined && <span className="faint"> / </span>}
          {title}
        </h1>
        <div className="bar-age">{age}</div>
        <div className="bar-actions">{actions}</div>
        <button type="button" className="find" onClick={openPalette}>
          <Icon of={IconSearch} />
          <span className="cuttable">VM, address, customer, invoice…</span>
          <kbd>{isMac ? '⌘ K' : 'Ctrl K'}</kbd>
        </button>
      </section>
      {tabs !== undefined && (
        <nav className="tabs" aria-label={`${title}: parts`}>
          {tabs}
        </nav>
      )}
      <main className={`main ${filled ? 'filled' : ''} ${line === 'lost' ? 'stale' : ''}`} tabIndex={-1}>
        {children}
      </main>
    </div>
  )
}
