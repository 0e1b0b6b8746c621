// Every report as tables of rows, for what treats them alike: paper, CSV, the month's report.
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { creditsUnread } from '../../../shared/domain/revenue/definitions.ts'
import type { ReportRow } from '../../../shared/domain/revenue/cells.ts'
import type { ReportName, TableName } from '../../../shared/domain/revenue/columns.ts'
import type { ReportQuery, Reports } from './reports.ts'

export type About = MethodOutput<'reports.mrr'>['about']

export interface ReportTables {
  readonly about: About
  readonly tables: readonly { readonly name: TableName; readonly rows: readonly ReportRow[] }[]
  /** What the report wants to say besides. */
  readonly notes: readonly string[]
}

export function tablesOf(reports: Reports, report: ReportName, query: ReportQuery): ReportTables {
  if (report === 'receivables') {
    const { about, rows, debtors, credits } = reports.receivables(query)
    const notes = credits === null ? [creditsUnread] : []
    return {
      about,
      tables: [
        { name: 'receivables', rows },
        { name: 'debtors', rows: debtors },
        ...(credits === null ? [] : [{ name: 'credits' as const, rows: credits }]),
      ],
      notes,
    }
  }
  const { about, rows } = reports[report](query)
  return { about, tables: [{ name: report, rows }], notes: [] }
}
