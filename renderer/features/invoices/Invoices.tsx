// Invoices: ageing above, and the table over all of them, read in windows; what they are for and what can be done beside it.
import { useCallback, useMemo, useState } from 'react'
import { Missing } from '../../components/billing/Missing.tsx'
import { Skeleton } from '../../components/EmptyState.tsx'
import { GoneSwitch, MirrorAge, MirrorEmpty, SyncButton } from '../../components/MirrorTools.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Page } from '../../components/Page.tsx'
import { SidePanel, Split } from '../../components/SidePanel.tsx'
import { useTableChoices } from '../../components/table/useTableChoices.ts'
import { WindowedTable } from '../../components/table/WindowedTable.tsx'
import { formatSums } from '../../lib/formatMoney.ts'
import { count } from '../../lib/formatSize.ts'
import { useInvoiceWindow } from '../../lib/invoiceWindow.ts'
import { useMinute } from '../../lib/now.ts'
import { useToday } from '../../lib/overdue.ts'
import type { InvoiceRow } from '../../lib/overdue.ts'
import { useRead } from '../../lib/queries.ts'
import { useSettled } from '../../lib/settled.ts'
import { useTableAddress } from '../../lib/tableAddress.ts'
import { Ageing } from './Ageing.tsx'
import { columnsFor, sortOf } from './columns.tsx'
import { InvoiceDetails } from './InvoiceDetails.tsx'

const filterKeys = ['status', 'customer', 'age', 'late', 'service', 'currency', 'id']
const views = [
  { name: 'Unpaid', filter: 'status:pending' },
  { name: 'Late', filter: 'late:yes' },
  { name: '1 to 7 days late', filter: 'age:1-7' },
  { name: '8 to 30 days late', filter: 'age:8-30' },
  { name: '31 to 60 days late', filter: 'age:31-60' },
  { name: 'Over 60 days late', filter: 'age:over-60' },
  { name: 'Paid', filter: 'status:paid' },
]
const initialSort = [{ id: 'due', desc: true }]
const settleMs = 120

export function Invoices() {
  const { filter, open, onFilter, onOpen, close } = useTableAddress()
  const [gone, setGone] = useState(false)
  const today = useToday()
  const now = useMinute()
  const columns = useMemo(() => columnsFor(today, now), [today, now])
  const choices = useTableChoices('invoices', columns, initialSort)
  const settled = useSettled(filter, settleMs)
  const { head, error, rows, onView, all } = useInvoiceWindow({ filter: settled, gone, sort: sortOf(choices.sorting), today })
  const unpaid = useRead('invoices.unpaid', { filter: settled, gone, today }, { enabled: head !== undefined, keepPrevious: true }).data
  const shown = open === undefined ? undefined : rows.find((row) => row !== undefined && String(row.id) === open)
  const sought = useRead('invoices.window', { filter: `id:${open ?? ''}`, gone: true, today, limit: 1 }, { enabled: open !== undefined && shown === undefined })
  const opened = shown ?? sought.data?.rows.find((row) => String(row.id) === open)
  const openRow = useCallback(
    (row: InvoiceRow) => {
      onOpen(String(row.id))
    },
    [onOpen],
  )
  return (
    <Page title="Invoices" filled age={<MirrorAge asOf={head?.asOf} />} actions={<SyncButton />}>
      {head === undefined ? (
        error === null ? (
          <Skeleton lines={10} />
        ) : (
          <ErrorNotice error={error} />
        )
      ) : (
        <div className="stacked-screen">
          <Missing list={head.missing} />
          <Ageing today={today} filter={filter} onFilter={onFilter} />
          <Split
            main={
              <WindowedTable
                id="invoices"
                label="invoices"
                rows={rows}
                onView={onView}
                rowKey={(row) => String(row.id)}
                columns={columns}
                filterKeys={filterKeys}
                filter={filter}
                onFilter={onFilter}
                views={views}
                choices={choices}
                openKey={open}
                onOpen={openRow}
                rowClass={(row) => (row.gone ? 'dim' : '')}
                tools={<GoneSwitch value={gone} onChange={setGone} />}
                summary={
                  <>
                    {count(head.total, 'invoice')}
                    {unpaid !== undefined && unpaid.count > 0 && ` · ${unpaid.count.toLocaleString()} unpaid: ${formatSums(unpaid.sums, '–')}`}
                  </>
                }
                empty={<MirrorEmpty what="invoices" />}
                allRows={all}
              />
            }
            side={
              opened === undefined ? null : (
                <SidePanel title={`Invoice #${String(opened.id)}`} onClose={close}>
                  <InvoiceDetails invoice={opened} today={today} nowMs={now} />
                </SidePanel>
              )
            }
          />
        </div>
      )}
    </Page>
  )
}
