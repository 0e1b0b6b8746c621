// What could not be derived from what Paymenter sent: every value that is shown as unknown, with the reason and what was sent.
import type { z } from 'zod'
import type { underivedRow } from '../../shared/contract/billing.ts'
import type { Day } from '../../shared/domain/calendar.ts'
import type { ProductId, ServiceId } from '../../shared/domain/ids.ts'
import type { Database } from '../open.ts'
import { customerName, type Listed, type ListQuery } from './billingSelect.ts'
import { ServicePlans } from './servicePlans.ts'

type Underived = z.output<typeof underivedRow>

const sentText = (table: string, attribute: string): string => `${table}.raw -> '$.attributes.${attribute}'`
const notAnAmount = `'What was sent is not an amount of ' || case when %.currency = '' then 'any currency' else %.currency end || ', or its quantity is no whole number.'`
const notADay = `'What was sent is not the start of a day in Paymenter’s time zone.'`
const ownerUnknown = `'Paymenter did not say whose it is.'`
const unknownWord = `'Paymenter sent a status that this console does not know; it is taken for none of those that it does.'`

/** One select for each kind of gap: resource, id, customer, value, reason, what was sent. Rows that are gone are left out. */
const gaps: readonly string[] = [
  `select 'services', s.id, s.customer_id, 'price', ${notAnAmount.replaceAll('%', 's')}, ${sentText('s', 'price')} from services s where s.gone_at is null and s.price_minor is null`,
  `select 'services', s.id, s.customer_id, 'expiry', ${notADay}, ${sentText('s', 'expires_at')} from services s where s.gone_at is null and s.expiry_readable = 0`,
  `select 'services', s.id, null, 'customer', ${ownerUnknown}, null from services s where s.gone_at is null and s.customer_id is null`,
  `select 'services', s.id, s.customer_id, 'product', 'Paymenter did not say of which product it is.', null from services s where s.gone_at is null and s.product_id is null`,
  `select 'services', s.id, s.customer_id, 'status', ${unknownWord}, ${sentText('s', 'status')} from services s
    where s.gone_at is null and s.status not in ('pending', 'active', 'suspended', 'cancelled')`,
  `select 'invoices', i.id, i.customer_id, 'due date', ${notADay}, ${sentText('i', 'due_at')} from invoices i where i.gone_at is null and i.due_readable = 0`,
  `select 'invoices', i.id, null, 'customer', ${ownerUnknown}, null from invoices i where i.gone_at is null and i.customer_id is null`,
  `select 'invoices', i.id, i.customer_id, 'status', ${unknownWord}, ${sentText('i', 'status')} from invoices i
    where i.gone_at is null and i.status not in ('pending', 'paid', 'cancelled')`,
  `select 'invoices', i.id, i.customer_id, 'total', 'The price of its item ' || min(t.id) || ' cannot be read, so there is no sum.', null
    from invoices i join invoice_items t on t.invoice_id = i.id and t.gone_at is null and t.price_minor is null where i.gone_at is null group by i.id`,
  `select 'invoice items', t.id, i.customer_id, 'price', case when t.raw = 'null' then 'Its invoice names it, but it was not sent.'
    else ${notAnAmount.replaceAll('%', 'i')} end, ${sentText('t', 'price')}
    from invoice_items t join invoices i on i.id = t.invoice_id and i.gone_at is null where t.gone_at is null and t.price_minor is null`,
  `select 'plans', l.id, null, 'price', 'A price of this plan is not an amount of ' || (j.value ->> '$.currency') || '.', null
    from plans l, json_each(l.prices) j where l.gone_at is null and j.value ->> '$.amountMinor' is null`,
  `select 'plans', l.id, null, 'period', 'It is paid again and again, but its period is not a whole number of a known unit.',
    (l.raw -> '$.attributes.billing_period') || ' ' || (l.raw -> '$.attributes.billing_unit') from plans l
    where l.gone_at is null and l.type = 'recurring' and (coalesce(l.billing_period, 0) < 1 or coalesce(l.billing_unit, '') not in ('hour', 'day', 'week', 'month', 'year'))`,
  `select 'credits', k.id, k.customer_id, 'price', ${notAnAmount.replaceAll('%', 'k').replace(', or its quantity is no whole number', '')}, ${sentText('k', 'amount')}
    from credits k where k.gone_at is null and k.amount_minor is null`,
  `select 'credits', k.id, null, 'customer', ${ownerUnknown}, null from credits k where k.gone_at is null and k.customer_id is null`,
  `select 'orders', o.id, null, 'customer', ${ownerUnknown}, null from orders o where o.gone_at is null and o.customer_id is null`,
  `select 'tickets', t.id, null, 'customer', ${ownerUnknown}, null from tickets t where t.gone_at is null and t.customer_id is null`,
  `select 'tickets', t.id, t.customer_id, 'status', ${unknownWord}, ${sentText('t', 'status')} from tickets t
    where t.gone_at is null and t.status not in ('open', 'replied', 'closed')`,
  `select 'ticket messages', m.id, null, 'ticket', 'Paymenter did not say to which ticket it belongs.', null from ticket_messages m where m.gone_at is null and m.ticket_id is null`,
]

interface UnpricedService {
  readonly serviceId: ServiceId
  readonly customerId: number | null
  readonly customerName: string | null
  readonly productId: ProductId | null
  readonly currency: string
  readonly priceMinor: number | null
  readonly expiresOn: Day | null
}

const folded = (text: string): string => text.normalize('NFKC').toLowerCase()

/** Everything that could not be derived, by kind; the filter's words must all be met. */
export function underivedValues(db: Database, query: ListQuery): Listed<Underived> {
  const union = gaps.map((select) => `select * from (${select})`).join(' union all ')
  const found = db.sqlite
    .prepare(
      `with gaps(resource, id, customerId, value, reason, sent) as (${union})
       select g.resource, g.id, g.customerId, ${customerName} as customerName, g.value, g.reason, g.sent from gaps g left join customers c on c.id = g.customerId`,
    )
    .all() as Underived[]
  const all = [...found, ...periodsUnknown(db)].map((row) => ({ ...row, sent: row.sent === null ? null : row.sent.slice(0, 200) }))
  const words = folded(query.filter ?? '').split(/\s+/).filter((word) => word !== '')
  const kept = all.filter((row) => {
    const text = folded(`${row.resource} ${row.id} ${row.customerName ?? ''} ${row.value} ${row.reason}`)
    return words.every((word) => text.includes(word))
  })
  const from = query.offset ?? 0
  return { total: kept.length, rows: kept.slice(from, from + (query.limit ?? kept.length)) }
}

/** Services that are paid for, of which neither a plan's price nor an item's dates tell how often. */
function periodsUnknown(db: Database): Underived[] {
  const plans = new ServicePlans(db)
  const services = db.sqlite
    .prepare(
      `select s.id as serviceId, s.customer_id as customerId, ${customerName} as customerName, s.product_id as productId, s.currency, s.price_minor as priceMinor, s.expires_on as expiresOn
       from services s left join customers c on c.id = s.customer_id where s.gone_at is null and s.status in ('active', 'suspended') and s.price_minor is not null order by s.id`,
    )
    .all() as UnpricedService[]
  return services
    .filter((service) => plans.planOf(service).kind === null)
    .map(({ serviceId, customerId, customerName: name }) => ({
      resource: 'services',
      id: serviceId,
      customerId,
      customerName: name,
      value: 'period',
      reason: 'No plan of its product has its price alone, and none of its invoices names a period.',
      sent: null,
    }))
}
