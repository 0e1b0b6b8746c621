// One invoice in detail: what it is for, when it was due and paid, and what can be changed.
import type { Day } from '../../../shared/domain/calendar.ts'
import { Instant } from '../../components/Age.tsx'
import { Amount } from '../../components/Amount.tsx'
import { DueDateForm } from '../../components/billing/DayForms.tsx'
import { PayInvoice } from '../../components/billing/PayInvoice.tsx'
import { Button } from '../../components/Button.tsx'
import { CustomerLink, ServiceLink } from '../../components/estate/links.tsx'
import { BillingStatus, InvoiceStatus } from '../../components/estate/states.tsx'
import { Note } from '../../components/Note.tsx'
import { Facts } from '../../components/Panel.tsx'
import { useDialogs } from '../../lib/dialogs.tsx'
import { count } from '../../lib/formatSize.ts'
import { formatDay } from '../../lib/formatTime.ts'
import { daysLate } from '../../lib/overdue.ts'
import type { InvoiceRow } from '../../lib/overdue.ts'
import { useRefusal } from '../../lib/permissions.ts'
import { lateness } from './columns.tsx'

export function InvoiceDetails({ invoice, today, nowMs }: { readonly invoice: InvoiceRow; readonly today: Day; readonly nowMs: number }) {
  const late = lateness(invoice, today)
  return (
    <>
      <Facts
        rows={[
          [
            'Status',
            invoice.gone ? (
              <BillingStatus key="status" status={invoice.status} gone />
            ) : (
              <InvoiceStatus key="status" status={invoice.status} daysLate={daysLate(invoice.dueAt, today)} />
            ),
          ],
          ['Customer', <CustomerLink key="customer" id={invoice.customerId} name={invoice.customerName} />],
          [
            'Total',
            <span key="total" title="Derived: the sum of its items. Paymenter does not tell totals, and tax cannot be seen.">
              <Amount money={invoice.total} unreadable /> <span className="faint">from its items</span>
            </span>,
          ],
          [
            'Due',
            invoice.dueAt === null
              ? 'no due day'
              : `${formatDay(invoice.dueAt, nowMs)}${late !== null && late > 0 ? `, ${count(late, 'day')} late` : ''}`,
          ],
          ['Created', <Instant key="created" at={invoice.createdAt} />],
          [
            'Paid',
            invoice.paidAt === null ? (
              <span key="paid" className="faint">
                –
              </span>
            ) : (
              <span key="paid" title="Derived: Paymenter does not tell when. First seen paid, not before it was last seen unpaid.">
                <Instant at={invoice.paidAt} /> <span className="faint">at the latest</span>
              </span>
            ),
          ],
        ]}
      />
      {invoice.status === 'pending' && !invoice.gone && <Actions invoice={invoice} />}
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

function Actions({ invoice }: { readonly invoice: InvoiceRow }) {
  const dialogs = useDialogs()
  const refusal = useRefusal('invoices.update')
  return (
    <div className="panel-body stack tight">
      <div className="row wrapping">
        <Button
          kind="primary"
          disabled={refusal !== null}
          onClick={() => {
            dialogs.open(`Invoice #${String(invoice.id)}: mark as paid`, (close) => <PayInvoice invoiceId={invoice.id} close={close} />, 560)
          }}
        >
          Mark as paid
        </Button>
        <Button
          disabled={refusal !== null}
          onClick={() => {
            dialogs.open(`Invoice #${String(invoice.id)}: due day`, (close) => <DueDateForm invoice={invoice} close={close} />)
          }}
        >
          Move the due day
        </Button>
      </div>
      {refusal !== null && <Note tone="warn" title={refusal} />}
    </div>
  )
}
