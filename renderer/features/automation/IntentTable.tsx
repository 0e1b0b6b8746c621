// The queue's rows: what is done to which VM of whom, how far it is, why, and what can be done about it.
import { IconCircleCheck, IconCircleX, IconShieldHalf } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Instant } from '../../components/Age.tsx'
import { Button } from '../../components/Button.tsx'
import { CancelIntent, useWhy } from '../../components/estate/IntentActions.tsx'
import { NodeLink, VmLink } from '../../components/estate/links.tsx'
import type { IntentRow } from '../../components/estate/states.tsx'
import { Icon } from '../../components/Icon.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { formatDuration } from '../../lib/formatTime.ts'
import { useClock } from '../../lib/now.ts'
import { intentVerb } from '../../lib/words.ts'
import { IntentSteps } from './IntentSteps.tsx'

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

export function IntentTable({ intents, icon, steps = false, renderActions }: IntentTableProps) {
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
                {steps ? <IntentSteps intent={intent} /> : <span className="muted">{intent.reason}</span>}
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

export function RunningActions({ intent }: { readonly intent: IntentRow }) {
  const why = useWhy()
  const since = useClock((now) => formatDuration(now - intent.updatedAt))
  const title = `${intentVerb(intent.kind, intent.state)} ${intent.name}`
  return (
    <span className="row end">
      <span className="muted">{since}</span>
      <Button
        onClick={() => {
          why(intent)
        }}
        aria-label={`Why: ${title}`}
      >
        Why
      </Button>
      {intent.kind !== 'unsuspend' && (
        <CancelIntent intent={intent} meaning="Stops before its next step; what was done already is seen in the next pass" />
      )}
    </span>
  )
}

export function DoneTable({ intents }: { readonly intents: readonly IntentRow[] }) {
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
