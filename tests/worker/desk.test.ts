// The operator's desk over the demo estate: leaks come and go with what is done about them, specs are kept and recorded, timelines join both worlds, invoices come in windows.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deskHandlers } from '../../electron/worker/desk/handlers.ts'
import { methods, type MethodInput, type MethodOutput } from '../../shared/contract/index.ts'
import { specPresets } from '../../shared/domain/productSpec.ts'
import { AutomationWorld } from '../helpers/automationWorld.ts'

let world: AutomationWorld
let desk: ReturnType<typeof deskHandlers>
beforeAll(async () => {
  world = await AutomationWorld.open()
  desk = deskHandlers(world.context, world.automation, world.billing)
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

const leaks = async () => methods['leaks.list'].output.parse(await desk['leaks.list']({})).rows
const unpaidOf = async (filter: string): Promise<number> => {
  const input = methods['invoices.unpaid'].input.parse({ filter, today: world.billing.today() })
  return methods['invoices.unpaid'].output.parse(await desk['invoices.unpaid'](input)).count
}
const windowOf = async (query: Omit<MethodInput<'invoices.window'>, 'today'>): Promise<MethodOutput<'invoices.window'>> => {
  const input = methods['invoices.window'].input.parse({ ...query, today: world.billing.today() })
  return methods['invoices.window'].output.parse(await desk['invoices.window'](input))
}

test('an orphan service and an orphan VM leave the board once they are linked to each other', async () => {
  const { id } = world.service('current')
  const link = world.automation.links.list().find((known) => known.serviceId === id)
  if (!link) throw new Error('it is not linked')
  world.handlers['links.remove']({ serviceId: link.serviceId })
  const before = await leaks()
  const service = before.find((leak) => leak.kind === 'service-without-vm' && leak.serviceId === link.serviceId)
  const vm = before.find((leak) => leak.kind === 'vm-without-service' && leak.uuid === link.uuid)
  expect([service?.customerName, vm?.node, vm?.name]).toEqual([link.customerName, link.node, link.name])
  expect(service?.money !== null && vm?.memoryKiB !== null).toBe(true)
  expect([service?.message, vm?.message].join(' ')).toMatch(/One VM fits.*One service fits/)
  world.handlers['links.confirm']({ serviceId: link.serviceId, nodeId: link.nodeId, uuid: link.uuid })
  expect((await leaks()).filter((leak) => leak.serviceId === link.serviceId || leak.uuid === link.uuid)).toEqual([])
})

test('unpaid machines that run and paid ones that are off are on the board, and a hold takes one off it', async () => {
  const unpaid = world.service('overdue', 5)
  const off = world.service('paid-but-off')
  const found = await leaks()
  expect(found.find((leak) => leak.serviceId === unpaid.id)).toMatchObject({ kind: 'unpaid-running', name: unpaid.vm.name })
  expect(found.find((leak) => leak.serviceId === off.id)).toMatchObject({ kind: 'paid-off', acts: ['start', 'hold'] })
  world.handlers['holds.add']({ serviceId: off.id, kind: 'no-start', why: 'moved out', until: undefined, by: undefined })
  expect((await leaks()).filter((leak) => leak.serviceId === off.id)).toEqual([])
  world.handlers['holds.remove']({ serviceId: off.id })
})

test('a spec makes machines larger than it leaks, is recorded as it was and is, and can be taken away', async () => {
  const { id } = world.service('current')
  const row = world.context.db.sqlite.prepare('select product_id as productId from services where id = ?').get(id) as { productId: number }
  const spec = { ...(specPresets[0]?.spec ?? { vcpus: 1, isCpuShared: true, memoryMiB: 64, diskGiB: 1, bandwidthGB: null, images: null, snapshotsKept: null, backups: 'none' as const, trialDays: null }), memoryMiB: 64 }
  const input = methods['specs.set'].input.parse({ productId: row.productId, spec })
  expect(methods['specs.set'].output.parse(await desk['specs.set'](input))).toMatchObject({ productId: row.productId, memoryMiB: 64, images: ['ubuntu-22.04'], isCpuShared: true })
  const leak = (await leaks()).find((one) => one.kind === 'vm-larger' && one.serviceId === id)
  expect(leak?.memoryKiB).toBeGreaterThan(0)
  const entry = await world.automation.audit.verify()
  expect(entry.ok).toBe(true)
  await desk['specs.remove']({ productId: row.productId })
  expect(await desk['specs.list']({})).toEqual([])
  expect((await leaks()).filter((one) => one.kind === 'vm-larger')).toEqual([])
  const actions = world.handlers['audit.list']({ limit: 50, serviceId: undefined, sinceAt: undefined }).map((known) => known.action)
  expect(actions).toEqual(expect.arrayContaining(['spec.set', 'spec.removed']))
})

test('a spec for a product that is not there is refused, and so is one that makes no sense', async () => {
  const spec = specPresets[1]?.spec
  const input = methods['specs.set'].input.parse({ productId: 99_999, spec })
  await expect(async () => desk['specs.set'](input)).rejects.toMatchObject({ code: 'product.unknown' })
  for (const wrong of [{ vcpus: 0 }, { memoryMiB: 1.5 }, { images: [] }, { images: [' '] }, { trialDays: 0 }, { backups: 'hourly' }, { bandwidthGB: -1 }]) {
    expect(methods['specs.set'].input.safeParse({ productId: 1, spec: { ...spec, ...wrong } }).success).toBe(false)
  }
})

test('windows of invoices put together are the whole list, in each order, both ways', async () => {
  const whole = await windowOf({ limit: 1_000, sort: { by: 'id', desc: false } })
  expect(whole.rows).toHaveLength(whole.total)
  for (const by of ['id', 'customer', 'status', 'total', 'due', 'paid', 'created'] as const) {
    for (const desc of [true, false]) {
      const met: number[] = []
      for (let offset = 0; offset < whole.total; offset += 150) met.push(...(await windowOf({ sort: { by, desc }, offset, limit: 150 })).rows.map((row) => row.id))
      expect(new Set(met).size).toBe(whole.total)
    }
  }
  const dues = (await windowOf({ limit: 1_000 })).rows.flatMap((row) => row.dueAt ?? [])
  expect(dues).toEqual([...dues].sort().reverse())
})

test('a filter narrows the window, its count and what is unpaid alike; ages add up to all that is unpaid', async () => {
  const pending = await windowOf({ filter: 'status:pending', limit: 1_000 })
  expect(pending.rows.every((row) => row.status === 'pending')).toBe(true)
  expect(await unpaidOf('status:pending')).toBe(pending.total)
  expect(await unpaidOf('')).toBe(pending.total)
  const others = await windowOf({ filter: '-status:pending', limit: 1_000 })
  expect(await unpaidOf('-status:pending')).toBe(0)
  expect(others.total + pending.total).toBe((await windowOf({})).total)
  const { ages } = await desk['invoices.ageing']({ today: world.billing.today() })
  expect(ages.reduce((sum, age) => sum + age.count, 0)).toBe(pending.total)
  for (const { age, count } of ages) expect((await windowOf({ filter: `age:${age}` })).total).toBe(count)
  const late = await windowOf({ filter: 'late:yes', limit: 1_000 })
  expect(late.rows.every((row) => row.dueAt !== null && row.dueAt < world.billing.today())).toBe(true)
  expect(late.total).toBe(ages.filter(({ age }) => age !== 'current' && age !== 'undated').reduce((sum, age) => sum + age.count, 0))
})

test('a customer’s window holds only his, and his timeline tells both worlds, newest first', async () => {
  const { id, vm } = world.service('current')
  const { customerId } = world.context.db.sqlite.prepare('select customer_id as customerId from services where id = ?').get(id) as { customerId: number }
  world.handlers['holds.add']({ serviceId: id, kind: 'no-stop', why: 'asked for time', until: undefined, by: 'Ada' })
  const own = await windowOf({ customerId, limit: 1_000 })
  expect(own.total).toBeGreaterThan(0)
  expect(own.rows.every((row) => row.customerId === customerId)).toBe(true)
  const { sqlite } = world.context.db
  const link = world.automation.links.list().find((known) => known.serviceId === id)
  sqlite.prepare(`insert into node_events (node_id, event_id, at, action, target, status, message, read_at) values (?, 'e1', ?, 'Start VM', ?, 'success', '', 1)`).run(link?.nodeId, world.context.clock.now() + 1, vm.name)
  const entries = methods['customers.timeline'].output.parse(await desk['customers.timeline']({ customerId, limit: 500 }))
  expect(new Set(entries.map((entry) => entry.world))).toEqual(new Set(['billing', 'console', 'node']))
  expect(entries[0]).toMatchObject({ world: 'node', what: 'Start VM', serviceId: id })
  expect(entries.map((entry) => entry.at)).toEqual(entries.map((entry) => entry.at).sort((a, b) => b - a))
  expect(entries).toEqual(expect.arrayContaining([expect.objectContaining({ what: 'hold.added', text: 'asked for time' }), expect.objectContaining({ what: 'invoice-created' })]))
  expect(await desk['customers.timeline']({ customerId: 99_999, limit: 10 })).toEqual([])
})
