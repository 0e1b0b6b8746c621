// The operator's own hand: starts and stops of linked VMs, holds and links, and that nothing flaps because of them.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { powerOf } from '../helpers/powerOf.ts'
import { AutomationWorld } from '../helpers/automationWorld.ts'

let world: AutomationWorld
beforeEach(async () => {
  world = await AutomationWorld.open()
})
afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

const obedient = 5
const power = (vmName: string, action: 'start' | 'stop' | 'force-stop', options: { why?: string; days?: number } = {}) => powerOf(world, vmName, action, options)
const holdOf = (serviceId: number) => world.automation.holds.list().find((hold) => hold.serviceId === serviceId)

describe('a stop by hand', () => {
  it('of a customer who has paid asks why, and then keeps the VM off until it is started by hand', async () => {
    const { id, vm } = world.service('current')
    world.keepLinks(id)
    world.policy({ mode: 'auto' })
    expect(await power(vm.name, 'stop')).toMatchObject({ state: 'failed', error: { code: 'vm.why-needed' } })
    expect(vm.state).toBe('Running')
    expect(await power(vm.name, 'stop', { why: 'abuse' })).toMatchObject({ state: 'done', result: { state: 'shutoff', verified: true } })
    expect(holdOf(id)).toMatchObject({ kind: 'no-start', why: 'abuse', until: null })
    expect(await world.run()).toMatchObject({ planned: 0, done: 0 })
    expect(vm.state).toBe('Shutoff')

    expect(await power(vm.name, 'start')).toMatchObject({ state: 'done', result: { state: 'running' } })
    expect(holdOf(id)).toBeUndefined()
    await world.run()
    expect(vm.state).toBe('Running')
  })

  it('of a customer in grace is an early suspension, which payment ends', async () => {
    const { id, vm, pendingInvoice } = world.service('overdue', 2)
    world.keepLinks(id)
    world.policy({ mode: 'auto' })
    expect(await power(vm.name, 'stop')).toMatchObject({ state: 'done' })
    expect(await world.run()).toMatchObject({ planned: 0 })
    expect(vm.state).toBe('Shutoff')
    world.estate.billing.payInvoice(pendingInvoice())
    expect(await world.run()).toMatchObject({ done: 1 })
    expect(vm.state).toBe('Running')
    expect(world.estate.billing.service(id)?.status).toBe('active')
  })
})

describe('a start by hand', () => {
  it('of a suspended VM leaves it running for the days that were said, then it is stopped again', async () => {
    const { id, vm } = world.service('overdue', obedient)
    world.keepLinks(id)
    world.policy({ mode: 'auto' })
    await world.run()
    expect(vm.state).toBe('Shutoff')
    expect(await power(vm.name, 'start', { days: 2 })).toMatchObject({ state: 'done' })
    expect(holdOf(id)).toMatchObject({ kind: 'no-stop' })
    expect(await world.run()).toMatchObject({ planned: 0, done: 0 })
    expect(vm.state).toBe('Running')
    world.estate.clock.advance({ days: 3 })
    world.somebodyPays(id)
    expect(await world.run()).toMatchObject({ done: 1, held: [] })
    expect(vm.state).toBe('Shutoff')
  })

  it('after a forgotten no-start, a start by hand, a suspension and a payment the VM runs', async () => {
    const { id, vm, pendingInvoice } = world.service('overdue', obedient)
    world.keepLinks(id)
    world.automation.holds.add({ serviceId: id as never, kind: 'no-start', why: 'forgotten' }, world.billing.today())
    await power(vm.name, 'start')
    expect(holdOf(id)?.kind).not.toBe('no-start')
    world.estate.clock.advance({ days: 4 })
    world.somebodyPays(id)
    world.policy({ mode: 'auto' })
    await world.run()
    expect(vm.state).toBe('Shutoff')
    world.estate.billing.payInvoice(pendingInvoice())
    await world.run()
    expect(vm.state).toBe('Running')
  })
})

describe('a hold', () => {
  it('without a reason, with a date that does not exist or has passed, is refused', () => {
    const { id } = world.service('current')
    const add = (change: object) => () => world.handlers['holds.add']({ serviceId: id, kind: 'no-stop', why: 'because', ...change })
    expect(add({ why: '  ' })).toThrow(/needs a reason/)
    expect(add({ until: '2026-02-30' })).toThrow(/not a date/)
    expect(add({ until: 'tomorrow' })).toThrow(/not a date/)
    expect(add({ until: '2020-01-01' })).toThrow(/has passed/)
    expect(world.automation.holds.list()).toEqual([])
    expect(() => world.handlers['holds.remove']({ serviceId: id })).toThrow(/has no hold/)
  })
})

describe('a suspension that the operator cancels', () => {
  it('is not planned again today, and is tomorrow', async () => {
    const { id, vm } = world.service('overdue', obedient)
    world.keepLinks(id)
    world.policy({ mode: 'approve' })
    await world.run()
    const [intent] = world.intents(id)
    world.handlers['intents.cancel']({ id: intent?.id ?? '' })
    await world.run()
    expect(world.intents(id)).toMatchObject([{ state: 'cancelled' }])
    world.estate.clock.advance({ days: 1 })
    await world.run()
    expect(world.intents(id)[0]).toMatchObject({ state: 'planned' })
    expect(vm.state).toBe('Running')
  })
})

describe('links', () => {
  it('are one VM a service, refused otherwise, and kept in the record', async () => {
    const a = world.service('current')
    const links = world.automation.links.list()
    const other = links.find((link) => link.serviceId !== a.id)
    const own = links.find((link) => link.serviceId === a.id)
    expect(() => world.handlers['links.confirm']({ serviceId: a.id, nodeId: other?.nodeId ?? '', uuid: other?.uuid ?? '' })).toThrow(/linked to/)
    expect(() => world.handlers['links.confirm']({ serviceId: 999_999, nodeId: own?.nodeId ?? '', uuid: own?.uuid ?? '' })).toThrow(/not in the mirror/)
    world.handlers['links.remove']({ serviceId: a.id })
    expect(world.automation.links.suggest().find((link) => link.serviceId === a.id)).toMatchObject({ obvious: true, confirmed: false })
    world.handlers['links.confirm']({ serviceId: a.id, nodeId: own?.nodeId ?? '', uuid: own?.uuid ?? '' })
    const actions = world.handlers['audit.list']({ serviceId: a.id }).map((entry) => entry.action)
    expect(actions).toEqual(['link.confirmed', 'link.removed', 'link.confirmed'])
  })

  it('cover what was suspended before this console came, so that payment starts it', async () => {
    const { id, vm, pendingInvoice } = world.service('overdue', 12)
    world.keepLinks(id)
    expect(vm.state).toBe('Shutoff')
    world.handlers['links.cover']({ serviceId: id })
    world.estate.billing.payInvoice(pendingInvoice())
    await world.run()
    expect(vm.state).toBe('Shutoff')
    world.policy({ mode: 'approve' })
    await world.run()
    expect(vm.state).toBe('Running')
  })

  it('to a VM that was deleted and made again under the same name are not followed: the UUID differs', async () => {
    const { id, vm, nodeName } = world.service('overdue', obedient)
    world.keepLinks(id)
    world.policy({ mode: 'auto' })
    const node = world.estate.nodes.find((known) => known.hostname === nodeName)
    node?.removeVm(vm.uuid)
    node?.addVm({ name: vm.name, uuid: '99999999-8888-4777-8666-555555555555', memoryKiB: 1_048_576, vcpus: 1, diskGiB: 10, state: 'Running' })
    await world.run()
    const made = node?.vm('99999999-8888-4777-8666-555555555555')
    expect(made?.state).toBe('Running')
    const [row] = world.handlers['automation.plan']()
    expect(row).toMatchObject({ decision: 'none' })
    expect(row?.reason).toContain('does not exist')
  })
})
