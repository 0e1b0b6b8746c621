// What this installation is: version, data folder, keychain, worker; and the way into or out of the demo.
import { useQueryClient } from '@tanstack/react-query'
import { Instant } from '../../components/Age.tsx'
import { Button } from '../../components/Button.tsx'
import { Skeleton } from '../../components/EmptyState.tsx'
import { ErrorNotice, Note } from '../../components/Note.tsx'
import { Facts, Panel } from '../../components/Panel.tsx'
import { isBarred, keychainWords } from '../../lib/keychain.ts'
import { useAct, useRead } from '../../lib/queries.ts'

export function About() {
  const status = useRead('system.status', {}).data
  const check = useAct('system.checkKeychain')
  const start = useAct('demo.start')
  const leave = useAct('demo.leave')
  const queryClient = useQueryClient()
  if (status === undefined)
    return (
      <Panel title="About">
        <Skeleton lines={4} />
      </Panel>
    )
  const { keychain } = status
  const reread = (): void => {
    void queryClient.resetQueries()
  }
  return (
    <Panel
      title="About"
      actions={
        status.demo ? (
          <Button
            busy={leave.isPending}
            onClick={() => {
              leave.mutate({}, { onSuccess: reread })
            }}
          >
            Leave the demo
          </Button>
        ) : (
          <Button
            busy={start.isPending}
            onClick={() => {
              start.mutate({}, { onSuccess: reread })
            }}
          >
            Explore the demo
          </Button>
        )
      }
    >
      <Facts
        rows={[
          ['Version', status.version],
          [
            'Data folder',
            <span key="data" className="mono">
              {status.dataDir}
            </span>,
          ],
          [
            'Installation',
            <span key="id" className="mono">
              {status.installationId}
            </span>,
          ],
          [
            'Keychain',
            <span key="keychain" className="row">
              <span className={isBarred(keychain) ? 'warn' : ''}>{keychainWords[keychain.state]}</span>
              <Button
                busy={check.isPending}
                onClick={() => {
                  check.mutate({})
                }}
              >
                Check again
              </Button>
            </span>,
          ],
          [
            'Worker',
            <span key="worker">
              process {status.pid}, since <Instant at={status.startedAt} />
              {status.relayed && ', shared with another program'}
            </span>,
          ],
        ]}
      />
      {keychain.problem !== null && (
        <div className="panel-body">
          <Note tone="warn" title={keychain.problem.message}>
            <p>{keychain.problem.hint}</p>
          </Note>
        </div>
      )}
      {(start.error ?? leave.error ?? check.error) !== null && (
        <div className="panel-body">
          <ErrorNotice error={start.error ?? leave.error ?? check.error} />
        </div>
      )}
    </Panel>
  )
}
