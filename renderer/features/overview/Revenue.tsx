// Revenue this month against last: what recurs, and what has come in.
import { Link } from '@tanstack/react-router'
import { Figure } from '../../components/Figure.tsx'
import { formatMoneyShort } from '../../lib/formatMoney.ts'
import { formatMonth } from '../../lib/formatTime.ts'
import { useMinute } from '../../lib/now.ts'
import { useRead } from '../../lib/queries.ts'

/** `2026-11` and the month before it. */
function twoMonths(nowMs: number): { readonly from: string; readonly to: string } {
  const now = new Date(nowMs)
  const text = (back: number): string => new Date(Date.UTC(now.getFullYear(), now.getMonth() - back, 1)).toISOString().slice(0, 7)
  return { from: text(1), to: text(0) }
}

/** In the currency of most services; others are named. */
export function RevenueFigure() {
  const months = { ...twoMonths(useMinute()), every: 'month' as const }
  const mrr = useRead('reports.mrr', months, { keepPrevious: true }).data
  const cash = useRead('reports.cash', months, { keepPrevious: true }).data
  const currency = mrr?.about.currencies[0]
  const [before, now] = mrr?.rows.filter((row) => row.currency === currency) ?? []
  const [collectedBefore, collected] = cash?.rows.filter((row) => row.currency === currency) ?? []
  if (currency === undefined || before === undefined || now === undefined) {
    return (
      <Figure label="Recurring revenue" value="–">
        {mrr !== undefined && 'Nothing recurs yet'}
      </Figure>
    )
  }
  const money = (amountMinor: number): string => formatMoneyShort({ amountMinor, currency })
  const change = now.closingMinor - before.closingMinor
  const others = mrr?.about.currencies.slice(1) ?? []
  return (
    <Figure label={`Recurring revenue, ${formatMonth(now.from)}`} value={money(now.closingMinor)} unit="a month">
      <div>
        <Link className="link" to="/reports/$report" params={{ report: 'mrr' }}>
          {change > 0 && '+'}
          {money(change)} on {formatMonth(before.from)}
        </Link>
      </div>
      {collected !== undefined && collectedBefore !== undefined && (
        <div title={`So far in ${formatMonth(now.from)}; in the whole of ${formatMonth(before.from)}`}>
          collected {money(collected.collectedMinor)}, was {money(collectedBefore.collectedMinor)}
        </div>
      )}
      {others.length > 0 && <div>and in {others.join(', ')}</div>}
    </Figure>
  )
}
