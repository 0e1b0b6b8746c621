// Invoices: status, age, amounts, and what they are for.
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'
import { Instant } from '../../components/Age.tsx'
import { Amount } from '../../components/Amount.tsx'
import { Skeleton } from '../../components/EmptyState.tsx'
import { CustomerLink, ServiceLink } from '../../components/estate/links.tsx'
import { BillingStatus, InvoiceStatus } from '../../components/estate/states.tsx'
import { GoneSwitch, MirrorAge, MirrorEmpty, SyncButton } from '../../components/MirrorTools.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Page } from '../../components/Page.tsx'
import { Facts } from '../../components/Panel.tsx'
import { SidePanel, Split } from '../../components/SidePanel.tsx'
import type { DataColumn } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/DataTable.tsx'
import type { FilterFields } from '../../lib/filter.ts'
import { formatDecimal } from '../../../shared/domain/money.ts'
import type { Day } from '../../../shared/domain/calendar.ts'
import { formatSums } from '../../lib/formatMoney.ts'
import { count } from '../../lib/formatSize.ts'
import { formatDay } from '../../lib/formatTime.ts'
import { useMirror } from '../../lib/mirror.ts'
import { useMinute } from '../../lib/now.ts'
import { daysLate, useToday } from '../../lib/overdue.ts'
import type { InvoiceRow } from '../../lib/overdue.ts'

/** Days late of an unpaid invoice; null where lateness means nothing. */
function lateness(invoice: InvoiceRow, today: Day): number | null {
  return invoice.status === 'pending' && invoice.dueAt !== null ? daysLate(invoice.dueAt, today) : null
}

function ageing(late: number | null): string {
  if (late === null) return 'none'
  if (late <= 0) return 'current'
  if (late <= 7) return '1-7'
  if (late <= 30) return '8-30'
  return 'over-30'
}

function columnsFor(today: Day, nowMs: number): readonly DataColumn<InvoiceRow>[] {
  return [
    { id: 'id', header: 'Invoice', widthPx: 90, value: (row) => row.id, cell: (row) => `#${String(row.id)}` },
    {
      id: 'customer',
      header: 'Customer',
      widthPx: 180,
      grow: true,
      value: (row) => row.customerName,
      cell: (row) => <CustomerLink id={row.customerId} name={row.customerName} />,
    },
    {
      id: 'status',
      header: 'Status',
      widthPx: 120,
      value: (row) => row.status,
      cell: (row) =>
        row.gone ? <BillingStatus status={row.status} gone /> : <InvoiceStatus status={row.status} daysLate={daysLate(row.dueAt, today)} />,
    },
    {
      id: 'total',
      header: 'Total',
      widthPx: 120,
      end: true,
      value: (row) => row.total?.amountMinor ?? null,
      csv: (row) => (row.total === null ? null : `${formatDecimal(row.total)} ${row.total.currency}`),
      cell: (row) => <Amount money={row.total} unreadable />,
    },
    {
      id: 'due',
      header: 'Due',
      widthPx: 110,
      end: true,
      value: (row) => row.dueAt,
      cell: (row) => (row.dueAt === null ? <span className="faint">–</span> : <span title={row.dueAt}>{formatDay(row.dueAt, nowMs)}</span>),
    },
    {
      id: 'late',
      header: 'Days late',
      widthPx: 90,
      end: true,
      value: (row) => {
        const late = lateness(row, today)
        return late !== null && late > 0 ? late : null
      },
      cell: (row) => {
        const late = lateness(row, today)
        return late !== null && late > 0 ? <span className={late > 7 ? 'bad' : 'warn'}>{late}</span> : <span className="faint">–</span>
      },
    },
    {
      id: 'paid',
      header: 'Paid',
      widthPx: 120,
      end: true,
      value: (row) => row.paidAt,
      csv: (row) => (row.paidAt === null ? null : new Date(row.paidAt).toISOString()),
      cell: (row) => <Instant at={row.paidAt} />,
    },
    {
      id: 'created',
      header: 'Created',
      widthPx: 120,
      end: true,
      hidden: true,
      value: (row) => row.createdAt,
      csv: (row) => (row.createdAt === null ? null : new Date(row.createdAt).toISOString()),
      cell: (row) => <Instant at={row.createdAt} />,
    },
    {
      id: 'items',
      header: 'For',
      widthPx: 160,
      hidden: true,
      grow: true,
      value: (row) => row.items.map((item) => item.description).join('; ') || null,
    },
  ]
}

function fieldsFor(today: Day): FilterFields<InvoiceRow> {
  return {
    words: (row) => [row.id, row.customerName, ...row.items.map((item) => item.description)],
    keys: {
      status: (row) => row.status,
      customer: (row) => row.customerName,
      age: (row) => ageing(lateness(row, today)),
      service: (row) => row.items.map((item) => `#${String(item.serviceId ?? 'none')}#`).join(' '),
    },
  }
}

const views = [
  { name: 'Unpaid', filter: 'status:pending' },
  { name: '1 to 7 days late', filter: 'age:1-7' },
  { name: '8 to 30 days late', filter: 'age:8-30' },
  { name: 'Over 30 days late', filter: 'age:over-30' },
  { name: 'Paid', filter: 'status:paid' },
]
const noRows: readonly InvoiceRow[] = []

export function Invoices() {
  const { filter = '', open } = useSearch({ from: '/invoices' })
  const navigate = useNavigate({ from: '/invoices' })
  const [gone, setGone] = useState(false)
  const today = useToday()
  const now = useMinute()
  const columns = useMemo(() => columnsFor(today, now), [today, now])
  const fields = useMemo(() => fieldsFor(today), [today])
  const { page, error, beyond } = useMirror('billing.invoices', filter, gone)
  const rows = page?.rows ?? noRows
  const opened = rows.find((row) => String(row.id) === open)
  const close = useCallback(() => {
    void navigate({ search: ({ open: _open, ...rest }) => rest, replace: true })
  }, [navigate])
  return (
    <Page title="Invoices" filled age={<MirrorAge asOf={page?.asOf} />} actions={<SyncButton />}>
      {page === undefined ? (
        error === null ? (
          <Skeleton lines={10} />
        ) : (
          <ErrorNotice error={error} />
        )
      ) : (
        <Split
          main={
            <DataTable
              id="invoices"
              label="invoices"
              rows={rows}
              rowKey={(row) => String(row.id)}
              columns={columns}
              filterFields={fields}
              filter={filter}
              onFilter={(next) => {
                void navigate({ search: (current) => ({ ...current, filter: next }), replace: true })
              }}
              views={views}
              sort={[{ id: 'due', desc: true }]}
              openKey={open}
              onOpen={(row) => {
                void navigate({ search: (current) => ({ ...current, open: String(row.id) }), replace: true })
              }}
              rowClass={(row) => (row.gone ? 'dim' : '')}
              tools={<GoneSwitch value={gone} onChange={setGone} />}
              renderSummary={(shown) => {
                const pending = shown.filter((row) => row.status === 'pending')
                return (
                  <>
                    {count(shown.length, 'invoice')}
                    {pending.length > 0 &&
                      ` · ${pending.length.toLocaleString()} unpaid: ${formatSums(
                        pending.flatMap((row) => (row.total === null ? [] : [row.total])),
                        '–',
                      )}`}
                    {beyond > 0 && ` · ${beyond.toLocaleString()} more: filter by words to find them`}
                  </>
                )
              }}
              empty={<MirrorEmpty what="invoices" />}
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
      )}
    </Page>
  )
}

function InvoiceDetails({ invoice, today, nowMs }: { readonly invoice: InvoiceRow; readonly today: Day; readonly nowMs: number }) {
  const late = lateness(invoice, today)
  return (
    <>
      <Facts
        rows={[
          ['Status', <InvoiceStatus key="status" status={invoice.status} daysLate={daysLate(invoice.dueAt, today)} />],
          ['Customer', <CustomerLink key="customer" id={invoice.customerId} name={invoice.customerName} />],
          ['Total', <Amount key="total" money={invoice.total} unreadable />],
          [
            'Due',
            invoice.dueAt === null
              ? 'no due day'
              : `${formatDay(invoice.dueAt, nowMs)}${late !== null && late > 0 ? `, ${count(late, 'day')} late` : ''}`,
          ],
          ['Created', <Instant key="created" at={invoice.createdAt} />],
          ['Paid', <Instant key="paid" at={invoice.paidAt} />],
        ]}
      />
      <div className="sub-head">Items</div>
      {invoice.items.length === 0 ? (
        <p className="panel-body muted">No items: its total is nothing.</p>
      ) : (
        <ul className="side-list">
          {invoice.items.map((item) => (
            <li key={item.id}>
              <span className="wrap">
                {item.description} {item.quantity !== 1 && <span className="muted">× {item.quantity}</span>}{' '}
                {item.serviceId !== null && <ServiceLink id={item.serviceId} />}
              </span>
              <span className="push">
                <Amount money={item.price} unreadable />
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
