// A few invoices, each in a line: number, due day, total and state, each leading to the invoice.
import { Link } from '@tanstack/react-router'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { Amount } from '../Amount.tsx'
import { InvoiceStatus } from '../estate/states.tsx'
import { formatDay } from '../../lib/formatTime.ts'
import { useMinute } from '../../lib/now.ts'
import { daysLate, useToday } from '../../lib/overdue.ts'

type InvoiceRow = MethodOutput<'invoices.window'>['rows'][number]

export function InvoiceLines({ invoices }: { readonly invoices: readonly InvoiceRow[] }) {
  const now = useMinute()
  const today = useToday()
  return (
    <ul className="side-list">
      {invoices.map((invoice) => (
        <li key={invoice.id}>
          <Link className="link" to="/invoices" search={{ open: String(invoice.id) }}>
            #{invoice.id}
          </Link>
          <span className="muted">{invoice.dueAt === null ? 'no due day' : `due ${formatDay(invoice.dueAt, now)}`}</span>
          <span className="push row">
            <Amount money={invoice.total} unreadable />
            <InvoiceStatus status={invoice.status} daysLate={daysLate(invoice.dueAt, today)} />
          </span>
        </li>
      ))}
    </ul>
  )
}
