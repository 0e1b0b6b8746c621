// Tickets: who waits for an answer, since when; the conversation beside the table.
import { IconMessageReply } from '@tabler/icons-react'
import { useState } from 'react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { Instant } from '../../components/Age.tsx'
import { Missing } from '../../components/billing/Missing.tsx'
import { Skeleton } from '../../components/EmptyState.tsx'
import { CustomerLink } from '../../components/estate/links.tsx'
import { TicketPriority, TicketStatus } from '../../components/estate/states.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { GoneSwitch, MirrorAge, MirrorEmpty, SyncButton } from '../../components/MirrorTools.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Page } from '../../components/Page.tsx'
import { SidePanel, Split } from '../../components/SidePanel.tsx'
import type { DataColumn } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/DataTable.tsx'
import { Tag } from '../../components/Tag.tsx'
import type { FilterFields } from '../../lib/filter.ts'
import { count } from '../../lib/formatSize.ts'
import { useMirror } from '../../lib/mirror.ts'
import { useTableAddress } from '../../lib/tableAddress.ts'
import { Conversation } from './Conversation.tsx'

type TicketRow = MethodOutput<'billing.tickets'>['rows'][number]

/** `you`: the customer wrote last and it is not closed. */
function turn(ticket: TicketRow): string {
  if (ticket.status === 'closed') return 'closed'
  return ticket.lastByCustomer === null ? 'unknown' : ticket.lastByCustomer ? 'you' : 'customer'
}

const priorityOrder: Record<string, number> = { high: 3, medium: 2, low: 1 }
const dash = <span className="faint">–</span>

const columns: readonly DataColumn<TicketRow>[] = [
  { id: 'id', header: 'Ticket', widthPx: 76, value: (row) => row.id, cell: (row) => `#${String(row.id)}` },
  { id: 'subject', header: 'Subject', widthPx: 200, grow: true, value: (row) => row.subject, cell: (row) => <MiddleCut text={row.subject} /> },
  {
    id: 'customer',
    header: 'Customer',
    widthPx: 160,
    grow: true,
    value: (row) => row.customerName,
    cell: (row) => <CustomerLink id={row.customerId} name={row.customerName} />,
  },
  { id: 'status', header: 'Status', widthPx: 100, value: (row) => row.status, cell: (row) => <TicketStatus status={row.status} /> },
  {
    id: 'priority',
    header: 'Priority',
    widthPx: 100,
    value: (row) => priorityOrder[row.priority] ?? 0,
    csv: (row) => row.priority,
    cell: (row) => <TicketPriority priority={row.priority} />,
  },
  {
    id: 'turn',
    header: 'Turn',
    widthPx: 116,
    value: turn,
    cell: (row) => (turn(row) === 'you' ? <Tag tone="accent" icon={IconMessageReply} word="waits for you" /> : dash),
  },
  {
    id: 'last',
    header: 'Last message',
    widthPx: 118,
    end: true,
    value: (row) => row.lastMessageAt,
    csv: (row) => (row.lastMessageAt === null ? null : new Date(row.lastMessageAt).toISOString()),
    cell: (row) => <Instant at={row.lastMessageAt} />,
  },
  { id: 'messages', header: 'Messages', widthPx: 88, end: true, hidden: true, value: (row) => row.messages },
  { id: 'department', header: 'Department', widthPx: 120, hidden: true, value: (row) => row.department },
]

const fields: FilterFields<TicketRow> = {
  words: (row) => [row.id, row.subject, row.customerName],
  keys: { status: (row) => row.status, priority: (row) => row.priority, customer: (row) => row.customerName, turn },
}
const views = [
  { name: 'Waiting for you', filter: 'turn:you' },
  { name: 'Not closed', filter: '-status:closed' },
  { name: 'High priority', filter: 'priority:high -status:closed' },
]
const noRows: readonly TicketRow[] = []

export function Tickets() {
  const { filter, open, onFilter, onOpen, close } = useTableAddress()
  const [gone, setGone] = useState(false)
  const { page, error, beyond } = useMirror('billing.tickets', filter, gone)
  const rows = page?.rows ?? noRows
  const opened = rows.find((row) => String(row.id) === open)
  return (
    <Page title="Tickets" filled age={<MirrorAge asOf={page?.asOf} />} actions={<SyncButton />}>
      {page === undefined ? (
        error === null ? (
          <Skeleton lines={10} />
        ) : (
          <ErrorNotice error={error} />
        )
      ) : (
        <div className="stacked-screen">
          <Missing list={page.missing} />
          <Split
            main={
              <DataTable
                id="tickets"
                label="tickets"
                rows={rows}
                rowKey={(row) => String(row.id)}
                columns={columns}
                filterFields={fields}
                filter={filter}
                onFilter={onFilter}
                views={views}
                sort={[{ id: 'last', desc: true }]}
                openKey={open}
                onOpen={(row) => {
                  onOpen(String(row.id))
                }}
                rowClass={(row) => (row.gone ? 'dim' : '')}
                tools={<GoneSwitch value={gone} onChange={setGone} />}
                renderSummary={(shown) => (
                  <>
                    {count(shown.length, 'ticket')} · {shown.filter((row) => turn(row) === 'you').length.toLocaleString()} waiting for you
                    {beyond > 0 && ` · ${beyond.toLocaleString()} more: filter by words to find them`}
                  </>
                )}
                empty={<MirrorEmpty what="tickets" />}
              />
            }
            side={
              open === undefined ? null : (
                <SidePanel title={<MiddleCut text={opened?.subject ?? 'Ticket'} />} note={`#${open.slice(0, 16)}`} onClose={close}>
                  <Conversation key={open} ticketId={Number(open)} />
                </SidePanel>
              )
            }
          />
        </div>
      )}
    </Page>
  )
}
