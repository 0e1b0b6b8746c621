// Reads the recorded Paymenter exchanges, and rebuilds from them the database that they were recorded on.
import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { InvoiceRow, PaymenterRows, ServiceRow, TicketRow } from '../../demo/paymenter/rows.ts'
import { SERVICE_REFERENCE, emptyRows } from '../../demo/paymenter/rows.ts'

const FOLDER = resolve(import.meta.dirname, '../../../shared/peers/paymenter/captures')

export interface Capture {
  /** `lists/users.json`. */
  name: string
  request: { method: string; path: string; accept: string | null; token: string | null; body: unknown }
  response: {
    status: number
    contentType: string | null
    date: string
    body: string
    cacheControl?: string
    allow?: string
    location?: string
  }
}

interface CapturedRow {
  type: string
  id: number
  attributes: Record<string, string | number | null>
  relationships: Record<string, { data: { type: string; id: string } | { type: string; id: string }[] | null }>
}

export function readCaptures(): Capture[] {
  return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => {
      const { request, response }: Omit<Capture, 'name'> = JSON.parse(readFileSync(join(FOLDER, name), 'utf8'))
      return { name, request, response }
    })
}

/** The rows in an answer, those included with it too. */
function rowsOf(capture: Capture): CapturedRow[] {
  if (!capture.response.body.startsWith('{"data"')) return []
  type Raw = Omit<CapturedRow, 'id' | 'relationships'> & { id: string; relationships?: CapturedRow['relationships'] }
  const document: { data: Raw | Raw[]; included?: Raw[] } = JSON.parse(capture.response.body)
  return [...(Array.isArray(document.data) ? document.data : [document.data]), ...(document.included ?? [])].map((row) => ({
    type: row.type,
    id: Number(row.id),
    attributes: row.attributes,
    relationships: row.relationships ?? {},
  }))
}

const PRICES = ['0.00', '499.00', '999.00', '1999.00']
const MONTHLY_PLANS = [1, 2, 4, 6]
const RECORDED_AT = Date.parse('2026-11-22T23:10:36Z')
const FILLER_TIMES = { created_at: Date.parse('2026-07-01T00:00:00Z'), updated_at: Date.parse('2026-07-01T00:00:00Z') }
/** What the recording deleted again, and when. */
const DELETED_AT = Date.parse('2026-11-22T23:22:48Z')
const DELETED = new Set(['invoices/205', 'invoiceItems/205', 'invoiceItems/206', 'services/41'])

interface Link {
  from: CapturedRow
  relation: string
  to: number
}

export interface WorldOptions {
  /** The database as it was at this instant. */
  at: number
  /** Captures whose rows are taken as they show them, whatever others show. */
  exact: readonly Capture[]
  /** The server's offset from UTC: its database keeps wall times, so that every instant moves with the setting. */
  offsetMs?: number
}

/** The database of the recording: captured rows, and plain ones in the gaps between their ids. */
export function rebuildRows(captures: readonly Capture[], options: WorldOptions): PaymenterRows {
  const offsetMs = options.offsetMs ?? 0
  const inUtc = captures.filter((capture) => !capture.name.startsWith('time-zone'))
  const all = inUtc.flatMap(rowsOf)
  const links = [...all, ...options.exact.flatMap(rowsOf)].flatMap(linksOf)
  const chosen = new Map<string, { row: CapturedRow; shiftMs: number }>()
  for (const row of all) {
    const name = `${row.type}/${row.id}`
    const known = chosen.get(name)?.row
    if (DELETED.has(name) && options.at > DELETED_AT) continue
    if (instant(row, 'created_at') > options.at) continue
    if (!known || isBetter(row, known, options.at)) chosen.set(name, { row, shiftMs: -offsetMs })
  }
  for (const row of options.exact.flatMap(rowsOf)) chosen.set(`${row.type}/${row.id}`, { row, shiftMs: 0 })
  const rows = emptyRows()
  for (const { row, shiftMs } of chosen.values()) addRow(rows, row, links, shiftMs, shiftMs === 0 ? offsetMs : 0)
  fillGaps(rows)
  return rows
}

/** The newest version that is not newer than the wanted instant; else the oldest there is. */
function isBetter(row: CapturedRow, known: CapturedRow, at: number): boolean {
  const [mine, theirs] = [instant(row, 'updated_at'), instant(known, 'updated_at')]
  if (theirs > at) return mine < theirs
  return mine > theirs && mine <= at
}

function linksOf(row: CapturedRow): Link[] {
  return Object.entries(row.relationships).flatMap(([relation, { data }]) => {
    const targets = Array.isArray(data) ? data : data ? [data] : []
    return targets.map((target) => ({ from: row, relation, to: Number(target.id) }))
  })
}

function instant(row: CapturedRow, column: string): number {
  return Date.parse(String(row.attributes[column] ?? '1970-01-01T00:00:00Z'))
}

/** `shiftMs` moves instants; `dateOffsetMs` is the zone in which its dates are midnights. */
function addRow(rows: PaymenterRows, row: CapturedRow, links: readonly Link[], shiftMs: number, dateOffsetMs: number): void {
  const { id, attributes } = row
  const text = (name: string): string => String(attributes[name] ?? '')
  const textOrNull = (name: string): string | null => (attributes[name] === null ? null : text(name))
  const whole = (name: string): number => Number(attributes[name])
  const wholeOrNull = (name: string): number | null => (attributes[name] === null ? null : whole(name))
  const day = (name: string): string | null =>
    attributes[name] === null ? null : new Date(instant(row, name) + dateOffsetMs).toISOString().slice(0, 10)
  const times = { created_at: instant(row, 'created_at') + shiftMs, updated_at: instant(row, 'updated_at') + shiftMs }
  const owner = (type: string, relation: string): number | undefined =>
    links.find((link) => link.from.type === type && link.relation === relation && link.to === id)?.from.id
  const target = (relation: string): number | undefined =>
    links.find((link) => link.from.type === row.type && link.from.id === id && link.relation === relation)?.to
  switch (row.type) {
    case 'users':
      rows.users.push({
        id,
        first_name: textOrNull('first_name'),
        last_name: textOrNull('last_name'),
        email: text('email'),
        email_verified_at: null,
        role_id: null,
        ...times,
      })
      return
    case 'properties':
      rows.properties.push({
        id,
        owner_type: 'user',
        owner_id: owner('users', 'properties') ?? 0,
        name: text('name'),
        key: text('key'),
        value: text('value'),
        ...times,
      })
      return
    case 'categories':
      rows.categories.push({ id, name: text('name'), slug: 'vps', parent_id: null, permissions: null, ...times })
      return
    case 'products':
      rows.products.push({
        id,
        category_id: 1,
        name: text('name'),
        description: text('description'),
        image: null,
        slug: text('slug'),
        stock: null,
        per_user_limit: null,
        sort: whole('sort'),
        allow_quantity: text('allow_quantity'),
        email_template: null,
        hidden: 0,
        ...times,
      })
      return
    case 'plans':
      rows.plans.push({
        id,
        product_id: owner('products', 'plans') ?? 0,
        name: text('name'),
        type: text('type') === 'free' ? 'free' : 'recurring',
        billing_period: wholeOrNull('billing_period'),
        billing_unit: text('billing_unit') === 'year' ? 'year' : attributes['billing_unit'] === null ? null : 'month',
        sort: null,
      })
      return
    case 'prices':
      rows.prices.push({
        id,
        plan_id: owner('plans', 'prices') ?? 0,
        price: text('price'),
        setup_fee: textOrNull('setup_fee'),
        currency_code: text('currency_code'),
      })
      return
    case 'orders':
      rows.orders.push({ id, user_id: whole('user_id'), currency_code: text('currency_code'), ...times })
      return
    case 'services': {
      const product = target('product') ?? ((id - 1) % 4) + 1
      rows.services.push({
        id,
        user_id: target('user') ?? (id <= 40 ? id : 2),
        product_id: product,
        plan_id: MONTHLY_PLANS[product - 1] ?? 1,
        order_id: target('order') ?? (id <= 40 ? id : null),
        coupon_id: null,
        subscription_id: null,
        quantity: whole('quantity'),
        price: text('price'),
        status: text('status') as ServiceRow['status'],
        currency_code: text('currency_code'),
        expires_at: day('expires_at'),
        ...times,
      })
      return
    }
    case 'invoices':
      rows.invoices.push({
        id,
        number: `INV-${99_999 + id}`,
        user_id: target('user') ?? owner('users', 'invoices') ?? owner('services', 'invoices') ?? 15,
        status: text('status') as InvoiceRow['status'],
        currency_code: text('currency_code'),
        due_at: day('due_at'),
        ...times,
      })
      return
    case 'invoiceItems':
      rows.invoiceItems.push({
        id,
        invoice_id: owner('invoices', 'items') ?? (id <= 204 ? id : id - 1),
        description: text('description'),
        quantity: whole('quantity'),
        price: text('price'),
        reference_type: textOrNull('reference_type'),
        reference_id: wholeOrNull('reference_id'),
        ...times,
      })
      return
    case 'credits':
      rows.credits.push({ id, user_id: target('user') ?? 2, currency_code: text('currency_code'), amount: text('amount'), ...times })
      return
    case 'tickets':
      rows.tickets.push({
        id,
        user_id: whole('user_id'),
        subject: text('subject'),
        status: text('status') as TicketRow['status'],
        priority: text('priority') as TicketRow['priority'],
        assigned_to: null,
        department: null,
        ...times,
      })
      return
    case 'ticketMessages':
      rows.ticketMessages.push({
        id,
        ticket_id: target('ticket') ?? owner('tickets', 'messages') ?? id,
        user_id: target('user') ?? 1,
        message: text('message'),
        ...times,
      })
      return
    default:
      throw new Error(`A capture shows a row of an unknown type: ${row.type}`)
  }
}

function missing(list: readonly { id: number }[], last: number): number[] {
  const known = new Set(list.map((row) => row.id))
  return Array.from({ length: last }, (_, index) => index + 1).filter((id) => !known.has(id))
}

/** Every id up to the last one was taken when the recording began. */
function fillGaps(rows: PaymenterRows): void {
  const recorded = { created_at: RECORDED_AT, updated_at: RECORDED_AT }
  for (const id of missing(rows.services, 40)) {
    const product = ((id - 1) % 4) + 1
    rows.services.push({
      id,
      user_id: id,
      product_id: product,
      plan_id: MONTHLY_PLANS[product - 1] ?? 1,
      order_id: id,
      coupon_id: null,
      subscription_id: null,
      quantity: 1,
      price: PRICES[product - 1] ?? '0.00',
      status: 'active',
      currency_code: 'INR',
      expires_at: product === 1 ? null : id === 31 ? '2026-11-29' : '2026-12-20',
      ...recorded,
    })
  }
  for (const id of missing(rows.orders, 40)) rows.orders.push({ id, user_id: id, currency_code: 'INR', ...recorded })
  for (const id of missing(rows.credits, 5)) rows.credits.push({ id, user_id: 28 + id, currency_code: 'INR', amount: '1.00', ...recorded })
  for (const id of missing(rows.invoices, 204)) {
    rows.invoices.push({
      id,
      number: `INV-${99_999 + id}`,
      user_id: 15,
      status: 'paid',
      currency_code: 'INR',
      due_at: '2026-07-08',
      ...FILLER_TIMES,
    })
  }
  for (const invoice of rows.invoices.filter((row) => row.id <= 204)) {
    if (rows.invoiceItems.some((item) => item.id === invoice.id)) continue
    rows.invoiceItems.push({
      id: invoice.id,
      invoice_id: invoice.id,
      description: 'VPS',
      quantity: 1,
      price: '499.00',
      reference_type: SERVICE_REFERENCE,
      reference_id: invoice.user_id,
      ...FILLER_TIMES,
    })
  }
}
