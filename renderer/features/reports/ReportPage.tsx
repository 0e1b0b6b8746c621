// One report: its chart where a picture helps, its tables, what was left out.
import { reportTitles, type ReportName, type TableName } from '../../../shared/domain/revenue/columns.ts'
import type { ReportRow } from '../../../shared/domain/revenue/cells.ts'
import { creditsUnread } from '../../../shared/domain/revenue/definitions.ts'
import { Skeleton } from '../../components/EmptyState.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Panel } from '../../components/Panel.tsx'
import { useRead } from '../../lib/queries.ts'
import type { ReportQuery } from '../../lib/reportSearch.ts'
import { PeriodChart } from './charts.tsx'
import type { OpenDrill } from './drill.tsx'
import { ReportNotes } from './ReportNotes.tsx'
import { ReportTable } from './ReportTable.tsx'
import type { ReportChoice } from './useReports.ts'

interface ReportPageProps {
  readonly report: ReportName
  readonly choice: ReportChoice
  readonly query: ReportQuery
  readonly onDrill: (drill: OpenDrill) => void
}

function amount(row: ReportRow | undefined, key: string): number | null {
  const value = row?.[key]
  return typeof value === 'number' ? value : null
}

/** What is drawn over a table: of which column, and the lighter part of it. */
const drawn: Partial<
  Record<ReportName, { readonly key: string; readonly name: string; readonly part?: string; readonly partName?: string }>
> = {
  mrr: { key: 'closingMinor', name: 'Closing MRR', part: 'atRiskMinor', partName: 'of it at risk' },
  cash: { key: 'collectedMinor', name: 'Collected', part: 'uncertainMinor', partName: 'of it uncertain' },
  churn: { key: 'arpuMinor', name: 'Revenue per customer' },
}

export function ReportPage({ report, choice, query, onDrill }: ReportPageProps) {
  const { currency, compared } = choice
  const answer = useRead(`reports.${report}`, query, { keepPrevious: true })
  const before = useRead(`reports.${report}`, compared ?? query, {
    enabled: compared !== null && drawn[report] !== undefined,
    keepPrevious: true,
  }).data
  const months = useRead('reports.mrr', query, { keepPrevious: true }).data?.rows
  if (answer.data === undefined) return answer.error === null ? <Skeleton lines={8} /> : <ErrorNotice error={answer.error} />
  const data = answer.data
  const rows: readonly ReportRow[] = data.rows
  const beforeRows: readonly ReportRow[] | undefined = compared === null ? undefined : before?.rows
  const whole = { from: months?.[0]?.from ?? data.about.today, to: months?.at(-1)?.to ?? data.about.today }
  const chart = drawn[report]
  const isReceivables = 'debtors' in data
  const table = (name: TableName, of: readonly ReportRow[]) => (
    // A table scrolls by itself: it is as high as its rows, up to most of the screen.
    <div className="report-table" style={{ height: `min(60vh, ${String(of.length * 32 + 130)}px)` }}>
      <ReportTable table={name} rows={of} whole={whole} converted={query.converted === true} onDrill={onDrill} />
    </div>
  )
  return (
    <>
      <ErrorNotice error={answer.error} />
      {chart !== undefined && rows.length > 1 && (
        <Panel title={chart.name} note={beforeRows === undefined ? currency : `${currency} · dashed: what it is compared with`}>
          <PeriodChart
            label={`${chart.name} by period`}
            currency={currency}
            name={chart.name}
            {...(chart.partName === undefined ? {} : { partName: chart.partName })}
            comparedName={beforeRows === undefined ? undefined : 'Compared'}
            data={rows.map((row, index) => ({
              label: String(row['period']),
              amountMinor: amount(row, chart.key) ?? 0,
              partMinor: chart.part === undefined ? 0 : (amount(row, chart.part) ?? 0),
              comparedMinor: amount(beforeRows?.[index], chart.key),
            }))}
          />
        </Panel>
      )}
      {table(report, rows)}
      {isReceivables && (
        <>
          <h2 className="report-heading">{reportTitles.debtors}</h2>
          {table('debtors', data.debtors)}
          {data.credits !== null && data.credits.length > 0 && (
            <>
              <h2 className="report-heading">{reportTitles.credits}</h2>
              {table('credits', data.credits)}
            </>
          )}
        </>
      )}
      <ReportNotes about={data.about} extra={isReceivables && data.credits === null ? [creditsUnread] : []} />
    </>
  )
}
