// Connecting to a Paymenter: what the key may do, in which time zone it lives, and what is refused before anything is saved.
import { expect, test } from 'vitest'
import { SimulatedPaymenter } from '../../demo/paymenter/paymenter.ts'
import { emptyRows } from '../../demo/paymenter/rows.ts'
import { makeCatalog } from '../../demo/data/catalog.ts'
import { BillingWorld, failureOf, minuteMs } from '../helpers/billingWorld.ts'
import { Gateway } from '../helpers/gateway.ts'

const views = ['users.view', 'products.view', 'services.view', 'invoices.view', 'invoice_items.view', 'properties.view', 'orders.view', 'credits.view', 'tickets.view', 'ticket_messages.view']
const updates = ['services.update', 'invoices.update', 'credits.update', 'tickets.update']
const creations = ['credits.create', 'tickets.create', 'ticket_messages.create']
/** As the probe names them, in its own order. */
const everyPermission = [...views, 'services.update', 'invoices.update', 'credits.update', 'credits.create', 'tickets.update', 'tickets.create', 'ticket_messages.create']

test('a key with all permissions is saved, in the keychain, and the address beside it', async () => {
  await using world = await BillingWorld.withShop({ customers: 3 })
  world.addSupport()
  await world.connect()
  expect(world.billing.connection()).toEqual({ url: world.paymenter.url, timeZone: 'UTC', permissions: { granted: everyPermission, missing: [], unknown: [] } })
  expect(await world.secrets.get('billing:token')).toBe(world.paymenter.tokens.full)
  expect(world.topics).toContain('billing')
})

test('the probe changes nothing, in Paymenter or here', async () => {
  await using world = await BillingWorld.withShop({ customers: 3 })
  await world.billing.disconnect()
  const before = JSON.stringify([world.paymenter.services(), world.paymenter.invoices()])
  const probe = await world.billing.probe({ url: `${world.paymenter.url}/`, token: world.paymenter.tokens.full })
  expect(probe).toMatchObject({ url: world.paymenter.url, timeZone: 'UTC', customers: 3, costs: [] })
  expect(JSON.stringify([world.paymenter.services(), world.paymenter.invoices()])).toBe(before)
  expect(world.billing.connected()).toBe(false)
  expect(await world.secrets.get('billing:token')).toBeNull()
})

test.each(everyPermission)('a key without %s is told so, with what that costs', async (permission) => {
  await using world = await BillingWorld.withShop({ customers: 3 })
  world.addSupport()
  await world.billing.disconnect()
  world.paymenter.faults.revokedPermissions = [permission]
  const probe = await world.billing.probe({ url: world.paymenter.url, token: world.paymenter.tokens.full })
  expect(probe.permissions.missing).toEqual([permission])
  expect(probe.costs).toMatchObject([{ permission }])
  const required = ['users.view', 'products.view', 'services.view', 'invoices.view'].includes(permission)
  expect(probe.costs[0]?.required).toBe(required)
  if (required) {
    const failure = await failureOf(world.connect())
    expect(failure.code).toBe('billing.forbidden')
    expect(failure.message).toContain(permission)
    expect(world.billing.connected()).toBe(false)
    expect(await world.secrets.get('billing:token')).toBeNull()
  } else {
    await world.connect()
    const result = await world.sync()
    expect(result.errors).toEqual([])
    expect(result.rows).toMatchObject({ customers: 4, services: 3, invoices: 3 })
  }
})

test('a read-only key connects, without the permissions to change', async () => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  world.addSupport()
  await world.connect('readonly')
  expect(new Set(world.billing.connection()?.permissions.missing)).toEqual(new Set([...updates, ...creations]))
})

test('where there is no row to ask about, a permission to change is unknown', async () => {
  await using world = await BillingWorld.open()
  await world.billing.connect({ url: world.paymenter.url, token: world.paymenter.tokens.full, timeZone: 'Europe/Berlin' })
  expect(world.billing.connection()).toMatchObject({ timeZone: 'Europe/Berlin', permissions: { missing: [], unknown: updates } })
  expect((await world.sync()).errors).toEqual([])
})

test('without any date the time zone must be said', async () => {
  await using world = await BillingWorld.open()
  const input = { url: world.paymenter.url, token: world.paymenter.tokens.full }
  expect((await world.billing.probe(input)).timeZone).toBe('')
  expect((await failureOf(world.billing.connect(input))).code).toBe('billing.time-zone')
  expect((await failureOf(world.billing.connect({ ...input, timeZone: 'Mars/Olympus' }))).code).toBe('billing.time-zone')
  expect(world.billing.connected()).toBe(false)
})

test.each(['UTC', 'Asia/Kolkata', 'America/New_York', 'Pacific/Auckland', 'Pacific/Pago_Pago', 'Pacific/Kiritimati', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/St_Johns'])(
  'the days of a Paymenter in %s are told right',
  async (timeZone) => {
    await using world = await BillingWorld.open({ timeZone })
    const user = world.paymenter.addCustomer({ email: 'a@example.com' })
    const days = ['2026-01-15', '2026-03-29', '2026-04-05', '2026-07-01', '2026-10-04', '2026-10-25', '2026-11-01', '2026-12-31']
    for (const day of days) {
      const service = world.paymenter.addService({ user_id: user.id, product_id: 2, plan_id: 2, status: 'active', expires_at: day })
      world.paymenter.addInvoice({ user_id: user.id, service_id: service.id })
    }
    await world.connect()
    await world.sync()
    expect(world.all('select due_on as day from invoices order by id')).toEqual(days.map((day) => ({ day })))
    expect(world.all('select expires_on as day, expiry_readable as ok from services order by id')).toEqual(days.map((day) => ({ day, ok: 1 })))
  },
)

test('a time zone that the dates speak against is refused, one that fits is taken', async () => {
  await using world = await BillingWorld.withShop({ customers: 2 }, { timeZone: 'Asia/Kolkata' })
  expect(world.billing.timeZone()).toBe('Asia/Kolkata')
  const input = { url: world.paymenter.url, token: world.paymenter.tokens.full }
  const failure = await failureOf(world.billing.connect({ ...input, timeZone: 'UTC' }))
  expect(failure.code).toBe('billing.time-zone')
  expect(failure.message).toContain('Asia/Kolkata')
  await world.billing.connect({ ...input, timeZone: 'Asia/Colombo' })
  expect(world.billing.timeZone()).toBe('Asia/Colombo')
})

test('the same dates a day apart are told apart by what renewals say', async () => {
  await using east = await BillingWorld.withShop({ customers: 2 }, { timeZone: 'Pacific/Kiritimati' })
  expect(east.billing.timeZone()).toBe('Pacific/Kiritimati')
  await using west = await BillingWorld.withShop({ customers: 2 }, { timeZone: 'Pacific/Honolulu' })
  expect(west.billing.timeZone()).toBe('Pacific/Honolulu')
  const input = { url: west.paymenter.url, token: west.paymenter.tokens.full, timeZone: 'Pacific/Kiritimati' }
  expect((await failureOf(west.billing.connect(input))).code).toBe('billing.time-zone')
})

test('another time zone than before re-reads every day', async () => {
  await using world = await BillingWorld.withShop({ customers: 2 }, { timeZone: 'Asia/Kolkata' })
  await world.sync()
  expect(world.one('select expires_on from services where id = 1')).toEqual({ expires_on: '2026-12-07' })
  world.context.db.sqlite.prepare(`update services set expires_on = '2026-12-06'`).run()
  world.context.db.sqlite.prepare(`update settings set value = json_set(value, '$.timeZone', 'UTC') where key = 'billing.connection'`).run()
  await world.connect()
  await world.sync()
  expect(world.one('select expires_on from services where id = 1')).toEqual({ expires_on: '2026-12-07' })
})

test.each([
  ['billing.example', 'billing.invalid-url'],
  ['http://billing.example/admin', 'billing.invalid-url'],
  ['http://user:secret@billing.example', 'billing.invalid-url'],
  ['ftp://billing.example', 'billing.invalid-url'],
  ['http://127.0.0.1:1', 'billing.unreachable'],
])('the address %s is refused with %s', async (url, code) => {
  await using world = await BillingWorld.open()
  expect((await failureOf(world.billing.connect({ url, token: 'x' }))).code).toBe(code)
})

test.each([
  ['a web page', 200, '<!doctype html><title>Welcome</title>', 'billing.not-paymenter'],
  ['a 404 page', 404, '<!doctype html><title>Not found</title>', 'billing.not-paymenter'],
  ['another JSON service', 200, '{"status":"ok"}', 'billing.not-paymenter'],
  ['a Laravel without the API', 404, '{"message":"The route api/v1/admin/users could not be found."}', 'billing.not-paymenter'],
  ['a proxy that wants a password', 401, '<html>401</html>', 'billing.not-paymenter'],
  ['an empty answer', 200, '', 'billing.not-paymenter'],
  ['a redirect', 301, '', 'billing.not-paymenter'],
  ['maintenance', 503, '{"message":"Service Unavailable"}', 'billing.unavailable'],
])('%s is told apart', async (_name, status, body, code) => {
  await using world = await BillingWorld.open()
  await using gateway = await Gateway.open(world.paymenter.url, { before: () => ({ status, headers: { 'content-type': body.startsWith('{') ? 'application/json' : 'text/html' }, body }) })
  expect((await failureOf(world.billing.connect({ url: gateway.url, token: 'x' }))).code).toBe(code)
})

test('a key that a header cannot carry is refused before anything is sent', async () => {
  await using world = await BillingWorld.open()
  for (const token of ['two words', 'line\nbreak', 'snow☃', ' ']) {
    expect((await failureOf(world.billing.connect({ url: world.paymenter.url, token }))).code).toBe('billing.unauthorized')
  }
  expect(world.paymenter.requests).toEqual([])
})

test('disconnecting forgets the key and keeps the mirror', async () => {
  await using world = await BillingWorld.withShop({ customers: 3 })
  await world.sync()
  await world.billing.disconnect()
  expect(await world.secrets.get('billing:token')).toBeNull()
  expect(world.billing.status()).toMatchObject({ connection: null, rows: { customers: 3, services: 3, invoices: 3 } })
  await world.connect()
  expect(await world.sync()).toMatchObject({ kind: 'full', errors: [], changed: 0, gone: 0 })
})

test('a key that vanished from the keychain is a clear failure, which the status keeps', async () => {
  await using world = await BillingWorld.withShop({ customers: 1 })
  await world.secrets.delete('billing:token')
  expect((await failureOf(world.sync())).message).toContain('keychain')
  expect(world.billing.status().errors).toMatchObject([{ resource: 'billing', code: 'billing.not-connected' }])
})

test('another Paymenter takes the mirror’s place only where no VM is linked to the old one', async () => {
  await using world = await BillingWorld.withShop({ customers: 3 })
  await world.sync()
  const other = new SimulatedPaymenter({ clock: world.clock, rows: { ...emptyRows(), ...makeCatalog(Date.parse('2025-01-01T00:00:00Z')) } })
  await other.start()
  world.clock.advance(1_000)
  const user = other.addCustomer({ email: 'other@example.com' })
  other.addService({ user_id: user.id, product_id: 2, plan_id: 2, status: 'active', expires_at: '2026-12-01' })
  try {
    const { sqlite } = world.context.db
    sqlite.prepare(`insert into nodes (id, name, url, created_at, state, findings) values ('n', 'n', 'http://127.0.0.1:1', 0, 'ok', '[]')`).run()
    sqlite.prepare(`insert into links (service_id, node_id, uuid, vm_name, reason, confirmed_at) values (1, 'n', 'u', 'vm', 'test', 0)`).run()
    const input = { url: other.url, token: other.tokens.full }
    expect((await failureOf(world.billing.connect(input))).code).toBe('billing.other-installation')
    expect(world.billing.connection()?.url).toBe(world.paymenter.url)
    expect(world.ids('customers')).toEqual([1, 2, 3])
    sqlite.prepare('delete from links').run()
    await world.billing.connect(input)
    expect(await world.sync()).toMatchObject({ kind: 'full', errors: [], rows: { customers: 1, services: 1, invoices: 0 } })
    expect(world.one('select email from customers')).toEqual({ email: 'other@example.com' })
  } finally {
    await other.stop()
  }
})

test.each(['with a full sync before it is connected again', 'connected again at once'])('a Paymenter whose time zone was changed is the same one, its links stay, and its days are what they were: %s', async (order) => {
  await using world = await BillingWorld.withShop({ customers: 3 })
  await world.sync()
  const { sqlite } = world.context.db
  sqlite.prepare(`insert into nodes (id, name, url, created_at, state, findings) values ('n', 'n', 'http://127.0.0.1:1', 0, 'ok', '[]')`).run()
  sqlite.prepare(`insert into links (service_id, node_id, uuid, vm_name, reason, confirmed_at) values (1, 'n', 'u', 'vm', 'test', 0)`).run()
  const before = world.one('select expires_on, created_at from services where id = 1') as { expires_on: string; created_at: number }
  world.paymenter.setTimeZone('Asia/Kolkata')
  if (order.startsWith('with')) await world.sync(true)
  await world.connect()
  expect(world.billing.connection()?.timeZone).toBe('Asia/Kolkata')
  expect(await world.sync()).toMatchObject({ kind: 'full', errors: [], gone: 0 })
  expect(world.one('select expires_on, created_at from services where id = 1')).toEqual({ expires_on: before.expires_on, created_at: before.created_at - 5.5 * 60 * minuteMs })
  expect(world.ids('customers')).toEqual([1, 2, 3])
})

test('the same Paymenter under another address keeps its rows', async () => {
  await using world = await BillingWorld.withShop({ customers: 3 })
  await world.sync()
  await using gateway = await Gateway.open(world.paymenter.url)
  await world.billing.connect({ url: gateway.url, token: world.paymenter.tokens.full })
  expect(await world.sync(true)).toMatchObject({ changed: 0, gone: 0, errors: [] })
})
