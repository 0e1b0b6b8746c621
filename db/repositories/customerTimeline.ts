// What happened to a customer, from every table that knows something of it: billing's rows, the record, and what the nodes did. Newest first.
import type { Database } from '../open.ts'

export interface TimelineRow {
  readonly at: number
  readonly world: 'billing' | 'console' | 'node'
  readonly what: string
  readonly text: string
  readonly serviceId: number | null
  readonly invoiceId: number | null
  readonly ticketId: number | null
  readonly isDerived: number
}

const longestText = 300

/** Each part: at, world, what, text, service, invoice, ticket, derived; `@id` is the customer. */
const parts = [
  `select s.created_at, 'billing', 'service-created', coalesce(p.name, 'A service'), s.id, null, null, 0 from services s left join products p on p.id = s.product_id
   where s.customer_id = @id and s.created_at is not null`,
  `select h.read_at, 'billing', 'service-changed', h.status || case when h.expires_on is null then '' else ', paid until ' || h.expires_on end, h.service_id, null, null, 1
   from service_history h join services s on s.id = h.service_id where s.customer_id = @id and h.previous_read_at is not null`,
  `select i.created_at, 'billing', 'invoice-created', case when i.due_on is null then '' else 'due ' || i.due_on end, null, i.id, null, 0 from invoices i
   where i.customer_id = @id and i.created_at is not null`,
  `select i.paid_at, 'billing', 'invoice-paid', '', null, i.id, null, 1 from invoices i where i.customer_id = @id and i.paid_at is not null`,
  `select t.created_at, 'billing', 'ticket-opened', t.subject, null, null, t.id, 0 from tickets t where t.customer_id = @id and t.created_at is not null`,
  `select m.created_at, 'billing', case when m.author_id = t.customer_id then 'ticket-message' else 'ticket-reply' end, m.message, null, null, t.id, 0
   from ticket_messages m join tickets t on t.id = m.ticket_id where t.customer_id = @id and m.created_at is not null and m.gone_at is null`,
  `select a.at, 'console', a.action, a.why, a.service_id, null, null, 0 from audit a join services s on s.id = a.service_id where s.customer_id = @id`,
  `select e.at, 'node', e.action, e.target || case when e.message = '' then '' else ': ' || e.message end, k.service_id, null, null, 0
   from services s join links k on k.service_id = s.id join node_events e on e.node_id = k.node_id and e.target in (k.vm_name, k.uuid) where s.customer_id = @id`,
] as const

export function customerTimeline(db: Database, customerId: number, limit: number): TimelineRow[] {
  const rows = parts.flatMap(
    (part) => db.sqlite.prepare(`${part} order by 1 desc limit @limit`).raw().all({ id: customerId, limit }) as [number, TimelineRow['world'], string, string, number | null, number | null, number | null, number][],
  )
  return rows
    .map(([at, world, what, text, serviceId, invoiceId, ticketId, isDerived]) => ({ at, world, what, text: text.slice(0, longestText), serviceId, invoiceId, ticketId, isDerived }))
    .sort((a, b) => b.at - a.at)
    .slice(0, limit)
}
