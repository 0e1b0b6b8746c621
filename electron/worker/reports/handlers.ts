// The contract's methods of reports.
import type { Context } from '../context.ts'
import type { Handlers } from '../rpc/handlers.ts'
import type { MonthReports } from './monthReport.ts'
import type { Reports } from './reports.ts'
import { lastReportMail } from './reportMail.ts'
import { readNodeCosts, readReportSettings, saveNodeCost, saveReportSettings } from './settings.ts'

type ReportMethods = Extract<keyof Handlers, `reports.${string}`>

export function reportHandlers(context: Context, reports: Reports, months: MonthReports): Pick<Handlers, ReportMethods> {
  const { orm } = context.db
  return {
    'reports.mrr': (query) => reports.mrr(query),
    'reports.cash': (query) => reports.cash(query),
    'reports.receivables': (query) => reports.receivables(query),
    'reports.churn': (query) => reports.churn(query),
    'reports.plans': (query) => reports.plans(query),
    'reports.nodes': (query) => reports.nodes(query),
    'reports.customers': (query) => reports.customers(query),
    'reports.cohorts': (query) => reports.cohorts(query),
    'reports.forecast': (query) => reports.forecast(query),
    'reports.rows': (request) => reports.rows(request),
    'reports.settings': () => ({ ...readReportSettings(orm), nodeCosts: readNodeCosts(orm), mail: lastReportMail(orm) }),
    'reports.setSettings': (wish) => {
      const saved = saveReportSettings(orm, wish)
      context.changed('reports')
      return saved
    },
    'reports.setNodeCost': (wish) => {
      saveNodeCost(orm, wish)
      context.changed('reports')
      return { ok: true }
    },
    'reports.document': (wish) => months.document(wish),
    'reports.saved': () => months.saved(),
    'reports.saveMonth': ({ month }) => {
      const saved = months.save(month)
      context.changed('reports')
      return saved
    },
  }
}
