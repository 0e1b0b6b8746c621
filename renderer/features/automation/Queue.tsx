// The queue: what waits for the operator, what is planned, what runs step by step, what failed, what was done.
import { Menu } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { IconAlertTriangle, IconBolt, IconCircleCheck, IconClock, IconLoader2 } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { Button } from '../../components/Button.tsx'
import { EmptyState, Skeleton } from '../../components/EmptyState.tsx'
import { FailedActions, WaitingActions } from '../../components/estate/IntentActions.tsx'
import type { IntentRow } from '../../components/estate/states.tsx'
import { Icon } from '../../components/Icon.tsx'
import { ErrorNotice, Note } from '../../components/Note.tsx'
import { Panel } from '../../components/Panel.tsx'
import { useDialogs } from '../../lib/dialogs.tsx'
import { count } from '../../lib/formatSize.ts'
import { useRead } from '../../lib/queries.ts'
import { guardName } from '../../lib/words.ts'
import { ActOnAll, actOnAllTitle } from './ActOnAll.tsx'
import type { ActOnMany } from './ActOnAll.tsx'
import { DoneTable, IntentTable, RunningActions } from './IntentTable.tsx'
import { approvableTogether, byNode, queueGroups } from './queueGroups.ts'

const shownDone = 25

export function Queue() {
  const read = useRead('intents.list', { limit: 2000 })
  const guards = useRead('guards.list', {}).data ?? []
  const mode = useRead('automation.status', {}).data?.mode
  const [allDone, setAllDone] = useState(false)
  const { waiting, planned, running, failed, ended } = useMemo(() => queueGroups(read.data ?? []), [read.data])
  return (
    <>
      <ErrorNotice error={read.error} />
      {mode === 'observe' && (
        <Note
          tone="off"
          title="Mode: observe. Plans are shown, nothing is sent."
          action={
            <Link className="button" to="/automation/$tab" params={{ tab: 'policy' }}>
              Change the mode
            </Link>
          }
        >
          <p className="muted">Whatever the mode, what this console suspended is given back when it is paid.</p>
        </Note>
      )}
      {guards.map((guard) => (
        <Note
          key={`${guard.code}/${guard.nodeId ?? ''}`}
          tone="warn"
          title={`${guardName(guard.code)}${guard.node === null ? '' : `: ${guard.node}`}`}
          action={
            <Link className="button" to="/automation/$tab" params={{ tab: 'guards' }}>
              Look
            </Link>
          }
        >
          <p>{guard.reason}</p>
        </Note>
      ))}
      {read.data === undefined && read.error === null && <Skeleton />}
      {read.data !== undefined && waiting.length + planned.length + running.length + failed.length === 0 && (
        <section className="panel">
          <EmptyState icon={IconCircleCheck} title="The queue is empty">
            Suspensions and starts appear here with their reason before anything is sent. The plan shows what is due for every linked
            service.
          </EmptyState>
        </section>
      )}
      {waiting.length > 0 && (
        <Panel
          title="Waiting for you"
          note={`${count(waiting.length, 'service')} · facts are read again before anything is sent`}
          actions={<ApproveSeveral intents={approvableTogether(waiting)} />}
        >
          <IntentTable intents={waiting} icon={<Icon of={IconBolt} />} renderActions={(intent) => <WaitingActions intent={intent} />} />
        </Panel>
      )}
      {planned.length > 0 && (
        <Panel title="Planned" note="waits for its turn, its node, a guard or the hours set in the policy">
          <IntentTable
            intents={planned}
            icon={<Icon of={IconClock} className="faint" />}
            steps
            renderActions={(intent) => <WaitingActions intent={intent} />}
          />
        </Panel>
      )}
      {running.length > 0 && (
        <Panel title="Running" note="one at a time per node">
          <IntentTable
            intents={running}
            icon={<Icon of={IconLoader2} className="spin" />}
            steps
            renderActions={(intent) => <RunningActions intent={intent} />}
          />
        </Panel>
      )}
      {failed.length > 0 && (
        <Panel
          title="Failed"
          note="nothing is lost; it stays here until you say so"
          actions={failed.length > 1 && <SettleSeveral intents={failed} />}
        >
          <IntentTable
            intents={failed}
            icon={<Icon of={IconAlertTriangle} className="bad" />}
            steps
            renderActions={(intent) => <FailedActions intent={intent} />}
          />
        </Panel>
      )}
      {ended.length > 0 && (
        <Panel
          title="Done"
          note={ended.length.toLocaleString()}
          actions={
            <Link className="link" to="/automation/$tab" params={{ tab: 'record' }}>
              Record
            </Link>
          }
        >
          <DoneTable intents={allDone ? ended : ended.slice(0, shownDone)} />
          {ended.length > shownDone && !allDone && (
            <div className="panel-foot">
              <button
                type="button"
                className="link"
                onClick={() => {
                  setAllDone(true)
                }}
              >
                Show all {ended.length.toLocaleString()}
              </button>
            </div>
          )}
        </Panel>
      )}
    </>
  )
}

function useActOnAll(): (act: ActOnMany, intents: readonly IntentRow[], where?: string) => void {
  const dialogs = useDialogs()
  return (act, intents, where = '') => {
    dialogs.open(
      `${actOnAllTitle(act, intents.length)}${where}`,
      (close) => <ActOnAll act={act} intents={intents} close={close} />,
      620,
    )
  }
}

/** Approves all, or those of one node where there are several. */
function ApproveSeveral({ intents }: { readonly intents: readonly IntentRow[] }) {
  const actOnAll = useActOnAll()
  const nodes = byNode(intents)
  if (intents.length === 0) return null
  return (
    <>
      {nodes.length > 1 && (
        <Menu>
          <Menu.Target>
            <Button>Approve by node</Button>
          </Menu.Target>
          <Menu.Dropdown>
            {nodes.map((group) => (
              <Menu.Item
                key={group.nodeId}
                rightSection={<span className="muted">{group.intents.length}</span>}
                onClick={() => {
                  actOnAll('approve', group.intents, ` on ${group.node.slice(0, 60)}`)
                }}
              >
                {group.node}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      <Button
        kind="primary"
        onClick={() => {
          actOnAll('approve', intents)
        }}
      >
        {intents.length === 1 ? 'Approve 1' : `Approve all ${String(intents.length)}`}
      </Button>
    </>
  )
}

function SettleSeveral({ intents }: { readonly intents: readonly IntentRow[] }) {
  const actOnAll = useActOnAll()
  return (
    <>
      <Button
        onClick={() => {
          actOnAll('resolve', intents)
        }}
      >
        Mark all resolved
      </Button>
      <Button
        onClick={() => {
          actOnAll('retry', intents)
        }}
      >
        Retry all {intents.length}
      </Button>
    </>
  )
}
