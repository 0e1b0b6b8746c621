// Findings over the demo estate: what the operator is shown, and what becomes of it when he acts.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { methods } from '../../shared/contract/index.ts'
import { AutomationWorld } from '../helpers/automationWorld.ts'

let world: AutomationWorld
beforeEach(async () => {
  world = await AutomationWorld.open()
})
afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

const findings = async () => methods['automation.findings'].output.parse(await world.handlers['automation.findings']({}))
const kindsOf = async (serviceId: number) =>
  (await findings()).filter((finding) => finding.serviceId === serviceId).map((finding) => finding.kind)
const look = async () => {
  await world.billing.sync({ full: true })
  await world.nodes.lookAtAll()
}

it('shows paid VMs that are off, what they are worth, and is silent once they run', async () => {
  const { id, vm } = world.service('paid-but-off')
  const finding = (await findings()).find((known) => known.serviceId === id)
  expect(finding).toMatchObject({ kind: 'active-but-off', name: vm.name, money: [{ currency: 'INR' }] })
  expect(finding?.memoryKiB).toBeGreaterThan(0)
  expect(finding?.money[0]?.amountMinor).toBeGreaterThan(0)
  vm.start()
  await world.untilVm(vm, 'Running')
  await look()
  expect(await kindsOf(id)).toEqual([])
})

it('asks about what was suspended before this console came, and payment starts it once that is confirmed', async () => {
  const { id, vm, pendingInvoice } = world.service('overdue', 2)
  vm.forceStop()
  world.estate.billing.setService(id, { status: 'suspended' })
  await look()
  expect(await kindsOf(id)).toEqual(['suspended-before-console'])
  world.handlers['links.cover']({ serviceId: id })
  expect(await kindsOf(id)).toEqual([])
  world.policy({ mode: 'approve' })
  world.estate.billing.payInvoice(pendingInvoice())
  await world.run()
  await world.untilVm(vm, 'Running')
})

it('asks only once: who says that it is off for another reason is not asked again, and the record has it', async () => {
  const { id, vm } = world.service('overdue', 2)
  vm.forceStop()
  world.estate.billing.setService(id, { status: 'suspended' })
  await look()
  const key = `suspended-before-console/${id}`
  await world.handlers['automation.answerFinding']({ key, by: 'Ada' })
  expect(await kindsOf(id)).toEqual([])
  await world.reopen()
  expect(await kindsOf(id)).toEqual([])
  expect(world.handlers['audit.list']({ serviceId: id })).toEqual(
    expect.arrayContaining([expect.objectContaining({ action: 'finding.answered', actor: 'Ada' })]),
  )
  await expect(async () => world.handlers['automation.answerFinding']({ key })).rejects.toMatchObject({ code: 'finding.unknown' })
})

it('does not let the operator answer away what only its cause can end', async () => {
  const { id } = world.service('paid-but-off')
  await expect(async () => world.handlers['automation.answerFinding']({ key: `active-but-off/${id}` })).rejects.toMatchObject({
    code: 'finding.not-a-question',
  })
})

it('notices that Paymenter’s nightly job has stopped, by services that it should have suspended', async () => {
  expect((await findings()).map((finding) => finding.kind)).not.toContain('nightly-job-silent')
  const overdue = world.service('overdue', 5)
  world.estate.billing.setService(overdue.id, { status: 'active' })
  await look()
  const finding = (await findings()).find((known) => known.kind === 'nightly-job-silent')
  expect(finding).toMatchObject({ severity: 'danger', serviceIds: [overdue.id], serviceId: null })
})
