// The rows behind a figure, beside it: what was added up, and the sum, which is the figure.
import { useMemo } from 'react'
import type { MethodInput, MethodOutput } from '../../../shared/contract/index.ts'
import { Amount } from '../../components/Amount.tsx'
import { Skeleton } from '../../components/EmptyState.tsx'
import { CustomerLink, ServiceLink } from '../../components/estate/links.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { SidePanel } from '../../components/SidePanel.tsx'
import type { DataColumn } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/DataTable.tsx'
import { formatDecimal } from '../../../shared/domain/money.ts'
import { formatDay } from '../../lib/formatTime.ts'
import { count } from '../../lib/formatSize.ts'
import { useMinute } from '../../lib/now.ts'
import { useRead } from '../../lib/queries.ts'
import { useState } from 'react'

export type DrillQuestion = MethodInput<'reports.rows'>
type DrillRow = MethodOutput<'reports.rows'>['rows'][number]

export interface OpenDrill {
  readonly title: string
  readonly question: DrillQuestion
}

function columnsFor(currency: string, nowMs: number): readonly DataColumn<DrillRow>[] {
  return [
    {
      id: 'of',
      header: 'Of',
      widthPx: 92,
      value: (row) => (row.invoiceId === null ? row.serviceId : row.invoiceId),
      cell: (row) =>
        row.invoiceId !== null ? (
          `Inv. ${String(row.invoiceId)}`
        ) : row.serviceId === null ? (
          '–'
        ) : (
          <ServiceLink id={row.serviceId}>{`Srv. ${String(row.serviceId)}`}</ServiceLink>
        ),
    },
    {
      id: 'customer',
      header: 'Customer',
      widthPx: 120,
      grow: true,
      value: (row) => row.customer,
      cell: (row) => <CustomerLink id={row.customerId} name={row.customer} />,
    },
    { id: 'product', header: 'Product', widthPx: 110, hidden: true, value: (row) => row.product },
    { id: 'day', header: 'Day', widthPx: 76, value: (row) => row.day, cell: (row) => (row.day === null ? '–' : formatDay(row.day, nowMs)) },
    {
      id: 'amount',
      header: 'Amount',
      widthPx: 96,
      end: true,
      value: (row) => row.amountMinor,
      csv: (row) => formatDecimal({ amountMinor: row.amountMinor, currency }),
      cell: (row) => <Amount money={{ amountMinor: row.amountMinor, currency }} />,
    },
    {
      id: 'note',
      header: 'Note',
      widthPx: 118,
      value: (row) => row.note,
      cell: (row) => (
        <span title={row.marked ? 'Reconstructed from invoices, or its day is not certain' : undefined}>
          {row.note.replaceAll('-', ' ')}
          {row.marked && ' *'}
        </span>
      ),
    },
  ]
}

const words = (row: DrillRow): readonly (string | number | null)[] => [
  row.serviceId,
  row.invoiceId,
  row.customer,
  row.product,
  row.note,
  row.day,
]
const filterFields = { words, keys: {} }

export function DrillPanel({ drill, onClose }: { readonly drill: OpenDrill; readonly onClose: () => void }) {
  const answer = useRead('reports.rows', drill.question)
  const nowMs = useMinute()
  const [filter, setFilter] = useState('')
  const columns = useMemo(() => columnsFor(drill.question.currency, nowMs), [drill.question.currency, nowMs])
  const rows = useMemo(() => answer.data?.rows.map((row, index) => ({ ...row, index })) ?? [], [answer.data])
  return (
    <SidePanel title={drill.title} note={answer.data === undefined ? undefined : count(rows.length, 'row')} onClose={onClose}>
      <ErrorNotice error={answer.error} />
      {answer.data === undefined && answer.error === null && <Skeleton lines={6} />}
      {answer.data !== undefined && (
        <div className="drill">
          <div className="drill-sum">
            <span className="muted">Sum</span>
            <b>
              <Amount money={{ amountMinor: answer.data.sumMinor, currency: answer.data.currency }} />
            </b>
          </div>
          <DataTable
            id="report-rows"
            label="rows"
            rows={rows}
            rowKey={(row) => String(row.index)}
            columns={columns}
            filterFields={filterFields}
            filter={filter}
            onFilter={setFilter}
            sort={[{ id: 'amount', desc: true }]}
            empty={<p className="panel-body muted">Nothing was added up here.</p>}
          />
          {rows.some((row) => row.marked) && <p className="panel-foot">* reconstructed from invoices, or its day is not certain</p>}
        </div>
      )}
    </SidePanel>
  )
}
