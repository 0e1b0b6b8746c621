// What could not be derived from what Paymenter sent: which value of which row, why, and what was sent.
import { Link } from '@tanstack/react-router'
import { IconCircleCheck } from '@tabler/icons-react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { EmptyState, Skeleton } from '../../components/EmptyState.tsx'
import { Missing } from '../../components/billing/Missing.tsx'
import { CustomerLink } from '../../components/estate/links.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { MirrorAge, SyncButton } from '../../components/MirrorTools.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Page } from '../../components/Page.tsx'
import type { DataColumn } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/DataTable.tsx'
import type { FilterFields } from '../../lib/filter.ts'
import { count } from '../../lib/formatSize.ts'
import { useMirror } from '../../lib/mirror.ts'
import { useTableAddress } from '../../lib/tableAddress.ts'

type UnderivedRow = MethodOutput<'billing.underived'>['rows'][number]

function RowLink({ row }: { readonly row: UnderivedRow }) {
  const open = { open: String(row.id) }
  if (row.resource === 'services') return <Link className="link" to="/services" search={open}>{`#${String(row.id)}`}</Link>
  if (row.resource === 'invoices') return <Link className="link" to="/invoices" search={open}>{`#${String(row.id)}`}</Link>
  if (row.resource === 'tickets') return <Link className="link" to="/tickets" search={open}>{`#${String(row.id)}`}</Link>
  return <>#{row.id}</>
}

const dash = <span className="faint">–</span>
const columns: readonly DataColumn<UnderivedRow>[] = [
  { id: 'resource', header: 'Of', widthPx: 130, value: (row) => row.resource },
  { id: 'id', header: 'Row', widthPx: 90, value: (row) => row.id, cell: (row) => <RowLink row={row} /> },
  { id: 'customer', header: 'Customer', widthPx: 170, grow: true, value: (row) => row.customerName, cell: (row) => <CustomerLink id={row.customerId} name={row.customerName} /> },
  { id: 'value', header: 'Value', widthPx: 110, value: (row) => row.value },
  { id: 'reason', header: 'Why', widthPx: 320, grow: true, value: (row) => row.reason, cell: (row) => <MiddleCut text={row.reason} className="muted" /> },
  { id: 'sent', header: 'Sent', widthPx: 160, value: (row) => row.sent, cell: (row) => (row.sent === null ? dash : <span className="mono cut-end">{row.sent}</span>) },
]
const fields: FilterFields<UnderivedRow> = {
  words: (row) => [row.resource, row.id, row.customerName, row.value, row.reason, row.sent],
  keys: { of: (row) => row.resource, value: (row) => row.value, customer: (row) => row.customerName },
}
const noRows: readonly UnderivedRow[] = []

export function Underived() {
  const { filter, onFilter } = useTableAddress()
  const { page, error } = useMirror('billing.underived', filter, false)
  const rows = page?.rows ?? noRows
  return (
    <Page title="Not derived" filled age={<MirrorAge asOf={page?.asOf} />} actions={<SyncButton />}>
      {page === undefined ? (
        error === null ? (
          <Skeleton lines={10} />
        ) : (
          <ErrorNotice error={error} />
        )
      ) : (
        <div className="stacked-screen">
          <p className="muted">
            Paymenter’s API does not tell everything, and some of it is told oddly. What could be derived is marked where it stands; here is what could not: it is left open,
            never guessed.
          </p>
          <Missing list={page.missing} />
          <DataTable
            id="underived"
            label="values"
            rows={rows}
            rowKey={(row) => `${row.resource}/${String(row.id)}/${row.value}`}
            columns={columns}
            filterFields={fields}
            filter={filter}
            onFilter={onFilter}
            renderSummary={(shown) => count(shown.length, 'value')}
            empty={
              <EmptyState icon={IconCircleCheck} title="Everything could be derived">
                Every total, day, period and owner is known.
              </EmptyState>
            }
          />
        </div>
      )}
    </Page>
  )
}
