// The mirror against a Paymenter over real HTTP and a real SQLite file: complete, idempotent, current.
import { expect, test } from 'vitest'
import { storePageSize } from '../../db/repositories/billingSync.ts'
import { startEstate } from '../../demo/estate.ts'
import { BillingWorld, dayMs, failureOf, minuteMs } from '../helpers/billingWorld.ts'
import { until } from '../helpers/until.ts'

test('the first sync reads everything in full', async () => {
  await using world = await BillingWorld.withShop({ customers: 12, invoicesEach: 3 })
  const result = await world.sync()
  expect(result).toMatchObject({ kind: 'full', errors: [], gone: 0 })
  expect(result.rows).toEqual({ customers: 12, products: 4, plans: 7, services: 12, invoices: 36, orders: 0, credits: 0, tickets: 0, ticketMessages: 0 })
  expect(result.requests).toBe(8)
  expect(world.one('select customer_id, status, currency, due_on, due_readable from invoices where id = 1')).toEqual({
    customer_id: 1,
    status: 'pending',
    currency: 'INR',
    due_on: '2026-12-07',
    due_readable: 1,
  })
  expect(world.one('select service_id, price_minor, quantity from invoice_items where invoice_id = 1')).toEqual({ service_id: 1, price_minor: 49_900, quantity: 1 })
  expect(world.one('select customer_id, product_id, status, price_minor, expires_on from services where id = 3')).toEqual({
    customer_id: 3,
    product_id: 2,
    status: 'active',
    price_minor: 49_900,
    expires_on: '2026-12-07',
  })
})

test('a second full sync changes nothing', async () => {
  await using world = await BillingWorld.withShop({ customers: 12, invoicesEach: 3 })
  await world.sync()
  const before = world.all('select * from service_history')
  expect(await world.sync(true)).toMatchObject({ kind: 'full', changed: 0, gone: 0, errors: [] })
  expect(world.all('select * from service_history')).toEqual(before)
})

test('the demo estate is mirrored row by row', async () => {
  const estate = await startEstate({ nodes: 1, vms: 20, listDelayMs: 0 })
  await using world = await BillingWorld.open()
  try {
    world.clock.nowMs = estate.clock.now()
    await world.billing.connect(estate.connect.billing)
    const result = await world.billing.sync({ full: true })
    expect(result.errors).toEqual([])
    expect(world.ids('customers')).toEqual(estate.billing.customers().map((row) => row.id))
    expect(world.all('select id, status, expires_on as expires from services order by id')).toEqual(
      estate.billing.services().map((row) => ({ id: row.id, status: row.status, expires: row.expires_at })),
    )
    expect(world.all('select id, status, due_on as due, customer_id as customer from invoices order by id')).toEqual(
      estate.billing.invoices().map((row) => ({ id: row.id, status: row.status, due: row.due_at, customer: row.user_id })),
    )
    expect(world.one('select count(*) as n from invoice_items')).toEqual({ n: estate.billing.invoices().flatMap((row) => estate.billing.itemsOf(row.id)).length })
    expect(await world.billing.sync({ full: true })).toMatchObject({ changed: 0, gone: 0 })
  } finally {
    await estate.stop()
  }
})

test('a payment is seen by the next incremental sync, with its day bounded by the invoice’s own last change', async () => {
  await using world = await BillingWorld.withShop({ customers: 5 })
  await world.sync()
  world.clock.advance(10 * minuteMs)
  world.paymenter.payInvoice(3)
  const paidAt = world.clock.now()
  world.clock.advance(10 * minuteMs)
  const result = await world.sync()
  expect(result).toMatchObject({ kind: 'incremental', errors: [] })
  expect(result.changed).toBeGreaterThan(0)
  expect(world.one('select status, paid_at from invoices where id = 3')).toEqual({ status: 'paid', paid_at: paidAt })
  expect(world.one('select status, paid_at from invoices where id = 4')).toEqual({ status: 'pending', paid_at: null })
})

test('an invoice that goes back to pending is not paid any more', async () => {
  await using world = await BillingWorld.withShop({ customers: 2, invoicesEach: 2 })
  await world.sync()
  expect(world.one('select status from invoices where id = 2')).toEqual({ status: 'paid' })
  world.paymenter.setInvoice(2, { status: 'pending' })
  await world.sync()
  expect(world.one('select status, paid_at from invoices where id = 2')).toEqual({ status: 'pending', paid_at: null })
})

test('with nothing new an incremental sync makes one request a list and changes nothing', async () => {
  await using world = await BillingWorld.withShop({ customers: 150, invoicesEach: 4 })
  await world.sync()
  world.clock.advance(3 * 60 * minuteMs)
  await world.sync()
  world.clock.advance(3 * 60 * minuteMs)
  expect(await world.sync()).toMatchObject({ kind: 'incremental', changed: 0, requests: 8, errors: [] })
})

test('a shop that was filled a minute ago is not read again and again', async () => {
  await using world = await BillingWorld.withShop({ customers: 150, invoicesEach: 8 })
  await world.sync()
  expect(await world.sync()).toMatchObject({ kind: 'incremental', changed: 0, requests: 8, errors: [] })
})

test('a change within a shop that was filled a minute ago is seen all the same', async () => {
  await using world = await BillingWorld.withShop({ customers: 150, invoicesEach: 8 })
  await world.sync()
  world.paymenter.payInvoice(1)
  await world.sync()
  expect(world.one('select status from invoices where id = 1')).toEqual({ status: 'paid' })
})

test('more news than fits a page is read as a whole list', async () => {
  await using world = await BillingWorld.withShop({ customers: 20 })
  await world.sync()
  world.clock.advance(60 * minuteMs)
  for (let number = 0; number < 1_200; number += 1) world.paymenter.addInvoice({ user_id: 1, items: [{ description: 'Extra', price: '1.00' }] })
  world.clock.advance(60 * minuteMs)
  const result = await world.sync()
  expect(result).toMatchObject({ kind: 'incremental', errors: [] })
  expect(result.rows['invoices']).toBe(1_220)
})

test('customers that are new are seen by their ids, and changed ones by what came along with their services', async () => {
  await using world = await BillingWorld.withShop({ customers: 3 })
  await world.sync()
  world.clock.advance(60 * minuteMs)
  world.paymenter.addCustomer({ email: 'new@example.com' })
  world.paymenter.setService(2, { status: 'suspended' })
  await world.sync()
  expect(world.ids('customers')).toEqual([1, 2, 3, 4])
  expect(world.one('select first_name, last_name, email from customers where id = 4')).toEqual({ first_name: null, last_name: null, email: 'new@example.com' })
})

test('each change of a service’s status or expiry is a row of its history, with the read before it', async () => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  await world.sync()
  const first = world.clock.now()
  world.clock.advance(dayMs)
  world.paymenter.setService(1, { status: 'suspended' })
  await world.sync()
  const second = world.clock.now()
  world.paymenter.setService(1, { price: '599.00' })
  await world.sync()
  const third = world.clock.now()
  world.paymenter.setService(1, { expires_at: '2027-01-07' })
  await world.sync()
  expect(world.all('select read_at, previous_read_at, read_on, status, expires_on from service_history where service_id = 1 order by id')).toEqual([
    { read_at: first, previous_read_at: null, read_on: '2026-11-22', status: 'active', expires_on: '2026-12-07' },
    { read_at: second, previous_read_at: first, read_on: '2026-11-23', status: 'suspended', expires_on: '2026-12-07' },
    { read_at: world.clock.now(), previous_read_at: third, read_on: '2026-11-23', status: 'suspended', expires_on: '2027-01-07' },
  ])
})

test('a deleted row is gone after the next full sync, and is there again when it comes back', async () => {
  await using world = await BillingWorld.withShop({ customers: 6 })
  await world.sync()
  world.paymenter.deleteRow('invoices', 4)
  expect(await world.sync()).toMatchObject({ kind: 'incremental', gone: 0 })
  expect(world.ids('invoices')).toContain(4)
  expect(await world.sync(true)).toMatchObject({ gone: 1, errors: [] })
  expect(world.ids('invoices')).toEqual([1, 2, 3, 5, 6])
  expect(world.one('select gone_at from invoices where id = 4')).toEqual({ gone_at: world.clock.now() })
})

test('an item that was edited or deleted is seen by a full sync though its invoice did not change', async () => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  const invoice = world.paymenter.addInvoice({ user_id: 1, items: [{ description: 'A', price: '10.00' }, { description: 'B', price: '5.00', quantity: 2 }] })
  await world.sync()
  const [first, second] = world.paymenter.itemsOf(invoice.id)
  world.paymenter.setInvoiceItem(first?.id ?? 0, { price: '12.50' })
  world.paymenter.deleteRow('invoiceItems', second?.id ?? 0)
  const result = await world.sync(true)
  expect(result).toMatchObject({ changed: 1 + 1, gone: 1 })
  expect(world.all('select price_minor from invoice_items where invoice_id = ? and gone_at is null', invoice.id)).toEqual([{ price_minor: 1_250 }])
})

test('plans that are taken off a product are gone, and prices follow', async () => {
  await using world = await BillingWorld.withShop({ customers: 1 })
  await world.sync()
  expect(world.one('select product_id, name, type, billing_period, billing_unit, prices from plans where id = 2')).toMatchObject({
    product_id: 2,
    type: 'recurring',
    billing_period: 1,
    billing_unit: 'month',
  })
  expect(JSON.parse(world.all<{ prices: string }>('select prices from plans where id = 2')[0]?.prices ?? '')).toMatchObject([{ currency: 'INR', amountMinor: 49_900 }])
})

test('a run records what it met and knew before, the server’s clock, and that it was complete', async () => {
  await using world = await BillingWorld.withShop({ customers: 4 })
  await world.sync()
  world.paymenter.faults.clockOffsetMs = 7 * minuteMs
  await world.sync(true)
  const [run] = world.all<{ complete: number; counts: string; clock_offset_ms: number }>('select * from sync_runs order by id desc limit 1')
  expect(run?.complete).toBe(1)
  expect(JSON.parse(run?.counts ?? '')).toMatchObject({ services: { met: 4, knownBefore: 4 }, invoices: { met: 4, knownBefore: 4 }, customers: { met: 4, knownBefore: 4 } })
  expect(Math.abs((run?.clock_offset_ms ?? 0) - 7 * minuteMs)).toBeLessThanOrEqual(1_500)
})

test('a stamp in the future does not hide what changes after it', async () => {
  await using world = await BillingWorld.withShop({ customers: 4 })
  world.paymenter.faults.clockOffsetMs = 400 * dayMs
  world.paymenter.setService(1, { status: 'suspended' })
  world.paymenter.faults.clockOffsetMs = 0
  await world.sync()
  world.clock.advance(60 * minuteMs)
  world.paymenter.payInvoice(2)
  await world.sync()
  expect(world.one('select status from invoices where id = 2')).toEqual({ status: 'paid' })
  world.paymenter.setService(3, { status: 'cancelled' })
  await world.sync()
  expect(world.one('select status from services where id = 3')).toEqual({ status: 'cancelled' })
})

test('two syncs of one kind at the same time are one', async () => {
  await using world = await BillingWorld.withShop({ customers: 3 })
  const [first, second] = await Promise.all([world.billing.sync({ full: true }), world.billing.sync({ full: true })])
  expect(second).toBe(first)
  expect(world.one('select count(*) as n from sync_runs')).toEqual({ n: 1 })
})

test('a full and an incremental sync go one after the other', async () => {
  await using world = await BillingWorld.withShop({ customers: 3 })
  await world.sync()
  const [full, incremental] = await Promise.all([world.billing.sync({ full: true }), world.billing.sync({ full: false })])
  expect([full.kind, incremental.kind]).toEqual(['full', 'incremental'])
  const runs = world.all<{ started_at: number; complete: number }>('select * from sync_runs order by id')
  expect(runs.map((run) => run.complete)).toEqual([1, 1, 1])
})

test('a sync that is called off ends incomplete and keeps what it read', async () => {
  await using world = await BillingWorld.withShop({ customers: 30 })
  storePageSize(world.context.db.orm, 10)
  const controller = new AbortController()
  const failure = new Error('enough')
  const report = (label: string): void => {
    if (label === 'Reading invoices') controller.abort(failure)
  }
  await expect(world.billing.sync({ full: true, signal: controller.signal, report })).rejects.toBe(failure)
  expect(world.one('select complete, finished_at is not null as finished from sync_runs')).toEqual({ complete: 0, finished: 1 })
  expect(world.ids('services')).toHaveLength(30)
  expect(world.billing.status()).toMatchObject({ syncing: false, lastFullAt: null })
})

test('started, it syncs by itself, in full at first and again after a day', async () => {
  await using world = await BillingWorld.withShop({ customers: 3 }, {}, { incrementalEveryMs: 5 })
  const kinds = async (count: number): Promise<string[]> => {
    const { promise, resolve } = Promise.withResolvers<string[]>()
    const look = setInterval(() => {
      const runs = world.all<{ kind: string }>('select kind from sync_runs where finished_at is not null order by id')
      if (runs.length >= count) resolve(runs.map((run) => run.kind))
    }, 5)
    try {
      return await promise
    } finally {
      clearInterval(look)
    }
  }
  world.billing.start()
  expect((await kinds(3)).slice(0, 3)).toEqual(['full', 'incremental', 'incremental'])
  const sofar = (await kinds(3)).length
  world.clock.advance(25 * 60 * minuteMs)
  expect((await kinds(sofar + 3)).slice(sofar)).toContain('full')
  expect(world.billing.status().nextSyncAt).not.toBeNull()
  await world.billing.stop()
})

test('started, it reads everything again soon after a list came back empty, once half an hour lies between', async () => {
  await using world = await BillingWorld.withShop({ customers: 3 }, {}, { incrementalEveryMs: 5 })
  const kinds = (): string[] => world.all<{ kind: string }>('select kind from sync_runs where finished_at is not null order by id').map((run) => run.kind)
  await world.billing.sync({ full: true })
  world.paymenter.faults.emptyList = 'services'
  await world.billing.sync({ full: false })
  delete world.paymenter.faults.emptyList
  world.billing.start()
  await until('it has synced by itself', () => kinds().length >= 5)
  expect(kinds().filter((kind) => kind === 'full')).toHaveLength(1)
  world.clock.advance(31 * minuteMs)
  await until('a full one is over', () => kinds().filter((kind) => kind === 'full').length === 2)
  const sofar = kinds().length
  await until('others followed', () => kinds().length >= sofar + 3)
  expect(kinds().filter((kind) => kind === 'full')).toHaveLength(2)
  await world.billing.stop()
})

test('without a connection nothing is asked for', async () => {
  await using world = await BillingWorld.open()
  expect((await failureOf(world.billing.sync({ full: false }))).code).toBe('billing.not-connected')
  expect(world.billing.connected()).toBe(false)
  expect(() => world.billing.today()).toThrow('No Paymenter is connected.')
  expect(world.paymenter.requests).toEqual([])
})

test('today is the day in Paymenter’s zone, not in this machine’s', async () => {
  await using world = await BillingWorld.withShop({ customers: 2 }, { timeZone: 'Pacific/Kiritimati' })
  world.clock.nowMs = Date.parse('2026-11-22T10:30:00Z')
  expect(world.billing.timeZone()).toBe('Pacific/Kiritimati')
  expect(world.billing.today()).toBe('2026-11-23')
})

test('a full pass that lacks a permission is not repeated at every turn', async () => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  world.paymenter.faults.revokedPermissions = ['users.view']
  expect((await world.sync()).errors.map((error) => `${error.resource} ${error.code}`)).toEqual([
    'customers billing.forbidden',
    'services billing.forbidden',
    'invoices billing.forbidden',
  ])
  world.paymenter.faults.revokedPermissions = []
  expect(await world.sync()).toMatchObject({ kind: 'full', errors: [] })
  world.paymenter.faults.revokedPermissions = ['users.view']
  expect(await world.sync()).toMatchObject({ kind: 'incremental' })
  expect(world.one('select customer_id from services where id = 2')).toEqual({ customer_id: 2 })
})
