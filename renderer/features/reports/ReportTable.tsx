// Any table of a report: its columns as they are defined once, amounts that open the rows behind them, CSV and order like every table.
import { useMemo, useState } from 'react'
import { cellWords, plainCell, textOf, type ReportRow } from '../../../shared/domain/revenue/cells.ts'
import { reportColumns, reportTitles, type ReportColumn, type TableName } from '../../../shared/domain/revenue/columns.ts'
import { drillOf } from '../../../shared/domain/revenue/drillOf.ts'
import { CustomerLink, NodeLink } from '../../components/estate/links.tsx'
import type { DataColumn } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/DataTable.tsx'
import { AllComputedHow } from './ComputedHow.tsx'
import type { OpenDrill } from './drill.tsx'

interface ReportTableProps {
  readonly table: TableName
  readonly rows: readonly ReportRow[]
  /** The days that the whole report covers. */
  readonly whole: { readonly from: string; readonly to: string }
  readonly converted: boolean
  readonly onDrill: (drill: OpenDrill) => void
}

/** What a row is called in the title of the rows behind it. */
function nameOf(table: TableName, row: ReportRow): string {
  switch (table) {
    case 'receivables':
      return `${cellWords({ key: 'bucket', header: '', kind: 'text' }, row)} days`
    case 'debtors':
    case 'credits':
    case 'customers':
      return textOf(row, 'customer')
    case 'plans':
      return `${textOf(row, 'product')}, ${textOf(row, 'plan')}`
    case 'nodes':
      return textOf(row, 'node') || 'not linked'
    case 'cohorts':
      return `${textOf(row, 'cohort')} in ${textOf(row, 'month')}`
    case 'forecast':
      return `${String(row['days'])} days from ${textOf(row, 'asOf')}`
    case 'mrr':
    case 'cash':
    case 'churn':
      return textOf(row, 'period')
  }
}

const widths: Readonly<Record<ReportColumn['kind'], number>> = {
  text: 110,
  money: 122,
  count: 92,
  percent: 112,
  number: 112,
  mib: 104,
  flag: 104,
}
const growing = new Set(['customer', 'product', 'node', 'period'])

export function ReportTable({ table, rows, whole, converted, onDrill }: ReportTableProps) {
  const [filter, setFilter] = useState('')
  const columns = useMemo(
    () =>
      reportColumns[table]
        .filter((column) => column.key !== 'currency')
        .map((column): DataColumn<ReportRow> => {
          const cell = (row: ReportRow) => {
            const text = cellWords(column, row)
            if (column.key === 'customer')
              return <CustomerLink id={typeof row['customerId'] === 'number' ? row['customerId'] : null} name={text} />
            if (column.key === 'node' && typeof row['nodeId'] === 'string') return <NodeLink nodeId={row['nodeId']} name={text} />
            const question = drillOf(table, column, row, whole)
            if (question === null) return text
            return (
              <button
                type="button"
                className={row[column.key] === 0 ? 'figure-link nothing' : 'figure-link'}
                title="Open the rows behind this figure"
                onClick={() => {
                  const { planKey, nodeId, customerId, cohort, bucket, ...rest } = question
                  onDrill({
                    title: `${column.header}, ${nameOf(table, row)}`,
                    question: {
                      ...rest,
                      ...(planKey === undefined ? {} : { planKey }),
                      ...(nodeId === undefined ? {} : { nodeId }),
                      ...(customerId === undefined ? {} : { customerId }),
                      ...(cohort === undefined ? {} : { cohort }),
                      ...(bucket === undefined ? {} : { bucket }),
                      ...(converted ? { converted } : {}),
                    },
                  })
                }}
              >
                {text}
              </button>
            )
          }
          return {
            id: column.key,
            header: column.header,
            widthPx: widths[column.kind],
            grow: growing.has(column.key),
            end: column.kind !== 'text' && column.kind !== 'flag',
            value: (row) => {
              const value = row[column.key]
              return typeof value === 'number' || typeof value === 'string' ? value : typeof value === 'boolean' ? Number(value) : null
            },
            csv: (row) => plainCell(column, row),
            cell,
          }
        }),
    [table, whole, converted, onDrill],
  )
  const keyed = useMemo(() => rows.map((row, index) => ({ ...row, rowIndex: index })), [rows])
  const fields = useMemo(
    () => ({
      words: (row: ReportRow) => reportColumns[table].filter((column) => column.kind === 'text').map((column) => cellWords(column, row)),
      keys: {},
    }),
    [table],
  )
  return (
    <DataTable
      id={`report-${table}`}
      label={reportTitles[table].toLowerCase()}
      rows={keyed}
      rowKey={(row) => String(row.rowIndex)}
      columns={columns}
      filterFields={fields}
      filter={filter}
      onFilter={setFilter}
      tools={<AllComputedHow tables={[table]} />}
      empty={<p className="panel-body muted">There is nothing in this period.</p>}
    />
  )
}
