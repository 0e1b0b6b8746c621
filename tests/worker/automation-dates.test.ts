// Dates that are moved by hand, overrides, trials, and a day on which everybody is late: who is stopped, who is left on, who is given back.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AutomationWorld } from '../helpers/automationWorld.ts'

let world: AutomationWorld
beforeEach(async () => {
  world = await AutomationWorld.open()
})
afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

const obedient = 5
const dayFromNow = (days: number): string => new Date(world.estate.clock.now() + days * 86_400_000).toISOString().slice(0, 10)

describe('a service that Paymenter suspended while nobody looked', () => {
  it('is left on through its grace, and stopped when that is over', async () => {
    const { id, vm } = world.service('overdue', 3)
    world.estate.billing.setService(id, { status: 'suspended' })
    world.keepLinks(id)
    world.policy({ mode: 'auto' })
    await world.run()
    expect(vm.state).toBe('Running')
    world.estate.clock.advance({ days: 1 })
    world.somebodyPays(id)
    await world.run()
    expect(vm.state).toBe('Shutoff')
  })
})

describe('time that the operator gives in Paymenter', () => {
  it('by moving the expiry of what is suspended to next year starts its VM and sets it active', async () => {
    const { id, vm } = world.service('overdue', obedient)
    world.estate.billing.setService(id, { status: 'active' })
    world.keepLinks(id)
    world.policy({ mode: 'auto' })
    await world.run()
    expect(vm.state).toBe('Shutoff')
    expect(world.estate.billing.service(id)?.status).toBe('suspended')
    world.estate.billing.setService(id, { expires_at: dayFromNow(365) })
    await world.run()
    expect(vm.state).toBe('Running')
    expect(world.estate.billing.service(id)?.status).toBe('active')
  })

  it('by moving the due date leaves the VM on until grace after that day is over', async () => {
    const { id, vm, pendingInvoice } = world.service('overdue', obedient)
    world.keepLinks(id)
    world.estate.billing.setInvoice(pendingInvoice(), { due_at: dayFromNow(0) })
    world.policy({ mode: 'auto' })
    await world.run()
    expect(vm.state).toBe('Running')
    world.estate.clock.advance({ days: 4 })
    world.somebodyPays(id)
    await world.run()
    expect(vm.state).toBe('Shutoff')
  })

  it('by an override of 30 days for a customer leaves that customer’s VM on, and no other', async () => {
    const given = world.service('overdue', obedient)
    const other = world.service('overdue', 9)
    world.keepLinks(given.id, other.id)
    other.vm.start()
    world.policy({ mode: 'auto' })
    world.automation.policies.set({ customerId: world.estate.billing.service(given.id)?.user_id ?? 0, values: { graceDays: '30' } })
    await world.run()
    expect(given.vm.state).toBe('Running')
    expect(other.vm.state).toBe('Shutoff')
  })
})

describe('a trial', () => {
  it('is stopped once when it is over, its status is left alone, and it runs again when the upgrade is paid', async () => {
    const { id, vm } = world.service('free')
    world.keepLinks(id)
    world.policy({ mode: 'auto' })
    world.automation.policies.set({ productId: world.estate.billing.service(id)?.product_id ?? 0, values: { trialDays: '5' } })
    await world.run()
    await world.run()
    expect(vm.state).toBe('Shutoff')
    expect(world.estate.billing.service(id)?.status).toBe('active')
    expect(world.sentTo(vm)).toEqual(['stop'])
    world.estate.billing.setService(id, { price: '499.00', expires_at: dayFromNow(30) })
    await world.run()
    expect(vm.state).toBe('Running')
    expect(world.sentTo(vm)).toEqual(['stop', 'start'])
  })
})

describe('a day on which everybody is late', () => {
  it('stops nobody before somebody has looked, and gives back whoever pays', async () => {
    const payer = world.service('overdue', obedient)
    const all = world.automation.links.list().map((link) => link.serviceId)
    world.policy({ mode: 'auto', forceAfterSeconds: '1' })
    for (const id of all) if (id !== payer.id) world.automation.holds.add({ serviceId: id as never, kind: 'no-stop', until: world.billing.today(), why: 'not today' }, world.billing.today())
    await world.run()
    expect(payer.vm.state).toBe('Shutoff')
    for (const id of all) world.estate.billing.setService(id, { expires_at: dayFromNow(-4), status: 'active' })
    for (const id of all) for (const invoice of world.estate.billing.invoicesOf(id)) if (invoice.status === 'pending') world.estate.billing.setInvoice(invoice.id, { due_at: dayFromNow(-6) })
    world.estate.clock.advance({ days: 1, nightly: true })
    world.estate.clock.advance({ days: 1 })
    world.somebodyPays(payer.id)
    await world.run()
    world.estate.clock.advance({ days: 1 })
    world.somebodyPays(payer.id)
    world.estate.clock.advance({ days: 1 })
    world.somebodyPays(payer.id)
    const sent = world.estate.nodes.flatMap((node) => node.requests.filter((request) => request.action === 'stop')).length
    world.estate.billing.payInvoice(payer.pendingInvoice())
    const result = await world.run()
    expect(result.held.map((guard) => guard.code)).toContain('too-many')
    expect(world.estate.nodes.flatMap((node) => node.requests.filter((request) => request.action === 'stop'))).toHaveLength(sent)
    expect(payer.vm.state).toBe('Running')
  })
})

describe('a purge that the node does not do', () => {
  it('though it says so fails in sight, and is done once the node does it', async () => {
    const own = world.service('overdue', obedient)
    world.keepLinks(own.id)
    world.policy({ mode: 'auto' })
    await world.run()
    for (const [days, kind] of [[14, 'terminate'], [7, 'purge']] as const) {
      world.estate.clock.advance({ days })
      world.somebodyPays(own.id)
      await world.run()
      const intent = world.intents(own.id).find((known) => known.kind === kind)
      await world.handlers['intents.approve']({ id: intent?.id ?? '', confirm: own.vm.name })
      if (kind === 'terminate') await world.run()
    }
    const node = world.estate.nodes.find((known) => known.hostname === own.nodeName)
    Object.assign(node?.faults ?? {}, { ignoreDeletes: true })
    expect(await world.run()).toMatchObject({ done: 0, failed: 1 })
    expect(world.intents(own.id)[0]).toMatchObject({ kind: 'purge', error: { code: 'vm.still-there' } })
    expect(world.handlers['vault.list']()[0]).toMatchObject({ purgedAt: null })
    Object.assign(node?.faults ?? {}, { ignoreDeletes: false })
    expect(await world.run()).toMatchObject({ done: 1, failed: 0 })
    expect(node?.vm(own.vm.uuid)).toBeUndefined()
  })
})
