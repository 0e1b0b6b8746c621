// The invoices table's columns; the worker sorts by them.
import type { Day } from '../../../shared/domain/calendar.ts'
import { formatDecimal } from '../../../shared/domain/money.ts'
import { Instant } from '../../components/Age.tsx'
import { Amount } from '../../components/Amount.tsx'
import { CustomerLink } from '../../components/estate/links.tsx'
import { BillingStatus, InvoiceStatus } from '../../components/estate/states.tsx'
import type { DataColumn } from '../../components/table/columns.ts'
import type { SortChoice } from '../../components/table/useTableChoices.ts'
import { formatDay } from '../../lib/formatTime.ts'
import type { WindowInput } from '../../lib/invoiceWindow.ts'
import { daysLate } from '../../lib/overdue.ts'
import type { InvoiceRow } from '../../lib/overdue.ts'

const sorts = ['id', 'customer', 'status', 'total', 'due', 'paid', 'created'] as const

/** The worker's order for a table's; days late are due days the other way round. */
export function sortOf(sorting: readonly SortChoice[]): NonNullable<WindowInput['sort']> {
  const [first] = sorting
  if (first?.id === 'late') return { by: 'due', desc: !first.desc }
  return { by: sorts.find((known) => known === first?.id) ?? 'id', desc: first?.desc ?? true }
}

/** Days late of an unpaid invoice; null where lateness means nothing. */
export function lateness(invoice: InvoiceRow, today: Day): number | null {
  return invoice.status === 'pending' && invoice.dueAt !== null ? daysLate(invoice.dueAt, today) : null
}

export function columnsFor(today: Day, nowMs: number): readonly DataColumn<InvoiceRow>[] {
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
