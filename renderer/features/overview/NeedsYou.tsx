// The list of what waits for the operator: approvals, failures, guards, nodes in trouble, exposure.
import { Link } from '@tanstack/react-router'
import { IconAlertTriangle, IconBolt, IconCircleCheck, IconGauge, IconLink, IconLock, IconShieldHalf } from '@tabler/icons-react'
import { Button } from '../../components/Button.tsx'
import { EmptyState, Skeleton } from '../../components/EmptyState.tsx'
import { FailedActions, WaitingActions } from '../../components/estate/IntentActions.tsx'
import { Findings } from '../../components/estate/Findings.tsx'
import type { IntentRow, NodeRow } from '../../components/estate/states.tsx'
import { nodeWord } from '../../components/estate/states.tsx'
import { Icon } from '../../components/Icon.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Panel } from '../../components/Panel.tsx'
import { useDialogs } from '../../lib/dialogs.tsx'
import { useRead } from '../../lib/queries.ts'
import { guardName, intentVerb } from '../../lib/words.ts'

const shownIntents = 6

export function NeedsYou({ nodes }: { readonly nodes: readonly NodeRow[] }) {
  const planned = useRead('intents.list', { state: 'planned', limit: 1000 })
  const failed = useRead('intents.list', { state: 'failed', limit: 1000 }).data ?? []
  const guards = useRead('guards.list', {}).data ?? []
  const suggestions = useRead('links.suggest', {}).data ?? []
  const billing = useRead('billing.status', {}).data
  const waiting = (planned.data ?? []).filter((intent) => intent.waitsForApproval)
  const troubled = nodes.filter((node) => node.problem !== null && node.state !== 'maintenance')
  const exposed = groupFindings(nodes)
  const short = useRead('capacity.alerts', {}).data ?? []
  const obvious = suggestions.filter((suggestion) => suggestion.obvious)
  const billingErrors = billing?.errors ?? []
  const total =
    waiting.length + failed.length + guards.length + troubled.length + exposed.length + short.length + billingErrors.length + (obvious.length > 0 ? 1 : 0)
  const loading = planned.data === undefined && planned.error === null
  return (
    <Panel
      title="Needs you"
      note={total === 0 ? undefined : total.toLocaleString()}
      actions={
        <Link className="link" to="/automation/$tab" params={{ tab: 'queue' }}>
          Open the queue
        </Link>
      }
    >
      <ErrorNotice error={planned.error} />
      {loading && <Skeleton lines={4} />}
      {!loading && total === 0 && (
        <EmptyState icon={IconCircleCheck} title="Nothing waits for you">
          Approvals, failures, guards, nodes in trouble and exposed nodes stand here as they come.
        </EmptyState>
      )}
      {waiting.slice(0, shownIntents).map((intent) => (
        <Todo key={intent.id} icon={IconBolt} intent={intent} />
      ))}
      <More of={waiting.length} word="more wait for approval" />
      {failed.slice(0, shownIntents).map((intent) => (
        <Todo key={intent.id} icon={IconAlertTriangle} intent={intent} />
      ))}
      <More of={failed.length} word="more have failed" />
      {guards.map((guard) => (
        <div className="todo" key={`${guard.code}/${guard.nodeId ?? ''}`}>
          <Icon of={IconShieldHalf} className="warn" />
          <div>
            <div className="todo-title">
              Guard: <b>{guardName(guard.code)}</b> {guard.node !== null && `on ${guard.node}`}
            </div>
            <p>{guard.reason}</p>
          </div>
          <Link className="button" to="/automation/$tab" params={{ tab: 'guards' }}>
            Look
          </Link>
        </div>
      ))}
      {troubled.map((node) => (
        <div className="todo" key={node.id}>
          <Icon of={IconAlertTriangle} className="warn" />
          <div>
            <div className="todo-title">
              Node <b>{node.name}</b> {nodeWord(node.state)}
            </div>
            <p>{node.problem?.message}</p>
          </div>
          <Cure node={node} />
        </div>
      ))}
      {short.map((alert) => (
        <div className="todo" key={`${alert.nodeId}/${alert.kind}`}>
          <Icon of={IconGauge} className="warn" />
          <div>
            <div className="todo-title">
              <b>{alert.node}</b> runs short
            </div>
            <p>{alert.message}</p>
          </div>
          <Link className="button" to="/nodes/$nodeId" params={{ nodeId: alert.nodeId }}>
            Look
          </Link>
        </div>
      ))}
      {exposed.map(({ on, finding, first }) => (
        <div className="todo" key={finding.message}>
          <Icon of={IconLock} className={finding.severity === 'danger' ? 'bad' : 'warn'} />
          <div>
            <div className="todo-title">
              <b>{on.slice(0, 4).join(', ')}</b> {on.length > 4 && `and ${String(on.length - 4)} more`}
            </div>
            <p>{finding.message}</p>
          </div>
          <Cure node={first} />
        </div>
      ))}
      {billingErrors.map((error) => (
        <div className="todo" key={`${error.resource}/${error.code}`}>
          <Icon of={IconAlertTriangle} className="bad" />
          <div>
            <div className="todo-title">
              Billing: <b>{error.resource}</b> could not be read
            </div>
            <p>
              {error.message} {error.hint}
            </p>
          </div>
          <Link className="button" to="/settings">
            Settings
          </Link>
        </div>
      ))}
      {obvious.length > 0 && (
        <div className="todo">
          <Icon of={IconLink} />
          <div>
            <div className="todo-title">
              <b>{obvious.length.toLocaleString()}</b> {obvious.length === 1 ? 'service has an obvious VM' : 'services have an obvious VM'}
            </div>
            <p>Automation uses a link only after you have confirmed it.</p>
          </div>
          <Link className="button" to="/services" search={{ filter: 'link:none' }}>
            Look
          </Link>
        </div>
      )}
    </Panel>
  )
}

/** The same finding on several nodes is one thing to look at. */
function groupFindings(nodes: readonly NodeRow[]): { on: string[]; first: NodeRow; finding: NodeRow['findings'][number] }[] {
  const groups = new Map<string, { on: string[]; first: NodeRow; finding: NodeRow['findings'][number] }>()
  for (const node of nodes) {
    for (const finding of node.findings) {
      if (finding.severity === 'info') continue
      const group = groups.get(finding.message)
      if (group === undefined) groups.set(finding.message, { on: [node.name], first: node, finding })
      else group.on.push(node.name)
    }
  }
  return [...groups.values()]
}

function More({ of, word }: { readonly of: number; readonly word: string }) {
  if (of <= shownIntents) return null
  return (
    <div className="panel-foot">
      <Link className="link" to="/automation/$tab" params={{ tab: 'queue' }}>
        {(of - shownIntents).toLocaleString()} {word}
      </Link>
    </div>
  )
}

function Todo({ icon, intent }: { readonly icon: typeof IconBolt; readonly intent: IntentRow }) {
  const hasFailed = intent.state === 'failed'
  return (
    <div className="todo">
      <Icon of={icon} className={hasFailed ? 'bad' : ''} />
      <div>
        <div className="todo-title">
          <span>
            {intentVerb(intent.kind, intent.state)}
            {hasFailed && ' failed'}:
          </span>
          <b className="cut">
            <MiddleCut text={intent.name} />
          </b>
          {intent.customerName !== null && (
            <span className="row">
              <span>of</span> <MiddleCut text={intent.customerName} />
            </span>
          )}
        </div>
        <p>{hasFailed ? (intent.error?.message ?? intent.reason) : intent.reason}</p>
      </div>
      {hasFailed ? <FailedActions intent={intent} /> : <WaitingActions intent={intent} />}
    </div>
  )
}

/** What is wrong with a node and how to cure it. */
function Cure({ node }: { readonly node: NodeRow }) {
  const dialogs = useDialogs()
  return (
    <Button
      onClick={() => {
        dialogs.open(
          `${node.name}: how to cure it`,
          () => (
            <div className="stack">
              {node.problem !== null && <ErrorNotice error={node.problem} />}
              <div>
                <Findings findings={node.findings} />
              </div>
              <div className="row end">
                <Link className="button" to="/nodes/$nodeId" params={{ nodeId: node.id }}>
                  Open the node
                </Link>
              </div>
            </div>
          ),
          560,
        )
      }}
    >
      How to cure it
    </Button>
  )
}
