// Outages of others: a host that reboots, a nightly job that catches up after days, a Paymenter that gives customers up.
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

describe('a host that reboots', () => {
  it('leaves suspended VMs off until they are paid, and paid ones on the list of findings, not started', async () => {
    const suspended = world.service('overdue', obedient)
    const paid = world.service('current')
    world.keepLinks(suspended.id, paid.id)
    world.policy({ mode: 'auto' })
    await world.run()
    expect(suspended.vm.state).toBe('Shutoff')
    paid.vm.forceStop()
    expect(await world.run()).toMatchObject({ planned: 0, done: 0 })
    expect(paid.vm.state).toBe('Shutoff')
    expect(world.handlers['automation.findings']({})).toMatchObject([{ kind: 'active-but-off', serviceId: paid.id }])
    expect(suspended.vm.state).toBe('Shutoff')
    world.estate.billing.payInvoice(suspended.pendingInvoice())
    expect(await world.run()).toMatchObject({ done: 1 })
    expect(suspended.vm.state).toBe('Running')
    expect(paid.vm.state).toBe('Shutoff')
  })
})

describe('Paymenter’s nightly job, silent for days', () => {
  /** A service that expires in so many days at most, and whose customer does not pay. */
  function expiringSoon(): ReturnType<AutomationWorld['service']> {
    const own = world.service('current')
    const soon = world.estate.billing.service(world.service('overdue', 1).id)?.expires_at
    world.estate.billing.setService(own.id, { expires_at: soon ?? null })
    world.keepLinks(own.id)
    world.policy({ mode: 'auto' })
    return own
  }
  const nextDay = async (own: { id: number }, nightly: boolean): Promise<void> => {
    world.estate.clock.advance({ days: 1, nightly })
    world.somebodyPays(own.id)
    await world.run()
  }

  it('stops nobody after 3 days before the grace that begins with the late invoice is over', async () => {
    const own = expiringSoon()
    for (let day = 0; day < 3; day += 1) await nextDay(own, false)
    expect(own.vm.state).toBe('Running')
    await nextDay(own, true)
    expect(world.estate.billing.invoicesOf(own.id).some((invoice) => invoice.status === 'pending')).toBe(true)
    expect(own.vm.state).toBe('Running')
    for (let day = 0; day < 2; day += 1) await nextDay(own, true)
    expect(own.vm.state).toBe('Running')
    for (let day = 0; day < 2; day += 1) await nextDay(own, true)
    expect(own.vm.state).toBe('Shutoff')
    world.estate.billing.payInvoice(own.pendingInvoice())
    await world.run()
    expect(own.vm.state).toBe('Running')
  })

  it.each([10, 20])('that gives a customer up after %i days, before the grace is over or at once, waits for the operator, even in auto', async (days) => {
    const own = expiringSoon()
    for (let day = 0; day < days; day += 1) await nextDay(own, false)
    for (let day = 0; day < 4; day += 1) await nextDay(own, true)
    expect(world.estate.billing.service(own.id)?.status).toBe('cancelled')
    expect(own.vm.state).toBe('Running')
    expect(world.intents(own.id)[0]).toMatchObject({ kind: 'suspend', state: 'planned', waitsForApproval: true })
  })
})

describe('a customer whom Paymenter gives up after 14 days', () => {
  it('is not started again because the invoice is cancelled, and its termination is proposed', async () => {
    const own = world.service('overdue', obedient)
    world.keepLinks(own.id)
    world.policy({ mode: 'auto' })
    await world.run()
    expect(own.vm.state).toBe('Shutoff')
    for (let day = 0; day < 15; day += 1) {
      world.estate.clock.advance({ days: 1, nightly: true })
      world.somebodyPays(own.id)
      await world.run()
    }
    expect(world.estate.billing.service(own.id)?.status).toBe('cancelled')
    expect(own.vm.state).toBe('Shutoff')
    expect(world.intents(own.id)[0]).toMatchObject({ kind: 'terminate', state: 'planned', waitsForApproval: true })
    expect(world.sentTo(own.vm)).toEqual(['stop'])
  })
})
