// The next seven days as they would be if nobody paid: who is suspended, who is told, what renews.
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Skeleton } from '../../components/EmptyState.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Panel } from '../../components/Panel.tsx'
import { type AheadDay, aheadLines, isQuiet } from '../../lib/aheadDays.ts'
import { formatSums } from '../../lib/formatMoney.ts'
import { count, formatMemory } from '../../lib/formatSize.ts'
import { formatWeekday } from '../../lib/formatTime.ts'
import { splitMiddle } from '../../lib/middle.ts'
import { useMinute } from '../../lib/now.ts'
import { useRead } from '../../lib/queries.ts'

const shownNames = 3

export function NextDays() {
  const preview = useRead('automation.preview', { days: 7 })
  const plan = useRead('automation.plan', {}).data ?? []
  const mode = useRead('automation.status', {}).data?.mode
  const now = useMinute()
  const names = new Map(plan.map((row) => [row.serviceId, row.name]))
  const contradictions = plan.filter((row) => row.state === 'contradiction').length
  const days = preview.data ?? []
  return (
    <Panel
      title="Next seven days"
      note={mode === 'observe' ? 'observed: nothing is sent' : 'if nobody paid'}
      actions={
        <Link className="link" to="/automation/$tab" params={{ tab: 'ahead' }}>
          Ahead
        </Link>
      }
    >
      <ErrorNotice error={preview.error} />
      {preview.data === undefined && preview.error === null && <Skeleton lines={4} />}
      {preview.data !== undefined && days.every(isQuiet) && <p className="panel-body muted">Nobody is due to be told or suspended, and nothing renews.</p>}
      {!days.every(isQuiet) && (
        <table className="plain next-days">
          <tbody>
            {aheadLines(days).map((line) =>
              line.kind === 'quiet' ? (
                <Line key={line.from} when={`${formatWeekday(line.from, now)}${line.days > 1 ? ` to ${formatWeekday(line.to, now)}` : ''}`} />
              ) : (
                <Line
                  key={line.day.day}
                  when={line.day.day === days[0]?.day ? 'Today' : formatWeekday(line.day.day, now)}
                  what={whatHappens(line.day)}
                  hover={everything(line.day)}
                  who={line.day.suspensions.map((id) => names.get(id) ?? `Service ${String(id)}`)}
                  money={moneyOf(line.day)}
                />
              ),
            )}
          </tbody>
        </table>
      )}
      <Foot contradictions={contradictions} />
    </Panel>
  )
}

/** What is done to customers; renewals only where nothing else is, for they need nobody. */
function whatHappens({ suspensions, notices, renewals }: AheadDay): string {
  const done = [suspensions.length > 0 ? count(suspensions.length, 'suspension') : '', notices.length > 0 ? count(notices.length, 'notice') : '']
  return done.filter((part) => part !== '').join(', ') || count(renewals.length, 'renewal')
}

/** For the hover: everything. */
function everything({ suspensions, notices, trialsEnding, renewals, memoryFreedKiB }: AheadDay): string {
  const freed = memoryFreedKiB > 0 ? `, ${formatMemory(memoryFreedKiB)} freed` : ''
  return `${count(suspensions.length, 'suspension')}${freed}, ${count(trialsEnding.length, 'trial')} ending, ${count(notices.length, 'notice')}, ${count(renewals.length, 'renewal')}`
}

function moneyOf(day: AheadDay): string {
  if (day.valueAtRisk.length > 0) return `${formatSums(day.valueAtRisk, '')} at risk`
  return day.renewing.length > 0 ? `${formatSums(day.renewing, '')} renewing` : ''
}

interface LineProps {
  readonly when: string
  readonly what?: string
  readonly hover?: string
  readonly who?: readonly string[]
  readonly money?: string
}

function Line({ when, what, hover, who = [], money = '' }: LineProps) {
  return (
    <tr className={what === undefined ? 'faint' : undefined} title={hover}>
      <td className="muted">{when}</td>
      <td className="wrap">
        {what ?? 'nothing'}
        {who.length > 0 && <Names of={who} />}
      </td>
      <td className="end muted">{money}</td>
    </tr>
  )
}

/** Each name stands for itself: what one holds, right-to-left text or 10,000 characters, does not reach into the next. */
function Names({ of }: { readonly of: readonly string[] }) {
  const shown = of.slice(0, shownNames).map((name) => splitMiddle(name).whole)
  return (
    <div className="next-names muted" title={shown.join('\n')}>
      {shown.map((name, index) => (
        <span key={index}>
          {index > 0 && ', '}
          <bdi>{name}</bdi>
        </span>
      ))}
      {of.length > shownNames && ` and ${(of.length - shownNames).toLocaleString()} more`}
    </div>
  )
}

/** What is not reckoned with. */
function Foot({ contradictions }: { readonly contradictions: number }) {
  const links = useRead('links.list', {}).data
  const services = useRead('billing.status', {}).data?.rows['services'] ?? 0
  const linked = links?.filter((link) => link.confirmed).length ?? 0
  const notes: ReactNode[] = []
  if (links !== undefined && linked < services) {
    notes.push(
      <span key="links">
        {linked.toLocaleString()} of {services.toLocaleString()} services are{' '}
        <Link className="link" to="/services" search={{ filter: 'link:none' }}>
          linked
        </Link>{' '}
        to a VM; only those count.
      </span>,
    )
  }
  if (contradictions > 0) notes.push(<span key="contradictions"> {count(contradictions, 'service')} with facts that contradict each other: nothing is done.</span>)
  return notes.length === 0 ? null : <div className="panel-foot">{notes}</div>
}
