// Customers: who they are, what they have, what they owe.
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { Instant } from '../../components/Age.tsx'
import { Amounts } from '../../components/Amount.tsx'
import { InvoiceLines } from '../../components/billing/InvoiceLines.tsx'
import { Skeleton } from '../../components/EmptyState.tsx'
import { BillingStatus } from '../../components/estate/states.tsx'
import { ServiceLink, VmLink } from '../../components/estate/links.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { GoneSwitch, MirrorAge, MirrorEmpty, SyncButton } from '../../components/MirrorTools.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Page } from '../../components/Page.tsx'
import { Facts } from '../../components/Panel.tsx'
import { SidePanel, Split } from '../../components/SidePanel.tsx'
import type { DataColumn } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/DataTable.tsx'
import { customerName } from '../../lib/customerName.ts'
import type { FilterFields } from '../../lib/filter.ts'
import { count } from '../../lib/formatSize.ts'
import { formatSums } from '../../lib/formatMoney.ts'
import { useMirror } from '../../lib/mirror.ts'
import { useRead } from '../../lib/queries.ts'
import { useTableAddress } from '../../lib/tableAddress.ts'

type CustomerRow = MethodOutput<'billing.customers'>['rows'][number]

const columns: readonly DataColumn<CustomerRow>[] = [
  { id: 'name', header: 'Customer', widthPx: 200, grow: true, value: customerName, cell: (row) => <MiddleCut text={customerName(row)} /> },
  {
    id: 'email',
    header: 'E-mail',
    widthPx: 220,
    grow: true,
    value: (row) => row.email,
    cell: (row) => <MiddleCut text={row.email} className="muted" />,
  },
  { id: 'services', header: 'Services', widthPx: 84, end: true, value: (row) => row.services },
  {
    id: 'owed',
    header: 'Owes',
    widthPx: 120,
    end: true,
    value: (row) => (row.owed.length === 0 ? null : row.owed.reduce((sum, amount) => sum + amount.amountMinor, 0)),
    csv: (row) => formatSums(row.owed, ''),
    cell: (row) => <Amounts amounts={row.owed} />,
  },
  {
    id: 'since',
    header: 'Since',
    widthPx: 110,
    end: true,
    value: (row) => row.createdAt,
    csv: (row) => (row.createdAt === null ? null : new Date(row.createdAt).toISOString()),
    cell: (row) => <Instant at={row.createdAt} />,
  },
  { id: 'id', header: 'Number', widthPx: 78, end: true, hidden: true, value: (row) => row.id },
]

const fields: FilterFields<CustomerRow> = {
  words: (row) => [row.firstName, row.lastName, row.email, row.id],
  keys: { email: (row) => row.email, owes: (row) => (row.owed.length > 0 ? 'yes' : 'no') },
}

const noRows: readonly CustomerRow[] = []

export function Customers() {
  const { filter, open, onFilter, onOpen, close } = useTableAddress()
  const [gone, setGone] = useState(false)
  const { page, error, beyond } = useMirror('billing.customers', filter, gone)
  const rows = page?.rows ?? noRows
  const opened = rows.find((row) => String(row.id) === open)
  return (
    <Page title="Customers" filled age={<MirrorAge asOf={page?.asOf} />} actions={<SyncButton />}>
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
              id="customers"
              label="customers"
              rows={rows}
              rowKey={(row) => String(row.id)}
              columns={columns}
              filterFields={fields}
              filter={filter}
              onFilter={onFilter}
              views={[{ name: 'Owe something', filter: 'owes:yes' }]}
              sort={[{ id: 'name', desc: false }]}
              openKey={open}
              onOpen={(row) => {
                onOpen(String(row.id))
              }}
              rowClass={(row) => (row.gone ? 'dim' : '')}
              tools={<GoneSwitch value={gone} onChange={setGone} />}
              renderSummary={(shown) => (
                <>
                  {count(shown.length, 'customer')}
                  {beyond > 0 && ` shown, ${beyond.toLocaleString()} more: filter by words to find them`}
                </>
              )}
              empty={<MirrorEmpty what="customers" />}
            />
          }
          side={
            opened === undefined ? null : (
              <SidePanel
                title={<MiddleCut text={customerName(opened)} />}
                note={`#${String(opened.id)}`}
                pageLink={
                  <Link className="link" to="/customers/$id" params={{ id: String(opened.id) }}>
                    Page
                  </Link>
                }
                onClose={close}
              >
                <CustomerDetails customer={opened} />
              </SidePanel>
            )
          }
        />
      )}
    </Page>
  )
}

function CustomerDetails({ customer }: { readonly customer: CustomerRow }) {
  const links = useRead('links.list', {}).data ?? []
  const services = useRead('billing.services', { filter: `customer:${String(customer.id)}`, limit: 1000 }).data?.rows ?? []
  const invoices = useRead('billing.invoices', { filter: `customer:${String(customer.id)}`, limit: 1000 }).data?.rows ?? []
  const ownServices = services.filter((service) => service.customerId === customer.id)
  const ownInvoices = invoices
    .filter((invoice) => invoice.customerId === customer.id)
    .sort((a, b) => (b.dueAt ?? '').localeCompare(a.dueAt ?? ''))
    .slice(0, 12)
  return (
    <>
      <Facts
        rows={[
          [
            'E-mail',
            <span key="email" className="mono">
              {customer.email.slice(0, 320)}
            </span>,
          ],
          ['Since', <Instant key="since" at={customer.createdAt} />],
          ['Owes', <Amounts key="owed" amounts={customer.owed} />],
        ]}
      />
      <div className="sub-head">Services</div>
      {ownServices.length === 0 ? (
        <p className="panel-body muted">None.</p>
      ) : (
        <ul className="side-list">
          {ownServices.map((service) => {
            const link = links.find((row) => row.serviceId === service.id)
            return (
              <li key={service.id}>
                <ServiceLink id={service.id} />
                <span className="cut">
                  {link === undefined ? (
                    <span className="muted">{service.productName}</span>
                  ) : (
                    <VmLink nodeId={link.nodeId} uuid={link.uuid} name={link.name} />
                  )}
                </span>
                <span className="push">
                  <BillingStatus status={service.status} />
                </span>
              </li>
            )
          })}
        </ul>
      )}
      <div className="sub-head">
        Invoices
        <Link className="link push" to="/invoices" search={{ filter: `customer:"${customerName(customer).slice(0, 80)}"` }}>
          All
        </Link>
      </div>
      {ownInvoices.length === 0 ? (
        <p className="panel-body muted">None.</p>
      ) : (
        <InvoiceLines invoices={ownInvoices} />
      )}
    </>
  )
}
