// Notices in the settings: whether and how customers are told, what they are told, and what became of each notice.
import { IconMail } from '@tabler/icons-react'
import { Instant } from '../../../components/Age.tsx'
import { Button } from '../../../components/Button.tsx'
import { EmptyState, Skeleton } from '../../../components/EmptyState.tsx'
import { ErrorNotice, Note } from '../../../components/Note.tsx'
import { Facts, Panel } from '../../../components/Panel.tsx'
import { useDialogs } from '../../../lib/dialogs.tsx'
import { useRead } from '../../../lib/queries.ts'
import { NoticeList } from './NoticeList.tsx'
import { NoticeSettingsForm } from './NoticeSettingsForm.tsx'
import { NoticeTemplates } from './NoticeTemplates.tsx'
import { TestMail } from './TestMail.tsx'
import { kindNames, kinds, type NoticeStatus } from './words.ts'

export function Notices() {
  const status = useRead('notices.settings', {})
  if (status.data === undefined)
    return <Panel title="Notices">{status.error === null ? <Skeleton lines={4} /> : <ErrorNotice error={status.error} />}</Panel>
  return <NoticesOf status={status.data} />
}

function NoticesOf({ status }: { readonly status: NoticeStatus }) {
  const dialogs = useDialogs()
  const { mail, ticket } = status
  const setUp = (): void => {
    dialogs.open('Notices to customers', (close) => <NoticeSettingsForm status={status} close={close} />, 600)
  }
  if (mail === null && ticket === null) {
    return (
      <Panel title="Notices">
        <EmptyState
          icon={IconMail}
          title="Customers are told nothing"
          action={
            <Button kind="primary" onClick={setUp}>
              Set up notices
            </Button>
          }
        >
          A mail before a VM is stopped, and when it was stopped or started again. It needs a mail server, or goes out as a ticket in
          Paymenter.
        </EmptyState>
      </Panel>
    )
  }
  return (
    <Panel
      title="Notices"
      note={status.enabled ? 'on' : 'off'}
      actions={
        <>
          {mail !== null && (
            <Button
              onClick={() => {
                dialogs.open('Send a test mail', (close) => <TestMail close={close} />)
              }}
            >
              Send a test
            </Button>
          )}
          <Button onClick={setUp}>Change</Button>
        </>
      }
    >
      {status.quietBecause !== null && (
        <div className="panel-body">
          <Note tone="off" title="Nothing is sent now.">
            <p>{status.quietBecause}</p>
          </Note>
        </div>
      )}
      {status.troubles.map((trouble) => (
        <div className="panel-body" key={trouble.channel} role="alert">
          <Note tone="bad" title={trouble.error.message}>
            {trouble.error.hint !== undefined && <p>{trouble.error.hint}</p>}
            <p className="muted">
              Tried again <Instant at={trouble.nextAttemptAt} />. <span className="mono">{trouble.error.code}</span>
            </p>
          </Note>
        </div>
      ))}
      <Facts
        rows={[
          ...(mail === null
            ? []
            : ([
                ['Mail server', <span key="server" className="mono">{`${mail.host}:${String(mail.port)}`}</span>],
                ['Sender', mail.fromName === '' ? mail.fromAddress : `${mail.fromName} <${mail.fromAddress}>`],
                [
                  'Login',
                  mail.user === null ? 'none' : `${mail.user}, ${status.passwordKept ? 'its password is kept' : 'no password is kept'}`,
                ],
              ] as const)),
          ['As a ticket', ticket === null ? 'no' : `yes, written by user ${String(ticket.authorId)}`],
          [
            'What is told',
            kinds
              .filter((kind) => status.kinds[kind])
              .map((kind) => kindNames[kind])
              .join(' · ') || 'nothing',
          ],
        ]}
      />
      <NoticeTemplates />
      <NoticeList />
    </Panel>
  )
}
