// How notices are sent: the mail server with its login, a ticket besides, and which kinds. Saved as a whole.
import { NumberInput, PasswordInput, Select, Switch, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { MethodInput } from '../../../../shared/contract/index.ts'
import { Button } from '../../../components/Button.tsx'
import { ErrorNotice } from '../../../components/Note.tsx'
import { useAct } from '../../../lib/queries.ts'
import { tellDone } from '../../../lib/tell.tsx'
import { kindNames, kinds, type NoticeStatus } from './words.ts'

type Mail = NonNullable<NoticeStatus['mail']>

const usualPort: { readonly [Security in Mail['security']]: number } = { tls: 465, starttls: 587, none: 25 }
const empty: Mail = { host: '', port: 465, security: 'tls', user: '', fromName: '', fromAddress: '', replyTo: null, certificate: null }
const securities = [
  { value: 'tls', label: 'TLS' },
  { value: 'starttls', label: 'STARTTLS' },
  { value: 'none', label: 'None (this machine only)' },
]
const textOrNull = (text: string): string | null => (text.trim() === '' ? null : text.trim())

export function NoticeSettingsForm({ status, close }: { readonly status: NoticeStatus; readonly close: () => void }) {
  const [enabled, setEnabled] = useState(status.enabled || (status.mail === null && status.ticket === null))
  const [byMail, setByMail] = useState(status.mail !== null || status.ticket === null)
  const [mail, setMail] = useState<Mail>(status.mail ?? empty)
  const [author, setAuthor] = useState(status.ticket === null ? '' : String(status.ticket.authorId))
  const [told, setTold] = useState(status.kinds)
  const [password, setPassword] = useState('')
  const configure = useAct('notices.configure')
  const change = (part: Partial<Mail>): void => {
    configure.reset()
    setMail({ ...mail, ...part })
  }
  const save = (): void => {
    const authorId = Number(author)
    const input: MethodInput<'notices.configure'> = {
      enabled,
      kinds: told,
      mail: byMail ? { ...mail, user: textOrNull(mail.user ?? '') } : null,
      ticket: author.trim() === '' ? null : { authorId },
      ...(password === '' ? {} : { password }),
    }
    configure.mutate(input, {
      onSuccess: () => {
        tellDone('Notices are saved', byMail ? 'Send a test mail to see that they arrive.' : '')
        close()
      },
    })
  }
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <Switch
        label="Tell customers"
        checked={enabled}
        onChange={(event) => {
          setEnabled(event.currentTarget.checked)
        }}
      />
      {kinds.map((kind) => (
        <Switch
          key={kind}
          label={kindNames[kind]}
          checked={told[kind]}
          onChange={(event) => {
            setTold({ ...told, [kind]: event.currentTarget.checked })
          }}
        />
      ))}
      <Switch
        label="By mail"
        checked={byMail}
        onChange={(event) => {
          setByMail(event.currentTarget.checked)
        }}
      />
      {byMail && (
        <>
          <TextInput
            label="Mail server"
            placeholder="smtp.example.com"
            required
            spellCheck={false}
            value={mail.host}
            onChange={(event) => {
              change({ host: event.currentTarget.value })
            }}
          />
          <Select
            label="Security"
            data={securities}
            allowDeselect={false}
            value={mail.security}
            onChange={(value) => {
              const security = value === 'starttls' || value === 'none' ? value : 'tls'
              change({ security, ...(mail.port === usualPort[mail.security] ? { port: usualPort[security] } : {}) })
            }}
          />
          <NumberInput
            label="Port"
            required
            min={1}
            max={65_535}
            allowDecimal={false}
            value={mail.port}
            onChange={(value) => {
              change({ port: Number(value) })
            }}
          />
          <TextInput
            label="User"
            description="Blank: no login"
            spellCheck={false}
            autoComplete="off"
            value={mail.user ?? ''}
            onChange={(event) => {
              change({ user: event.currentTarget.value })
            }}
          />
          <PasswordInput
            label="Password"
            description={status.passwordKept ? 'One is kept; blank leaves it' : 'Kept in this system’s keychain, nowhere else'}
            autoComplete="off"
            value={password}
            onChange={(event) => {
              configure.reset()
              setPassword(event.currentTarget.value)
            }}
          />
          <TextInput
            label="Sender’s name"
            placeholder="Acme Hosting"
            value={mail.fromName}
            onChange={(event) => {
              change({ fromName: event.currentTarget.value })
            }}
          />
          <TextInput
            label="Sender’s address"
            placeholder="billing@example.com"
            required
            spellCheck={false}
            value={mail.fromAddress}
            onChange={(event) => {
              change({ fromAddress: event.currentTarget.value })
            }}
          />
          <TextInput
            label="Answers go to"
            description="Blank: to the sender"
            spellCheck={false}
            value={mail.replyTo ?? ''}
            onChange={(event) => {
              change({ replyTo: textOrNull(event.currentTarget.value) })
            }}
          />
          <Textarea
            label="Certificate"
            description="Only for a server with a certificate of its own (PEM)"
            spellCheck={false}
            autosize
            maxRows={4}
            value={mail.certificate ?? ''}
            onChange={(event) => {
              change({ certificate: textOrNull(event.currentTarget.value) })
            }}
          />
        </>
      )}
      <TextInput
        label="As a ticket in Paymenter, written by user number"
        description="Your own user’s number there; blank: no tickets. The key needs tickets.create, tickets.view and ticket_messages.create."
        inputMode="numeric"
        value={author}
        onChange={(event) => {
          configure.reset()
          setAuthor(event.currentTarget.value)
        }}
      />
      <ErrorNotice error={configure.error} />
      <div className="dialog-actions">
        <Button onClick={close}>Cancel</Button>
        <Button kind="primary" type="submit" busy={configure.isPending}>
          Save
        </Button>
      </div>
    </form>
  )
}
