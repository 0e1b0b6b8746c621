// What needs a decision now, then how the estate stands.
import { Link } from '@tanstack/react-router'
import { Age } from '../../components/Age.tsx'
import { Figure } from '../../components/Figure.tsx'
import { Meter } from '../../components/Meter.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Page } from '../../components/Page.tsx'
import { Panel } from '../../components/Panel.tsx'
import { formatMoneyShort, sumByCurrency } from '../../lib/formatMoney.ts'
import { count, formatMemory, formatOf, sizeParts } from '../../lib/formatSize.ts'
import { useRead } from '../../lib/queries.ts'
import { daysLate, useOverdue } from '../../lib/overdue.ts'
import { Capacity } from './Capacity.tsx'
import { LeakSums } from './LeakSums.tsx'
import { NeedsYou } from './NeedsYou.tsx'
import { NextDays } from './NextDays.tsx'
import { RevenueFigure } from './Revenue.tsx'

export function Overview() {
  const nodes = useRead('nodes.list', {})
  const billing = useRead('billing.status', {})
  const rows = nodes.data ?? []
  const seen = rows.flatMap((node) => (node.lastSeenAt === null ? [] : [node.lastSeenAt]))
  const synced = Math.max(billing.data?.lastFullAt ?? 0, billing.data?.lastIncrementalAt ?? 0)
  return (
    <Page
      title="Overview"
      age={
        <>
          {seen.length > 0 && <Age of="nodes" at={Math.min(...seen)} staleAfterMs={2 * 60_000} />}
          {seen.length > 0 && synced > 0 && ' · '}
          {synced > 0 && <Age of="billing" at={synced} staleAfterMs={15 * 60_000} />}
        </>
      }
    >
      <ErrorNotice error={nodes.error ?? billing.error} />
      <section className="grid four" aria-label="Figures">
        <RevenueFigure />
        <OverdueFigure />
        <MemoryFigure />
        <RunningFigure />
      </section>
      <section className="grid wide-narrow">
        <div className="stack">
          <NeedsYou nodes={rows} />
          <LeakSums />
        </div>
        <NextDays />
      </section>
      <Panel
        title="Fleet capacity"
        note="now"
        actions={
          <Link className="link" to="/capacity">
            Capacity
          </Link>
        }
      >
        <Capacity nodes={rows} loading={nodes.data === undefined} />
      </Panel>
    </Page>
  )
}

function OverdueFigure() {
  const { invoices, today } = useOverdue()
  const sums = sumByCurrency(invoices.flatMap((invoice) => (invoice.total === null ? [] : [invoice.total])))
  const late = invoices.filter((invoice) => daysLate(invoice.dueAt, today) > 7)
  const lateSums = sumByCurrency(late.flatMap((invoice) => (invoice.total === null ? [] : [invoice.total])))
  const [largest, ...others] = sums
  return (
    <Figure
      label="Overdue"
      value={largest === undefined ? 'Nothing' : formatMoneyShort(largest)}
      unit={largest === undefined ? '' : count(invoices.length, 'invoice')}
    >
      {others.length > 0 && <div>and {others.map(formatMoneyShort).join(' + ')}</div>}
      {late.length > 0 ? (
        <div>
          <span className="bad strong">{lateSums.map(formatMoneyShort).join(' + ')}</span> over 7 days
        </div>
      ) : (
        <div>none over 7 days</div>
      )}
    </Figure>
  )
}

function MemoryFigure() {
  const nodes = useRead('nodes.list', {}).data ?? []
  const capacities = nodes.flatMap((node) => (node.capacity === null ? [] : [node.capacity]))
  const sum = (pick: (capacity: (typeof capacities)[number]) => number): number =>
    capacities.reduce((total, capacity) => total + pick(capacity), 0)
  const total = sum((capacity) => capacity.memoryTotalKiB)
  const used = sum((capacity) => capacity.memoryUsedKiB)
  const committed = sum((capacity) => capacity.memoryCommittedKiB)
  if (total === 0)
    return (
      <Figure label="Memory committed" value="–">
        No node has been seen yet
      </Figure>
    )
  const [value = '–', ...rest] = formatOf(committed * 1024, total * 1024).split(' ')
  return (
    <Figure label="Memory committed" value={value} unit={rest.join(' ')}>
      <Meter label="Memory" used={used} committed={committed} physical={total} text={`${formatMemory(used)} used`} />
      <span>
        {total > committed ? `${formatMemory(total - committed)} free to sell` : `${formatMemory(committed - total)} over what is there`}
      </span>
    </Figure>
  )
}

function RunningFigure() {
  const nodes = useRead('nodes.list', {}).data ?? []
  const running = nodes.reduce((sum, node) => sum + (node.capacity?.vmsRunning ?? 0), 0)
  const total = nodes.reduce((sum, node) => sum + node.vms, 0)
  const disk = nodes.reduce((sum, node) => sum + (node.capacity?.storageUsedBytes ?? 0), 0)
  const { value, unit } = sizeParts(disk)
  return (
    <Figure label="VMs running" value={running.toLocaleString()} unit={`of ${total.toLocaleString()}`}>
      on {count(nodes.length, 'node')} · {value} {unit} of disk used
    </Figure>
  )
}
