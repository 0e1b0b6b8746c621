// The frame of every change in Paymenter: what it does first, then why (for the record), then the button; what is refused is said before.
import { Textarea } from '@mantine/core'
import { useState } from 'react'
import type { ReactNode } from 'react'
import { useRefusal } from '../../lib/permissions.ts'
import { DialogForm } from '../DialogForm.tsx'
import { Note } from '../Note.tsx'

interface WriteFormProps {
  /** What it needs in Paymenter. */
  readonly permission: string
  /** What will happen, in a sentence or two. */
  readonly what: ReactNode
  readonly verb: string
  readonly busy: boolean
  readonly disabled?: boolean
  readonly error: unknown
  readonly onSubmit: (why: { why?: string }) => void
  readonly close: () => void
  readonly children?: ReactNode
}

export function WriteForm({ permission, what, verb, busy, disabled = false, error, onSubmit, close, children }: WriteFormProps) {
  const [why, setWhy] = useState('')
  const refusal = useRefusal(permission)
  return (
    <DialogForm
      verb={verb}
      busy={busy}
      disabled={disabled || refusal !== null}
      error={error}
      onSubmit={() => {
        if (refusal === null && !disabled) onSubmit(why.trim() === '' ? {} : { why: why.trim() })
      }}
      close={close}
    >
      <div className="wrap">{what}</div>
      {refusal !== null && <Note tone="warn" title={refusal} />}
      {children}
      <Textarea
        label="Why"
        description="For the record here; customers do not see it"
        autosize
        minRows={1}
        maxLength={500}
        value={why}
        onChange={(event) => {
          setWhy(event.currentTarget.value)
        }}
      />
    </DialogForm>
  )
}
