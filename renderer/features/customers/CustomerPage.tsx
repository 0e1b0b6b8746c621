// One customer on one page: what he has and owes, how he pays, his machines, invoices, credits, tickets, holds, and what happened.
import { Link, useParams } from '@tanstack/react-router'
import { IconUserOff } from '@tabler/icons-react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { daysLateOnAverage, monthlyValue } from '../../../shared/domain/customerFigures.ts'
import { Instant } from '../../components/Age.tsx'
import { Amount } from '../../components/Amount.tsx'
import { CreditForm } from '../../components/billing/CreditForm.tsx'
import { InvoiceLines } from '../../components/billing/InvoiceLines.tsx'
import { Missing } from '../../components/billing/Missing.tsx'
import { PaidUntil } from '../../components/billing/PaidUntil.tsx'
import { Button } from '../../components/Button.tsx'
import { EmptyState, Skeleton } from '../../components/EmptyState.tsx'
import { ServiceLink, VmLink } from '../../components/estate/links.tsx'
import { BillingStatus, HoldTag, TicketStatus, VmState } from '../../components/estate/states.tsx'
import type { VmRow } from '../../components/estate/states.tsx'
import { Figure } from '../../components/Figure.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { MirrorAge, SyncButton } from '../../components/MirrorTools.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Page } from '../../components/Page.tsx'
import { Panel } from '../../components/Panel.tsx'
import { customerName } from '../../lib/customerName.ts'
import { useDialogs } from '../../lib/dialogs.tsx'
import { formatSums } from '../../lib/formatMoney.ts'
import { count } from '../../lib/formatSize.ts'
import { formatDay } from '../../lib/formatTime.ts'
import { useMinute } from '../../lib/now.ts'
import { useToday } from '../../lib/overdue.ts'
import { useRefusal } from '../../lib/permissions.ts'
import { useRead } from '../../lib/queries.ts'
import { CustomerTimeline } from './CustomerTimeline.tsx'

type CustomerRow = MethodOutput<'billing.customers'>['rows'][number]
type ServiceRow = MethodOutput<'billing.services'>['rows'][number]

const shownInvoices = 8
const shownTickets = 8

export function CustomerPage() {
  const { id } = useParams({ from: '/customers/$id' })
  const read = useRead('billing.customers', { filter: `id:${id}`, gone: true, limit: 1 })
  const customer = read.data?.rows.find((row) => String(row.id) === id)
  if (customer === undefined) {
    return (
      <Page title="Customer" parent={<Link to="/customers">Customers</Link>}>
        <ErrorNotice error={read.error} />
        {read.data === undefined ? (
          read.error === null && <Skeleton />
        ) : (
          <EmptyState icon={IconUserOff} title={`Customer ${id.slice(0, 20)} is not in the mirror`} action={<SyncButton />}>
            Sync billing, or look in Paymenter whether there is one.
          </EmptyState>
        )}
      </Page>
    )
  }
  return (
    <Page
      title={customerName(customer).slice(0, 120)}
      parent={<Link to="/customers">Customers</Link>}
      age={<MirrorAge asOf={read.data?.asOf} />}
      actions={<SyncButton />}
    >
      <Known customer={customer} />
    </Page>
  )
}

function Known({ customer }: { readonly customer: CustomerRow }) {
  const now = useMinute()
  const today = useToday()
  const zone = useRead('billing.status', {}).data?.connection?.timeZone ?? 'UTC'
  const services = useRead('billing.services', { filter: `customer:${String(customer.id)}`, gone: true, limit: 1000 })
  const invoices = useRead('invoices.window', { customerId: customer.id, sort: { by: 'due', desc: true }, limit: 1000, today })
  const own = (services.data?.rows ?? []).filter((service) => service.customerId === customer.id)
  const value = monthlyValue(own)
  const late = daysLateOnAverage(invoices.data?.rows ?? [], zone)
  return (
    <>
      <section className="grid four">
        <Figure label="Monthly value" value={formatSums(value.amounts, '–')}>
          {count(own.filter((service) => service.status === 'active' && !service.gone).length, 'active service')}
          {value.untold > 0 && `, ${String(value.untold)} cannot be told`}
        </Figure>
        <Figure label="Owes" value={formatSums(customer.owed, 'nothing')}>
          {count((invoices.data?.rows ?? []).filter((invoice) => invoice.status === 'pending').length, 'unpaid invoice')}
        </Figure>
        <Figure label="Days late on average" value={late === null ? '–' : late.days.toFixed(1)} {...(late === null ? {} : { unit: 'days' })}>
          {late === null ? 'no payment was watched yet' : `over ${count(late.of, 'paid invoice')}, derived`}
        </Figure>
        <Figure label="Customer since" value={customer.createdAt === null ? '–' : formatDay(new Date(customer.createdAt).toISOString().slice(0, 10), now)}>
          <span className="mono">{customer.email.slice(0, 60)}</span>
          {customer.gone && ' · gone from Paymenter'}
        </Figure>
      </section>
      <section className="grid wide-narrow">
        <div className="stack">
          <Services services={own} error={services.error} isRead={services.data !== undefined} />
          <CustomerTimeline customerId={customer.id} />
        </div>
        <div className="stack">
          <Invoices customer={customer} read={invoices.data} error={invoices.error} />
          <Tickets customerId={customer.id} />
          <Credits customer={customer} currency={own[0]?.price?.currency ?? customer.owed[0]?.currency ?? 'INR'} />
          <Holds services={own} />
        </div>
      </section>
    </>
  )
}

function Services({ services, error, isRead }: { readonly services: readonly ServiceRow[]; readonly error: Error | null; readonly isRead: boolean }) {
  const today = useToday()
  const vms = useRead('vms.list', {}).data
  const vmOf = (service: ServiceRow): VmRow | undefined => vms?.find((vm) => vm.service?.id === service.id)
  return (
    <Panel title="Services and machines" note={count(services.length, 'service')}>
      <ErrorNotice error={error} />
      {!isRead && error === null && <Skeleton lines={3} />}
      {isRead && services.length === 0 && <p className="panel-body muted">No service.</p>}
      {services.length > 0 && (
        <table className="plain fixed">
          <colgroup>
            <col style={{ width: 62 }} />
            <col />
            <col style={{ width: 104 }} />
            <col style={{ width: 92 }} />
            <col style={{ width: 96 }} />
            <col />
          </colgroup>
          <thead>
            <tr>
              <th scope="col">Service</th>
              <th scope="col">Product</th>
              <th scope="col">Status</th>
              <th scope="col" className="end">
                Price
              </th>
              <th scope="col" className="end">
                Paid until
              </th>
              <th scope="col">VM</th>
            </tr>
          </thead>
          <tbody>
            {services.map((service) => {
              const vm = vmOf(service)
              return (
                <tr key={service.id} className={service.gone ? 'dim' : ''}>
                  <td>
                    <ServiceLink id={service.id} />
                  </td>
                  <td>
                    <MiddleCut text={service.productName ?? '–'} />
                  </td>
                  <td>
                    <BillingStatus status={service.status} gone={service.gone} />
                  </td>
                  <td className="end">
                    <Amount money={service.price} unreadable />
                  </td>
                  <td className="end">
                    <PaidUntil day={service.expiresAt} status={service.status} today={today} />
                  </td>
                  <td>
                    {vm === undefined ? (
                      <span className="muted">{service.vm ?? 'no VM'}</span>
                    ) : (
                      <>
                        <VmLink nodeId={vm.nodeId} uuid={vm.uuid} name={vm.name} />
                        <div>
                          <VmState vm={vm} />
                        </div>
                      </>
                    )}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      )}
    </Panel>
  )
}

interface InvoicesProps {
  readonly customer: CustomerRow
  readonly read: MethodOutput<'invoices.window'> | undefined
  readonly error: Error | null
}

function Invoices({ customer, read, error }: InvoicesProps) {
  return (
    <Panel
      title="Invoices"
      note={read === undefined ? undefined : count(read.total, 'invoice')}
      actions={
        <Link className="link" to="/invoices" search={{ filter: `customer:${String(customer.id)}` }}>
          All of them
        </Link>
      }
    >
      <ErrorNotice error={error} />
      <Missing list={read?.missing} />
      {read === undefined && error === null && <Skeleton lines={4} />}
      {read?.total === 0 && <p className="panel-body muted">No invoice.</p>}
      <InvoiceLines invoices={(read?.rows ?? []).slice(0, shownInvoices)} />
    </Panel>
  )
}

function Tickets({ customerId }: { readonly customerId: number }) {
  const read = useRead('billing.tickets', { filter: `customer:${String(customerId)}`, limit: 200 })
  const tickets = (read.data?.rows ?? []).filter((ticket) => ticket.customerId === customerId).sort((a, b) => (b.updatedAt ?? 0) - (a.updatedAt ?? 0))
  return (
    <Panel title="Tickets" note={tickets.length === 0 ? undefined : tickets.length.toLocaleString()}>
      <ErrorNotice error={read.error} />
      <Missing list={read.data?.missing} />
      {read.data !== undefined && read.data.missing === null && tickets.length === 0 && <p className="panel-body muted">No ticket.</p>}
      <ul className="side-list">
        {tickets.slice(0, shownTickets).map((ticket) => (
          <li key={ticket.id}>
            <Link className="link" to="/tickets" search={{ open: String(ticket.id) }}>
              #{ticket.id}
            </Link>
            <span className="cut-end">{ticket.subject}</span>
            <span className="push row">
              <Instant at={ticket.updatedAt} />
              <TicketStatus status={ticket.status} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function Credits({ customer, currency }: { readonly customer: CustomerRow; readonly currency: string }) {
  const dialogs = useDialogs()
  const refusal = useRefusal('credits.create')
  const updateRefusal = useRefusal('credits.update')
  const read = useRead('billing.credits', { filter: `customer:${String(customer.id)}`, limit: 100 })
  const credits = (read.data?.rows ?? []).filter((credit) => credit.customerId === customer.id)
  return (
    <Panel
      title="Credits"
      actions={
        <Button
          disabled={refusal !== null}
          title={refusal ?? undefined}
          onClick={() => {
            dialogs.open('Give a credit', (close) => <CreditForm customerId={customer.id} of={customerName(customer)} credit={null} currency={currency} close={close} />)
          }}
        >
          Give a credit
        </Button>
      }
    >
      <ErrorNotice error={read.error} />
      <Missing list={read.data?.missing} />
      {read.data !== undefined && read.data.missing === null && credits.length === 0 && <p className="panel-body muted">Nothing is paid in advance.</p>}
      <ul className="side-list">
        {credits.map((credit) => (
          <li key={credit.id}>
            <span className="muted">{credit.currency}</span>
            <span className="push row">
              <Amount money={credit.amount} unreadable />
              <Button
                disabled={updateRefusal !== null || credit.amount === null}
                title={updateRefusal ?? undefined}
                onClick={() => {
                  dialogs.open('Change the credit', (close) => (
                    <CreditForm customerId={customer.id} of={customerName(customer)} credit={credit.amount} currency={credit.currency} close={close} />
                  ))
                }}
              >
                Change
              </Button>
            </span>
          </li>
        ))}
      </ul>
      {refusal !== null && <p className="panel-foot">{refusal}</p>}
    </Panel>
  )
}

function Holds({ services }: { readonly services: readonly ServiceRow[] }) {
  const now = useMinute()
  const holds = (useRead('holds.list', {}).data ?? []).filter((hold) => services.some((service) => service.id === hold.serviceId))
  return (
    <Panel title="Holds">
      {holds.length === 0 && <p className="panel-body muted">None: the rules apply.</p>}
      <ul className="side-list">
        {holds.map((hold) => (
          <li key={hold.serviceId}>
            <ServiceLink id={hold.serviceId} />
            <span className="muted cut-end">{hold.why}</span>
            <span className="push row">
              {hold.until === null ? 'without an end' : `until ${formatDay(hold.until, now)}`}
              <HoldTag kind={hold.kind} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
