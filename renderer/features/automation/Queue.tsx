// The queue: what waits for the operator, what runs step by step, what failed, what was done.
import { Link } from '@tanstack/react-router'
import { IconAlertTriangle, IconBolt, IconCircleCheck, IconCircleX, IconLoader2, IconShieldHalf } from '@tabler/icons-react'
import { useState } from 'react'
import type { ReactNode } from 'react'
import { Instant } from '../../components/Age.tsx'
import { Button } from '../../components/Button.tsx'
import { EmptyState, Skeleton } from '../../components/EmptyState.tsx'
import { FailedActions, WaitingActions, useWhy } from '../../components/estate/IntentActions.tsx'
import { NodeLink, VmLink } from '../../components/estate/links.tsx'
import type { IntentRow } from '../../components/estate/states.tsx'
import { Icon } from '../../components/Icon.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { ErrorNotice, Note } from '../../components/Note.tsx'
import { Panel } from '../../components/Panel.tsx'
import { useDialogs } from '../../lib/dialogs.tsx'
import { count } from '../../lib/formatSize.ts'
import { formatDuration } from '../../lib/formatTime.ts'
import { useClock } from '../../lib/now.ts'
import { useRead } from '../../lib/queries.ts'
import { guardName, intentVerb, stepWords, stepsBehind } from '../../lib/words.ts'
import { ApproveAll } from './ApproveAll.tsx'

const shownDone = 25

export function Queue() {
  const read = useRead('intents.list', { limit: 2000 })
  const guards = useRead('guards.list', {}).data ?? []
  const mode = useRead('automation.status', {}).data?.mode
  const dialogs = useDialogs()
  const [allDone, setAllDone] = useState(false)
  const intents = read.data ?? []
  const waiting = intents.filter((intent) => intent.state === 'planned' && intent.waitsForApproval)
  // A termination is approved by its own name only, never with others.
  const together = waiting.filter((intent) => intent.kind === 'suspend' || intent.kind === 'unsuspend')
  const running = intents.filter(
    (intent) => ['approved', 'executing', 'verifying'].includes(intent.state) || (intent.state === 'planned' && !intent.waitsForApproval),
  )
  const failed = intents.filter((intent) => intent.state === 'failed')
  const ended = intents
    .filter((intent) => intent.state === 'done' || intent.state === 'cancelled')
    .sort((a, b) => (b.finishedAt ?? 0) - (a.finishedAt ?? 0))
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
      {read.data !== undefined && waiting.length + running.length + failed.length === 0 && (
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
          actions={
            together.length > 0 && (
              <Button
                kind="primary"
                onClick={() => {
                  dialogs.open(`Approve ${String(together.length)}`, (close) => <ApproveAll intents={together} close={close} />, 620)
                }}
              >
                {together.length === 1 ? 'Approve 1' : `Approve all ${String(together.length)}`}
              </Button>
            )
          }
        >
          <IntentTable intents={waiting} icon={<Icon of={IconBolt} />} renderActions={(intent) => <WaitingActions intent={intent} />} />
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
        <Panel title="Failed" note="nothing is lost; it stays here until you say so">
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

interface IntentTableProps {
  readonly intents: readonly IntentRow[]
  readonly icon: ReactNode
  readonly steps?: boolean
  readonly renderActions: (intent: IntentRow) => ReactNode
}

function What({ intent }: { readonly intent: IntentRow }) {
  return (
    <span className="what">
      {intentVerb(intent.kind, intent.state)} <VmLink nodeId={intent.nodeId} uuid={intent.uuid} name={intent.name} />
    </span>
  )
}

function IntentTable({ intents, icon, steps = false, renderActions }: IntentTableProps) {
  return (
    <div className="panel-scroll">
      <table className="plain intents">
        <thead>
          <tr>
            <th scope="col">
              <span className="hidden-words">State</span>
            </th>
            <th scope="col">What</th>
            <th scope="col">Whose</th>
            <th scope="col">{steps ? 'How far' : 'Because'}</th>
            <th scope="col">Node</th>
            <th scope="col" className="end">
              <span className="hidden-words">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {intents.map((intent) => (
            <tr key={intent.id}>
              <td className="icon-cell">{icon}</td>
              <td>
                <What intent={intent} />
              </td>
              <td className="whose">{intent.customerName === null ? '–' : <MiddleCut text={intent.customerName} />}</td>
              <td className="wrap because">
                {steps ? <Steps intent={intent} /> : <span className="muted">{intent.reason}</span>}
                {steps && intent.state !== 'failed' && intent.error === null && <div className="muted small">{intent.reason}</div>}
                {intent.error !== null && (
                  <div className={intent.state === 'failed' ? 'bad small' : 'warn small'}>{intent.error.message}</div>
                )}
              </td>
              <td className="muted">
                <NodeLink nodeId={intent.nodeId} name={intent.node} />
              </td>
              <td className="end">{renderActions(intent)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** An approved one whose first step has not begun waits for its node or for the pass that runs. */
function hasItsTurn(intent: IntentRow): boolean {
  return intent.state !== 'planned' && !(intent.state === 'approved' && intent.step === 'recheck')
}

const parts = ['facts', 'VM', 'proof', 'billing']

function Steps({ intent }: { readonly intent: IntentRow }) {
  const behind = stepsBehind(intent.step)
  const broken = intent.state === 'failed'
  return (
    <span className="steps" title={`${String(behind)} of ${String(parts.length)}: ${parts.join(', ')}`}>
      {parts.map((part, index) => (
        <i key={part} className={index < behind ? 'past' : index === behind && hasItsTurn(intent) ? (broken ? 'broken' : 'now') : ''} />
      ))}
      <span className="muted">
        {hasItsTurn(intent) ? stepWords(intent.step) : 'waits for its turn'}
        {intent.attempts > 1 && `, try ${String(intent.attempts)}`}
      </span>
    </span>
  )
}

function RunningActions({ intent }: { readonly intent: IntentRow }) {
  const why = useWhy()
  const since = useClock((now) => formatDuration(now - intent.updatedAt))
  return (
    <span className="row end">
      <span className="muted">{since}</span>
      <Button
        onClick={() => {
          why(intent)
        }}
        aria-label={`Why: ${intent.name}`}
      >
        Why
      </Button>
    </span>
  )
}

function DoneTable({ intents }: { readonly intents: readonly IntentRow[] }) {
  const why = useWhy()
  return (
    <div className="panel-scroll">
      <table className="plain intents">
        <tbody>
          {intents.map((intent) => (
            <tr key={intent.id}>
              <td className="icon-cell">
                {intent.state === 'done' ? (
                  <Icon of={intent.error === null ? IconCircleCheck : IconShieldHalf} className={intent.error === null ? 'ok' : 'warn'} />
                ) : (
                  <Icon of={IconCircleX} className="faint" />
                )}
              </td>
              <td>
                {intent.state === 'cancelled' && <span className="muted">Cancelled: </span>}
                <What intent={intent} />
              </td>
              <td className="whose">{intent.customerName === null ? '–' : <MiddleCut text={intent.customerName} />}</td>
              <td className="wrap because muted">
                {intent.reason}
                {intent.error !== null && <div className="warn small">{intent.error.message}</div>}
              </td>
              <td className="end muted">
                <Instant at={intent.finishedAt} />
                {intent.finishedAt !== null && ` · ${formatDuration(intent.finishedAt - intent.createdAt)}`}
              </td>
              <td className="end">
                <Button
                  kind="quiet"
                  aria-label={`Why: ${intent.name}`}
                  onClick={() => {
                    why(intent)
                  }}
                >
                  Why
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
