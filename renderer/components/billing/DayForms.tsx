// Moving a day in Paymenter: an invoice's due day, a service's expiry.
import { Switch, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import type { InvoiceRow } from '../../lib/overdue.ts'
import { useAct } from '../../lib/queries.ts'
import { tellDone } from '../../lib/tell.tsx'
import { WriteForm } from './WriteForm.tsx'

type ServiceRow = MethodOutput<'billing.services'>['rows'][number]

export function DueDateForm({ invoice, close }: { readonly invoice: InvoiceRow; readonly close: () => void }) {
  const [dueAt, setDueAt] = useState(invoice.dueAt ?? '')
  const act = useAct('billing.setDueDate')
  return (
    <WriteForm
      permission="invoices.update"
      verb="Move the due day"
      busy={act.isPending}
      disabled={dueAt === '' || dueAt === invoice.dueAt}
      error={act.error}
      close={close}
      onSubmit={(why) => {
        act.mutate(
          { invoiceId: invoice.id, dueAt, expected: { status: invoice.status, dueAt: invoice.dueAt }, ...why },
          {
            onSuccess: (seen) => {
              tellDone(`Invoice #${String(seen.id)} is seen due ${seen.dueAt ?? 'never'}`)
              close()
            },
          },
        )
      }}
      what={
        <p>
          Invoice <span className="strong">#{invoice.id}</span> of <bdi className="strong">{invoice.customerName}</bdi>, due {invoice.dueAt ?? 'on no day'}. A later
          day gives the customer time: automation counts its grace from there.
        </p>
      }
    >
      <TextInput
        label="Due"
        type="date"
        required
        data-autofocus
        value={dueAt}
        onChange={(event) => {
          setDueAt(event.currentTarget.value)
        }}
      />
    </WriteForm>
  )
}

export function ExpiryForm({ service, close }: { readonly service: ServiceRow; readonly close: () => void }) {
  const [expiresAt, setExpiresAt] = useState(service.expiresAt ?? '')
  const [isEndless, setEndless] = useState(service.expiresAt === null)
  const act = useAct('billing.setServiceExpiry')
  const next = isEndless ? null : expiresAt
  return (
    <WriteForm
      permission="services.update"
      verb="Set the expiry"
      busy={act.isPending}
      disabled={next === '' || next === service.expiresAt}
      error={act.error}
      close={close}
      onSubmit={(why) => {
        act.mutate(
          { serviceId: service.id, expiresAt: next, expected: { expiresAt: service.expiresAt }, ...why },
          {
            onSuccess: (seen) => {
              tellDone(`Service #${String(seen.id)} is seen paid until ${seen.expiresAt ?? 'for ever'}`)
              close()
            },
          },
        )
      }}
      what={
        <p>
          Service <span className="strong">#{service.id}</span>, {service.productName}, of <bdi className="strong">{service.customerName}</bdi>: paid until{' '}
          {service.expiresAt ?? 'for ever'}. Paymenter invoices by this day, and automation goes by it; no invoice is made or changed by it.
        </p>
      }
    >
      <TextInput
        label="Paid until"
        description="Today or later, in Paymenter’s days"
        type="date"
        disabled={isEndless}
        value={expiresAt}
        onChange={(event) => {
          setExpiresAt(event.currentTarget.value)
        }}
      />
      <Switch
        label="It never expires: Paymenter will not invoice it again"
        checked={isEndless}
        onChange={(event) => {
          setEndless(event.currentTarget.checked)
        }}
      />
    </WriteForm>
  )
}
