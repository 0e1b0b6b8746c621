// How the simulated Paymenter takes changes: what it ignores, echoes, refuses, and what a date turns into.
import { describe, expect, it } from 'vitest'
import type { Sent } from './paymenter-client.ts'
import { messageOf, put, readList, readRow, send } from './paymenter-client.ts'
import { openShop } from './paymenter-shop.ts'

const admin = (method: string, path: string, body?: unknown): Sent => ({ method, path: `/api/v1/admin/${path}`, body })

describe('an address of a row', () => {
  it('is cast to a number by the database', async () => {
    await using shop = await openShop()
    expect((await readRow(shop.billing, 'users/2abc')).id).toBe('2')
    expect((await send(shop.billing, admin('GET', 'users/abc'))).status).toBe(404)
  })

  it('of an invoice is its number before its id, in writes too', async () => {
    await using shop = await openShop({ settings: { invoiceNumberFormat: '{number}', firstInvoiceNumber: 2 } })
    for (const user_id of [1, 2, 3]) shop.billing.addInvoice({ user_id, items: [] })
    expect((await readRow(shop.billing, 'invoices/2')).id).toBe('1')
    expect((await readRow(shop.billing, 'invoices/1')).id).toBe('1')
    expect((await put(shop.billing, 'invoices/3', { due_at: '2026-12-24' })).id).toBe('2')
  })

  it('is looked up before the permission, and an empty change is a harmless probe', async () => {
    await using shop = await openShop()
    shop.sell({ status: 'active', expires_at: null })
    const probe = (id: number, token: 'full' | 'noServicesUpdate') => send(shop.billing, { ...admin('PUT', `services/${id}`, {}), token })
    expect((await probe(99, 'noServicesUpdate')).status).toBe(404)
    expect((await probe(1, 'noServicesUpdate')).status).toBe(403)
    shop.clock.set('2026-11-22T13:00:00Z')
    expect((await probe(1, 'full')).status).toBe(200)
    expect((await readRow(shop.billing, 'services/1')).attributes['updated_at']).toBe('2026-11-22T12:00:00.000000Z')
  })
})

describe('a change', () => {
  it('that is not valid JSON, or not an object, changes nothing and is 200', async () => {
    await using shop = await openShop()
    shop.sell({ status: 'active', expires_at: null })
    for (const body of ['{"status":"suspended"', '["suspended"]', '"suspended"']) {
      const answer = await send(shop.billing, admin('PATCH', 'services/1', body))
      expect(answer.status).toBe(200)
      expect(shop.billing.service(1)?.status).toBe('active')
    }
  })

  it('echoes money as it was sent, and gives it back as the database keeps it', async () => {
    await using shop = await openShop()
    shop.sell({ status: 'active', expires_at: null })
    expect((await put(shop.billing, 'services/1', { price: 80 })).attributes['price']).toBe(80)
    expect((await readRow(shop.billing, 'services/1')).attributes['price']).toBe('80.00')
  })

  it('of a validated field is refused with a redirect when JSON was not asked for', async () => {
    await using shop = await openShop()
    shop.sell({ status: 'active', expires_at: null })
    for (const accept of [null, '*/*', 'text/html']) {
      const answer = await send(shop.billing, { ...admin('PUT', 'services/1', { status: 'frozen' }), accept })
      expect([answer.status, answer.headers.location]).toEqual([302, 'http://localhost'])
    }
  })

  it('counts all failures in its message', async () => {
    await using shop = await openShop()
    shop.sell({ status: 'active', expires_at: null })
    const answer = await send(shop.billing, admin('PUT', 'services/1', { price: -1, quantity: 'many' }))
    expect(JSON.parse(answer.body)).toEqual({
      message: 'The quantity field must be an integer. (and 1 more error)',
      errors: { quantity: ['The quantity field must be an integer.'], price: ['The price field must be at least 0.'] },
    })
  })

  it('of products and of ticket messages is a crash', async () => {
    await using shop = await openShop()
    for (const path of ['products/1', 'ticket-messages/1']) expect((await send(shop.billing, admin('PUT', path, {}))).status).toBe(500)
    expect((await send(shop.billing, admin('POST', 'products', {}))).status).toBe(500)
  })

  it('of an item leaves its invoice as it was', async () => {
    await using shop = await openShop()
    const service = shop.sell({ status: 'active', expires_at: '2026-12-01' })
    const invoice = shop.bill(service.id)
    shop.clock.set('2026-11-23T08:00:00Z')
    const item = await put(shop.billing, 'invoice-items/1', { price: '0' })
    expect(item.attributes).toMatchObject({ price: '0.00', updated_at: '2026-11-23T08:00:00.000000Z' })
    expect((await readRow(shop.billing, `invoices/${invoice.id}`)).attributes['updated_at']).toBe('2026-11-22T12:00:00.000000Z')
    await send(shop.billing, admin('DELETE', 'invoice-items/1'))
    expect(shop.billing.itemsOf(invoice.id)).toEqual([])
    expect((await readRow(shop.billing, `invoices/${invoice.id}`)).attributes['updated_at']).toBe('2026-11-22T12:00:00.000000Z')
  })
})

describe('a date', () => {
  it.each(['Asia/Kolkata', 'Pacific/Auckland', 'UTC'])('in %s is the instant of its local midnight', async (timeZone) => {
    await using shop = await openShop({ timeZone })
    shop.billing.addInvoice({ user_id: 1, due_at: '2026-12-24', items: [] })
    const due = String((await readRow(shop.billing, 'invoices/1')).attributes['due_at'])
    const format = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short', timeStyle: 'medium', hourCycle: 'h23' })
    expect(format.format(new Date(due))).toBe('2026-12-24, 00:00:00')
  })

  it('moves a day back each time that its instant is sent back, east of Greenwich', async () => {
    await using shop = await openShop({ timeZone: 'Asia/Kolkata' })
    shop.billing.addInvoice({ user_id: 1, due_at: '2026-12-24', items: [] })
    for (const day of ['2026-12-23', '2026-12-22']) {
      const { due_at } = (await readRow(shop.billing, 'invoices/1')).attributes
      await put(shop.billing, 'invoices/1', { due_at })
      expect(shop.billing.invoice(1)?.due_at).toBe(day)
    }
  })

  it('of an expiry must not be past, and may be taken away', async () => {
    await using shop = await openShop()
    shop.sell({ status: 'active', expires_at: '2026-12-01' })
    expect((await send(shop.billing, admin('PUT', 'services/1', { expires_at: '2026-11-21' }))).status).toBe(422)
    expect((await send(shop.billing, admin('PUT', 'services/1', { expires_at: '2026-02-30' }))).status).toBe(422)
    expect((await put(shop.billing, 'services/1', { expires_at: '2026-11-22' })).attributes['expires_at']).toMatch(/^2026-11-22/)
    expect((await put(shop.billing, 'services/1', { expires_at: null })).attributes['expires_at']).toBeNull()
  })
})

describe('rows that can be made', () => {
  it('are customers, orders, services, invoices, items, credits, tickets and messages', async () => {
    await using shop = await openShop()
    const create = async (path: string, body: unknown): Promise<number> => (await send(shop.billing, admin('POST', path, body))).status
    expect(await create('users', { email: 'new@example.com', password: 'correct horse' })).toBe(201)
    expect(await create('users', { email: 'NEW@example.com', password: 'correct horse' })).toBe(422)
    expect(await create('orders', { user_id: 1, currency_code: 'INR' })).toBe(201)
    expect(await create('services', { user_id: 1, product_id: 2, plan_id: 2, currency_code: 'INR', price: '499' })).toBe(201)
    expect(await create('invoices', { user_id: 1, currency_code: 'INR' })).toBe(201)
    expect(await create('invoice-items', { invoice_id: 1, description: 'x', price: 1, quantity: 1 })).toBe(201)
    expect(await create('invoice-items', { invoice_id: 9, description: 'x', price: 1, quantity: 1 })).toBe(422)
    expect(await create('credits', { user_id: 1, currency_code: 'INR', amount: 5 })).toBe(201)
    expect(await create('tickets', { user_id: 1, subject: 'Hello' })).toBe(201)
    expect(await create('ticket-messages', { user_id: 1, ticket_id: 1, message: 'a'.repeat(5000) })).toBe(201)
    expect(shop.billing.service(1)?.status).toBe('pending')
  })

  it('can be deleted, with what hangs on them', async () => {
    await using shop = await openShop()
    const service = shop.sell({ status: 'active', expires_at: '2026-12-01' })
    shop.bill(service.id)
    const answer = await send(shop.billing, admin('DELETE', 'users/1'))
    expect([answer.status, answer.body, answer.headers['content-type']]).toEqual([204, '', undefined])
    expect(shop.billing.services()).toEqual([])
    expect((await readList(shop.billing, 'invoice-items')).data).toEqual([])
  })
})

describe('a refused request', () => {
  it('with a key of which nothing is known never shows the key in the log', async () => {
    await using shop = await openShop()
    await send(shop.billing, { path: '/api/v1/admin/users', token: 'wrong' })
    await send(shop.billing, { path: '/api/v1/admin/users?per_page=1', token: 'readonly' })
    await send(shop.billing, { path: '/', token: null })
    expect(shop.billing.requests.map(({ path, status, token }) => [path, status, token])).toEqual([
      ['/api/v1/admin/users', 401, 'unknown'],
      ['/api/v1/admin/users?per_page=1', 200, 'readonly'],
      ['/', 200, null],
    ])
    expect(JSON.stringify(shop.billing.requests)).not.toContain(shop.billing.tokens.readonly)
  })

  it('names every method of a route that has another', async () => {
    await using shop = await openShop()
    const answer = await send(shop.billing, admin('POST', 'services/1', {}))
    expect(answer.headers.allow).toBe('GET, HEAD, PUT, PATCH, DELETE')
    expect(messageOf(answer)).toContain('The POST method is not supported for route api/v1/admin/services/1.')
  })
})
