// The line that is never hidden: worker, billing, nodes, running work, automation.
import { Link } from '@tanstack/react-router'
import type { MethodOutput } from '../../shared/contract/index.ts'
import { Age } from '../components/Age.tsx'
import { nodeWord } from '../components/estate/states.tsx'
import type { Tone } from '../components/Tag.tsx'
import { useJobs } from '../lib/jobs.ts'
import { useLineState, useRead } from '../lib/queries.ts'

const staleBillingMs = 15 * 60_000

function Dot({ tone }: { readonly tone: Tone }) {
  return <i className={`dot tone-${tone}`} aria-hidden="true" />
}

export function StatusLine({ status }: { readonly status: MethodOutput<'system.status'> }) {
  return (
    <footer className="foot">
      <Worker relayed={status.relayed} />
      <Billing />
      <Nodes />
      <Jobs />
      <Automation />
    </footer>
  )
}

function Worker({ relayed }: { readonly relayed: boolean }) {
  const line = useLineState()
  if (line === 'open') {
    return (
      <span role="status">
        <Dot tone="ok" />
        {relayed ? 'Worker of another program' : 'Worker running'}
      </span>
    )
  }
  return (
    <span role="status" className="warn">
      <Dot tone="warn" />
      Worker is restarting
    </span>
  )
}

function Billing() {
  const billing = useRead('billing.status', {}).data
  if (billing === undefined) return null
  if (billing.connection === null) {
    return (
      <Link to="/settings">
        <Dot tone="off" />
        Billing not connected
      </Link>
    )
  }
  const last = Math.max(billing.lastFullAt ?? 0, billing.lastIncrementalAt ?? 0)
  const broken = billing.errors.length > 0
  return (
    <Link to="/settings" className={broken ? 'bad' : ''} title={billing.errors.map((error) => error.message).join('\n')}>
      <Dot tone={broken ? 'bad' : last === 0 ? 'warn' : 'ok'} />
      {billing.syncing ? 'Billing: syncing' : broken ? 'Billing: last sync failed, ' : 'Billing synced '}
      {!billing.syncing && <Age at={last === 0 ? null : last} staleAfterMs={staleBillingMs} />}
    </Link>
  )
}

function Nodes() {
  const nodes = useRead('nodes.list', {}).data
  if (nodes === undefined) return null
  if (nodes.length === 0) {
    return (
      <Link to="/nodes">
        <Dot tone="off" />
        No nodes
      </Link>
    )
  }
  const troubled = nodes.filter((node) => node.state !== 'ok')
  const [first] = troubled
  return (
    <Link to="/nodes" className="cuttable">
      <Dot tone={troubled.length === 0 ? 'ok' : 'warn'} />
      {nodes.length - troubled.length} of {nodes.length} nodes ok
      {first !== undefined && ` · ${first.name.slice(0, 40)}: ${nodeWord(first.state)}`}
      {troubled.length > 1 && ` and ${String(troubled.length - 1)} more`}
    </Link>
  )
}

function Jobs() {
  const running = useJobs().filter((job) => job.state === 'running')
  const [first] = running
  if (first === undefined) return null
  const progress = first.total === null || first.total === 0 ? '' : ` ${String(first.done)} of ${String(first.total)}`
  return (
    <span className="cuttable" role="status">
      <Dot tone="accent" />
      {running.length > 1 ? `${String(running.length)} jobs: ` : ''}
      {first.label.slice(0, 120)}
      {progress}
    </span>
  )
}

const modeTones: Record<string, Tone> = { observe: 'off', approve: 'warn', auto: 'ok' }

function Automation() {
  const automation = useRead('automation.status', {}).data
  if (automation === undefined) return null
  return (
    <Link to="/automation/$tab" params={{ tab: 'queue' }} className="push">
      <Dot tone={modeTones[automation.mode] ?? 'off'} />
      Automation: <span className={modeTones[automation.mode] ?? ''}>{automation.mode}</span>
      {automation.running && ', running'}
      {automation.guards > 0 && (
        <span className="warn"> · {automation.guards === 1 ? '1 guard holds' : `${String(automation.guards)} guards hold`}</span>
      )}
    </Link>
  )
}
