// The mirrored lists as clients see them: names, amounts and dates as they were sent, however odd; filters, windows, totals.
import { expect, test } from 'vitest'
import { billingHandlers } from '../../electron/worker/billing/handlers.ts'
import { methods } from '../../shared/contract/index.ts'
import { BillingWorld, dayMs } from '../helpers/billingWorld.ts'
import { Gateway } from '../helpers/gateway.ts'

/** Changes each answer's rows on the way: what Paymenter sends is what is put in here. */
async function altered(world: BillingWorld, alter: (row: { type: string; id: string; attributes: Record<string, unknown>; relationships?: Record<string, unknown> }) => void): Promise<Gateway> {
  const gateway = await Gateway.open(world.paymenter.url)
  await world.billing.connect({ url: gateway.url, token: world.paymenter.tokens.full })
  gateway.hooks = {
    after: ({ method }, answer) => {
      if (method !== 'GET' || answer.status !== 200) return answer
      const document = JSON.parse(answer.body) as { data: Parameters<typeof alter>[0][] | Parameters<typeof alter>[0]; included?: Parameters<typeof alter>[0][] }
      for (const row of [...(Array.isArray(document.data) ? document.data : [document.data]), ...(document.included ?? [])]) alter(row)
      return { ...answer, body: JSON.stringify(document) }
    },
  }
  return gateway
}

test('every list answers as the contract says', async () => {
  await using world = await BillingWorld.withShop({ customers: 3, invoicesEach: 2 })
  await world.sync()
  const handlers = billingHandlers(world.billing, world.context)
  for (const name of ['billing.customers', 'billing.products', 'billing.plans', 'billing.services', 'billing.invoices'] as const) {
    const answer = await handlers[name]({})
    expect(methods[name].output.parse(answer)).toEqual(answer)
    expect(answer.total).toBe(answer.rows.length)
    expect(answer.asOf).toBe(world.clock.now())
  }
  expect(methods['billing.status'].output.parse(await handlers['billing.status']({}))).toMatchObject({ lastFullAt: world.clock.now(), errors: [] })
})

test('a sync by the contract is a job whose result is the sync’s', async () => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  const handlers = billingHandlers(world.billing, world.context)
  const { jobId } = await handlers['billing.sync']({ full: true })
  expect(await world.context.jobs.wait(jobId)).toMatchObject({ state: 'done', result: { kind: 'full', rows: { customers: 2 } } })
  await world.billing.disconnect()
  expect(() => handlers['billing.sync']({})).toThrow('No Paymenter is connected.')
})

test('customers come with what they owe and their services', async () => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  world.paymenter.addInvoice({ user_id: 1, currency_code: 'JPY', items: [{ description: 'A', price: '500.00', quantity: 3 }] })
  world.paymenter.addInvoice({ user_id: 1, status: 'cancelled', items: [{ description: 'B', price: '9.00' }] })
  await world.sync()
  const handlers = billingHandlers(world.billing, world.context)
  const { rows } = await handlers['billing.customers']({})
  expect(rows[0]).toMatchObject({
    id: 1,
    services: 1,
    owed: [
      { amountMinor: 49_900, currency: 'INR' },
      { amountMinor: 1_500, currency: 'JPY' },
    ],
  })
  expect(rows[1]?.owed).toEqual([{ amountMinor: 49_900, currency: 'INR' }])
})

const amounts: [raw: unknown, currency: string, amountMinor: number | null][] = [
  ['499.00', 'INR', 49_900],
  [499, 'INR', 49_900],
  ['80', 'INR', 8_000],
  [null, 'INR', null],
  ['abc', 'INR', null],
  ['', 'INR', null],
  ['-25.50', 'INR', -2_550],
  ['500.00', 'JPY', 500],
  ['500.50', 'JPY', null],
  ['1.500', 'KWD', 1_500],
  ['12.34', 'KWD', 12_340],
  ['1e3', 'INR', null],
  [{}, 'INR', null],
  ['10.00', '', null],
]

test.each(amounts)('the amount %j %s is %j minor units', async (raw, currency, amountMinor) => {
  await using world = await BillingWorld.withShop({ customers: 1 })
  await using _gateway = await altered(world, (row) => {
    if ('price' in row.attributes) row.attributes['price'] = raw
    if ('currency_code' in row.attributes) row.attributes['currency_code'] = currency
  })
  const result = await world.sync()
  expect(result.errors).toEqual([])
  const handlers = billingHandlers(world.billing, world.context)
  const money = amountMinor === null ? null : { amountMinor, currency }
  expect((await handlers['billing.services']({})).rows[0]?.price).toEqual(money)
  const [invoice] = (await handlers['billing.invoices']({})).rows
  expect(invoice?.total).toEqual(money)
  expect(invoice?.items[0]?.price).toEqual(money)
  const raws = world.all<{ raw: string }>('select raw from services')
  expect(JSON.parse(raws[0]?.raw ?? '')).toMatchObject({ attributes: { price: raw } })
})

test('an invoice without items comes to nothing, and one with an item that cannot be read to no figure at all', async () => {
  await using world = await BillingWorld.withShop({ customers: 1 })
  world.paymenter.addInvoice({ user_id: 1 })
  world.paymenter.addInvoice({ user_id: 1, items: [{ description: 'A', price: '10.00', quantity: 3 }, { description: 'B', price: '0.50' }] })
  await using _gateway = await altered(world, (row) => {
    if (row.attributes['description'] === 'B') row.attributes['price'] = null
  })
  await world.sync()
  const { rows } = await billingHandlers(world.billing, world.context)['billing.invoices']({})
  expect(rows.map((row) => row.total)).toEqual([{ amountMinor: 49_900, currency: 'INR' }, { amountMinor: 0, currency: 'INR' }, null])
})

const names = ['<script>alert(1)</script>', 'Zoë 👩‍🚀 李', 'محمد بن راشد', "Robert'); drop table customers;--", 'x'.repeat(10_000), '100 %_done', null]

test.each(names)('the name %j survives, and is found', async (name) => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  world.paymenter.addCustomer({ email: 'odd@example.com', first_name: name, last_name: null })
  await world.sync()
  const handlers = billingHandlers(world.billing, world.context)
  expect((await handlers['billing.customers']({ filter: 'odd@example' })).rows).toMatchObject([{ id: 3, firstName: name, lastName: null }])
  if (name !== null && name.length < 500) expect((await handlers['billing.customers']({ filter: `"${name.replaceAll('"', '')}"` })).rows).toHaveLength(1)
})

test('rows that cannot be read are named and counted, and the others are stored', async () => {
  await using world = await BillingWorld.withShop({ customers: 5 })
  await using _gateway = await altered(world, (row) => {
    if (row.type !== 'invoices') return
    if (row.id === '2') row.id = 'two'
    if (row.id === '4') row.attributes = JSON.parse('null') as Record<string, unknown>
  })
  const result = await world.sync()
  expect(result.errors).toMatchObject([
    { resource: 'invoices', code: 'billing.unreadable-row', message: expect.stringContaining('two') as string },
    { resource: 'invoices', code: 'billing.unreadable-row', message: expect.stringContaining('4') as string },
  ])
  expect(world.ids('invoices')).toEqual([1, 3, 5])
})

test('an unknown status is kept as it is', async () => {
  await using world = await BillingWorld.withShop({ customers: 1 })
  await using _gateway = await altered(world, (row) => {
    if (row.type === 'services') row.attributes['status'] = 'frozen'
    if (row.type === 'invoices') row.attributes['status'] = 'refunded'
  })
  expect((await world.sync()).errors).toEqual([])
  const handlers = billingHandlers(world.billing, world.context)
  expect((await handlers['billing.services']({ filter: 'status:frozen' })).total).toBe(1)
  expect((await handlers['billing.invoices']({ filter: 'status:refunded' })).total).toBe(1)
})

test('an item that is named but not sent leaves no total that lacks it, and keeps what was known', async () => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  await world.sync()
  world.paymenter.addInvoice({ user_id: 1, items: [{ description: 'New', price: '5.00' }] })
  const gateway = await Gateway.open(world.paymenter.url)
  await world.billing.connect({ url: gateway.url, token: world.paymenter.tokens.full })
  gateway.hooks = {
    after: (_request, answer) => {
      const document = JSON.parse(answer.body) as { included?: { type: string }[] }
      if (document.included) document.included = document.included.filter((row) => row.type !== 'invoiceItems')
      return { ...answer, body: JSON.stringify(document) }
    },
  }
  const result = await world.sync(true)
  await gateway[Symbol.asyncDispose]()
  expect(result.errors.map((error) => error.code)).toEqual(Array(3).fill('billing.unreadable-row'))
  const { rows } = await billingHandlers(world.billing, world.context)['billing.invoices']({})
  expect(rows.map((row) => row.total)).toEqual([{ amountMinor: 49_900, currency: 'INR' }, { amountMinor: 49_900, currency: 'INR' }, null])
})

test('included rows that come twice count once, and ids may be numbers', async () => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  await using gateway = await Gateway.open(world.paymenter.url)
  await world.billing.connect({ url: gateway.url, token: world.paymenter.tokens.full })
  gateway.hooks = {
    after: (_request, answer) => {
      const document = JSON.parse(answer.body.replaceAll(/"id":"(\d+)"/g, '"id":$1')) as { included?: unknown[] }
      if (document.included) document.included.push(...document.included)
      return { ...answer, body: JSON.stringify(document) }
    },
  }
  expect((await world.sync()).errors).toEqual([])
  const { rows } = await billingHandlers(world.billing, world.context)['billing.invoices']({})
  expect(rows.map((row) => row.items.length)).toEqual([1, 1])
})

const dates: [raw: unknown, day: string | null, readable: number][] = [
  [null, null, 1],
  ['2026-12-07T00:00:00.000000Z', '2026-12-07', 1],
  ['2026-12-07', '2026-12-07', 1],
  ['2026-12-07T05:30:00.000000+05:30', '2026-12-07', 1],
  ['9999-12-31T00:00:00.000000Z', '9999-12-31', 1],
  ['2026-12-07T00:00:01.000000Z', null, 0],
  ['2026-12-07T12:00:00.000000Z', null, 0],
  ['2026-12-07 00:00:00', null, 0],
  ['0001-01-01T00:00:00.000000Z', null, 0],
  ['2026-02-30', null, 0],
  ['tomorrow', null, 0],
  [1_796_601_600, null, 0],
]

test.each(dates)('the date %j is the day %j', async (raw, day, readable) => {
  await using world = await BillingWorld.withShop({ customers: 1 })
  await using _gateway = await altered(world, (row) => {
    if ('expires_at' in row.attributes) row.attributes['expires_at'] = raw
    if ('due_at' in row.attributes) row.attributes['due_at'] = raw
  })
  expect((await world.sync()).errors).toEqual([])
  expect(world.one('select expires_on as day, expiry_readable as readable from services')).toEqual({ day, readable })
  expect(world.one('select due_on as day, due_readable as readable from invoices')).toEqual({ day, readable })
})

test('filters are words that all must be met, in any case and script, and keys for single fields', async () => {
  await using world = await BillingWorld.withShop({ customers: 12, invoicesEach: 2 })
  world.paymenter.addCustomer({ email: 'ÉLODIE@example.com', first_name: 'Élodie', last_name: 'Müller' })
  await world.sync()
  const handlers = billingHandlers(world.billing, world.context)
  const customers = async (filter: string): Promise<number[]> => (await handlers['billing.customers']({ filter })).rows.map((row) => row.id)
  expect(await customers('élodie MÜLLER')).toEqual([13])
  expect(await customers('first last c7@')).toEqual([7])
  expect(await customers('id:1')).toEqual([1])
  expect(await customers('no such')).toEqual([])
  expect(await customers('')).toHaveLength(13)
  const invoices = async (filter: string): Promise<number[]> => (await handlers['billing.invoices']({ filter })).rows.map((row) => row.id)
  expect(await invoices('status:pending customer:2')).toEqual([3])
  expect(await invoices('status:PAID service:2')).toEqual([4])
  expect(await invoices('"dec 07, 2026" id:5')).toEqual([5])
  expect((await handlers['billing.services']({ filter: 'product:starter status:active' })).total).toBe(12)
  expect((await handlers['billing.plans']({ filter: 'yearly' })).rows.every((row) => row.unit === 'year')).toBe(true)
  expect((await handlers['billing.products']({ filter: 'slug:free-vps' })).total).toBe(1)
})

test('a plan comes with the services that are billed by it, not with all of its product', async () => {
  await using world = await BillingWorld.withShop({ customers: 3 })
  await world.sync()
  const handlers = billingHandlers(world.billing, world.context)
  const plans = (await handlers['billing.plans']({})).rows
  const yearly = plans.find((plan) => plan.unit === 'year')
  if (yearly === undefined) throw new Error('the shop has a yearly plan')
  const price = String((yearly.prices[0]?.amountMinor ?? 0) / 100)
  world.paymenter.addService({ user_id: 1, product_id: yearly.productId, plan_id: yearly.id, price, expires_at: '2027-10-01' })
  world.paymenter.addService({ user_id: 2, product_id: yearly.productId, plan_id: yearly.id, price: '0.00', expires_at: null })
  await world.sync()
  const counted = (await handlers['billing.plans']({})).rows.filter((plan) => plan.productId === yearly.productId)
  const before = plans.filter((plan) => plan.productId === yearly.productId)
  expect(counted.map(({ id, services }) => ({ id, services }))).toEqual(before.map(({ id, services }) => ({ id, services: services + (id === yearly.id ? 1 : 0) })))
  expect(plans.reduce((sum, plan) => sum + plan.services, 0)).toBe(3)
})

test('a window shows its part and the whole number', async () => {
  await using world = await BillingWorld.withShop({ customers: 12 })
  await world.sync()
  const page = await billingHandlers(world.billing, world.context)['billing.invoices']({ offset: 10, limit: 5 })
  expect(page.rows.map((row) => row.id)).toEqual([11, 12])
  expect(page.total).toBe(12)
})

test('rows that are gone are shown only when asked for, marked', async () => {
  await using world = await BillingWorld.withShop({ customers: 3 })
  await world.sync()
  world.paymenter.deleteRow('invoices', 2)
  world.clock.advance(dayMs)
  await world.sync(true)
  const handlers = billingHandlers(world.billing, world.context)
  expect((await handlers['billing.invoices']({})).rows.map((row) => row.id)).toEqual([1, 3])
  expect((await handlers['billing.invoices']({ gone: true })).rows.map((row) => [row.id, row.gone])).toEqual([
    [1, false],
    [2, true],
    [3, false],
  ])
})
