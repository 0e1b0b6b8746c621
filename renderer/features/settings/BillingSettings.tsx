// The connection to Paymenter: connect, reconnect, disconnect, its permissions, and the mirror's state.
import { IconReceipt } from '@tabler/icons-react'
import { Age, Instant } from '../../components/Age.tsx'
import { Button } from '../../components/Button.tsx'
import { ConfirmByName } from '../../components/ConfirmByName.tsx'
import { EmptyState, Skeleton } from '../../components/EmptyState.tsx'
import { BillingForm, PermissionList } from '../../components/estate/BillingForm.tsx'
import { SyncButton } from '../../components/MirrorTools.tsx'
import { ErrorNotice, Note } from '../../components/Note.tsx'
import { Facts, Panel } from '../../components/Panel.tsx'
import { useDialogs } from '../../lib/dialogs.tsx'
import { useRunningJob } from '../../lib/jobs.ts'
import { useAct, useRead } from '../../lib/queries.ts'
import { tellDone } from '../../lib/tell.tsx'
import { spelledOut } from '../../lib/words.ts'

export function BillingSettings() {
  const status = useRead('billing.status', {})
  const running = useRunningJob('sync')
  const dialogs = useDialogs()
  const connect = (url: string): void => {
    dialogs.open(
      url === '' ? 'Connect Paymenter' : 'Reconnect Paymenter',
      (close) => <BillingForm initialUrl={url} onDone={close} onCancel={close} />,
      560,
    )
  }
  if (status.data === undefined) {
    return <Panel title="Billing">{status.error === null ? <Skeleton lines={4} /> : <ErrorNotice error={status.error} />}</Panel>
  }
  const { connection, errors, rows, lastFullAt, lastIncrementalAt, nextSyncAt } = status.data
  if (connection === null) {
    return (
      <Panel title="Billing">
        <EmptyState
          icon={IconReceipt}
          title="Paymenter is not connected"
          action={
            <Button
              kind="primary"
              onClick={() => {
                connect('')
              }}
            >
              Connect Paymenter
            </Button>
          }
        >
          Customers, services and invoices come from it. You need its address and an admin API key.
        </EmptyState>
      </Panel>
    )
  }
  return (
    <Panel
      title="Billing"
      note={<span className="mono">{connection.url}</span>}
      actions={
        <>
          <SyncButton />
          <SyncButton full />
          <Button
            onClick={() => {
              connect(connection.url)
            }}
          >
            Reconnect
          </Button>
          <Button
            kind="danger"
            onClick={() => {
              dialogs.open('Disconnect Paymenter', (close) => <Disconnect url={connection.url} close={close} />)
            }}
          >
            Disconnect
          </Button>
        </>
      }
    >
      {running !== undefined && (
        <div className="panel-body" role="status">
          <Note tone="accent" title={running.label} />
        </div>
      )}
      {errors.length > 0 && (
        <div className="panel-body">
          {errors.map((error) => (
            <Note key={`${error.resource}/${error.code}`} tone="bad" title={`${spelledOut(error.resource)}: ${error.message}`}>
              {error.hint !== undefined && <p>{error.hint}</p>}
              <p className="muted mono">{error.code}</p>
            </Note>
          ))}
        </div>
      )}
      <Facts
        rows={[
          ['Time zone', `${connection.timeZone}: its days are Paymenter’s days`],
          [
            'Last full sync',
            <span key="full">
              <Age at={lastFullAt} staleAfterMs={26 * 3_600_000} />{' '}
              <span className="muted">
                <Instant at={lastFullAt} />
              </span>
            </span>,
          ],
          ['Last sync', <Age key="incremental" at={lastIncrementalAt ?? lastFullAt} staleAfterMs={15 * 60_000} />],
          ['Next sync', <Instant key="next" at={nextSyncAt} />],
          [
            'In the mirror',
            Object.entries(rows)
              .map(([name, amount]) => `${amount.toLocaleString()} ${spelledOut(name).toLowerCase()}`)
              .join(' · '),
          ],
          ['Permissions', <PermissionList key="permissions" permissions={connection.permissions} costs={[]} />],
        ]}
      />
    </Panel>
  )
}

function Disconnect({ url, close }: { readonly url: string; readonly close: () => void }) {
  const disconnect = useAct('billing.disconnect')
  const host = URL.canParse(url) ? new URL(url).host : url
  return (
    <ConfirmByName
      name={host}
      verb="Disconnect"
      busy={disconnect.isPending}
      error={disconnect.error}
      what={
        <>
          The key is taken out of the keychain and nothing is read any more, so nobody is suspended and nobody is given back. What was
          mirrored stays. Nothing changes in Paymenter.
        </>
      }
      onCancel={close}
      onConfirm={() => {
        disconnect.mutate(
          {},
          {
            onSuccess: () => {
              tellDone('Paymenter is disconnected')
              close()
            },
          },
        )
      }}
    />
  )
}
