// Guards over the real estate: what holds suspensions back, that none of it holds a payer back, and how each goes away.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { asId, type NodeId } from '../../shared/domain/ids.ts'
import { AutomationWorld } from '../helpers/automationWorld.ts'

let world: AutomationWorld
beforeEach(async () => {
  world = await AutomationWorld.open()
})
afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

const obedient = 5
const minutes = (count: number) => count * 60_000
const heldBy = async () => (await world.run()).held.map((guard) => guard.code)

/** One service that is overdue and one that was suspended and has just paid: the first must be held, the second given back. */
async function oneToHoldAndOneToGiveBack(): Promise<{ held: ReturnType<AutomationWorld['service']>; payer: ReturnType<AutomationWorld['service']> }> {
  const payer = world.service('overdue', obedient)
  const held = world.service('overdue', 7)
  world.keepLinks(payer.id, held.id)
  world.policy({ mode: 'auto', forceAfterSeconds: '1' })
  world.automation.holds.add({ serviceId: held.id as never, kind: 'no-stop', why: 'until the other is off' }, world.billing.today())
  await world.run()
  expect(payer.vm.state).toBe('Shutoff')
  world.automation.holds.remove(held.id as never)
  world.estate.billing.payInvoice(payer.pendingInvoice())
  return { held, payer }
}

describe('stale billing', () => {
  it('holds suspensions when the sync fails, gives back whoever has paid as soon as that can be read, and clears itself', async () => {
    const { held, payer } = await oneToHoldAndOneToGiveBack()
    world.estate.billing.faults.failPage = { resource: 'invoices', page: 1 }
    await world.billing.refreshService(payer.id as never)
    const result = await world.run()
    expect(result.held.map((guard) => guard.code)).toEqual(['stale'])
    expect(payer.vm.state).toBe('Running')
    expect(held.vm.state).toBe('Running')
    expect(world.sentTo(held.vm)).toEqual([])
    delete world.estate.billing.faults.failPage
    expect(await heldBy()).toEqual([])
    expect(held.vm.state).toBe('Shutoff')
  })

  it('holds when the last whole sync is more than 15 minutes old', async () => {
    const { id, vm } = world.service('overdue', obedient)
    world.keepLinks(id)
    world.policy({ mode: 'auto' })
    world.estate.clock.advance(minutes(16))
    const [row] = world.handlers['automation.plan']()
    expect(row).toMatchObject({ decision: 'suspend', blockedBy: ['stale'] })
    expect(vm.state).toBe('Running')
  })
})

describe('empty lists', () => {
  it('hold suspensions, mark nothing as gone, and stay until a full sync shows that all is there again', async () => {
    const { id, vm } = world.service('overdue', obedient)
    world.keepLinks(id)
    world.policy({ mode: 'auto' })
    world.estate.clock.advance({ hours: 25 })
    world.estate.billing.faults.emptyLists = true
    expect(await heldBy()).toContain('empty')
    expect(vm.state).toBe('Running')
    world.estate.billing.faults.emptyLists = false
    expect(await heldBy()).toContain('empty')
    expect(vm.state).toBe('Running')
    world.estate.clock.advance(minutes(1))
    await world.billing.sync({ full: true })
    expect(await heldBy()).toEqual([])
    expect(vm.state).toBe('Shutoff')
  })

  it.each(['users', 'services', 'invoices'])('hold suspensions too when only that of %s is empty, in a full sync', async (list) => {
    const { id, vm } = world.service('overdue', obedient)
    world.keepLinks(id)
    world.policy({ mode: 'auto' })
    world.estate.billing.faults.emptyList = list
    await world.billing.sync({ full: true })
    delete world.estate.billing.faults.emptyList
    expect(await heldBy()).toContain('empty')
    expect(world.sentTo(vm)).toEqual([])
  })

  it.each(['users', 'services', 'invoices'])('hold suspensions too when that of %s is empty while only what is new is read', async (list) => {
    const { held, payer } = await oneToHoldAndOneToGiveBack()
    world.estate.billing.faults.emptyList = list
    const result = await world.run()
    expect(result.sync?.kind).toBe('incremental')
    expect(result.held.map((guard) => guard.code)).toContain('empty')
    delete world.estate.billing.faults.emptyList
    expect(await heldBy()).toEqual(['empty'])
    expect(world.sentTo(held.vm)).toEqual([])
    expect(payer.vm.state).toBe('Running')
    world.estate.clock.advance(minutes(1))
    await world.billing.sync({ full: true })
    expect(await heldBy()).toEqual([])
    expect(held.vm.state).toBe('Shutoff')
  })
})

describe('too many at once', () => {
  it('holds all of them, gives back whoever pays, and does exactly the released batch after the release', async () => {
    const payer = world.service('overdue', obedient)
    const others = [world.service('overdue', 9), world.service('overdue', 12)]
    world.keepLinks(payer.id, ...others.map((other) => other.id))
    world.policy({ mode: 'auto', maxPerRun: '2' })
    const first = await world.run()
    expect(first).toMatchObject({ planned: 3, done: 0, waiting: 3, held: [{ code: 'too-many' }] })
    expect(payer.vm.state).toBe('Running')
    const [guard] = world.handlers['guards.list']() as { figures: Record<string, number> }[]
    expect(guard?.figures).toMatchObject({ planned: 3, limit: 2 })

    world.handlers['guards.release']({ code: 'too-many', by: 'Asha', why: 'I looked at all three' })
    const second = await world.run()
    expect(second).toMatchObject({ done: 3, held: [] })
    expect(payer.vm.state).toBe('Shutoff')
    const [entry] = world.handlers['audit.list']({}).filter((known) => known.action === 'guard.released')
    expect(entry).toMatchObject({ actor: 'Asha', why: 'I looked at all three' })
  })

  it('never counts or holds what is given back', async () => {
    const { held, payer } = await oneToHoldAndOneToGiveBack()
    world.policy({ maxPerRun: '1' })
    const result = await world.run()
    expect(result.held.map((guard) => guard.code)).toEqual(['too-many'])
    expect(payer.vm.state).toBe('Running')
    expect(held.vm.state).toBe('Running')
  })
})

describe('a node in trouble', () => {
  it.each([
    ['limited mode', { limitedMode: true }],
    ['libvirt lost', { libvirtLost: true }],
    ['no answer', { unreachable: true }],
    ['a refused key', { rejectKey: true }],
  ] as const)('holds its own VMs only, in %s, and none is ever taken for gone', async (_name, fault) => {
    const { id, vm, nodeName } = world.service('overdue', obedient)
    world.keepLinks(id)
    world.policy({ mode: 'auto' })
    const node = world.estate.nodes.find((known) => known.hostname === nodeName)
    Object.assign(node?.faults ?? {}, fault)
    const result = await world.run()
    expect(result).toMatchObject({ done: 0, failed: 0, held: [{ code: 'node', node: nodeName }] })
    expect(vm.state).toBe('Running')
    const [row] = world.handlers['automation.plan']()
    expect(row).toMatchObject({ decision: 'suspend', blockedBy: ['node'] })
    for (const key of Object.keys(fault)) Object.assign(node?.faults ?? {}, { [key]: false })
    await world.untilRun((again) => again.held.length === 0)
    expect(vm.state).toBe('Shutoff')
  })

  it('in maintenance is left alone, visibly, until that is over', async () => {
    const { id, vm, nodeName } = world.service('overdue', obedient)
    world.keepLinks(id)
    world.policy({ mode: 'auto' })
    const node = world.nodes.rows().find(({ name }) => name === nodeName)
    if (node === undefined) throw new Error('the node is enrolled')
    world.nodes.setMaintenance(asId<NodeId>(node.id), true)
    expect(await world.run()).toMatchObject({ done: 0, failed: 0, held: [{ code: 'node', node: nodeName }] })
    expect(vm.state).toBe('Running')
    expect(world.handlers['automation.plan']()[0]).toMatchObject({ decision: 'suspend', blockedBy: ['node'] })
    expect(world.handlers['guards.list']()).toMatchObject([{ code: 'node', reason: expect.stringContaining('maintenance') as string }])
    world.nodes.setMaintenance(asId<NodeId>(node.id), false)
    await world.untilRun((again) => again.done === 1)
    expect(vm.state).toBe('Shutoff')
  })

  it('is waited for by whoever has paid, without end and without a failure', async () => {
    const { held, payer } = await oneToHoldAndOneToGiveBack()
    world.keepLinks(payer.id)
    expect(held.vm.state).toBe('Running')
    const node = world.estate.nodes.find((known) => known.hostname === payer.nodeName)
    Object.assign(node?.faults ?? {}, { unreachable: true })
    for (let attempt = 0; attempt < 7; attempt += 1) expect(await world.run()).toMatchObject({ failed: 0, waiting: 1 })
    expect(world.intents(payer.id)[0]).toMatchObject({ kind: 'unsuspend', error: { code: expect.stringMatching(/^node\./) as string } })
    Object.assign(node?.faults ?? {}, { unreachable: false })
    await world.untilRun((again) => again.done === 1)
    expect(payer.vm.state).toBe('Running')
  })
})

describe('clocks', () => {
  it('hold suspensions when the billing server’s differs by more than 5 minutes, until they agree', async () => {
    const { id, vm } = world.service('overdue', obedient)
    world.keepLinks(id)
    world.policy({ mode: 'auto' })
    world.estate.billing.faults.clockOffsetMs = minutes(6)
    expect(await heldBy()).toEqual(['clock'])
    expect(vm.state).toBe('Running')
    world.estate.billing.faults.clockOffsetMs = 0
    expect(await heldBy()).toEqual([])
    expect(vm.state).toBe('Shutoff')
  })
})

describe('another or a restored installation', () => {
  it('holds everything, giving back too, when paid invoices are unpaid again', async () => {
    const { payer } = await oneToHoldAndOneToGiveBack()
    const paid = world.estate.billing.invoices().filter((invoice) => invoice.status === 'paid' && world.estate.billing.invoicesOf(payer.id).every((own) => own.id !== invoice.id)).slice(-3)
    for (const invoice of paid) world.estate.billing.setInvoice(invoice.id, { status: 'pending' })
    const result = await world.run()
    expect(result.held.map((guard) => guard.code)).toContain('billing-changed')
    expect(payer.vm.state).toBe('Shutoff')
    world.handlers['guards.release']({ code: 'billing-changed', by: 'Asha', why: 'I set them back myself' })
    await world.run()
    expect(payer.vm.state).toBe('Running')
  })

  it('is not what a changed time zone makes of it: its reason says so, and it goes once Paymenter is connected again', async () => {
    const { id, vm } = world.service('overdue', obedient)
    world.keepLinks(id)
    await world.run()
    world.policy({ mode: 'auto' })
    world.estate.billing.setTimeZone('Asia/Tokyo')
    await world.billing.sync({ full: true })
    const held = (await world.run()).held.find((guard) => guard.code === 'billing-changed')
    expect(held?.reason).toContain('time zone is changed')
    expect(vm.state).toBe('Running')
    await world.billing.connect({ url: world.estate.connect.billing.url, token: world.estate.connect.billing.token })
    expect(world.billing.connection()?.timeZone).toBe('Asia/Tokyo')
    expect(await heldBy()).toEqual([])
    expect(vm.state).toBe('Shutoff')
  })

  it('holds suspensions when this database is older than the last run noted outside it', async () => {
    const { id, vm } = world.service('overdue', obedient)
    world.keepLinks(id)
    await world.run()
    world.policy({ mode: 'auto' })
    await world.secrets.set('automation:last-run', '4000')
    expect(await heldBy()).toEqual(['restored'])
    expect(await heldBy()).toEqual(['restored'])
    expect(vm.state).toBe('Running')
    world.handlers['guards.release']({ code: 'restored', by: 'Asha', why: 'I put the backup back' })
    expect(await heldBy()).toEqual([])
    expect(vm.state).toBe('Shutoff')
    expect(await heldBy()).toEqual([])
  })
})

describe('a database that was changed outside of this program', () => {
  it.each([
    ['a link', 'update links set reason = reason || char(1)', 'links'],
    ['a hold', "update holds set until = '2030-01-01'", 'holds'],
    ['the policy', `update policies set "values" = '{"mode":"auto","graceDays":"1"}'`, 'policy'],
  ])('holds suspensions when %s is not as recorded, until somebody has looked', async (_name, sql, word) => {
    const { id, vm } = world.service('overdue', obedient)
    const other = world.service('current')
    world.keepLinks(id, other.id)
    world.automation.holds.add({ serviceId: other.id as never, kind: 'no-stop', why: 'promised' }, world.billing.today())
    world.policy({ mode: 'auto' })
    world.context.db.sqlite.prepare(sql).run()
    const result = await world.run()
    expect(result.held).toMatchObject([{ code: 'restored', reason: expect.stringContaining(word) as string }])
    expect(vm.state).toBe('Running')
    world.handlers['guards.release']({ code: 'restored', by: 'Asha', why: 'it was me, with sqlite3' })
    expect(await heldBy()).toEqual([])
    expect(vm.state).toBe('Shutoff')
  })

  it('names the first bad entry of the record, and holds suspensions until somebody has looked', async () => {
    const { id, vm } = world.service('overdue', obedient)
    world.keepLinks(id)
    world.policy({ mode: 'auto' })
    const entries = world.handlers['audit.list']({}).length
    world.context.db.sqlite.prepare('update audit set why = why || char(1) where seq = 3').run()
    expect(await world.handlers['audit.verify']()).toEqual({ ok: false, entries: 2, firstBad: 3 })
    await world.reopen()
    expect(await heldBy()).toEqual(['restored'])
    expect(vm.state).toBe('Running')
    expect(entries).toBeGreaterThan(3)
    world.handlers['guards.release']({ code: 'restored', by: 'Asha', why: 'known' })
    expect(await heldBy()).toEqual([])
    expect(vm.state).toBe('Shutoff')
  })

  it('finds the end of the record cut off, by the note in the keychain', async () => {
    const { id } = world.service('overdue', obedient)
    world.keepLinks(id)
    await world.run()
    const { entries } = await world.handlers['audit.verify']()
    world.context.db.sqlite.prepare('delete from audit where seq = ?').run(entries)
    expect(await world.handlers['audit.verify']()).toEqual({ ok: false, entries: entries - 1, firstBad: entries })
  })
})

describe('a release', () => {
  it('needs a guard that holds, who and why, and is refused for what clears itself only', async () => {
    const { id, nodeName } = world.service('overdue', obedient)
    world.keepLinks(id)
    expect(() => world.handlers['guards.release']({ code: 'empty', by: 'a', why: 'b' })).toThrow(/No guard/)
    Object.assign(world.estate.nodes.find((known) => known.hostname === nodeName)?.faults ?? {}, { unreachable: true })
    world.policy({ mode: 'auto', maxPerRun: '1' })
    await world.run()
    expect(() => world.handlers['guards.release']({ code: 'node', by: 'a', why: 'b' })).toThrow(/cannot be released/)
  })
})
