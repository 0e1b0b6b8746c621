// Fresh looks at one service, and the change of its status: never believed, always read back, never taken for evidence.
import { expect, test } from 'vitest'
import { asId, type ServiceId } from '../../shared/domain/ids.ts'
import { BillingWorld, dayMs, failureOf, minuteMs } from '../helpers/billingWorld.ts'
import { Gateway } from '../helpers/gateway.ts'

const service = (id: number): ServiceId => asId<ServiceId>(id)

test('a payment is seen by a fresh look at its service alone', async () => {
  await using world = await BillingWorld.withShop({ customers: 20, invoicesEach: 5 })
  await world.sync()
  world.clock.advance(minuteMs)
  world.paymenter.payInvoice(6)
  const from = world.paymenter.requests.length
  await world.billing.refreshService(service(2))
  expect(world.one('select status, paid_at from invoices where id = 6')).toEqual({ status: 'paid', paid_at: world.clock.now() })
  expect(world.one('select expires_on, read_at from services where id = 2')).toEqual({ expires_on: '2027-01-07', read_at: world.clock.now() })
  expect(world.paymenter.requests.slice(from).map((request) => request.path.split('?')[0])).toEqual(['/api/v1/admin/services/2', '/api/v1/admin/invoices/6'])
})

test('an item that was edited, moved away or deleted is seen, though its invoice did not change', async () => {
  await using world = await BillingWorld.withShop({ customers: 3 })
  await world.sync()
  const items = [1, 2, 3].map((invoice) => world.paymenter.itemsOf(invoice)[0]?.id ?? 0)
  world.paymenter.setInvoiceItem(items[0] ?? 0, { price: '550.00' })
  world.paymenter.setInvoiceItem(items[1] ?? 0, { reference_id: 3 })
  world.paymenter.deleteRow('invoiceItems', items[2] ?? 0)
  for (const id of [1, 2, 3]) await world.billing.refreshService(service(id))
  expect(world.all('select service_id, price_minor, gone_at is not null as gone from invoice_items order by id')).toEqual([
    { service_id: 1, price_minor: 55_000, gone: 0 },
    { service_id: 3, price_minor: 49_900, gone: 0 },
    { service_id: 3, price_minor: 49_900, gone: 1 },
  ])
})

test('a deleted invoice is gone after a fresh look', async () => {
  await using world = await BillingWorld.withShop({ customers: 2, invoicesEach: 2 })
  await world.sync()
  world.paymenter.deleteRow('invoices', 1)
  world.paymenter.deleteRow('invoices', 2)
  await world.billing.refreshService(service(1))
  expect(world.ids('invoices')).toEqual([3, 4])
})

test('invoices that the mirror has never seen come with a fresh look, also before any sync', async () => {
  await using world = await BillingWorld.withShop({ customers: 2, invoicesEach: 3 })
  await world.billing.refreshService(service(2))
  expect(world.ids('invoices')).toEqual([4, 5, 6])
  expect(world.ids('services')).toEqual([2])
  expect(world.ids('customers')).toEqual([2])
})

test('a service that is gone is marked and said to be', async () => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  await world.sync()
  world.paymenter.deleteRow('services', 1)
  expect((await failureOf(world.billing.refreshService(service(1)))).code).toBe('billing.service-gone')
  expect(world.ids('services')).toEqual([2])
  expect((await failureOf(world.billing.setServiceStatus(service(1), 'suspended'))).code).toBe('billing.service-gone')
  expect(world.all('select * from billing_writes')).toEqual([])
})

test.each(['maintenance', 'unreachable', 'html', 'truncateBody', 'revokeToken', 'databaseDown'] as const)('%s: a fresh look fails and nothing is marked gone', async (fault) => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  await world.sync()
  world.paymenter.faults[fault] = true
  expect((await failureOf(world.billing.refreshService(service(1)))).code).toMatch(/^billing\./)
  expect(world.ids('services')).toEqual([1, 2])
  expect(world.ids('invoices')).toEqual([1, 2])
})

test('a 404 that is not Paymenter’s word about the row marks nothing', async () => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  await using gateway = await Gateway.open(world.paymenter.url)
  await world.billing.connect({ url: gateway.url, token: world.paymenter.tokens.full })
  await world.sync()
  for (const body of ['<html>404</html>', '{"message":"The route api/v1/admin/services/1 could not be found."}', '']) {
    gateway.hooks = { before: () => ({ status: 404, headers: { 'content-type': 'application/json' }, body }) }
    expect((await failureOf(world.billing.refreshService(service(1)))).code).toBe('billing.not-paymenter')
  }
  expect(world.ids('services')).toEqual([1, 2])
})

test('another row than was asked for is not taken', async () => {
  await using world = await BillingWorld.withShop({ customers: 3 })
  await using gateway = await Gateway.open(world.paymenter.url)
  await world.billing.connect({ url: gateway.url, token: world.paymenter.tokens.full })
  await world.sync()
  gateway.hooks = { after: (_request, answer) => ({ ...answer, body: answer.body.replace('"data":{"id":"1"', '"data":{"id":"2"').replace('"attributes":{"id":1,', '"attributes":{"id":2,') }) }
  expect((await failureOf(world.billing.refreshService(service(1)))).code).toBe('billing.invalid-answer')
  expect(world.ids('services')).toEqual([1, 2, 3])
})

test('where invoice numbers are bare digits, an invoice is still found by its id', async () => {
  await using world = await BillingWorld.withShop({ customers: 12 })
  await world.sync()
  world.paymenter.setInvoice(2, { number: '1' })
  world.clock.advance(minuteMs)
  world.paymenter.payInvoice(1)
  await world.billing.refreshService(service(1))
  expect(world.one('select status from invoices where id = 1')).toEqual({ status: 'paid' })
  expect(world.one('select status from invoices where id = 2')).toEqual({ status: 'pending' })
})

test('a fresh look needs the permission for invoices, and says which', async () => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  await world.sync()
  world.paymenter.faults.revokedPermissions = ['invoices.view']
  const failure = await failureOf(world.billing.refreshService(service(1)))
  expect(failure.code).toBe('billing.forbidden')
  expect(failure.message).toContain('invoices.view')
})

// ── the status ─────────────────────────────────────────────────────────────────────────────────────────────────────

test('a status is set, recorded before it is sent, and read back', async () => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  await world.sync()
  world.clock.advance(dayMs)
  await world.billing.setServiceStatus(service(1), 'suspended')
  expect(world.paymenter.service(1)?.status).toBe('suspended')
  expect(world.all('select service_id, at, field, value from billing_writes')).toEqual([{ service_id: 1, at: world.clock.now(), field: 'status', value: 'suspended' }])
  const [, second] = world.all<{ status: string; read_at: number; previous_read_at: number }>('select * from service_history where service_id = 1 order by id')
  expect(second).toMatchObject({ status: 'suspended', read_at: world.clock.now() })
  expect(second?.previous_read_at).toBeLessThan(world.clock.now())
})

test('setting a status that is there already succeeds', async () => {
  await using world = await BillingWorld.withShop({ customers: 1 })
  await world.sync()
  await world.billing.setServiceStatus(service(1), 'active')
  expect(world.paymenter.service(1)?.status).toBe('active')
})

test('an echo is not believed: a write that had no effect fails, and stays on record', async () => {
  await using world = await BillingWorld.withShop({ customers: 1 })
  await using gateway = await Gateway.open(world.paymenter.url)
  await world.billing.connect({ url: gateway.url, token: world.paymenter.tokens.full })
  await world.sync()
  const echo = '{"data":{"id":"1","type":"services","attributes":{"id":1,"status":"suspended"}}}'
  gateway.hooks = { before: ({ method }) => (method === 'PUT' ? { status: 200, headers: { 'content-type': 'application/vnd.api+json' }, body: echo } : undefined) }
  expect((await failureOf(world.billing.setServiceStatus(service(1), 'suspended'))).code).toBe('billing.write-not-seen')
  expect(world.one('select status from services where id = 1')).toEqual({ status: 'active' })
  expect(world.one('select count(*) as n from billing_writes')).toEqual({ n: 1 })
})

test('without services.update the failure names it, and the write that was refused is off the record', async () => {
  await using world = await BillingWorld.withShop({ customers: 1 })
  await world.connect('noServicesUpdate')
  await world.sync()
  const failure = await failureOf(world.billing.setServiceStatus(service(1), 'suspended'))
  expect(failure.code).toBe('billing.forbidden')
  expect(failure.message).toContain('services.update')
  expect(world.paymenter.service(1)?.status).toBe('active')
  expect(world.one('select count(*) as n from billing_writes')).toEqual({ n: 0 })
})

test('a change that was made before the connection dropped is found by reading', async () => {
  await using world = await BillingWorld.withShop({ customers: 1 })
  await world.sync()
  world.paymenter.faults.actThenDrop = true
  await world.billing.setServiceStatus(service(1), 'suspended')
  expect(world.one('select status from services where id = 1')).toEqual({ status: 'suspended' })
})

test('a change of which nothing is known and which is not seen fails, and stays on record', async () => {
  await using world = await BillingWorld.withShop({ customers: 1 })
  await using gateway = await Gateway.open(world.paymenter.url)
  await world.billing.connect({ url: gateway.url, token: world.paymenter.tokens.full })
  await world.sync()
  gateway.hooks = { before: ({ method }) => (method === 'PUT' ? { status: 500, headers: {}, body: '{"message":"Server Error"}' } : undefined) }
  expect((await failureOf(world.billing.setServiceStatus(service(1), 'suspended'))).code).toBe('billing.unavailable')
  expect(world.one('select count(*) as n from billing_writes')).toEqual({ n: 1 })
})

test('with no connection nothing was sent, and nothing is on record', async () => {
  await using world = await BillingWorld.withShop({ customers: 1 })
  world.context.db.sqlite.prepare(`update settings set value = json_set(value, '$.url', 'http://127.0.0.1:1') where key = 'billing.connection'`).run()
  expect((await failureOf(world.billing.setServiceStatus(service(1), 'suspended'))).code).toBe('billing.unreachable')
  expect(world.one('select count(*) as n from billing_writes')).toEqual({ n: 0 })
})

test('a sync that runs while a status is set neither hides the write nor takes it for somebody else’s', async () => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  await using gateway = await Gateway.open(world.paymenter.url)
  await world.billing.connect({ url: gateway.url, token: world.paymenter.tokens.full })
  await world.sync()
  const writes: Promise<void>[] = []
  gateway.hooks = {
    after: async ({ path }, answer) => {
      if (!path.includes('/services?') || writes.length > 0) return answer
      world.clock.advance(minuteMs)
      writes.push(world.billing.setServiceStatus(service(1), 'suspended'))
      await Promise.all(writes)
      world.clock.advance(minuteMs)
      return answer
    },
  }
  await world.sync(true)
  const [write] = world.all<{ at: number }>('select at from billing_writes')
  const history = world.all<{ status: string; read_at: number; previous_read_at: number | null }>('select status, read_at, previous_read_at from service_history where service_id = 1 order by id')
  expect(history.map((row) => row.status)).toEqual(['active', 'suspended'])
  expect(history[1]?.previous_read_at).toBeLessThan(write?.at ?? 0)
  expect(history[1]?.read_at).toBeGreaterThanOrEqual(write?.at ?? Number.POSITIVE_INFINITY)
})
