// The search over a mirror read from a real Paymenter and machines as they were seen: what is found, by what, and that it stays current.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { storeVms } from '../../db/repositories/vms.ts'
import { migrate, migrations } from '../../db/migrate.ts'
import { loadDriver } from '../../db/open.ts'
import { Search, searchHandlers } from '../../electron/worker/search/search.ts'
import { methods } from '../../shared/contract/index.ts'
import { asId, type NodeId, type VmUuid } from '../../shared/domain/ids.ts'
import { BillingWorld } from '../helpers/billingWorld.ts'

let world: BillingWorld
let search: Search
const nodeId = asId<NodeId>('node-1')
const uuid = asId<VmUuid>('13a9b74d-fce6-4c62-814c-1bc3bac050f7')

function seen(name: string, addresses: string[]): void {
  const { db } = world.context
  db.transaction(() => {
    storeVms(db, nodeId, world.clock.now(), [{ uuid, name, state: 'running', memoryKiB: 1, vcpus: 1, cpuPercent: 1, cpuTimeSeconds: 1, ipAddresses: addresses }])
  })
}

/** `kind id-or-title` of every hit. */
function found(text: string, limit?: number): string[] {
  const { hits } = methods['search.find'].output.parse(searchHandlers(search)['search.find'](limit === undefined ? { text } : { text, limit }))
  return hits.map((hit) => `${hit.kind} ${hit.id ?? hit.title}`)
}

beforeAll(async () => {
  world = await BillingWorld.withShop({ customers: 3 })
  const people: [string, string, string][] = [
    ['Priya', 'Venkatesh', 'priya.v@northwind.example'],
    ['Zoë', 'Müller', 'zoe@mueller.example'],
    ['李', '明', 'liming@example.com'],
    ["Robert'); drop", 'table --', 'bobby@example.com'],
    ['محمد', 'راشد', 'rashid@example.com'],
  ]
  for (const [first, last, email] of people) world.paymenter.addCustomer({ first_name: first, last_name: last, email })
  const service = world.paymenter.addService({ user_id: 4, product_id: 2, plan_id: 2, status: 'active', expires_at: '2026-12-07' })
  world.paymenter.addInvoice({ user_id: 4, due_at: '2026-12-07', status: 'pending', items: [{ description: 'Migration of a mailserver', price: '499.00', service_id: service.id }] })
  await world.sync()
  world.context.db.sqlite.prepare(`insert into nodes (id, name, url, created_at, state, findings) values (?, 'blr-1', 'https://blr-1.example:5550', 1, 'ok', '[]')`).run(nodeId)
  seen('vps-4-starter', ['10.20.30.40', 'fd00::7'])
  search = new Search(world.context)
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

test('customers are found by a beginning of their names and addresses, in any case, without accents and in any script', () => {
  expect(found('PRIYA')).toContain('customer 4')
  expect(found('venk')).toContain('customer 4')
  expect(found('priya.v@north')).toContain('customer 4')
  expect(found('zoe muller')).toContain('customer 5')
  expect(found('李')).toContain('customer 6')
  expect(found('راشد')).toContain('customer 8')
  expect(found('priya müller')).toEqual([])
})

test.each(['pryia', 'priyaa', 'venkatsh', 'prya venkatehs', 'priya.v@nortwhind'])('a slip in “%s” still finds the customer, marked as near', (text) => {
  const hit = search.find(text).find((one) => one.kind === 'customer')
  expect(hit).toMatchObject({ id: 4, isNear: true })
})

test('what was typed right is not widened to what is near', () => {
  expect(search.find('last').every((hit) => !hit.isNear)).toBe(true)
})

test('a customer that is found brings services, unpaid invoices and nothing of others', () => {
  expect(found('priya')).toEqual(expect.arrayContaining(['customer 4', 'service 4', 'invoice 4']))
  expect(found('pryia')).toEqual(expect.arrayContaining(['customer 4', 'service 4', 'invoice 4']))
  expect(found('priya')).not.toContain('service 1')
})

test('a number finds what bears it, with and without a hash, and a kind before it narrows', () => {
  expect(found('4')).toEqual(expect.arrayContaining(['invoice 4', 'service 4', 'customer 4', 'product 4']))
  expect(found('#4').slice(0, 3)).toEqual(['invoice 4', 'service 4', 'customer 4'])
  expect(found('invoice 4')).toEqual(['invoice 4'])
  expect(found('Service #4')).toEqual(['service 4'])
  expect(found('invoice 999999')).toEqual([])
})

test('invoices are found by what they are for, the newest first', () => {
  expect(found('mailserver migra')).toEqual(['invoice 4'])
  expect(found('starter vps dec').filter((hit) => hit.startsWith('invoice'))).toEqual(['invoice 3', 'invoice 2', 'invoice 1'])
  expect(found('starter vps dec', 1).filter((hit) => hit.startsWith('invoice'))).toEqual(['invoice 3'])
})

test('machines are found by any part of a name, an address or a UUID, and by two letters of a beginning', () => {
  expect(found('starter')).toContain('vm vps-4-starter')
  expect(found('20.30.40')).toEqual(['vm vps-4-starter'])
  expect(found('fce6-4c62')).toEqual(['vm vps-4-starter'])
  expect(found('vp')).toContain('vm vps-4-starter')
  expect(found('blr')).toContain('node blr-1')
})

test('services are found by their customer and their product together', () => {
  expect(found('priya starter')).toContain('service 4')
  expect(found('zoe starter')).toEqual([])
})

test('tickets are found by their subject, by what was written in them, by their number, and with their customer', () => {
  const { sqlite } = world.context.db
  sqlite.prepare(`insert into tickets (id, customer_id, subject, status, priority, raw, first_seen_at, read_at) values (31, 4, 'Disk is full', 'open', 'high', '{}', 1, 1)`).run()
  sqlite.prepare(`insert into ticket_messages (id, ticket_id, message, raw, first_seen_at, read_at) values (91, 31, 'Postgres refuses to start', '{}', 1, 1)`).run()
  expect(found('disk full')).toEqual(['ticket 31'])
  expect(found('postgr')).toEqual(['ticket 31'])
  expect(found('ticket #31')).toEqual(['ticket 31'])
  expect(found('priya')).toContain('ticket 31')
  sqlite.prepare('update tickets set gone_at = 1 where id = 31').run()
  expect(found('disk full')).toEqual([])
})

test('what changes is found by its new words at once, and what is gone is not found', async () => {
  seen('renamed-machine', ['10.20.30.41'])
  expect(found('renamed')).toEqual(['vm renamed-machine'])
  expect(found('vps-4')).toEqual([])
  world.paymenter.deleteRow('invoices', 1)
  await world.sync(true)
  expect(found('invoice 1')).toEqual([])
  const { sqlite } = world.context.db
  sqlite.prepare(`update customers set first_name = 'Parvati', last_name = 'Rao', email = 'parvati@example.com' where id = 4`).run()
  expect(found('priya')).toEqual([])
  expect(found('parvati')).toEqual(expect.arrayContaining(['customer 4', 'service 4']))
  sqlite.prepare('update customers set gone_at = 1 where id = 4').run()
  expect(found('parvati').filter((hit) => hit.startsWith('customer'))).toEqual([])
})

test.each(['"', "'", '*', 'a*b', 'NEAR(', 'AND', 'OR NOT', '- -', '(', '^x', 'words:', '%', '👩‍🚀', ' ', '\u0000', '#', '#0', 'x'.repeat(500)])('%j is a search like any other', (text) => {
  expect(Array.isArray(search.find(text))).toBe(true)
})

test('a database from before the search finds what it held already', () => {
  const sqlite = new (loadDriver())(':memory:')
  const searchAt = migrations.findIndex((step) => step.includes('search_customers'))
  migrate(sqlite, migrations.slice(0, searchAt))
  sqlite.exec(`insert into customers (id, first_name, email, raw, first_seen_at, read_at) values (7, 'Ada', 'ada@example.com', '{}', 1, 1)`)
  migrate(sqlite, migrations.slice(0, searchAt + 1))
  expect(sqlite.prepare(`select rowid from search_customers where search_customers match 'ada'`).pluck().all()).toEqual([7])
  sqlite.close()
})
