// Marking an invoice as paid: Paymenter renews what it is for, so it says which service, from which day to which, before it is done.
import { useEffect } from 'react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { formatDay } from '../../lib/formatTime.ts'
import { useMinute } from '../../lib/now.ts'
import { useAct } from '../../lib/queries.ts'
import { tellDone } from '../../lib/tell.tsx'
import { Amount } from '../Amount.tsx'
import { Button } from '../Button.tsx'
import { Skeleton } from '../EmptyState.tsx'
import { BillingStatus } from '../estate/states.tsx'
import { ErrorNotice, Note } from '../Note.tsx'
import { Facts } from '../Panel.tsx'
import { WriteForm } from './WriteForm.tsx'

type Preview = MethodOutput<'billing.previewPayment'>

export function PayInvoice({ invoiceId, close }: { readonly invoiceId: number; readonly close: () => void }) {
  const preview = useAct('billing.previewPayment')
  const pay = useAct('billing.markPaid')
  const { mutate } = preview
  useEffect(() => {
    mutate({ invoiceId })
  }, [mutate, invoiceId])
  const seen = preview.data
  if (seen === undefined) {
    return preview.error === null ? (
      <Skeleton lines={4} />
    ) : (
      <div className="stack">
        <ErrorNotice error={preview.error} />
        <div className="dialog-actions">
          <Button onClick={close}>Close</Button>
        </div>
      </div>
    )
  }
  if (seen.refused !== null) {
    return (
      <div className="stack">
        <ErrorNotice error={seen.refused} />
        <div className="dialog-actions">
          <Button onClick={close}>Close</Button>
        </div>
      </div>
    )
  }
  return (
    <WriteForm
      permission="invoices.update"
      verb="Mark as paid"
      busy={pay.isPending}
      error={pay.error}
      close={close}
      onSubmit={(why) => {
        pay.mutate(
          { invoiceId, token: seen.token, ...why },
          {
            onSuccess: ({ invoice, services }) => {
              const told = services.map((service) => `#${String(service.id)} is ${service.status}, paid until ${service.expiresAt ?? 'for ever'}`).join('; ')
              tellDone(`Invoice #${String(invoice.id)} is seen ${invoice.status}`, told)
              close()
            },
          },
        )
      }}
      what={
        <p>
          Paymenter takes invoice <span className="strong">#{invoiceId}</span> of <bdi className="strong">{seen.invoice.customerName}</bdi> over{' '}
          <span className="strong">
            <Amount money={seen.invoice.total} unreadable />
          </span>{' '}
          for paid, once and for good: it cannot be taken back from here.
        </p>
      }
    >
      {seen.renewals.length === 0 ? (
        <Note tone="off" title="It renews no service." />
      ) : (
        seen.renewals.map((renewal) => <Renewal key={renewal.serviceId} renewal={renewal} />)
      )}
    </WriteForm>
  )
}

function Renewal({ renewal }: { readonly renewal: Preview['renewals'][number] }) {
  const now = useMinute()
  const dayText = (day: string | null, none: string): string => (day === null ? none : formatDay(day, now))
  return (
    <section aria-label={`What it renews: service ${String(renewal.serviceId)}`}>
      <Facts
        rows={[
          [
            'Renews',
            <span key="service">
              #{renewal.serviceId} {renewal.productName}
            </span>,
          ],
          [
            'Status now',
            <span key="status" className="row">
              <BillingStatus status={renewal.status} /> {renewal.status === 'active' ? 'stays active' : 'becomes active'}
            </span>,
          ],
          ['Paid until', `${dayText(renewal.expiresAt, 'no day')} → ${dayText(renewal.to, 'not known')}`],
          ['New period', `from ${dayText(renewal.from, 'its payment')}`],
          ...(renewal.note === null ? [] : [['Note', renewal.note] as const]),
        ]}
      />
    </section>
  )
}
