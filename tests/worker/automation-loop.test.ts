// The loop: an unpaid invoice stops a VM, a payment starts it again; in every mode, with stubborn guests, and when it is paid in between.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AutomationWorld } from '../helpers/automationWorld.ts'
import { until } from '../helpers/until.ts'

let world: AutomationWorld
beforeEach(async () => {
  world = await AutomationWorld.open()
})
afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

/** Days since the expiry by which the demo's overdue services are known: past grace, and how their guests obey a stop. */
const obedient = 5
const stubborn = 7

/** Sets Paymenter's status back, so that what this console writes can be seen. */
const showActive = (serviceId: number) => world.estate.billing.setService(serviceId, { status: 'active' })
const actionsOf = async (serviceId: number) => world.handlers['audit.list']({ serviceId }).map((entry) => entry.action).toReversed()

describe('the loop', () => {
  it('stops the VM of an overdue service, tells Paymenter, and gives it back when it is paid', async () => {
    const { id, vm, pendingInvoice } = world.service('overdue', obedient)
    showActive(id)
    world.keepLinks(id)
    world.policy({ mode: 'auto' })

    expect(await world.run()).toMatchObject({ planned: 1, done: 1, failed: 0, waiting: 0, held: [] })
    expect(vm.state).toBe('Shutoff')
    expect(world.estate.billing.service(id)?.status).toBe('suspended')
    expect(await actionsOf(id)).toEqual(['link.confirmed', 'intent.planned', 'vm.stop-sent', 'vm.seen-off', 'billing.status-sent', 'intent.done'])

    expect(await world.run()).toMatchObject({ planned: 0, done: 0, failed: 0 })
    expect(world.sentTo(vm)).toEqual(['stop'])

    world.estate.billing.payInvoice(pendingInvoice())
    expect(await world.run()).toMatchObject({ planned: 1, done: 1, failed: 0, waiting: 0 })
    expect(vm.state).toBe('Running')
    expect(world.estate.billing.service(id)?.status).toBe('active')
    expect(await world.automation.audit.verify()).toMatchObject({ ok: true, firstBad: null })
  })

  it('goes on by itself as soon as a sync finds something new: neither who owes nor who has paid waits for the next pass', async () => {
    const { id, vm, pendingInvoice } = world.service('overdue', obedient)
    world.keepLinks(id)
    world.policy({ mode: 'auto' })
    world.automation.holds.add({ serviceId: id as never, kind: 'no-stop', why: 'until the worker runs' }, world.billing.today())
    world.automation.start()
    await until('the first pass is over', () => world.automation.status().lastRunAt !== null && !world.automation.status().running)
    world.automation.holds.remove(id as never)
    world.somebodyPays(id)
    await world.billing.sync({ full: false })
    await until('the service is suspended', () => world.intents(id)[0]?.state === 'done')
    expect(vm.state).toBe('Shutoff')
    world.estate.billing.payInvoice(pendingInvoice())
    await world.billing.sync({ full: false })
    await world.untilVm(vm, 'Running')
  })

  it('does nothing in observe but show the plan', async () => {
    const { id, vm } = world.service('overdue', obedient)
    world.keepLinks(id)
    expect(await world.run()).toMatchObject({ planned: 1, done: 0, waiting: 0 })
    const [row] = world.handlers['automation.plan']()
    expect(row).toMatchObject({ serviceId: id, decision: 'suspend', state: 'overdue', blockedBy: [] })
    expect(vm.state).toBe('Running')
    expect(world.intents(id)).toEqual([])
  })

  it('waits for a click in approve, and does what was approved in the next run', async () => {
    const { id, vm } = world.service('overdue', obedient)
    world.keepLinks(id)
    world.policy({ mode: 'approve' })
    expect(await world.run()).toMatchObject({ planned: 1, done: 0, waiting: 1 })
    const [intent] = world.intents(id)
    expect(intent).toMatchObject({ state: 'planned', waitsForApproval: true })
    expect(vm.state).toBe('Running')

    await world.handlers['intents.approve']({ id: intent?.id ?? '' })
    expect(await world.run()).toMatchObject({ done: 1, waiting: 0 })
    expect(vm.state).toBe('Shutoff')
  })

  it('refuses an approval when the facts have changed', async () => {
    const { id, pendingInvoice } = world.service('overdue', obedient)
    world.keepLinks(id)
    world.policy({ mode: 'approve' })
    await world.run()
    world.estate.billing.payInvoice(pendingInvoice())
    const [intent] = world.intents(id)
    await expect(world.handlers['intents.approve']({ id: intent?.id ?? '' })).rejects.toMatchObject({ code: 'intent.facts-changed' })
    await world.run()
    expect(world.intents(id)).toMatchObject([{ state: 'cancelled' }])
  })

  it('takes suspensions that waited only for the mode up again when it becomes auto, and drops them when it becomes observe', async () => {
    const { id, vm } = world.service('overdue', obedient)
    world.keepLinks(id)
    world.policy({ mode: 'approve' })
    await world.run()
    world.policy({ mode: 'observe' })
    await world.run()
    expect(world.intents(id)).toMatchObject([{ state: 'cancelled' }])
    world.policy({ mode: 'approve' })
    await world.run()
    world.policy({ mode: 'auto' })
    expect(await world.run()).toMatchObject({ done: 1 })
    expect(vm.state).toBe('Shutoff')
  })

  it('forces a guest that ignores the stop, and proves it', async () => {
    const { id, vm } = world.service('overdue', stubborn)
    world.keepLinks(id)
    world.policy({ mode: 'auto', forceAfterSeconds: '1' })
    expect(await world.run()).toMatchObject({ done: 1, failed: 0 })
    expect(vm.state).toBe('Shutoff')
    expect(world.sentTo(vm)).toEqual(['stop', 'force-stop'])
    expect(await actionsOf(id)).toContain('vm.force-stop-sent')
  })

  it('sends nothing to a VM that is off already, covers it, and payment starts it', async () => {
    const { id, vm, pendingInvoice } = world.service('overdue', obedient)
    world.keepLinks(id)
    vm.forceStop()
    world.policy({ mode: 'auto' })
    expect(await world.run()).toMatchObject({ done: 1 })
    expect(world.sentTo(vm)).toEqual([])
    world.estate.billing.payInvoice(pendingInvoice())
    expect(await world.run()).toMatchObject({ done: 1 })
    expect(vm.state).toBe('Running')
  })

  it('gives back in observe too what this console suspended', async () => {
    const { id, vm, pendingInvoice } = world.service('overdue', obedient)
    world.keepLinks(id)
    world.policy({ mode: 'auto' })
    await world.run()
    world.policy({ mode: 'observe' })
    world.estate.billing.payInvoice(pendingInvoice())
    expect(await world.run()).toMatchObject({ done: 1 })
    expect(vm.state).toBe('Running')
  })

  it.each(['{"mode":"auto","graceDays":"-1"}', 'mode: auto'])('gives back even when the stored policy cannot be read (%s), and suspends nothing then', async (stored) => {
    const { id, vm, pendingInvoice } = world.service('overdue', obedient)
    const other = world.service('overdue', stubborn)
    world.keepLinks(id, other.id)
    world.policy({ mode: 'auto', forceAfterSeconds: '1' })
    world.automation.holds.add({ serviceId: other.id as never, kind: 'no-stop', why: 'later' }, world.billing.today())
    await world.run()
    world.automation.holds.remove(other.id as never)
    world.context.db.sqlite.prepare('update policies set "values" = ?').run(stored)
    world.estate.billing.payInvoice(pendingInvoice())
    expect(await world.run()).toMatchObject({ done: 1 })
    expect(vm.state).toBe('Running')
    expect(other.vm.state).toBe('Running')
    expect(() => world.automation.policies.current()).toThrow(/cannot be used/)
  })

  it('leaves Paymenter’s status alone where the policy says so, and says that it was left suspended', async () => {
    const { id, vm, pendingInvoice } = world.service('overdue', obedient)
    showActive(id)
    world.keepLinks(id)
    world.policy({ mode: 'auto', writeStatus: 'off' })
    await world.run()
    expect(vm.state).toBe('Shutoff')
    expect(world.estate.billing.service(id)?.status).toBe('active')
    world.estate.billing.setService(id, { status: 'suspended' })
    world.estate.billing.payInvoice(pendingInvoice())
    world.estate.billing.setService(id, { status: 'suspended' })
    await world.run()
    expect(vm.state).toBe('Running')
    expect(world.intents(id)[0]).toMatchObject({ kind: 'unsuspend', state: 'done', error: { code: 'billing.status-left' } })
  })

  it('records truthfully what was done to the VM when the key may not write statuses', async () => {
    await world.billing.connect({ url: world.estate.billing.url, token: world.estate.billing.tokens.noServicesUpdate })
    const { id, vm } = world.service('overdue', obedient)
    showActive(id)
    world.keepLinks(id)
    world.policy({ mode: 'auto' })
    expect(await world.run()).toMatchObject({ done: 1, failed: 0 })
    expect(vm.state).toBe('Shutoff')
    expect(world.intents(id)[0]).toMatchObject({ state: 'done', error: { code: 'billing.forbidden' } })
    expect(world.intents(id)[0]?.error?.message).toContain('services.update')
  })
})

describe('sleep', () => {
  it('stops between two steps and goes on after the machine has woken', async () => {
    const { id, vm } = world.service('overdue', stubborn)
    world.keepLinks(id)
    world.policy({ mode: 'auto', forceAfterSeconds: '1' })
    const running = world.run()
    await world.untilSent(vm, 'stop')
    world.automation.sleep()
    await running
    expect(world.intents(id)).toMatchObject([{ state: 'verifying', step: 'wait-off', attempts: 0 }])
    expect(await world.run()).toMatchObject({ done: 0, failed: 0 })
    expect(world.sentTo(vm)).toEqual(['stop'])
    world.automation.wake()
    expect(await world.run()).toMatchObject({ done: 1, failed: 0 })
    expect(world.sentTo(vm)).toEqual(['stop', 'force-stop'])
  })
})

describe('paid in between', () => {
  it('cancels a suspension that was planned before the payment', async () => {
    const { id, vm, pendingInvoice } = world.service('overdue', obedient)
    world.keepLinks(id)
    world.policy({ mode: 'approve' })
    await world.run()
    const [intent] = world.intents(id)
    await world.handlers['intents.approve']({ id: intent?.id ?? '' })
    world.estate.billing.payInvoice(pendingInvoice())
    await world.run()
    expect(world.intents(id)).toMatchObject([{ state: 'cancelled' }])
    expect(world.sentTo(vm)).toEqual([])
  })

  it('restores a VM whose payment came while it was being stopped', async () => {
    const { id, vm, pendingInvoice } = world.service('overdue', obedient)
    world.keepLinks(id)
    world.policy({ mode: 'auto' })
    const listening = vm.onPower(() => {
      listening()
      world.estate.billing.payInvoice(pendingInvoice())
    })
    const result = await world.run()
    expect(result).toMatchObject({ failed: 0 })
    expect(world.intents(id).map((intent) => [intent.kind, intent.state])).toEqual([
      ['unsuspend', 'done'],
      ['suspend', 'cancelled'],
    ])
    expect(vm.state).toBe('Running')
    expect(world.estate.billing.service(id)?.status).toBe('active')
  })

  it('starts a guest again that obeys the stop only after the payment, within a day', async () => {
    const { id, vm, pendingInvoice } = world.service('overdue', stubborn)
    world.keepLinks(id)
    world.policy({ mode: 'auto', forceAfterSeconds: '3600' })
    const stopped = new AbortController()
    const running = world.run(stopped.signal)
    await world.untilSent(vm, 'stop')
    stopped.abort(new Error('the worker is asked to leave'))
    await running
    world.estate.billing.payInvoice(pendingInvoice())
    await world.reopen()

    const given = await world.run()
    expect(given).toMatchObject({ failed: 0, waiting: 1 })
    expect(world.intents(id)[0]).toMatchObject({ kind: 'unsuspend', state: 'verifying', step: 'watch' })
    vm.forceStop()
    world.estate.clock.advance({ hours: 5 })
    expect(await world.run()).toMatchObject({ done: 1, waiting: 0 })
    expect(vm.state).toBe('Running')
  })
})
