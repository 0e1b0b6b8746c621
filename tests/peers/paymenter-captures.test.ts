// Every recorded exchange of a real Paymenter, replayed over HTTP against the client: what it must be taken to mean.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { HttpAnswer } from '../../electron/worker/http/request.ts'
import { HttpPeer } from '../../electron/worker/http/request.ts'
import { PeerError } from '../../electron/worker/http/peerError.ts'
import { PaymenterClient, type Resource } from '../../electron/worker/paymenter/client.ts'
import { Days } from '../../electron/worker/paymenter/days.ts'
import { failureOfAnswer, jsonOf, notPaymenter, refusedIncludes, saysRowIsMissing } from '../../electron/worker/paymenter/failures.ts'
import { creditOf, orderOf, ticketMessageOf, ticketOf } from '../../electron/worker/paymenter/supportRows.ts'
import { customerOf, invoiceOf, productOf, serviceOf } from '../../electron/worker/paymenter/rows.ts'
import { Included, listDocument, readRow, singleDocument } from '../../electron/worker/paymenter/schema.ts'
import { Failure } from '../../shared/domain/failure.ts'
import { loadCaptures, type Capture } from '../helpers/captures.ts'
import { Gateway } from '../helpers/gateway.ts'
import { recordedLog } from '../helpers/recordedLog.ts'

const captures = loadCaptures('paymenter')

/** By name: a failure's code, `no such row`, the includes that were refused, a row, or a list's ids (`…`: there is more). */
const meanings: Readonly<Record<string, string>> = {
  'access/bad-token-no-accept': 'billing.not-paymenter',
  'access/bad-token': 'billing.unauthorized',
  'access/disabled-token': 'billing.unauthorized',
  'access/empty-put-with-permission-missing-row': 'no such row',
  'access/empty-put-without-update-permission-missing-row': 'no such row',
  'access/empty-put-without-update-permission': 'billing.forbidden',
  'access/include-items-without-invoice-items-permission': 'list 1 …',
  'access/include-user-without-users-permission': 'refused user',
  'access/list-with-no-permission': 'billing.forbidden',
  'access/me-with-admin-token': 'billing.unauthorized',
  'access/method-not-allowed-post-list': 'billing.invalid-answer',
  'access/method-not-allowed': 'billing.unavailable',
  'access/no-permission-include': 'refused invoices',
  'access/no-permission-update': 'billing.forbidden',
  'access/no-permission-view-no-accept': 'billing.not-paymenter',
  'access/no-permission-view': 'billing.forbidden',
  'access/no-token-html': 'billing.unauthorized',
  'access/no-token': 'billing.unauthorized',
  'access/token-not-admin': 'billing.key-refused',
  'access/token-other-ip': 'billing.key-refused',
  'access/unknown-route-no-accept': 'billing.not-paymenter',
  'access/unknown-route': 'billing.not-paymenter',
  'changes/credit-create-duplicate-currency': 'billing.invalid-answer',
  'changes/credit-create': 'credits 6',
  'changes/credit-negative': 'billing.invalid-answer',
  'changes/credit-update': 'credits 6',
  'changes/invoice-after-delete': 'no such row',
  'changes/invoice-back-to-pending': 'invoices 16',
  'changes/invoice-create': 'invoices 205',
  'changes/invoice-delete': 'nothing',
  'changes/invoice-due-date': 'invoices 1',
  'changes/invoice-item-create-for-service': 'invoiceItems 206',
  'changes/invoice-item-create': 'invoiceItems 205',
  'changes/invoice-paid-again-after-pending': 'invoices 16',
  'changes/invoice-pay-again': 'invoices 16',
  'changes/invoice-pay': 'invoices 16',
  'changes/invoice-status-unknown': 'billing.invalid-answer',
  'changes/invoice-with-two-items': 'invoices 205',
  'changes/service-after-delete': 'no such row',
  'changes/service-after-invoice-back-to-pending': 'services 4',
  'changes/service-after-invoice-paid-again': 'services 4',
  'changes/service-after-invoice-paid-twice': 'services 4',
  'changes/service-after-invoice-paid': 'services 4',
  'changes/service-after-suspend': 'services 4',
  'changes/service-bad-json': 'services 4',
  'changes/service-create-invalid': 'billing.invalid-answer',
  'changes/service-create': 'services 41',
  'changes/service-delete': 'nothing',
  'changes/service-empty-body': 'services 4',
  'changes/service-expires-at-set': 'services 4',
  'changes/service-expires-in-the-past': 'billing.invalid-answer',
  'changes/service-not-found': 'no such row',
  'changes/service-overdue-before': 'services 4',
  'changes/service-patch': 'services 4',
  'changes/service-price-negative': 'billing.invalid-answer',
  'changes/service-price-not-a-number': 'billing.invalid-answer',
  'changes/service-put-no-accept-invalid': 'redirect',
  'changes/service-status-unknown': 'billing.invalid-answer',
  'changes/service-suspend-again': 'services 4',
  'changes/service-suspend': 'services 4',
  'changes/service-unknown-field-ignored': 'services 4',
  'changes/ticket-close': 'tickets 6',
  'changes/ticket-create': 'tickets 6',
  'changes/ticket-department-refused': 'billing.invalid-answer',
  'changes/ticket-message-create': 'ticketMessages 6',
  'changes/ticket-message-missing-fields': 'billing.invalid-answer',
  'changes/ticket-message-too-long': 'billing.invalid-answer',
  'changes/user-create': 'users 41',
  'changes/user-update': 'users 2',
  'cron/active-expired-3-days-ago-after': 'services 3',
  'cron/active-expired-3-days-ago-before': 'services 3',
  'cron/active-expired-yesterday-after': 'services 10',
  'cron/active-expired-yesterday-before': 'services 10',
  'cron/active-expires-in-5-days-after': 'services 8',
  'cron/active-expires-in-5-days-before': 'services 8',
  'cron/pending-order-8-days-old-after': 'services 7',
  'cron/pending-order-8-days-old-before': 'services 7',
  'cron/price-zero-expired-yesterday-after': 'services 42',
  'cron/price-zero-expired-yesterday-before': 'services 42',
  'cron/suspended-expired-15-days-ago-after': 'services 6',
  'cron/suspended-expired-15-days-ago-before': 'services 6',
  'detail/invoice-by-number': 'invoices 4',
  'detail/invoice-item-include-reference': 'invoiceItems 1',
  'detail/invoice-item': 'invoiceItems 1',
  'detail/invoice-not-found': 'no such row',
  'detail/invoice': 'invoices 1',
  'detail/product': 'products 2',
  'detail/service-id-leading-number': 'services 2',
  'detail/service-id-not-a-number': 'no such row',
  'detail/service-not-found-no-accept': 'billing.not-paymenter',
  'detail/service-not-found': 'no such row',
  'detail/service-plain': 'services 2',
  'detail/service': 'services 2',
  'detail/ticket': 'tickets 1',
  'detail/user': 'users 2',
  'lists/categories': 'list 1',
  'lists/credits': 'list 1,2,3 …',
  'lists/invoice-items-filter-reference': 'list 1-4,68-76,108,109 …',
  'lists/invoice-items-include-gateway': 'list 1,2 …',
  'lists/invoice-items-include-reference-and-invoice': 'billing.unavailable',
  'lists/invoice-items': 'list 1,2,3 …',
  'lists/invoices-default': 'list 1-15 …',
  'lists/invoices-filter-id-matches-partly': 'list 20,120,200,201,202,203,204,206,207,208,209',
  'lists/invoices-filter-status': 'list 16,47 …',
  'lists/invoices-filter-user-id-matches-partly': 'list 1-4,68-76,108-144 …',
  'lists/invoices-next-link-drops-query': 'list 36,161,145 …',
  'lists/invoices-sort-due-at-refused': 'billing.invalid-answer',
  'lists/invoices-sort-status-refused': 'billing.invalid-answer',
  'lists/invoices': 'list 169,29,135 …',
  'lists/orders': 'list 1,2,3 …',
  'lists/page-abc': 'list 1 …',
  'lists/page-past-the-end': 'list ',
  'lists/page-zero': 'list 1 …',
  'lists/per-page-0': 'list 1-15 …',
  'lists/per-page-1e2': 'list 1-40',
  'lists/per-page-5000': 'list 1-40',
  'lists/per-page-abc': 'billing.unavailable',
  'lists/per-page-array': 'billing.unavailable',
  'lists/per-page-minus-1': 'list  …',
  'lists/products-include-services': 'list 1 …',
  'lists/products': 'list 1,2,3,4',
  'lists/services-filter-status-partial': 'list 1,2 …',
  'lists/services-filter-status': 'list 1,2 …',
  'lists/services-filter-unknown': 'billing.invalid-answer',
  'lists/services-include-plan-refused': 'refused plan',
  'lists/services-no-include': 'list 1,2 …',
  'lists/services': 'list 37,33,29,21 …',
  'lists/ticket-messages': 'list 1,2,3 …',
  'lists/tickets-include-assigned-to-500': 'billing.unavailable',
  'lists/tickets-sort-currency-code': 'billing.unavailable',
  'lists/tickets': 'list 5,4,3 …',
  'lists/users-filter-email': 'list 2',
  'lists/users-sort-updated-at-refused': 'billing.invalid-answer',
  'lists/users': 'list 1,2,3 …',
  'outages/database-down': 'billing.unavailable',
  'outages/maintenance-mode-no-accept': 'billing.unavailable',
  'outages/maintenance-mode': 'billing.unavailable',
  'outages/php-down-behind-proxy': 'billing.unavailable',
  'time-zone-kolkata/invoice-due-date-after': 'invoices 1',
  'time-zone-kolkata/invoice-due-date-echoed-instant-after': 'invoices 1',
  'time-zone-kolkata/invoice-due-date-echoed-instant': 'invoices 1',
  'time-zone-kolkata/invoice-due-date-set-to-last-of-month-after': 'invoices 1',
  'time-zone-kolkata/invoice-due-date-set-to-last-of-month': 'invoices 1',
  'time-zone-kolkata/invoice-due-date-set': 'invoices 1',
  'time-zone-kolkata/invoices': 'list 209,208 …',
  'time-zone-kolkata/service-expires-at-after': 'services 2',
  'time-zone-kolkata/service-expires-at-set': 'services 2',
  'time-zone-kolkata/services': 'list 4,2 …',
  'time-zone-kolkata/ticket-create': 'tickets 7',
}

const { log } = recordedLog()
let gateway: Gateway

beforeAll(async () => {
  gateway = await Gateway.open('http://127.0.0.1:1')
})

afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
})

function captureOf(name: string): Capture {
  const capture = captures.get(name)
  if (!capture) throw new Error(`there is no capture ${name}`)
  return capture
}

/** Answers every request with this exchange. */
function play(name: string): void {
  const { response } = captureOf(name)
  if (!response) throw new Error(`${name} has no response`)
  gateway.hooks = {
    before: () => ({
      status: response.status,
      headers: { ...(response.contentType === null ? {} : { 'content-type': response.contentType }), ...(response.status === 302 ? { location: 'http://localhost' } : {}) },
      body: response.body,
    }),
  }
}

function makeClient(): PaymenterClient {
  return new PaymenterClient({ baseUrl: gateway.url, token: 'token', log, now: Date.now, http: { retries: 0 } })
}

async function answerTo(name: string): Promise<HttpAnswer> {
  play(name)
  const { method, path } = captureOf(name).request
  const peer = new HttpPeer({ baseUrl: gateway.url, headers: () => ({ accept: 'application/json' }), name: 'Paymenter', log, retries: 0 })
  try {
    if (method !== 'GET' && method !== 'POST' && method !== 'PUT' && method !== 'PATCH' && method !== 'DELETE') throw new Error(`unexpected method ${method}`)
    return await peer.request({ method, path })
  } finally {
    await peer.close()
  }
}

function rangesOf(ids: readonly number[]): string {
  if (ids.length < 12) return ids.join(',')
  const parts: string[] = []
  for (let index = 0; index < ids.length; ) {
    let end = index
    while (ids[end + 1] === (ids[end] ?? 0) + 1) end += 1
    const [first, last] = [ids[index] ?? 0, ids[end] ?? 0]
    parts.push(end === index ? String(first) : end === index + 1 ? `${first},${last}` : `${first}-${last}`)
    index = end + 1
  }
  return parts.join(',')
}

function idOf(raw: unknown): number {
  const row = readRow(raw)
  if (!('attributes' in row)) throw new Error(`unreadable: ${row.reason}`)
  return row.id
}

function meaningOf(answer: HttpAnswer): string {
  if (answer.status === 204) return 'nothing'
  if (saysRowIsMissing(answer)) return 'no such row'
  const refused = refusedIncludes(answer)
  if (refused.length > 0) return `refused ${refused.join(',')}`
  if (answer.status >= 400) return failureOfAnswer(answer, 'asked.permission').code
  const list = listDocument.safeParse(jsonOf(answer))
  if (list.success) return `list ${rangesOf(list.data.data.map(idOf))}${typeof list.data.links?.next === 'string' ? ' …' : ''}`
  const single = singleDocument.safeParse(jsonOf(answer))
  if (!single.success) return notPaymenter(answer).code
  return `${String(single.data.data['type'])} ${idOf(single.data.data)}`
}

test('every recorded exchange has a meaning here, and every meaning an exchange', () => {
  expect(Object.keys(meanings).sort()).toEqual([...captures.keys()].sort())
})

describe('what each exchange is taken for', () => {
  test.each(Object.entries(meanings))('%s is: %s', async (name, meaning) => {
    let seen: string
    try {
      seen = meaningOf(await answerTo(name))
    } catch (error) {
      if (!(error instanceof PeerError)) throw error
      seen = error.kind
    }
    expect(seen).toBe(meaning)
  })
})

/** The client's own method for what was recorded, where it has one. */
async function throughClient(client: PaymenterClient, { request }: Capture): Promise<string> {
  const match = /^\/api\/v1\/admin\/(users|products|services|invoices|invoice-items)(?:\/(\d+))?(?:\?|$)/.exec(request.path)
  const resource = match?.[1] as Resource | undefined
  if (resource === undefined) return 'no method'
  const id = match?.[2] === undefined ? null : Number(match[2])
  if (request.method === 'GET' && id === null) {
    const answer = await client.list(resource, { page: 1, perPage: 10 })
    expect(answer.unreadable).toEqual([])
    return `list ${rangesOf(answer.rows.map((row) => row.id))}${answer.hasMore ? ' …' : ''}`
  }
  if (request.method === 'GET' && id !== null && id > 0) {
    const answer = await client.read(resource, id, [])
    return answer.kind === 'gone' ? 'no such row' : `${answer.row.type} ${answer.row.id}`
  }
  if ((request.method === 'PUT' || request.method === 'PATCH') && id !== null && id > 0) {
    const answer = await client.update(resource, id, { status: 'suspended' })
    if (answer.kind === 'unknown') return answer.failure.code
    return answer.kind === 'gone' ? 'no such row' : `${resource} ${id}`
  }
  return 'no method'
}

describe('the client’s own methods take them the same way', () => {
  test.each(Object.entries(meanings))('%s', async (name, meaning) => {
    play(name)
    const client = makeClient()
    let seen: string
    try {
      seen = await throughClient(client, captureOf(name))
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      seen = error.code
    } finally {
      await client.close()
    }
    const refused = meaning.startsWith('refused')
    const expected: Record<string, string> = {
      // An include that was not asked for cannot be dropped.
      [refused ? meaning : '']: 'billing.invalid-answer',
      redirect: 'billing.not-paymenter',
      // A page without rows is the end, whatever its links say: `per_page=-1` is never sent.
      'list  …': 'list ',
    }
    if (seen !== 'no method') expect(seen).toBe(expected[meaning] ?? meaning)
  })
})

// ── what the rows say ──────────────────────────────────────────────────────────────────────────────────────────────

async function rowsOf(name: string): Promise<{ rows: Exclude<ReturnType<typeof readRow>, { reason: string }>[]; included: Included }> {
  const answer = await answerTo(name)
  const document = JSON.parse(answer.text) as { data: unknown; included?: unknown[] }
  const rows = (Array.isArray(document.data) ? document.data : [document.data]).map((raw) => {
    const row = readRow(raw)
    if (!('attributes' in row)) throw new Error(row.reason)
    return row
  })
  return { rows, included: new Included(document.included ?? []) }
}

test('customers: names in any script, or null', async () => {
  const { rows } = await rowsOf('lists/users')
  expect(rows.map(customerOf).map(({ id, firstName, lastName, email, createdAt }) => ({ id, firstName, lastName, email, createdAt }))[0]).toEqual({
    id: 1,
    firstName: 'Asha',
    lastName: 'Rao',
    email: 'customer0@example.com',
    createdAt: Date.parse('2025-11-22T23:10:36Z'),
  })
})

test('products: plans and prices from what came along', async () => {
  const { rows, included } = await rowsOf('lists/products')
  const starter = rows.map((row) => productOf(row, included))[1]
  expect(starter).toMatchObject({ id: 2, slug: 'starter-vps', hidden: false })
  expect(starter?.plans?.map(({ id, type, billingPeriod, billingUnit, prices }) => ({ id, type, billingPeriod, billingUnit, prices }))).toEqual([
    { id: 2, type: 'recurring', billingPeriod: 1, billingUnit: 'month', prices: [{ id: 2, currency: 'INR', amountMinor: 49_900, setupFeeMinor: 0 }] },
    { id: 3, type: 'recurring', billingPeriod: 1, billingUnit: 'year', prices: [{ id: 3, currency: 'INR', amountMinor: 499_000, setupFeeMinor: null }] },
  ])
})

test('services: whose they are only when it was included', async () => {
  const utc = new Days('UTC')
  const full = await rowsOf('detail/service')
  expect(serviceOf(full.rows[0] ?? neverRow, full.included, utc)).toMatchObject({ id: 2, customerId: 2, productId: 2, status: 'active', priceMinor: 49_900, quantity: 1, expiresOn: '2026-12-07', expiryReadable: true, properties: {} })
  const plain = await rowsOf('detail/service-plain')
  expect(serviceOf(plain.rows[0] ?? neverRow, plain.included, utc)).toMatchObject({ id: 2, customerId: null, productId: null, properties: null })
})

test('products: the category that came along', async () => {
  const { rows, included } = await rowsOf('lists/products')
  expect(rows.map((row) => productOf(row, included)).map(({ categoryId, category }) => [categoryId, category?.name])).toEqual(rows.map(() => [1, 'VPS']))
})

test('orders: whose they are from the row itself, and what was ordered', async () => {
  const { rows } = await rowsOf('lists/orders')
  expect(rows.map(orderOf).map(({ id, customerId, currency, serviceIds }) => ({ id, customerId, currency, serviceIds }))).toEqual(
    [1, 2, 3].map((id) => ({ id, customerId: id, currency: 'INR', serviceIds: [id] })),
  )
})

test('credits: whose they are only when it was included', async () => {
  const { rows } = await rowsOf('lists/credits')
  expect(creditOf(rows[0] ?? neverRow)).toMatchObject({ id: 1, customerId: 1, currency: 'INR', amountMinor: 14_561 })
  expect(creditOf({ ...(rows[0] ?? neverRow), relationships: {} }).customerId).toBeNull()
})

test('tickets and their messages: what was written, by whom, in which ticket', async () => {
  const { rows } = await rowsOf('lists/tickets')
  expect(ticketOf(rows[0] ?? neverRow)).toMatchObject({ id: 5, customerId: 33, subject: 'VM does not answer', status: 'open', priority: 'medium', department: null, assignedTo: null })
  const messages = (await rowsOf('lists/ticket-messages')).rows.map(ticketMessageOf)
  expect(messages.map(({ id, ticketId, authorId, message }) => ({ id, ticketId, authorId, message }))).toEqual(
    [1, 2, 3].map((id, index) => ({ id, ticketId: id, authorId: [1, 9, 17][index], message: 'It stopped at night.\n\nPlease look.' })),
  )
})

const neverRow = { type: '', id: 0, attributes: {}, relationships: {} }

test('invoices: items with the service they refer to, or without', async () => {
  const { rows, included } = await rowsOf('changes/invoice-with-two-items')
  const invoice = invoiceOf(rows[0] ?? neverRow, included, new Days('UTC'))
  expect(invoice.items?.map(({ id, serviceId, priceMinor, quantity }) => ({ id, serviceId, priceMinor, quantity }))).toEqual([
    { id: 205, serviceId: null, priceMinor: 25_050, quantity: 2 },
    { id: 206, serviceId: 2, priceMinor: 1_000, quantity: 1 },
  ])
  const without = await rowsOf('detail/invoice-by-number')
  expect(invoiceOf({ ...(without.rows[0] ?? neverRow), relationships: {} }, without.included, new Days('UTC')).items).toBeUndefined()
})

test('in Kolkata the instant before midnight UTC is the next day, and in UTC no day at all', async () => {
  const kolkata = new Days('Asia/Kolkata')
  const service = await rowsOf('time-zone-kolkata/service-expires-at-after')
  expect(serviceOf(service.rows[0] ?? neverRow, service.included, kolkata)).toMatchObject({ expiresOn: '2026-12-24', expiryReadable: true })
  expect(serviceOf(service.rows[0] ?? neverRow, service.included, new Days('UTC'))).toMatchObject({ expiresOn: null, expiryReadable: false })
  const days: (string | null)[] = []
  for (const name of ['invoice-due-date-after', 'invoice-due-date-echoed-instant-after', 'invoice-due-date-set-to-last-of-month-after']) {
    const { rows, included } = await rowsOf(`time-zone-kolkata/${name}`)
    days.push(invoiceOf(rows[0] ?? neverRow, included, kolkata).dueOn)
  }
  expect(days).toEqual(['2026-12-24', '2026-12-23', '2026-12-31'])
  const list = await rowsOf('time-zone-kolkata/invoices')
  expect(list.rows.map((row) => invoiceOf(row, list.included, kolkata)).map(({ dueOn, dueReadable, createdOn }) => ({ dueOn, dueReadable, createdOn }))).toEqual([
    { dueOn: '2026-11-29', dueReadable: true, createdOn: '2026-11-22' },
    { dueOn: '2026-11-21', dueReadable: true, createdOn: '2026-11-22' },
  ])
})

test('an include that is refused is dropped, named with its permission, and asked for no more', async () => {
  const refusal = captureOf('access/no-permission-include').response
  const list = captureOf('lists/services-no-include').response
  gateway.requests.length = 0
  gateway.hooks = {
    before: ({ path }) => {
      const response = path.includes('invoices') ? refusal : list
      return { status: response?.status ?? 0, headers: { 'content-type': response?.contentType ?? '' }, body: response?.body ?? '' }
    },
  }
  const client = makeClient()
  const first = await client.list('services', { page: 1, perPage: 2, includes: ['user', 'invoices'] })
  const second = await client.list('services', { page: 2, perPage: 2, includes: ['user', 'invoices'] })
  await client.close()
  expect([first.refused, second.refused]).toEqual([['invoices'], ['invoices']])
  expect(gateway.requests.map((request) => request.path)).toEqual([
    '/api/v1/admin/services?page=1&per_page=2&include=user,invoices',
    '/api/v1/admin/services?page=1&per_page=2&include=user',
    '/api/v1/admin/services?page=2&per_page=2&include=user',
  ])
})

test('an id is sent in digits only, and another row’s answer is not taken', async () => {
  play('detail/service-id-leading-number')
  const client = makeClient()
  await expect(client.read('services', Number.NaN, [])).rejects.toThrow('positive whole number')
  await expect(client.read('services', 2.5, [])).rejects.toThrow('positive whole number')
  await expect(client.read('services', 3, [])).rejects.toMatchObject({ code: 'billing.invalid-answer' })
  await client.close()
})

test('a filter that matches in the middle is compared here', async () => {
  const byNumber = captureOf('detail/invoice-by-number').response
  const partly = captureOf('lists/invoices-filter-id-matches-partly').response
  gateway.hooks = {
    before: ({ path }) => {
      const response = path.includes('filter') ? partly : byNumber
      return { status: response?.status ?? 0, headers: { 'content-type': response?.contentType ?? '' }, body: response?.body ?? '' }
    },
  }
  const client = makeClient()
  const answer = await client.read('invoices', 20, [])
  expect(answer.kind === 'present' && answer.row.id).toBe(20)
  await expect(client.read('invoices', 21, [])).rejects.toMatchObject({ code: 'billing.invalid-answer' })
  await client.close()
})
