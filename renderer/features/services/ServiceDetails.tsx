// One service in detail: its VM, what automation thinks of it and why, holds, invoices, history.
import { Amount } from '../../components/Amount.tsx'
import { Instant } from '../../components/Age.tsx'
import { ExpiryForm } from '../../components/billing/DayForms.tsx'
import { InvoiceLines } from '../../components/billing/InvoiceLines.tsx'
import { StatusForm } from '../../components/billing/StatusForm.tsx'
import { Button } from '../../components/Button.tsx'
import { AuditTimeline } from '../../components/estate/AuditTimeline.tsx'
import { ExplainRules } from '../../components/estate/ExplainRules.tsx'
import { FactList } from '../../components/estate/FactList.tsx'
import { HoldForm } from '../../components/estate/HoldForm.tsx'
import { PaidUntil } from '../../components/billing/PaidUntil.tsx'
import { CustomerLink } from '../../components/estate/links.tsx'
import { BillingStatus, HoldTag } from '../../components/estate/states.tsx'
import { Note } from '../../components/Note.tsx'
import { Facts } from '../../components/Panel.tsx'
import { useDialogs } from '../../lib/dialogs.tsx'
import { formatDay } from '../../lib/formatTime.ts'
import { useMinute } from '../../lib/now.ts'
import { useToday } from '../../lib/overdue.ts'
import { useRefusal } from '../../lib/permissions.ts'
import { useAct, useRead } from '../../lib/queries.ts'
import { tellFailure } from '../../lib/tell.tsx'
import { decisionName, guardName, serviceStateName } from '../../lib/words.ts'
import type { ServiceRow } from './columns.tsx'
import { LinkOfService } from './LinkOfService.tsx'

const shownInvoices = 8

export function ServiceDetails({ service }: { readonly service: ServiceRow }) {
  const today = useToday()
  return (
    <>
      <Facts
        rows={[
          ['Status', <BillingStatus key="status" status={service.status} gone={service.gone} />],
          ['Customer', <CustomerLink key="customer" id={service.customerId} name={service.customerName} />],
          [
            'Price',
            <span key="price">
              <Amount money={service.price} unreadable />
              {service.quantity !== 1 && <span className="muted"> × {service.quantity}</span>}
            </span>,
          ],
          [
            'Paid until',
            <PaidUntil key="expires" day={service.expiresAt} status={service.status} today={today} />,
          ],
          ['Created', <Instant key="created" at={service.createdAt} />],
        ]}
      />
      {!service.gone && <BillingActs service={service} />}
      <div className="sub-head">VM</div>
      <LinkOfService service={service} />
      {service.vm !== null && <Decision serviceId={service.id} />}
      <div className="sub-head">Hold</div>
      <Hold service={service} />
      <div className="sub-head">Invoices</div>
      <InvoicesOfService serviceId={service.id} />
      <div className="sub-head">Both worlds</div>
      <AuditTimeline serviceId={service.id} />
    </>
  )
}

/** What may be changed in Paymenter; refusals are said before. */
function BillingActs({ service }: { readonly service: ServiceRow }) {
  const dialogs = useDialogs()
  const refusal = useRefusal('services.update')
  return (
    <div className="panel-body stack tight">
      <div className="row wrapping">
        <Button
          disabled={refusal !== null}
          onClick={() => {
            dialogs.open(`Status of service #${String(service.id)}`, (close) => <StatusForm service={service} close={close} />)
          }}
        >
          Set status
        </Button>
        <Button
          disabled={refusal !== null}
          onClick={() => {
            dialogs.open(`Expiry of service #${String(service.id)}`, (close) => <ExpiryForm service={service} close={close} />)
          }}
        >
          Set expiry
        </Button>
      </div>
      {refusal !== null && <Note tone="warn" title={refusal} />}
    </div>
  )
}

function Decision({ serviceId }: { readonly serviceId: number }) {
  const row = useRead('automation.plan', {}).data?.find((one) => one.serviceId === serviceId)
  if (row === undefined) return null
  return (
    <>
      <div className="sub-head">Automation, today</div>
      <Facts
        rows={[
          ['State', serviceStateName(row.state)],
          ['Decision', decisionName(row.decision)],
          ['Because', row.reason],
          ...(row.blockedBy.length === 0 ? [] : [['Held by', row.blockedBy.map(guardName).join(', ')] as const]),
        ]}
      />
      <details className="panel-body">
        <summary className="link">Why this, why not that</summary>
        <ExplainRules serviceId={serviceId} />
      </details>
      <details className="panel-body">
        <summary className="link">Facts</summary>
        <FactList facts={row.facts} />
      </details>
    </>
  )
}

function Hold({ service }: { readonly service: ServiceRow }) {
  const dialogs = useDialogs()
  const now = useMinute()
  const remove = useAct('holds.remove')
  const hold = useRead('holds.list', {}).data?.find((row) => row.serviceId === service.id)
  const add = (
    <Button
      onClick={() => {
        dialogs.open(`Hold service #${String(service.id)}`, (close) => (
          <HoldForm serviceId={service.id} of={service.customerName ?? `Service ${String(service.id)}`} close={close} />
        ))
      }}
    >
      {hold === undefined ? 'Add a hold' : 'Change'}
    </Button>
  )
  if (hold === undefined) {
    return (
      <div className="panel-body row between">
        <span className="muted">None: the rules apply.</span>
        {add}
      </div>
    )
  }
  return (
    <>
      <Facts
        rows={[
          ['Kind', <HoldTag key="kind" kind={hold.kind} />],
          [
            'Until',
            hold.until === null ? (
              <span key="until" className="warn">
                without an end
              </span>
            ) : (
              formatDay(hold.until, now)
            ),
          ],
          ['Why', hold.why],
          ['Who', hold.by],
        ]}
      />
      <div className="panel-body row">
        {add}
        <Button
          busy={remove.isPending}
          onClick={() => {
            remove.mutate(
              { serviceId: service.id },
              {
                onError: (error) => {
                  tellFailure('The hold could not be removed', error)
                },
              },
            )
          }}
        >
          Remove the hold
        </Button>
      </div>
    </>
  )
}

function InvoicesOfService({ serviceId }: { readonly serviceId: number }) {
  const read = useRead('billing.invoices', { filter: `service:${String(serviceId)}`, limit: 1000 }).data
  const invoices = (read?.rows ?? [])
    .filter((invoice) => invoice.items.some((item) => item.serviceId === serviceId))
    .sort((a, b) => (b.dueAt ?? '').localeCompare(a.dueAt ?? ''))
  if (invoices.length === 0) return <p className="panel-body muted">{read === undefined ? 'Reading' : 'No invoice is for this service.'}</p>
  return <InvoiceLines invoices={invoices.slice(0, shownInvoices)} />
}
