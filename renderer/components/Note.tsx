// What the operator should know: what happened, what it means, what to do.
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { failureOf } from '../lib/failure.ts'
import { Icon } from './Icon.tsx'
import type { Tone } from './Tag.tsx'

const icons = { ok: IconCircleCheck, off: IconInfoCircle, accent: IconInfoCircle, warn: IconAlertTriangle, bad: IconAlertTriangle }

export function Note({
  tone,
  title,
  children,
  action,
}: {
  readonly tone: Tone
  readonly title?: ReactNode
  readonly children?: ReactNode
  readonly action?: ReactNode
}) {
  return (
    <div className={`note tone-${tone}`}>
      <Icon of={icons[tone]} />
      <div className="note-body">
        {title !== undefined && <p className="strong">{title}</p>}
        {children}
      </div>
      {action}
    </div>
  )
}

/** An error by its own words: the message, then the way out. Its code stands small beside it, for a search or for support. */
export function ErrorNotice({ error, action }: { readonly error: unknown; readonly action?: ReactNode }) {
  if (error === null || error === undefined) return null
  const { code, message, hint } = failureOf(error)
  return (
    <div role="alert">
      <Note tone="bad" title={message} action={action}>
        {hint !== undefined && <p>{hint}</p>}
        <p className="muted mono">{code}</p>
      </Note>
    </div>
  )
}
