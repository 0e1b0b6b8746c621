// What happened to a customer, in both worlds: billing, this console, the nodes; newest first.
import { SegmentedControl } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { Instant } from '../../components/Age.tsx'
import { Skeleton } from '../../components/EmptyState.tsx'
import { ServiceLink } from '../../components/estate/links.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Panel } from '../../components/Panel.tsx'
import { useRead } from '../../lib/queries.ts'
import { actionWords } from '../../lib/words.ts'

type Entry = MethodOutput<'customers.timeline'>[number]

const worldNames: Record<Entry['world'], string> = { billing: 'Billing', console: 'Console', node: 'Node' }
const words: Record<string, string> = {
  'service-created': 'Ordered',
  'service-changed': 'Seen',
  'invoice-created': 'Invoiced',
  'invoice-paid': 'Seen paid',
  'ticket-opened': 'Opened a ticket',
  'ticket-message': 'Wrote',
  'ticket-reply': 'Was answered',
}
const shownEntries = 60

export function CustomerTimeline({ customerId }: { readonly customerId: number }) {
  const [world, setWorld] = useState('all')
  const read = useRead('customers.timeline', { customerId, limit: 400 })
  const entries = (read.data ?? []).filter((entry) => world === 'all' || entry.world === world)
  return (
    <Panel
      title="Both worlds"
      actions={
        <SegmentedControl
          aria-label="Which world"
          value={world}
          onChange={setWorld}
          data={[
            { value: 'all', label: 'All' },
            { value: 'billing', label: 'Billing' },
            { value: 'console', label: 'Console' },
            { value: 'node', label: 'Nodes' },
          ]}
        />
      }
    >
      <ErrorNotice error={read.error} />
      {read.data === undefined && read.error === null && <Skeleton lines={8} />}
      {read.data !== undefined && entries.length === 0 && <p className="panel-body muted">Nothing is known yet.</p>}
      <ol className="timeline worlds">
        {entries.slice(0, shownEntries).map((entry, index) => (
          <li key={`${String(entry.at)}/${String(index)}`}>
            <Instant at={entry.at} />
            <span className="muted">{worldNames[entry.world]}</span>
            <span>
              <What entry={entry} />
            </span>
          </li>
        ))}
      </ol>
      {entries.length > shownEntries && <p className="panel-foot">{(entries.length - shownEntries).toLocaleString()} more before these.</p>}
    </Panel>
  )
}

function What({ entry }: { readonly entry: Entry }) {
  const said = entry.world === 'console' ? actionWords(entry.what) : (words[entry.what] ?? entry.what)
  return (
    <>
      {said}{' '}
      {entry.invoiceId !== null && (
        <Link className="link" to="/invoices" search={{ open: String(entry.invoiceId) }}>
          #{entry.invoiceId}
        </Link>
      )}
      {entry.ticketId !== null && (
        <Link className="link" to="/tickets" search={{ open: String(entry.ticketId) }}>
          #{entry.ticketId}
        </Link>
      )}
      {entry.serviceId !== null && <ServiceLink id={entry.serviceId} />}
      {entry.text !== '' && <span className="muted"> · {entry.text}</span>}
      {entry.isDerived && (
        <span className="faint" title="Derived: Paymenter does not tell when. It is the moment at which it was first seen so.">
          {' '}
          derived
        </span>
      )}
    </>
  )
}
