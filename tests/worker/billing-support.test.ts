// Orders, credits, categories, tickets and their messages: mirrored, current, and shown as missing where the key may not view them.
import { expect, test } from 'vitest'
import { billingHandlers } from '../../electron/worker/billing/handlers.ts'
import { methods } from '../../shared/contract/index.ts'
import { BillingWorld, failureOf, minuteMs } from '../helpers/billingWorld.ts'
import { Gateway } from '../helpers/gateway.ts'

const handlersOf = (world: BillingWorld) => billingHandlers(world.billing, world.context)

test('orders come with what was ordered, credits with whose they are, products with their category', async () => {
  await using world = await BillingWorld.withShop({ customers: 3 })
  world.addSupport()
  await world.sync()
  const handlers = handlersOf(world)
  expect((await handlers['billing.orders']({})).rows).toMatchObject([{ id: 1, customerId: 1, customerName: 'First 1 Last', currency: 'INR', services: [1], gone: false }])
  expect((await handlers['billing.credits']({})).rows).toMatchObject([{ id: 1, customerId: 1, amount: { amountMinor: 10_000, currency: 'INR' } }])
  expect((await handlers['billing.categories']({})).rows).toMatchObject([{ id: 1, parentId: null, products: 4 }])
  expect((await handlers['billing.products']({})).rows.every((row) => row.categoryId === 1 && row.categoryName !== null)).toBe(true)
})

test('a ticket comes with its conversation, and with who wrote what', async () => {
  await using world = await BillingWorld.withShop({ customers: 3 })
  const { staffId, ticketId } = world.addSupport()
  await world.sync()
  const handlers = handlersOf(world)
  expect((await handlers['billing.tickets']({ filter: 'status:replied' })).rows).toMatchObject([
    { id: ticketId, customerId: 1, subject: 'It does not answer', priority: 'medium', department: null, messages: 2, lastByCustomer: false },
  ])
  const idsOf = async (filter: string): Promise<number[]> => (await handlers['billing.tickets']({ filter })).rows.map((row) => row.id)
  expect([await idsOf('turn:you'), await idsOf('turn:customer')]).toEqual([[], [ticketId]])
  const detail = await handlers['billing.ticket']({ id: ticketId })
  expect(detail.messages).toMatchObject([
    { authorId: 1, byCustomer: true, message: 'It stopped at night.' },
    { authorId: staffId, authorName: 'Staff', byCustomer: false, message: 'It is up again.' },
  ])
  expect(() => handlers['billing.ticket']({ id: 999 })).toThrow('not known')
})

test('every one of the lists answers as the contract says', async () => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  const { ticketId } = world.addSupport()
  await world.sync()
  const handlers = handlersOf(world)
  for (const name of ['billing.categories', 'billing.orders', 'billing.credits', 'billing.tickets', 'billing.underived', 'billing.products', 'billing.services', 'billing.invoices'] as const) {
    const answer = await handlers[name]({})
    expect(methods[name].output.parse(answer)).toEqual(answer)
    expect(answer).toMatchObject({ asOf: world.clock.now(), missing: null })
  }
  const ticket = await handlers['billing.ticket']({ id: ticketId })
  expect(methods['billing.ticket'].output.parse(ticket)).toEqual(ticket)
  const status = await handlers['billing.status']({})
  expect(methods['billing.status'].output.parse(status)).toEqual(status)
  expect(status.lists.map((list) => list.resource)).toEqual(['customers', 'products', 'services', 'invoices', 'orders', 'credits', 'tickets', 'ticketMessages'])
})

test('what changes in them is seen by the next incremental sync, a message also where its ticket did not change', async () => {
  await using world = await BillingWorld.withShop({ customers: 3 })
  const { ticketId } = world.addSupport()
  await world.sync()
  world.clock.advance(60 * minuteMs)
  world.paymenter.addTicketMessage(ticketId, 1, 'It stopped again.')
  world.paymenter.setCredit(1, { amount: '55.50' })
  world.paymenter.addTicket({ user_id: 2, subject: 'Reverse DNS', priority: 'low' }, 'Please set it.')
  world.paymenter.addOrder({ user_id: 2 }, [2])
  expect(await world.sync()).toMatchObject({ kind: 'incremental', errors: [] })
  const handlers = handlersOf(world)
  expect((await handlers['billing.ticket']({ id: ticketId })).messages.map((one) => one.message)).toEqual(['It stopped at night.', 'It is up again.', 'It stopped again.'])
  expect((await handlers['billing.tickets']({ filter: `id:${ticketId}` })).rows[0]).toMatchObject({ lastByCustomer: true, lastMessageAt: expect.any(Number) as number })
  expect((await handlers['billing.credits']({})).rows[0]?.amount).toEqual({ amountMinor: 5_550, currency: 'INR' })
  expect((await handlers['billing.tickets']({ filter: `turn:you id:${ticketId}` })).total).toBe(1)
  expect((await handlers['billing.tickets']({ filter: 'customer:2' })).rows).toMatchObject([{ subject: 'Reverse DNS', priority: 'low', messages: 1 }])
  expect((await handlers['billing.orders']({ filter: 'service:2' })).total).toBe(1)
  world.clock.advance(60 * minuteMs)
  world.paymenter.setTicket(ticketId, { status: 'closed', priority: 'high' })
  await world.sync()
  expect((await handlers['billing.tickets']({ filter: 'status:closed' })).rows).toMatchObject([{ id: ticketId, priority: 'high' }])
  expect((await handlers['billing.tickets']({ filter: 'turn:closed' })).rows).toMatchObject([{ id: ticketId }])
})

test('what is deleted is gone after a full pass, the messages of a deleted ticket with it', async () => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  const { ticketId } = world.addSupport()
  world.paymenter.addTicket({ user_id: 2, subject: 'Another' }, 'Hello')
  await world.sync()
  world.paymenter.deleteRow('tickets', ticketId)
  world.paymenter.deleteRow('credits', 1)
  world.paymenter.deleteRow('orders', 1)
  expect(await world.sync(true)).toMatchObject({ gone: 5, errors: [] })
  expect([world.ids('tickets'), world.ids('ticket_messages'), world.ids('credits'), world.ids('orders')]).toEqual([[2], [3], [], []])
})

test.each([
  ['tickets.view', 'tickets', 'billing.tickets'],
  ['orders.view', 'orders', 'billing.orders'],
  ['credits.view', 'credits', 'billing.credits'],
] as const)('without %s a sync is no failure, and the list is missing, not empty', async (permission, resource, method) => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  world.addSupport()
  world.paymenter.faults.revokedPermissions = [permission]
  await world.connect()
  const result = await world.sync()
  expect(result.errors).toEqual([])
  expect(result.missing).toMatchObject([{ resource, permission }])
  expect(Object.keys(result.rows)).not.toContain(resource)
  const handlers = handlersOf(world)
  expect(await handlers[method]({})).toMatchObject({ rows: [], missing: { permission, message: expect.stringContaining(permission) as string } })
  expect((await handlers['billing.status']({})).missing).toMatchObject([{ resource, permission }])
  const from = world.paymenter.requests.length
  await world.sync()
  expect(world.paymenter.requests.slice(from).some((request) => request.path.includes(`/${resource}?`))).toBe(false)
  world.paymenter.faults.revokedPermissions = []
  expect(await world.sync(true)).toMatchObject({ errors: [], missing: [] })
  expect(await handlers[method]({})).toMatchObject({ total: 1, missing: null })
})

test('without ticket_messages.view a ticket is shown and its messages are missing', async () => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  const { ticketId } = world.addSupport()
  world.paymenter.faults.revokedPermissions = ['ticket_messages.view']
  await world.connect()
  expect(await world.sync()).toMatchObject({ errors: [], missing: [{ resource: 'ticketMessages' }] })
  expect(await handlersOf(world)['billing.ticket']({ id: ticketId })).toMatchObject({ messages: [], missing: { permission: 'ticket_messages.view' } })
})

test('a permission that is taken away later is noticed by the sync, and what was read stays', async () => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  world.addSupport()
  await world.connect()
  await world.sync()
  world.paymenter.faults.revokedPermissions = ['credits.view', 'invoices.view']
  const result = await world.sync()
  expect(result.errors.map((error) => `${error.resource} ${error.code}`)).toEqual(['invoices billing.forbidden'])
  expect(world.billing.connection()?.permissions.missing).toEqual(expect.arrayContaining(['credits.view', 'invoices.view']))
  const handlers = handlersOf(world)
  expect(await handlers['billing.credits']({})).toMatchObject({ total: 1, missing: { permission: 'credits.view' } })
  expect((await handlers['billing.invoices']({})).missing).toMatchObject({ permission: 'invoices.view' })
})

test('what the key may do is asked anew on demand, and kept', async () => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  world.addSupport()
  await world.connect()
  world.paymenter.faults.revokedPermissions = ['tickets.update', 'ticket_messages.create']
  const before = JSON.stringify([world.paymenter.tickets(), world.paymenter.ticketMessages(), world.paymenter.credits()])
  const told = await handlersOf(world)['billing.permissions']({})
  expect(told.missing).toEqual(['tickets.update', 'ticket_messages.create'])
  expect(told.costs.map((cost) => cost.message)).toEqual(['A ticket’s status and priority cannot be set from here.', 'Tickets cannot be answered from here.'])
  expect(world.billing.connection()?.permissions.missing).toEqual(told.missing)
  expect(JSON.stringify([world.paymenter.tickets(), world.paymenter.ticketMessages(), world.paymenter.credits()])).toBe(before)
})

test('what cannot be told from what was sent is listed, with what was sent', async () => {
  await using world = await BillingWorld.withShop({ customers: 3 })
  world.addSupport()
  world.paymenter.setService(3, { price: '123.45' })
  await using gateway = await Gateway.open(world.paymenter.url)
  await world.billing.connect({ url: gateway.url, token: world.paymenter.tokens.full })
  gateway.hooks = {
    after: ({ path }, answer) => {
      let body = answer.body
      if (path.includes('/credits?')) body = body.replace('"amount":"100.00"', '"amount":"lots"')
      if (path.includes('/services?')) body = body.replace('"price":"499.00"', '"price":null').replace('"status":"active"', '"status":"frozen"')
      if (path.includes('/invoices?')) body = body.replace(/"due_at":"[^"]*"/, '"due_at":"soon"')
      return { ...answer, body }
    },
  }
  expect((await world.sync()).errors).toEqual([])
  const { rows } = await handlersOf(world)['billing.underived']({})
  expect(rows.map((row) => `${row.resource} ${row.id} ${row.value} ${row.sent ?? '-'}`).sort()).toEqual([
    'credits 1 price "lots"',
    'invoices 1 due date "soon"',
    'services 1 price null',
    'services 1 status "frozen"',
  ])
  expect((await handlersOf(world)['billing.underived']({ filter: 'due date' })).total).toBe(1)
  expect(rows.every((row) => row.customerId === 1 && row.customerName === 'First 1 Last')).toBe(true)
})

test('how a service is paid is told by its plan’s price; where nothing tells, it is listed', async () => {
  await using world = await BillingWorld.withShop({ customers: 1 })
  const service = world.paymenter.addService({ user_id: 1, product_id: 2, plan_id: 2, status: 'active', price: '123.45', expires_at: '2026-12-07' })
  world.paymenter.addService({ user_id: 1, product_id: 1, plan_id: 1, status: 'active', price: '0.00' })
  await world.sync()
  const { rows } = await handlersOf(world)['billing.services']({})
  expect(rows.map((row) => row.billed)).toEqual([{ kind: 'recurring', count: 1, unit: 'month' }, null, { kind: 'free', count: null, unit: null }])
  expect((await handlersOf(world)['billing.underived']({})).rows).toMatchObject([{ resource: 'services', id: service.id, value: 'period' }])
})

test('a payment lies between when the invoice was last seen unpaid and when it was first seen paid', async () => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  await world.sync()
  world.clock.advance(30 * minuteMs)
  await world.sync()
  const lastUnpaid = world.clock.now()
  world.clock.advance(10 * minuteMs)
  world.paymenter.payInvoice(1)
  world.paymenter.setInvoice(1, { due_at: '2026-12-08' })
  const paid = world.clock.now()
  world.clock.advance(50 * minuteMs)
  await world.sync()
  const [first, second] = (await handlersOf(world)['billing.invoices']({})).rows
  expect(first).toMatchObject({ paidNotBefore: lastUnpaid, paidAt: paid })
  expect(second).toMatchObject({ paidNotBefore: null, paidAt: null })
})

const oddities: [name: string, from: RegExp, to: string][] = [
  ['a number for an id', /"id":"1","type":"tickets"/, '"id":1,"type":"tickets"'],
  ['an unknown status', /"status":"replied"/, '"status":"waiting for the moon"'],
  ['an unknown priority', /"priority":"medium"/, '"priority":7'],
  ['no subject', /"subject":"[^"]*"/, '"subject":null'],
  ['a subject of 10,000 characters', /"subject":"[^"]*"/, `"subject":"${'x'.repeat(10_000)}"`],
  ['another type of assignee', /"assigned_to":null/, '"assigned_to":{"id":1}'],
  ['a date of year 1', /"updated_at":"[^"]*"/, '"updated_at":"0001-01-01T00:00:00.000000Z"'],
  ['a date of year 9999', /"updated_at":"[^"]*"/, '"updated_at":"9999-12-31T23:59:59.000000Z"'],
  ['a date without a zone', /"created_at":"[^"]*"/, '"created_at":"2026-11-22 10:00:00"'],
]

test.each(oddities)('a ticket with %s loses no row', async (_name, from, to) => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  world.addSupport()
  world.paymenter.addTicket({ user_id: 2, subject: 'Another' }, 'Hello')
  await using gateway = await Gateway.open(world.paymenter.url)
  await world.billing.connect({ url: gateway.url, token: world.paymenter.tokens.full })
  gateway.hooks = { after: ({ path }, answer) => (path.includes('/tickets?') ? { ...answer, body: answer.body.replace(from, to) } : answer) }
  expect((await world.sync()).errors).toEqual([])
  expect((await world.sync()).errors).toEqual([])
  const { rows } = await handlersOf(world)['billing.tickets']({})
  expect(rows.map((row) => row.id)).toEqual([1, 2])
  expect(methods['billing.tickets'].output.safeParse({ rows, total: 2, asOf: 0, missing: null }).success).toBe(true)
})

test('a server whose clock stood wrong for a while: what changed then is found by the next full pass at the latest', async () => {
  await using world = await BillingWorld.withShop({ customers: 4 })
  world.addSupport()
  await world.sync()
  world.clock.advance(60 * minuteMs)
  await world.sync()
  world.paymenter.faults.clockOffsetMs = -30 * 24 * 60 * minuteMs
  world.paymenter.setService(2, { status: 'cancelled' })
  world.paymenter.setTicket(1, { status: 'closed' })
  world.paymenter.faults.clockOffsetMs = 0
  world.clock.advance(60 * minuteMs)
  await world.sync()
  await world.sync(true)
  expect(world.one('select status from services where id = 2')).toEqual({ status: 'cancelled' })
  expect(world.one('select status from tickets where id = 1')).toEqual({ status: 'closed' })
})

test('a server whose clock was ahead and is put right: what changes then does not hide behind what was stamped in between', async () => {
  await using world = await BillingWorld.withShop({ customers: 2, invoicesEach: 80 })
  await world.sync()
  world.clock.advance(60 * minuteMs)
  world.paymenter.faults.clockOffsetMs = 120 * minuteMs
  for (const invoice of world.paymenter.invoices()) if (invoice.id > 10) world.paymenter.setInvoice(invoice.id, { due_at: '2026-12-20' })
  world.clock.advance(30 * minuteMs)
  await world.sync()
  world.paymenter.faults.clockOffsetMs = 0
  world.clock.advance(10 * minuteMs)
  world.paymenter.setInvoice(3, { due_at: '2026-12-31' })
  expect(await world.sync()).toMatchObject({ kind: 'incremental', errors: [] })
  expect(world.one('select due_on from invoices where id = 3')).toEqual({ due_on: '2026-12-31' })
  world.clock.advance(10 * minuteMs)
  expect((await world.sync()).requests).toBeLessThanOrEqual(16)
})

test('a description of 10,000 characters, and an item that says nothing, lose no row and no total', async () => {
  await using world = await BillingWorld.withShop({ customers: 1 })
  world.paymenter.addInvoice({ user_id: 1, items: [{ description: 'x'.repeat(10_000), price: '5.00' }, { description: '', price: '1.00', quantity: 2 }] })
  expect((await world.sync()).errors).toEqual([])
  const { rows } = await handlersOf(world)['billing.invoices']({})
  expect(rows[1]).toMatchObject({ total: { amountMinor: 700, currency: 'INR' } })
  expect(rows[1]?.items[0]?.description).toHaveLength(10_000)
})

test('errors of a sync are told by kind', async () => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  await world.sync()
  world.paymenter.faults.maintenance = true
  await world.sync()
  const status = await handlersOf(world)['billing.status']({})
  expect(status.errorKinds).toEqual([{ code: 'billing.unavailable', count: 8, resources: ['customers', 'products', 'services', 'invoices', 'orders', 'credits', 'tickets', 'ticketMessages'] }])
  expect(status.nextFullAt).toBeNull()
  expect((await failureOf(Promise.resolve(handlersOf(world)['billing.permissions']({})))).code).toBe('billing.unavailable')
})
