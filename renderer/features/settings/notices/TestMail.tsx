// A test mail to an address of the operator's own: the server's answer, or why it did not work.
import { Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Button } from '../../../components/Button.tsx'
import { ErrorNotice, Note } from '../../../components/Note.tsx'
import { useAct } from '../../../lib/queries.ts'
import { kindNames, kinds, type NoticeKind } from './words.ts'

export function TestMail({ close }: { readonly close: () => void }) {
  const [to, setTo] = useState('')
  const [kind, setKind] = useState<NoticeKind>('before-suspension')
  const send = useAct('notices.sendTest')
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        send.mutate({ to, kind })
      }}
    >
      <TextInput
        label="To"
        description="An address of your own; no customer is told anything"
        placeholder="you@example.com"
        required
        spellCheck={false}
        data-autofocus
        value={to}
        onChange={(event) => {
          setTo(event.currentTarget.value)
        }}
      />
      <Select
        label="Which"
        allowDeselect={false}
        data={kinds.map((value) => ({ value, label: kindNames[value] }))}
        value={kind}
        onChange={(value) => {
          setKind(kinds.find((known) => known === value) ?? 'before-suspension')
        }}
      />
      {send.data !== undefined && (
        <Note tone="ok" title={`The server took it for ${send.data.to}.`}>
          <p className="mono small">{send.data.answer}</p>
        </Note>
      )}
      <ErrorNotice error={send.error} />
      <div className="dialog-actions">
        <Button onClick={close}>Close</Button>
        <Button kind="primary" type="submit" busy={send.isPending}>
          Send
        </Button>
      </div>
    </form>
  )
}
