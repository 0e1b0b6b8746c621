// The business at a glance: figures with their change, the way of the MRR, cash by period, what is owed.
import { Link } from '@tanstack/react-router'
import { moneyWords } from '../../../shared/domain/revenue/cells.ts'
import { bucketWords } from '../../../shared/domain/revenue/columns.ts'
import { Amount } from '../../components/Amount.tsx'
import { Skeleton } from '../../components/EmptyState.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Panel } from '../../components/Panel.tsx'
import { formatMoneyShort } from '../../lib/formatMoney.ts'
import { useRead } from '../../lib/queries.ts'
import type { ReportQuery } from '../../lib/reportSearch.ts'
import { PeriodChart, Waterfall } from './charts.tsx'
import { ComputedHow } from './ComputedHow.tsx'
import type { OpenDrill } from './drill.tsx'
import { ReportFigure } from './ReportFigure.tsx'
import { ReportNotes } from './ReportNotes.tsx'
import type { MrrRow, ReportChoice } from './useReports.ts'

const sum = <Row,>(rows: readonly Row[], pick: (row: Row) => number): number => rows.reduce((total, row) => total + pick(row), 0)
const netOf = (row: MrrRow): number => row.newMinor + row.reactivationMinor + row.expansionMinor + row.contractionMinor + row.churnMinor

interface OverviewProps {
  readonly choice: ReportChoice
  readonly query: ReportQuery
  readonly onDrill: (drill: OpenDrill) => void
}

export function ReportOverview({ choice, query, onDrill }: OverviewProps) {
  const { currency, compared } = choice
  const kept = { keepPrevious: true }
  const enabled = { enabled: compared !== null, keepPrevious: true }
  const mrr = useRead('reports.mrr', query, kept)
  const cash = useRead('reports.cash', query, kept)
  const churn = useRead('reports.churn', query, kept)
  const owed = useRead('reports.receivables', query, kept)
  const mrrBefore = useRead('reports.mrr', compared ?? query, enabled).data?.rows
  const cashBefore = useRead('reports.cash', compared ?? query, enabled).data?.rows
  const churnBefore = useRead('reports.churn', compared ?? query, enabled).data?.rows
  if (mrr.data === undefined || cash.data === undefined || churn.data === undefined || owed.data === undefined) {
    return mrr.error === null ? <Skeleton lines={8} /> : <ErrorNotice error={mrr.error} />
  }
  const rows = mrr.data.rows
  const last = rows.at(-1)
  const lastChurn = churn.data.rows.at(-1)
  const whole = { from: rows[0]?.from ?? '', to: last?.to ?? '' }
  const money = (amountMinor: number): string => formatMoneyShort({ amountMinor: Math.round(amountMinor), currency })
  const before = <T,>(value: T | undefined): T | undefined => (compared === null ? undefined : value)
  const scope = query.converted === true ? { converted: true } : {}
  const open =
    (title: string, figure: OpenDrill['question']['figure'], period: { from: string; to: string } = whole) =>
    () => {
      onDrill({ title, question: { figure, currency, ...period, ...scope } })
    }
  const late = owed.data.rows.filter((row) => row.bucket !== 'not-due')
  return (
    <>
      <section className="grid four report-figures" aria-label="Figures">
        <ReportFigure
          label="MRR"
          definition="mrr"
          value={last?.closingMinor ?? null}
          compared={before(mrrBefore?.at(-1)?.closingMinor)}
          format={money}
          spark={rows.map((row) => row.closingMinor)}
          onOpen={open('MRR', 'mrr')}
          {...(last !== undefined && last.atRiskMinor > 0 ? { note: `${money(last.atRiskMinor)} at risk` } : {})}
        />
        <ReportFigure
          label="Net new MRR"
          definition="closing"
          value={sum(rows, netOf)}
          compared={before(mrrBefore === undefined ? undefined : sum(mrrBefore, netOf))}
          format={money}
          spark={rows.map(netOf)}
        />
        <ReportFigure
          label="Collected"
          definition="collected"
          value={sum(cash.data.rows, (row) => row.collectedMinor)}
          compared={before(cashBefore === undefined ? undefined : sum(cashBefore, (row) => row.collectedMinor))}
          format={money}
          spark={cash.data.rows.map((row) => row.collectedMinor)}
          onOpen={open('Collected', 'collected')}
        />
        <ReportFigure
          label="Overdue"
          definition="owed"
          value={sum(late, (row) => row.amountMinor)}
          compared={undefined}
          format={money}
          spark={cash.data.rows.map((row) => row.owedMinor)}
          onOpen={open('Owed', 'owed')}
          note={`${String(sum(late, (row) => row.invoices))} of ${String(sum(owed.data.rows, (row) => row.invoices))} open invoices`}
        />
        <ReportFigure
          label="Customers"
          definition="customers"
          value={last?.customers ?? null}
          compared={before(mrrBefore?.at(-1)?.customers)}
          format={(value) => value.toLocaleString()}
          spark={rows.map((row) => row.customers)}
          onOpen={open('Customers', 'mrr')}
        />
        <ReportFigure
          label="ARPU"
          definition="arpu"
          value={lastChurn?.arpuMinor ?? null}
          compared={before(churnBefore?.at(-1)?.arpuMinor)}
          format={money}
          spark={churn.data.rows.map((row) => row.arpuMinor)}
        />
        <ReportFigure
          label="Revenue churn"
          definition="revenueChurn"
          value={lastChurn?.revenueChurnPercent ?? null}
          compared={before(churnBefore?.at(-1)?.revenueChurnPercent)}
          format={(value) => `${String(Math.round(value * 100) / 100)} %`}
          spark={churn.data.rows.map((row) => row.revenueChurnPercent)}
          note={`in ${lastChurn?.period ?? ''}`}
          onOpen={open('Churn', 'churn', { from: lastChurn?.from ?? whole.from, to: whole.to })}
        />
        <ReportFigure
          label="Quick ratio"
          definition="quickRatio"
          value={lastChurn?.quickRatio ?? null}
          compared={before(churnBefore?.at(-1)?.quickRatio)}
          format={(value) => String(value)}
          note={`in ${lastChurn?.period ?? ''}`}
          spark={churn.data.rows.map((row) => row.quickRatio)}
        />
      </section>
      <section className="grid halves">
        <Panel
          title="Why MRR changed"
          note={`${mrr.data.about.from} to ${mrr.data.about.to}`}
          actions={
            <Link className="link" to="/reports/$report" params={{ report: 'mrr' }} search={(current) => current}>
              By period
            </Link>
          }
        >
          <Waterfall rows={rows} currency={currency} />
        </Panel>
        <Panel
          title="Collected"
          note={compared === null ? undefined : 'dashed: what it is compared with'}
          actions={
            <Link className="link" to="/reports/$report" params={{ report: 'cash' }} search={(current) => current}>
              Cash
            </Link>
          }
        >
          <PeriodChart
            label="Collected by period"
            currency={currency}
            name="Collected"
            partName="of it uncertain"
            comparedName={compared === null ? undefined : 'Compared'}
            data={cash.data.rows.map((row, index) => ({
              label: row.period,
              amountMinor: row.collectedMinor,
              partMinor: row.uncertainMinor,
              comparedMinor: cashBefore?.[index]?.collectedMinor ?? null,
            }))}
          />
        </Panel>
      </section>
      <Panel
        title={
          <>
            Receivables <ComputedHow of="owed" />
          </>
        }
        note={`at the end of ${mrr.data.about.to === mrr.data.about.today.slice(0, 7) ? 'today' : mrr.data.about.to}`}
        actions={
          <Link className="link" to="/reports/$report" params={{ report: 'receivables' }} search={(current) => current}>
            By customer
          </Link>
        }
      >
        <table className="plain">
          <thead>
            <tr>
              <th>Days late</th>
              <th className="end">Invoices</th>
              <th className="end">Amount</th>
            </tr>
          </thead>
          <tbody>
            {owed.data.rows.map((row) => (
              <tr key={row.bucket}>
                <td>{bucketWords[row.bucket]}</td>
                <td className="end">{row.invoices.toLocaleString()}</td>
                <td className="end">
                  <button
                    type="button"
                    className="figure-link"
                    title="Open the invoices behind this figure"
                    aria-label={`${moneyWords(row.amountMinor, currency)}: open the invoices`}
                    onClick={() => {
                      onDrill({
                        title: `Owed, ${bucketWords[row.bucket] ?? ''} days`,
                        question: { figure: 'owed', currency, ...whole, bucket: row.bucket, ...scope },
                      })
                    }}
                  >
                    <Amount money={{ amountMinor: row.amountMinor, currency }} />
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
      <ReportNotes about={mrr.data.about} />
    </>
  )
}
