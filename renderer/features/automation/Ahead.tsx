// The days ahead as they would be if nobody paid: who is told, who is suspended, what renews, what is at risk.
import { SegmentedControl } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { IconCalendarOff, IconLink } from '@tabler/icons-react'
import { useMemo } from 'react'
import { EmptyState, Skeleton } from '../../components/EmptyState.tsx'
import { Figure } from '../../components/Figure.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Panel } from '../../components/Panel.tsx'
import { aheadTotals, isQuiet } from '../../lib/aheadDays.ts'
import { formatSums } from '../../lib/formatMoney.ts'
import { count, sizeParts } from '../../lib/formatSize.ts'
import { useRead } from '../../lib/queries.ts'
import { useRemembered } from '../../lib/remembered.ts'
import { AheadTable } from './AheadTable.tsx'

const spans = [7, 14, 31] as const
type Span = (typeof spans)[number]

function isSpan(stored: unknown): stored is Span {
  return spans.some((span) => span === stored)
}

export function Ahead() {
  const [span, setSpan] = useRemembered<Span>('automation/ahead/days', isSpan, 7)
  const preview = useRead('automation.preview', { days: span }, { keepPrevious: true })
  const plan = useRead('automation.plan', {})
  const totals = useMemo(() => aheadTotals(preview.data ?? []), [preview.data])
  if (preview.data === undefined) return preview.error === null ? <Skeleton lines={10} /> : <ErrorNotice error={preview.error} />
  if (plan.data !== undefined && plan.data.length === 0) {
    return (
      <section className="panel">
        <EmptyState
          icon={IconLink}
          title="No service is linked to a VM"
          action={
            <Link className="button primary" to="/services">
              Link services
            </Link>
          }
        >
          The days ahead are reckoned for linked services only.
        </EmptyState>
      </section>
    )
  }
  const freed = sizeParts(totals.memoryFreedKiB * 1024)
  return (
    <>
      <ErrorNotice error={preview.error ?? plan.error} />
      <div className="grid four">
        <Figure
          label="Would be suspended"
          value={totals.suspensions.toLocaleString()}
          unit={totals.suspensions === 1 ? 'service' : 'services'}
        >
          {totals.trialsEnding > 0 && `${count(totals.trialsEnding, 'trial')} among them, `}
          {count(totals.notices, 'notice')} before
        </Figure>
        <Figure label="Value at risk" value={formatSums(totals.valueAtRisk, 'none')}>
          what those bring in a billing period
        </Figure>
        <Figure label="Renewing" value={formatSums(totals.renewing, 'none')}>
          {count(totals.renewals, 'service')}
        </Figure>
        <Figure label="Memory freed" value={freed.value} unit={freed.unit}>
          {totals.memoryFreedKiB === 0 ? 'nothing that runs would be stopped' : 'of VMs that run now'}
        </Figure>
      </div>
      <Panel
        title="The days ahead"
        note="as if nobody paid and nothing else changed"
        actions={
          <SegmentedControl
            aria-label="How many days"
            value={String(span)}
            onChange={(value) => {
              const chosen = spans.find((one) => String(one) === value)
              if (chosen !== undefined) setSpan(chosen)
            }}
            data={spans.map((one) => ({ value: String(one), label: `${String(one)} days` }))}
          />
        }
      >
        {preview.data.every(isQuiet) ? (
          <EmptyState icon={IconCalendarOff} title={`Nothing is ahead in ${String(span)} days`}>
            Nobody is due to be told or suspended, and nothing renews. What is suspended already is not counted again.
          </EmptyState>
        ) : (
          <AheadTable days={preview.data} plan={plan.data ?? []} />
        )}
      </Panel>
    </>
  )
}
