// Revenue this month against last: what recurs, and what has come in.
import { Link } from '@tanstack/react-router'
import { Figure } from '../../components/Figure.tsx'
import { Sparkline } from '../../components/Sparkline.tsx'
import { formatMoneyShort } from '../../lib/formatMoney.ts'
import { formatMonth } from '../../lib/formatTime.ts'
import { useMinute } from '../../lib/now.ts'
import { useRead } from '../../lib/queries.ts'
import { monthToBeginWith, revenueMonths } from '../../lib/revenueMonths.ts'

/** In the currency of most services; others are named. */
export function RevenueFigure() {
  const query = { from: monthToBeginWith(useMinute()), every: 'month' as const }
  const mrr = useRead('reports.mrr', query, { keepPrevious: true }).data
  const cash = useRead('reports.cash', query, { keepPrevious: true }).data
  const [currency = '', ...others] = mrr?.about.currencies ?? []
  const months = revenueMonths(mrr?.rows ?? [], cash?.rows ?? [], currency)
  if (months === null) {
    return (
      <Figure label="Recurring revenue" value="–">
        {mrr !== undefined && 'Nothing recurs yet'}
      </Figure>
    )
  }
  const { now, before, recurringMinor } = months
  const money = (amountMinor: number): string => formatMoneyShort({ amountMinor, currency })
  return (
    <Figure label={`Recurring revenue, ${formatMonth(now.from)}`} value={money(now.recurringMinor)} unit="a month">
      {before !== null && (
        <div className="row">
          <Link className="link" to="/reports/$report" params={{ report: 'mrr' }}>
            {now.recurringMinor > before.recurringMinor && '+'}
            {money(now.recurringMinor - before.recurringMinor)} on {formatMonth(before.from)}
          </Link>
          <Sparkline values={recurringMinor} />
        </div>
      )}
      {now.collectedMinor !== null && (
        <div title="So far this month; the month before as a whole">
          collected {money(now.collectedMinor)}
          {before !== null && before.collectedMinor !== null && `, was ${money(before.collectedMinor)}`}
        </div>
      )}
      {others.length > 0 && <div>and in {others.join(', ')}</div>}
    </Figure>
  )
}
