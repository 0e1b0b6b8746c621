// The frame of a dialog that does one thing: its fields, why it did not work, the way out, and the button that does it.
import type { ReactNode } from 'react'
import { Button } from './Button.tsx'
import { ErrorNotice } from './Note.tsx'

interface DialogFormProps {
  /** What the button says. */
  readonly verb: string
  readonly busy: boolean
  readonly disabled?: boolean
  readonly error: unknown
  readonly onSubmit: () => void
  readonly close: () => void
  readonly children: ReactNode
}

export function DialogForm({ verb, busy, disabled = false, error, onSubmit, close, children }: DialogFormProps) {
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit()
      }}
    >
      {children}
      <ErrorNotice error={error} />
      <div className="dialog-actions">
        <Button onClick={close}>Cancel</Button>
        <Button kind="primary" type="submit" busy={busy} disabled={disabled}>
          {verb}
        </Button>
      </div>
    </form>
  )
}
