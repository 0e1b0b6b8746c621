// A destructive act: says what will happen to what of whom, and waits for the name.
import { TextInput } from '@mantine/core'
import { useState } from 'react'
import type { ReactNode } from 'react'
import { Button } from './Button.tsx'
import { ErrorNotice } from './Note.tsx'

interface ConfirmByNameProps {
  /** What has to be typed. */
  readonly name: string
  readonly what: ReactNode
  readonly verb: string
  readonly busy: boolean
  readonly error: unknown
  readonly onConfirm: () => void
  readonly onCancel: () => void
}

export function ConfirmByName({ name, what, verb, busy, error, onConfirm, onCancel }: ConfirmByNameProps) {
  const [typed, setTyped] = useState('')
  const fits = typed.trim() === name.trim()
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (fits) onConfirm()
      }}
    >
      <div className="wrap">{what}</div>
      <TextInput
        label={
          <>
            Type <bdi className="mono wrap">{name}</bdi> to confirm
          </>
        }
        value={typed}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
        onChange={(event) => {
          setTyped(event.currentTarget.value)
        }}
      />
      <ErrorNotice error={error} />
      <div className="dialog-actions">
        <Button onClick={onCancel}>Cancel</Button>
        <Button kind="danger primary" type="submit" busy={busy} disabled={!fits}>
          {verb}
        </Button>
      </div>
    </form>
  )
}
