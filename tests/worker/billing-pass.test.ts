// The full pass: interrupted and gone on with, gentle with the server, and exact although the server changes while it is read.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { storePageSize } from '../../db/repositories/billingSync.ts'
import { Billing } from '../../electron/worker/billing/billing.ts'
import { BillingWorld, minuteMs } from '../helpers/billingWorld.ts'
import { Gateway, type GatewayRequest } from '../helpers/gateway.ts'

const interrupted = new Error('interrupted')

/** A shop behind a gateway, with ten rows a page. */
async function shopOf(customers: number): Promise<{ world: BillingWorld; gateway: Gateway }> {
  const world = await BillingWorld.withShop({ customers })
  const gateway = await Gateway.open(world.paymenter.url)
  await world.billing.connect({ url: gateway.url, token: world.paymenter.tokens.full })
  storePageSize(world.context.db.orm, 10)
  return { world, gateway }
}

/** A full sync that is ended at the first request that fits. */
async function interruptedAt(world: BillingWorld, gateway: Gateway, fits: (request: GatewayRequest) => boolean, billing = world.billing): Promise<void> {
  const controller = new AbortController()
  gateway.hooks = {
    before: (request) => {
      if (fits(request)) controller.abort(interrupted)
      return undefined
    },
  }
  world.clock.advance(minuteMs)
  await expect(billing.sync({ full: true, signal: controller.signal })).rejects.toBe(interrupted)
  gateway.hooks = {}
  gateway.requests.length = 0
}

const pagesOf = (gateway: Gateway): string[] => gateway.requests.map(({ path }) => /\/admin\/([a-z-]+)\?page=(\d+)/.exec(path)?.slice(1, 3).join(' ') ?? path)
const isPage = (list: string, page: number) => (request: GatewayRequest) => request.path.includes(`/${list}?page=${page}&`)

test('a pass that was interrupted goes on a page earlier, and leaves out what it has read', async () => {
  const { world, gateway } = await shopOf(35)
  await using _world = world
  await using _gateway = gateway
  await interruptedAt(world, gateway, isPage('invoices', 4))
  expect(world.ids('invoices').length).toBeGreaterThanOrEqual(20)
  const begunAt = world.clock.now()
  expect(world.billing.status()).toMatchObject({ lastFullAt: null, openPass: { startedAt: begunAt, resource: 'invoices' } })
  world.clock.advance(30 * minuteMs)
  const { last_page: lastPage } = world.one(`select page as last_page from mirror_passes where resource = 'invoices'`) as { last_page: number }
  const result = await world.sync(true)
  expect(result).toMatchObject({ kind: 'full', errors: [] })
  const pages = pagesOf(gateway)
  expect(pages[0]).toBe(`invoices ${lastPage}`)
  expect(pages.some((page) => /^(users|products|services) /.test(page))).toBe(false)
  expect(world.ids('invoices')).toHaveLength(35)
  // What it says was true when the pass began.
  expect(world.billing.status()).toMatchObject({ lastFullAt: begunAt, openPass: null })
  const [run] = world.all<{ counts: string }>('select counts from sync_runs order by id desc limit 1')
  expect(JSON.parse(run?.counts ?? '')).toMatchObject({ services: { met: 35 }, invoices: { met: 35 } })
})

test('what changed before the interruption is seen by the next incremental sync', async () => {
  const { world, gateway } = await shopOf(35)
  await using _world = world
  await using _gateway = gateway
  await interruptedAt(world, gateway, isPage('invoices', 3))
  world.clock.advance(20 * minuteMs)
  world.paymenter.setService(2, { status: 'suspended' })
  world.paymenter.payInvoice(1)
  await world.sync(true)
  await world.sync()
  expect(world.one('select status from services where id = 2')).toEqual({ status: 'suspended' })
  expect(world.one('select status from invoices where id = 1')).toEqual({ status: 'paid' })
})

test('a worker that was killed in mid-pass: the next one goes on', async () => {
  const { world, gateway } = await shopOf(35)
  await using _world = world
  await using _gateway = gateway
  await world.billing.stop()
  const killed = new Billing(world.context)
  await interruptedAt(world, gateway, isPage('services', 3), killed)
  await killed.stop()
  const next = new Billing(world.context)
  expect((await next.sync({ full: true })).errors).toEqual([])
  expect(pagesOf(gateway).some((page) => page.startsWith('users '))).toBe(false)
  await next.stop()
  expect(world.ids('services')).toHaveLength(35)
})

test('a row that was known and deleted before the interruption is gone after it, one that was deleted during it after the next pass', async () => {
  const { world, gateway } = await shopOf(45)
  await using _world = world
  await using _gateway = gateway
  await world.sync(true)
  for (const id of [3, 4, 18]) world.paymenter.deleteRow('invoices', id)
  storePageSize(world.context.db.orm, 10)
  await interruptedAt(world, gateway, isPage('invoices', 4))
  world.paymenter.deleteRow('invoices', 5)
  world.paymenter.deleteRow('invoices', 40)
  expect(await world.sync(true)).toMatchObject({ errors: [] })
  expect(world.ids('invoices').filter((id) => [3, 4, 18, 40].includes(id))).toEqual([])
  expect(await world.sync(true)).toMatchObject({ errors: [] })
  expect(world.ids('invoices')).toEqual(world.paymenter.invoices().map((row) => row.id))
})

test('when more rows than a page are deleted during the interruption, the list is read from its beginning', async () => {
  const { world, gateway } = await shopOf(60)
  await using _world = world
  await using _gateway = gateway
  await interruptedAt(world, gateway, isPage('invoices', 4))
  for (let id = 1; id <= 25; id += 1) world.paymenter.deleteRow('invoices', id)
  expect(await world.sync(true)).toMatchObject({ errors: [] })
  expect(pagesOf(gateway)).toContain('invoices 1')
  expect(world.ids('invoices')).toEqual(world.paymenter.invoices().map((row) => row.id))
})

test('an interruption of hours is too long: the pass begins anew', async () => {
  const { world, gateway } = await shopOf(25)
  await using _world = world
  await using _gateway = gateway
  await interruptedAt(world, gateway, isPage('invoices', 2))
  world.clock.advance(7 * 60 * minuteMs)
  expect(await world.sync(true)).toMatchObject({ errors: [] })
  expect(pagesOf(gateway)[0]).toBe('users 1')
})

test('a page that fails discards the pass: the next one begins anew', async () => {
  const { world, gateway } = await shopOf(25)
  await using _world = world
  await using _gateway = gateway
  world.paymenter.faults.failPage = { resource: 'invoices', page: 2 }
  expect((await world.sync(true)).errors).toMatchObject([{ resource: 'invoices', code: 'billing.unavailable' }])
  expect(world.ids('invoices')).toHaveLength(10)
  expect(world.all('select * from mirror_passes')).toEqual([])
  world.paymenter.faults.failPage = undefined
  gateway.requests.length = 0
  expect((await world.sync(true)).errors).toEqual([])
  expect(pagesOf(gateway)[0]).toBe('users 1')
})

test('the page size stays the same within a pass, also when it goes on after another was learnt', async () => {
  const { world, gateway } = await shopOf(35)
  await using _world = world
  await using _gateway = gateway
  await interruptedAt(world, gateway, isPage('invoices', 2))
  storePageSize(world.context.db.orm, 7)
  await world.sync(true)
  expect(gateway.requests.filter(({ path }) => /\?page=/.test(path)).every(({ path }) => path.includes('per_page=10&'))).toBe(true)
  expect(world.ids('invoices')).toHaveLength(35)
})

test('another Paymenter’s days, or another Paymenter, does not go on with the pass of the one before', async () => {
  const { world, gateway } = await shopOf(25)
  await using _world = world
  await using _gateway = gateway
  await interruptedAt(world, gateway, isPage('invoices', 2))
  world.context.db.sqlite.prepare(`update settings set value = json_set(value, '$.timeZone', 'Asia/Kolkata') where key = 'billing.connection'`).run()
  await world.connect()
  expect(world.all('select * from mirror_passes')).toEqual([])
})

test('read gently, the server is left alone for as long as each page took it', async () => {
  const { world, gateway } = await shopOf(40)
  await using _world = world
  await using _gateway = gateway
  world.paymenter.faults.rowsPerSecond = 100
  const asked: number[] = []
  const answered: number[] = []
  gateway.hooks = {
    before: ({ path }) => {
      if (path.includes('/invoices?')) asked.push(performance.now())
      return undefined
    },
    after: ({ path }, answer) => {
      if (path.includes('/invoices?')) answered.push(performance.now())
      return answer
    },
  }
  expect((await world.billing.sync({ full: true, gently: true })).errors).toEqual([])
  expect(asked).toHaveLength(4)
  for (const [index, answeredAt] of answered.slice(0, -1).entries()) {
    const tookMs = answeredAt - (asked[index] ?? 0)
    expect((asked[index + 1] ?? 0) - answeredAt).toBeGreaterThan(tookMs * 0.8)
  }
})

const step = fc.record({ atRequest: fc.nat(25), kind: fc.constantFrom('delete', 'delete', 'add', 'pay'), which: fc.nat(60) })
const story = fc.record({
  invoices: fc.integer({ min: 3, max: 30 }),
  perPage: fc.integer({ min: 2, max: 9 }),
  known: fc.boolean(),
  interruptAt: fc.nat(14),
  between: fc.array(fc.record({ kind: fc.constantFrom('delete', 'delete', 'delete', 'add'), which: fc.nat(60) }), { maxLength: 12 }),
  changes: fc.array(step, { maxLength: 5 }),
})

test('interrupted, gone on with, and changed all the while: no row that was there throughout is lost, none is doubled, none is gone that is not', async () => {
  await fc.assert(
    fc.asyncProperty(story, async ({ invoices, perPage, known, interruptAt, between, changes }) => {
      await using world = await BillingWorld.withShop({ customers: invoices })
      const { paymenter } = world
      await using gateway = await Gateway.open(paymenter.url)
      await world.billing.connect({ url: gateway.url, token: paymenter.tokens.full, timeZone: 'UTC' })
      if (known) await world.sync(true)
      storePageSize(world.context.db.orm, perPage)
      const throughout = new Set(paymenter.invoices().map((row) => row.id))
      const change = (kind: string, which: number): void => {
        const all = paymenter.invoices().map((row) => row.id)
        const id = all[which % Math.max(1, all.length)]
        if (kind === 'add') paymenter.addInvoice({ user_id: 1, items: [{ description: 'Extra', price: '1.00', service_id: 1 }] })
        else if (id !== undefined && kind === 'delete') paymenter.deleteRow('invoices', id)
        else if (id !== undefined) paymenter.payInvoice(id)
      }
      const controller = new AbortController()
      let reached = 0
      gateway.hooks = {
        before: ({ path }) => {
          if (!path.includes('/invoices')) return undefined
          for (const one of changes) if (one.atRequest === reached) change(one.kind, one.which)
          if (reached === interruptAt) controller.abort(interrupted)
          reached += 1
          return undefined
        },
      }
      await world.billing.sync({ full: true, signal: controller.signal }).catch((error: unknown) => {
        if (error !== interrupted) throw error
      })
      for (const { kind, which } of between) change(kind, which)
      const result = await world.sync(true)
      const unsettled = result.errors.some((error) => error.code === 'billing.list-unsettled')
      if (!unsettled) expect(result.errors).toEqual([])
      const there = new Set(paymenter.invoices().map((row) => row.id))
      const mirrored = new Set(world.ids('invoices'))
      if (!unsettled) expect([...throughout].filter((id) => there.has(id) && !mirrored.has(id))).toEqual([])
      gateway.hooks = {}
      expect((await world.sync(true)).errors).toEqual([])
      expect(world.all('select id, status from invoices where gone_at is null order by id')).toEqual(paymenter.invoices().map(({ id, status }) => ({ id, status })))
    }),
    { numRuns: 30, endOnFailure: true },
  )
}, 120_000)
