// From a cell of a report's table to the question for the rows behind it.
import { asId, type CustomerId, type NodeId } from '../ids.ts'
import { textOf, type ReportRow } from './cells.ts'
import type { ReportColumn, TableName } from './columns.ts'
import type { DrillFigure, DrillRequest } from './drill.ts'
import type { AgeBucket } from './receivables.ts'

export interface DrillQuestion extends Omit<DrillRequest, 'from' | 'to'> {
  readonly figure: DrillFigure
  /** `YYYY-MM-DD`. */
  readonly from: string
  readonly to: string
}

const lateColumns: Readonly<Record<string, AgeBucket>> = {
  notDueMinor: 'not-due',
  late1To7Minor: '1-7',
  late8To30Minor: '8-30',
  late31To60Minor: '31-60',
  lateOver60Minor: 'over-60',
}

function lastDayOfMonth(month: string): string {
  const next = Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 1)
  return new Date(next - 86_400_000).toISOString().slice(0, 10)
}

function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

function customerOf(row: ReportRow): CustomerId | null {
  const id = row['customerId']
  return typeof id === 'number' ? asId<CustomerId>(id) : null
}

/**
 * What to ask for the rows behind a cell; null where nothing opens.
 * @param whole the days that the report as a whole covers, for tables without a period in each row
 */
export function drillOf(
  table: TableName,
  column: ReportColumn,
  row: ReportRow,
  whole: { readonly from: string; readonly to: string },
): DrillQuestion | null {
  const late = table === 'debtors' ? lateColumns[column.key] : undefined
  const figure = column.drill ?? (late === undefined ? undefined : 'owed')
  if (figure === undefined || row[column.key] === null) return null
  const base = { figure, currency: textOf(row, 'currency') }
  switch (table) {
    case 'mrr':
    case 'cash':
    case 'churn':
      return { ...base, from: textOf(row, 'from'), to: textOf(row, 'to') }
    case 'receivables':
      return { ...base, ...whole, bucket: textOf(row, 'bucket') as AgeBucket }
    case 'debtors':
      return { ...base, ...whole, customerId: customerOf(row), ...(late === undefined ? {} : { bucket: late }) }
    case 'plans':
      return { ...base, ...whole, planKey: textOf(row, 'key') }
    case 'nodes':
      return { ...base, ...whole, nodeId: row['nodeId'] === null ? null : asId<NodeId>(textOf(row, 'nodeId')) }
    case 'customers':
      return { ...base, ...whole, customerId: customerOf(row) }
    case 'credits':
      // Each row is a credit itself.
      return null
    case 'cohorts': {
      const month = textOf(row, 'month')
      return { ...base, from: `${month}-01`, to: lastDayOfMonth(month), cohort: textOf(row, 'cohort') }
    }
    case 'forecast': {
      const from = textOf(row, 'asOf')
      return { ...base, from, to: addDays(from, Number(row['days'])) }
    }
  }
}
