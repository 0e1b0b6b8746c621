// Terminations: proposed, confirmed by the typed name, kept in the vault, restorable; purged in the order that works, and proved gone.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { asId, type NodeId, type ServiceId, type VmUuid } from '../../shared/domain/ids.ts'
import { AutomationWorld } from '../helpers/automationWorld.ts'
import { until } from '../helpers/until.ts'

let world: AutomationWorld
beforeEach(async () => {
  world = await AutomationWorld.open()
})
afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

const obedient = 5
type Actor = ReturnType<AutomationWorld['service']>

/** Suspends the service and lets days pass until its termination is proposed; other services stay linked only where they are named. */
async function proposed(...others: number[]): Promise<Actor> {
  const own = world.service('overdue', obedient)
  world.keepLinks(own.id, ...others)
  world.policy({ mode: 'auto' })
  await world.run()
  expect(own.vm.state).toBe('Shutoff')
  world.estate.clock.advance({ days: 14 })
  world.somebodyPays(own.id)
  await world.run()
  return own
}

async function approve(own: Actor, kind: string): Promise<void> {
  const intent = world.intents(own.id).find((known) => known.kind === kind && known.state === 'planned')
  await world.handlers['intents.approve']({ id: intent?.id ?? '', confirm: own.vm.name })
  await world.run()
}

async function purgeable(...others: number[]): Promise<Actor> {
  const own = await proposed(...others)
  await approve(own, 'terminate')
  world.estate.clock.advance({ days: 7 })
  world.somebodyPays(own.id)
  await world.run()
  return own
}

describe('a termination', () => {
  it('waits even in auto, and takes nothing but the typed name', async () => {
    const own = await proposed()
    const [intent] = world.intents(own.id)
    expect(intent).toMatchObject({ kind: 'terminate', state: 'planned', waitsForApproval: true })
    const approveWith = (confirm?: string) => world.handlers['intents.approve']({ id: intent?.id ?? '', ...(confirm === undefined ? {} : { confirm }) })
    await expect(approveWith()).rejects.toMatchObject({ code: 'intent.confirm-needed' })
    await expect(approveWith('vps-1')).rejects.toMatchObject({ code: 'intent.confirm-needed' })
    await approveWith(own.vm.name)
    expect(await world.run()).toMatchObject({ done: 1, failed: 0 })
    expect(own.vm.snapshots.map((snapshot) => snapshot.name)).toEqual([expect.stringMatching(/^final-/)])
    const [kept] = world.handlers['vault.list']()
    expect(kept).toMatchObject({ serviceId: own.id, name: own.vm.name, restoredAt: null, purgedAt: null })
    expect(own.vm.state).toBe('Shutoff')
  })

  it('is cancelled by a payment, which starts the VM', async () => {
    const own = await proposed()
    world.estate.billing.payInvoice(own.pendingInvoice())
    await world.run()
    expect(world.intents(own.id).map((intent) => [intent.kind, intent.state])).toEqual([
      ['unsuspend', 'done'],
      ['terminate', 'cancelled'],
      ['suspend', 'done'],
    ])
    expect(own.vm.state).toBe('Running')
  })

  it('can be taken back within its retention: the VM runs again', async () => {
    const own = await purgeable()
    expect(world.intents(own.id)[0]).toMatchObject({ kind: 'purge', state: 'planned' })
    const link = world.automation.links.list()[0]
    const { jobId } = world.handlers['vault.restore']({ nodeId: link?.nodeId ?? '', uuid: own.vm.uuid })
    expect(await world.context.jobs.wait(jobId)).toMatchObject({ state: 'done', result: { state: 'running', verified: true } })
    expect(world.intents(own.id)[0]).toMatchObject({ kind: 'purge', state: 'cancelled' })
    expect(await world.run()).toMatchObject({ planned: 0 })
    expect(own.vm.state).toBe('Running')
    expect(() => world.handlers['vault.restore']({ nodeId: link?.nodeId ?? '', uuid: own.vm.uuid })).toThrow(/not terminated/)
  })
})

describe('a VM that runs again', () => {
  const inVault = () => world.handlers['vault.list']().filter((entry) => entry.restoredAt === null && entry.purgedAt === null)

  it('lies in the vault no more once its customer has paid, and is terminated anew the next time', async () => {
    const own = await proposed()
    await approve(own, 'terminate')
    world.estate.billing.payInvoice(own.pendingInvoice())
    await world.run()
    expect(own.vm.state).toBe('Running')
    expect(inVault()).toEqual([])
    expect(world.handlers['audit.list']({ serviceId: own.id })[0]).toMatchObject({ action: 'intent.done', why: expect.stringContaining('taken back') as string })
  })

  it('lies there no more when the operator has started it like any other', async () => {
    const own = await proposed()
    await approve(own, 'terminate')
    world.automation.hand.before({ nodeId: world.automation.links.list()[0]?.nodeId as never, uuid: own.vm.uuid as never }, 'start', {})
    expect(inVault()).toEqual([])
    expect(world.handlers['audit.list']({ serviceId: own.id }).map((entry) => entry.action)).toContain('vm.restored')
  })

  it('lies there no more when it was started on the node: it is suspended, and waits its days again before a termination of its own', async () => {
    const own = await proposed()
    await approve(own, 'terminate')
    own.vm.start()
    await world.run()
    expect(own.vm.state).toBe('Shutoff')
    expect(inVault()).toEqual([])
    world.estate.clock.advance({ days: 14 })
    world.somebodyPays(own.id)
    await world.run()
    expect(world.intents(own.id)[0]).toMatchObject({ kind: 'terminate', state: 'planned' })
  })
})

describe('terminations', () => {
  it('count as suspensions do: more than the limit are held, all of them, until somebody has looked', async () => {
    const own = [world.service('overdue', obedient), world.service('overdue', 9)]
    world.keepLinks(...own.map((one) => one.id))
    world.policy({ mode: 'auto' })
    await world.run()
    world.estate.clock.advance({ days: 14 })
    world.somebodyPays(own[0]?.id ?? 0)
    await world.run()
    world.policy({ maxPerRun: '1' })
    for (const { id, vm } of own) await world.handlers['intents.approve']({ id: world.intents(id)[0]?.id ?? '', confirm: vm.name })
    const held = await world.run()
    expect(held.held.map((guard) => guard.code)).toEqual(['too-many'])
    expect(own.flatMap((one) => one.vm.snapshots)).toEqual([])
    world.handlers['guards.release']({ code: 'too-many', by: 'Asha', why: 'both are right' })
    expect(await world.run()).toMatchObject({ done: 2 })
    expect(own.map((one) => one.vm.snapshots.length)).toEqual([1, 1])
  })
})

describe('a purge', () => {
  it('is planned on its day, not before, with a confirmation of its own', async () => {
    const own = await proposed()
    await approve(own, 'terminate')
    world.estate.clock.advance({ days: 6 })
    world.somebodyPays(own.id)
    await world.run()
    expect(world.intents(own.id)[0]).toMatchObject({ kind: 'terminate', state: 'done' })
    world.estate.clock.advance({ days: 1 })
    await world.run()
    expect(world.intents(own.id)[0]).toMatchObject({ kind: 'purge', state: 'planned', waitsForApproval: true })
  })

  it('deletes snapshots, then the VM with its disks, proves it gone, lists what was left, tells Paymenter and removes the link', async () => {
    const own = await purgeable()
    const node = world.estate.nodes.find((known) => known.hostname === own.nodeName)
    await approve(own, 'purge')
    expect(node?.vm(own.vm.uuid)).toBeUndefined()
    const [kept] = world.handlers['vault.list']()
    expect(kept?.purgedAt).not.toBeNull()
    expect(kept?.leftovers).toEqual([])
    expect(world.automation.links.list()).toEqual([])
    expect(world.estate.billing.service(own.id)?.status).toBe('cancelled')
    expect(world.handlers['audit.list']({ serviceId: own.id })).toContainEqual(expect.objectContaining({ action: 'billing.status-sent', detail: expect.objectContaining({ status: 'cancelled' }) as unknown }))
    const order = world.handlers['audit.list']({ serviceId: own.id }).map((entry) => entry.action).toReversed().slice(-9)
    expect(order).toEqual(expect.arrayContaining(['vm.snapshots-delete-sent', 'vm.snapshots-gone', 'vm.delete-sent', 'vm.seen-gone', 'vm.leftovers', 'intent.done']))
    expect(world.automation.planner.rows(world.automation.policies.current())).toEqual([])
  })

  it('leaves a record that bears out the link that it removed: nothing is held afterwards, as after a change from outside', async () => {
    const other = world.service('current')
    world.automation.holds.add({ serviceId: asId<ServiceId>(other.id), kind: 'no-stop', why: 'promised' }, world.billing.today())
    const own = await purgeable(other.id)
    await approve(own, 'purge')
    expect(world.automation.links.list().map((link) => link.serviceId)).toEqual([other.id])
    expect((await world.run()).held).toEqual([])
  })

  it('is cancelled by a payment between the approval and the act', async () => {
    const own = await purgeable()
    const intent = world.intents(own.id)[0]
    await world.handlers['intents.approve']({ id: intent?.id ?? '', confirm: own.vm.name })
    world.estate.billing.payInvoice(own.pendingInvoice())
    await world.run()
    expect(world.intents(own.id).map((known) => [known.kind, known.state]).slice(0, 2)).toEqual([
      ['unsuspend', 'done'],
      ['purge', 'cancelled'],
    ])
    expect(own.vm.state).toBe('Running')
  })

  it('deletes a snapshot that was made meanwhile too', async () => {
    const own = await purgeable()
    const node = world.estate.nodes.find((known) => known.hostname === own.nodeName)
    const intent = world.intents(own.id)[0]
    await world.handlers['intents.approve']({ id: intent?.id ?? '', confirm: own.vm.name })
    node?.vm(own.vm.uuid)?.snapshots.push({ ...own.vm.snapshots[0], name: 'made-meanwhile' } as never)
    expect(await world.run()).toMatchObject({ done: 1 })
    expect(node?.vm(own.vm.uuid)).toBeUndefined()
  })

  it('that was given up after its deletion is taken up from there, though the VM was removed by hand meanwhile', async () => {
    const own = await purgeable()
    const node = world.estate.nodes.find((known) => known.hostname === own.nodeName)
    const nodeId = world.automation.links.list()[0]?.nodeId
    if (!node || nodeId === undefined) throw new Error('the service has no node')
    node.faults.ignoreDeletes = true
    await approve(own, 'purge')
    node.faults.ignoreDeletes = false
    const { machines } = await world.nodes.client(asId<NodeId>(nodeId))
    await machines.delete(asId<VmUuid>(own.vm.uuid), true)
    node.faults.libvirtLost = true
    for (let attempt = 2; attempt <= 5; attempt += 1) await world.run()
    const [failed] = world.intents(own.id)
    expect(failed).toMatchObject({ kind: 'purge', state: 'failed', step: 'delete' })
    node.faults.libvirtLost = false
    world.handlers['intents.retry']({ id: failed?.id ?? '' })
    await world.untilRun((result) => result.done === 1)
    expect(world.handlers['vault.list']()[0]?.purgedAt).not.toBeNull()
    expect(world.estate.billing.service(own.id)?.status).toBe('cancelled')
    expect(world.automation.links.list()).toEqual([])
  })

  it('tells Paymenter only what is true still: a service that was paid while its VM was deleted is not cancelled, and the record says what was sent', async () => {
    const own = await purgeable()
    const node = world.estate.nodes.find((known) => known.hostname === own.nodeName)
    if (!node) throw new Error('the service has no node')
    const intent = world.intents(own.id)[0]
    await world.handlers['intents.approve']({ id: intent?.id ?? '', confirm: own.vm.name })
    const invoice = own.pendingInvoice()
    // Slow enough that the payment comes between the deletion and the status.
    node.faults.hangMs = 100
    const ended = world.run()
    await until('the VM is gone', () => node.vm(own.vm.uuid) === undefined)
    world.estate.billing.payInvoice(invoice)
    await ended
    expect(world.intents(own.id)[0]).toMatchObject({ kind: 'purge', state: 'done' })
    expect(world.estate.billing.service(own.id)?.status).toBe('active')
    expect(world.handlers['audit.list']({ serviceId: own.id }).filter((entry) => entry.action === 'billing.status-sent' && entry.detail['status'] === 'cancelled')).toEqual([])
  })
})
