// A Paymenter that fails, lies or changes while it is read: nothing lost, nothing doubled, a typed error, and the key nowhere else.
import fc from 'fast-check'
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { storedPageSize, storePageSize } from '../../db/repositories/billingSync.ts'
import { noFaults, type PaymenterFaults } from '../../demo/paymenter/faults.ts'
import type { TokenName } from '../../demo/paymenter/keys.ts'
import type { SimulatedPaymenter } from '../../demo/paymenter/paymenter.ts'
import { readWholeList } from '../../electron/worker/billing/wholeList.ts'
import { PaymenterClient } from '../../electron/worker/paymenter/client.ts'
import { Failure } from '../../shared/domain/failure.ts'
import { asId, type ServiceId } from '../../shared/domain/ids.ts'
import { BillingWorld, failureOf, minuteMs } from '../helpers/billingWorld.ts'
import { Gateway } from '../helpers/gateway.ts'

function codesOf(result: { errors: { resource: string; code: string }[] }): string[] {
  return result.errors.map((error) => `${error.resource} ${error.code}`)
}

const allLists = ['customers', 'products', 'services', 'invoices', 'orders', 'credits', 'tickets', 'ticketMessages']

/** The same fault in every list. */
function everywhere(code: string): string[] {
  return allLists.map((list) => `${list} ${code}`)
}

const faults: { name: string; faults: Partial<PaymenterFaults>; errors: string[] }[] = [
  { name: 'maintenance', faults: { maintenance: true }, errors: everywhere('billing.unavailable') },
  { name: 'its database down', faults: { databaseDown: true }, errors: everywhere('billing.unavailable') },
  { name: 'PHP down behind a proxy', faults: { badGateway: true }, errors: everywhere('billing.unavailable') },
  { name: 'no connection', faults: { unreachable: true }, errors: everywhere('billing.unreachable') },
  { name: 'a revoked key', faults: { revokeToken: true }, errors: everywhere('billing.unauthorized') },
  { name: 'a web page in place of JSON', faults: { html: true }, errors: everywhere('billing.not-paymenter') },
  { name: 'JSON that breaks off', faults: { truncateBody: true }, errors: everywhere('billing.invalid-answer') },
  { name: 'too many requests', faults: { status: 429, retryAfterSeconds: 3_600 }, errors: everywhere('billing.rate-limited') },
  { name: 'an answer that does not come', faults: { hangMs: 60_000 }, errors: everywhere('billing.unreachable') },
  { name: 'an answer that trickles', faults: { dripBytesPerSecond: 20 }, errors: everywhere('billing.unreachable') },
  { name: 'an answer without end', faults: { hugeBodyBytes: 3_000_000 }, errors: everywhere('billing.unreachable') },
  { name: 'a failing page of services', faults: { failPage: { resource: 'services', page: 1 } }, errors: ['services billing.unavailable'] },
  { name: 'a missing permission', faults: { revokedPermissions: ['invoices.view'] }, errors: ['invoices billing.forbidden'] },
]

test.each(faults)('$name: a full sync says so, is not complete, and leaves every row as it was', async ({ faults: fault, errors }) => {
  await using world = await BillingWorld.withShop({ customers: 5 }, {}, { http: { timeoutMs: fault.hangMs || fault.dripBytesPerSecond ? 1_500 : 10_000, maximumBytes: 1_000_000 } })
  await world.sync()
  const before = world.all('select id, status, gone_at from invoices union all select id, status, gone_at from services order by 1')
  const fullAt = world.billing.status().lastFullAt
  Object.assign(world.paymenter.faults, fault)
  const result = await world.sync(true)
  expect(codesOf(result)).toEqual(errors)
  expect(result.gone).toBe(0)
  expect(world.all('select id, status, gone_at from invoices union all select id, status, gone_at from services order by 1')).toEqual(before)
  expect(world.one('select complete from sync_runs order by id desc limit 1')).toEqual({ complete: 0 })
  expect(world.billing.status()).toMatchObject({ lastFullAt: fullAt, errors: result.errors })
  world.paymenter.faults = noFaults()
  expect((await world.sync(true)).errors).toEqual([])
})

test('429 with a short Retry-After is waited for', async () => {
  await using world = await BillingWorld.withShop({ customers: 3 })
  await using gateway = await Gateway.open(world.paymenter.url)
  await world.billing.connect({ url: gateway.url, token: world.paymenter.tokens.full })
  gateway.requests.length = 0
  const tooMany = { status: 429, headers: { 'retry-after': '0' }, body: '{"message":"Too Many Attempts."}' }
  gateway.hooks = { before: (_request, index) => (index % 2 === 0 ? tooMany : undefined) }
  expect((await world.sync()).errors).toEqual([])
  expect(gateway.requests).toHaveLength(2 * allLists.length)
})

test('page 3 of 5 failing discards the pass, not the data', async () => {
  await using world = await BillingWorld.withShop({ customers: 25 })
  storePageSize(world.context.db.orm, 5)
  world.paymenter.faults.failPage = { resource: 'invoices', page: 3 }
  const first = await world.sync()
  expect(codesOf(first)).toEqual(['invoices billing.unavailable'])
  expect(world.ids('invoices')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  expect(world.billing.status().lastFullAt).toBeNull()
  world.paymenter.faults.failPage = undefined
  const second = await world.sync()
  expect(second).toMatchObject({ kind: 'full', errors: [] })
  expect(world.ids('invoices')).toHaveLength(25)
})

test('after a page that was too heavy the next pass has smaller ones, and larger ones again when all went well', async () => {
  await using world = await BillingWorld.withShop({ customers: 2 }, {}, { http: { timeoutMs: 1_500 } })
  world.paymenter.faults.hangMs = 60_000
  await world.sync()
  expect(storedPageSize(world.context.db.orm)).toBe(250)
  world.paymenter.faults.hangMs = 0
  const from = world.paymenter.requests.length
  await world.sync()
  expect(world.paymenter.requests.slice(from).every((request) => request.path.includes('per_page=250'))).toBe(true)
  expect(storedPageSize(world.context.db.orm)).toBe(500)
})

test('empty lists with 200 take nothing away: a full sync says that the lists are short', async () => {
  await using world = await BillingWorld.withShop({ customers: 40 })
  await world.sync()
  world.paymenter.faults.emptyLists = true
  const full = await world.sync(true)
  expect(codesOf(full)).toEqual(everywhere('billing.list-short').slice(0, 4))
  expect(full).toMatchObject({ gone: 0, rows: { customers: 40, products: 4, services: 40, invoices: 40 } })
  const [run] = world.all<{ counts: string }>('select counts from sync_runs order by id desc limit 1')
  expect(JSON.parse(run?.counts ?? '')).toMatchObject({ services: { met: 0, knownBefore: 40 }, invoices: { met: 0, knownBefore: 40 } })
})

test('empty lists with 200 are not taken for “nothing new”', async () => {
  await using world = await BillingWorld.withShop({ customers: 4 })
  await world.sync()
  world.paymenter.faults.emptyLists = true
  expect(codesOf(await world.sync())).toEqual(everywhere('billing.list-short').slice(0, 4))
  expect(world.one('select kind, complete from sync_runs order by id desc limit 1')).toEqual({ kind: 'incremental', complete: 0 })
})

test('a server that does not heed per_page is read whole', async () => {
  await using world = await BillingWorld.withShop({ customers: 50 })
  world.paymenter.faults.ignorePerPage = true
  for (const id of [15, 16, 30, 31, 44]) world.paymenter.deleteRow('invoices', id)
  const result = await world.sync()
  expect(result.errors).toEqual([])
  expect(world.ids('invoices')).toEqual(world.paymenter.invoices().map((row) => row.id))
  expect(world.ids('services')).toHaveLength(50)
  expect((await world.sync()).errors).toEqual([])
})

test('a list that shows its first page for ever is given up', async () => {
  await using world = await BillingWorld.withShop({ customers: 25 })
  storePageSize(world.context.db.orm, 10)
  world.paymenter.faults.repeatFirstPage = true
  const result = await world.sync()
  expect(codesOf(result)).toEqual(['customers', 'services', 'invoices'].map((list) => `${list} billing.list-unsettled`))
  expect(world.one('select complete from sync_runs')).toEqual({ complete: 0 })
})

test.each(['maintenance', 'revokeToken', 'html', 'truncateBody', 'unreachable'] as const)('%s in the middle of a pass: no row is lost, and none is gone', async (fault) => {
  await using world = await BillingWorld.withShop({ customers: 30 })
  await using gateway = await Gateway.open(world.paymenter.url)
  await world.billing.connect({ url: gateway.url, token: world.paymenter.tokens.full })
  await world.sync()
  gateway.hooks = {
    before: ({ path }) => {
      if (path.includes('/invoices') && path.includes('page=2')) world.paymenter.faults[fault] = true
      return undefined
    },
  }
  storePageSize(world.context.db.orm, 10)
  const result = await world.sync(true)
  // What comes after it is not read either.
  expect(result.errors.map((error) => error.resource)).toEqual(allLists.slice(3))
  expect(world.ids('invoices')).toHaveLength(30)
  expect(world.one('select complete from sync_runs order by id desc limit 1')).toEqual({ complete: 0 })
})

const change = fc.record({ atRequest: fc.nat(30), kind: fc.constantFrom('delete', 'delete', 'add', 'pay'), which: fc.nat(60) })
const disturbance = fc.record({
  invoices: fc.integer({ min: 1, max: 40 }),
  perPage: fc.integer({ min: 2, max: 9 }),
  deletedBefore: fc.array(fc.nat(45), { maxLength: 10 }),
  changes: fc.array(change, { maxLength: 8 }),
})
type Disturbance = typeof disturbance extends fc.Arbitrary<infer T> ? T : never

/** Changes the invoices just before the requests for them that are named. */
function disturb(paymenter: SimulatedPaymenter, gateway: Gateway, changes: Disturbance['changes']): void {
  let reached = 0
  const make = ({ kind, which }: Disturbance['changes'][number]): void => {
    const ids = paymenter.invoices().map((row) => row.id)
    const id = ids[which % Math.max(1, ids.length)]
    if (kind === 'add') paymenter.addInvoice({ user_id: 1, items: [{ description: 'Extra', price: '1.00', service_id: 1 }] })
    else if (id !== undefined && kind === 'delete') paymenter.deleteRow('invoices', id)
    else if (id !== undefined) paymenter.payInvoice(id)
  }
  gateway.hooks = {
    before: ({ path }) => {
      if (!path.includes('/invoices')) return undefined
      for (const step of changes) if (step.atRequest === reached) make(step)
      reached += 1
      return undefined
    },
  }
}

test('rows that are deleted and added while a list is read: it is read to its end with none of the others skipped, or it says that it was not', async () => {
  await using world = await BillingWorld.withShop({ customers: 1 })
  const { paymenter } = world
  await using gateway = await Gateway.open(paymenter.url)
  const client = new PaymenterClient({ baseUrl: gateway.url, token: paymenter.tokens.full, log: world.context.log, now: Date.now })
  await fc.assert(
    fc.asyncProperty(disturbance, async ({ invoices, perPage, deletedBefore, changes }) => {
      gateway.hooks = {}
      const offset = Math.max(0, ...paymenter.invoices().map((row) => row.id))
      for (const { id } of paymenter.invoices()) paymenter.deleteRow('invoices', id)
      for (let count = 0; count < invoices; count += 1) paymenter.addInvoice({ user_id: 1 })
      for (const id of deletedBefore) paymenter.deleteRow('invoices', offset + id)
      const before = new Set(paymenter.invoices().map((row) => row.id))
      disturb(paymenter, gateway, changes)
      const signal = new AbortController().signal
      let met: ReadonlySet<number>
      try {
        met = (await readWholeList(client, 'invoices', { perPage, includes: ['items'], signal, ticket: () => 1, onPage: () => undefined })).met
      } catch (error) {
        if (error instanceof Failure && error.code === 'billing.list-unsettled') return
        throw error
      }
      const throughout = paymenter.invoices().filter((row) => before.has(row.id))
      expect(throughout.map((row) => row.id).filter((id) => !met.has(id))).toEqual([])
    }),
    { numRuns: 150, endOnFailure: true },
  )
  await client.close()
}, 120_000)

test('after such a sync nothing is lost or doubled, and the next one brings exactly what Paymenter has', async () => {
  await fc.assert(
    fc.asyncProperty(disturbance, fc.boolean(), async ({ invoices, perPage, deletedBefore, changes }, again) => {
      await using world = await BillingWorld.withShop({ customers: invoices })
      const { paymenter } = world
      for (const id of deletedBefore) paymenter.deleteRow('invoices', id)
      await using gateway = await Gateway.open(paymenter.url)
      await world.billing.connect({ url: gateway.url, token: paymenter.tokens.full, timeZone: 'UTC' })
      if (again) await world.sync(true)
      const before = new Set(paymenter.invoices().map((row) => row.id))
      disturb(paymenter, gateway, changes)
      storePageSize(world.context.db.orm, perPage)
      const during = await world.sync(true)
      // A pass that was disturbed in each of its readings says so, and is none.
      const unsettled = codesOf(during).includes('invoices billing.list-unsettled')
      expect(codesOf(during)).toEqual(unsettled ? ['invoices billing.list-unsettled'] : [])
      const mirrored = new Set(world.ids('invoices'))
      const throughout = paymenter.invoices().filter((row) => before.has(row.id))
      if (!unsettled) expect(throughout.map((row) => row.id).filter((id) => !mirrored.has(id))).toEqual([])
      gateway.hooks = {}
      expect((await world.sync(true)).errors).toEqual([])
      expect(world.all('select id, status from invoices where gone_at is null order by id')).toEqual(paymenter.invoices().map(({ id, status }) => ({ id, status })))
    }),
    { numRuns: 12, endOnFailure: true },
  )
}, 120_000)

test('a page that was asked for before a payment does not overwrite what was read after it', async () => {
  await using world = await BillingWorld.withShop({ customers: 3 })
  await using gateway = await Gateway.open(world.paymenter.url)
  await world.billing.connect({ url: gateway.url, token: world.paymenter.tokens.full })
  await world.sync()
  gateway.hooks = {
    after: async ({ path }, answer) => {
      if (!path.includes('/services?') && !path.includes('/invoices?')) return answer
      if (path.includes('/services?')) {
        world.paymenter.payInvoice(2)
        world.clock.advance(minuteMs)
        await world.billing.refreshService(asId<ServiceId>(2))
      }
      return answer
    },
  }
  await world.sync(true)
  expect(world.one('select expires_on from services where id = 2')).toEqual({ expires_on: '2027-01-07' })
  expect(world.all('select expires_on from service_history where service_id = 2')).toEqual([{ expires_on: '2026-12-07' }, { expires_on: '2027-01-07' }])
})

test('a redirect is not followed, and the key goes nowhere else', async () => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  const reached: string[] = []
  const elsewhere = createServer((request, response) => {
    reached.push(request.headers.authorization ?? '')
    response.end('{}')
  })
  await new Promise<void>((ready) => {
    elsewhere.listen(0, '127.0.0.1', ready)
  })
  const address = elsewhere.address()
  world.paymenter.faults.redirectTo = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`
  expect(codesOf(await world.sync())).toEqual(everywhere('billing.not-paymenter'))
  expect(reached).toEqual([])
  await new Promise<void>((closed) => {
    elsewhere.close(() => {
      closed()
    })
  })
})

test('pages are asked for by addresses that are built here, whatever the links say', async () => {
  await using world = await BillingWorld.withShop({ customers: 25 })
  await using gateway = await Gateway.open(world.paymenter.url, {
    after: (_request, answer) => ({ ...answer, body: answer.body.replaceAll(/http:\\\/\\\/[^"?]*/g, 'http:\\/\\/evil.example\\/x') }),
  })
  await world.billing.connect({ url: gateway.url, token: world.paymenter.tokens.full })
  storePageSize(world.context.db.orm, 10)
  gateway.requests.length = 0
  expect((await world.sync()).errors).toEqual([])
  expect(gateway.requests.filter((request) => request.path.includes('/invoices')).map((request) => request.path)).toEqual(
    [1, 2, 3].map((page) => `/api/v1/admin/invoices?page=${page}&per_page=10&sort=id&include=items,user`),
  )
  expect(gateway.requests.every((request) => request.headers.accept === 'application/json')).toBe(true)
})

test('the key is in no error, no log line and no file, whatever goes wrong', async () => {
  await using world = await BillingWorld.withShop({ customers: 3 })
  const token = world.paymenter.tokens.full
  const said: unknown[] = [await world.sync()]
  for (const fault of ['maintenance', 'revokeToken', 'html', 'truncateBody', 'unreachable', 'emptyLists'] as const) {
    world.paymenter.faults[fault] = true
    said.push(await world.sync(), await world.sync(true))
    said.push(await failureOf(world.billing.connect({ url: world.paymenter.url, token })).catch(() => null))
    world.paymenter.faults[fault] = false
  }
  world.paymenter.faults.redirectTo = `http://127.0.0.1:1/?t=${token}`
  said.push(await world.sync())
  said.push(await failureOf(world.billing.connect({ url: `http://x:${token}@127.0.0.1:1`, token })))
  said.push(await failureOf(world.billing.connect({ url: world.paymenter.url, token: `${token} with blanks` })))
  expect(JSON.stringify(said)).not.toContain(token)
  expect(world.everythingWritten()).not.toContain(token)
  expect(world.everythingWritten()).toContain('billing sync')
})

const lessThanFull: { token: TokenName; code: string }[] = [
  { token: 'disabled', code: 'billing.unauthorized' },
  { token: 'otherIp', code: 'billing.key-refused' },
  { token: 'user', code: 'billing.key-refused' },
]

test.each(lessThanFull)('a key that is $token is told apart', async ({ token, code }) => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  expect((await failureOf(world.connect(token))).code).toBe(code)
})
