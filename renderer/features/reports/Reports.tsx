// Reports: an overview, a page for each, their settings; every figure opens the rows behind it.
import { Link, useParams } from '@tanstack/react-router'
import { IconReportMoney } from '@tabler/icons-react'
import { useCallback, useState } from 'react'
import { reportNames, reportTitles } from '../../../shared/domain/revenue/columns.ts'
import { EmptyState, Skeleton } from '../../components/EmptyState.tsx'
import { MirrorAge, SyncButton } from '../../components/MirrorTools.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Page } from '../../components/Page.tsx'
import { Split } from '../../components/SidePanel.tsx'
import { reportTabs, type ReportTab } from '../../lib/reportTabs.ts'
import { DrillPanel, type OpenDrill } from './drill.tsx'
import { PaperMenu } from './PaperMenu.tsx'
import { PeriodBar } from './PeriodBar.tsx'
import { ReportOverview } from './ReportOverview.tsx'
import { ReportPage } from './ReportPage.tsx'
import { ReportSettings } from './ReportSettings.tsx'
import { useReportChoice, type ReportChoice } from './useReports.ts'
import './reports.css'

const tabNames: Readonly<Record<ReportTab, string>> = {
  overview: 'Overview',
  ...reportTitles,
  mrr: 'MRR',
  churn: 'Churn',
  settings: 'Settings',
}

export function Reports() {
  const { report: named } = useParams({ from: '/reports/$report' })
  const tab = reportTabs.find((known) => known === named) ?? 'overview'
  const choice = useReportChoice()
  const [opened, setDrill] = useState<(OpenDrill & { readonly tab: ReportTab }) | null>(null)
  // The rows behind a figure of another tab, or of another currency, are not beside this one.
  const drill = opened?.tab === tab && opened.question.currency === choice.currency ? opened : null
  const open = useCallback(
    (next: OpenDrill) => {
      setDrill({ ...next, tab })
    },
    [tab],
  )
  const close = useCallback(() => {
    setDrill(null)
  }, [])
  const report = reportNames.find((name) => name === tab) ?? null
  return (
    <Page
      title="Reports"
      filled
      age={choice.about !== undefined && <MirrorAge asOf={choice.about.asOf} />}
      actions={
        choice.query !== null && choice.about !== undefined && <PaperMenu report={report} query={choice.query} month={choice.about.to} />
      }
      tabs={reportTabs.map((one) => (
        <Link
          key={one}
          to="/reports/$report"
          params={{ report: one }}
          search={(current) => current}
          activeOptions={{ includeSearch: false }}
        >
          {tabNames[one]}
        </Link>
      ))}
    >
      <Split
        main={
          <div className="report-screen">
            {tab !== 'settings' && choice.query !== null && <PeriodBar choice={choice} />}
            <div className="report-content">
              {tab === 'settings' ? <ReportSettings about={choice.about} /> : <Content tab={tab} choice={choice} onDrill={open} />}
            </div>
          </div>
        }
        side={drill === null ? null : <DrillPanel key={JSON.stringify(drill.question)} drill={drill} onClose={close} />}
      />
    </Page>
  )
}

function Content({
  tab,
  choice,
  onDrill,
}: {
  readonly tab: Exclude<ReportTab, 'settings'>
  readonly choice: ReportChoice
  readonly onDrill: (drill: OpenDrill) => void
}) {
  const { query, about, error } = choice
  if (query === null) {
    if (error !== null) return <ErrorNotice error={error} />
    if (about === undefined) return <Skeleton lines={8} />
    return (
      <EmptyState icon={IconReportMoney} title="There is nothing to report yet" action={<SyncButton />}>
        Reports are computed from services and invoices, as Paymenter has them and as they were recorded here day by day. Connect Paymenter
        and sync.
      </EmptyState>
    )
  }
  if (error !== null && about === undefined) return <ErrorNotice error={error} />
  return tab === 'overview' ? (
    <ReportOverview choice={choice} query={query} onDrill={onDrill} />
  ) : (
    <ReportPage key={tab} report={tab} choice={choice} query={query} onDrill={onDrill} />
  )
}
