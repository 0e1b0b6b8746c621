// The leak board's rules: each kind once with what is at stake, what is not a leak, and that they hold for any facts.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decide, holdInForce, isOff } from '../../shared/domain/decide.ts'
import { asId, type NodeId, type ServiceId, type VmUuid } from '../../shared/domain/ids.ts'
import { leaksOf, type LinkedForLeaks, type LooseService, type LooseVm } from '../../shared/domain/leaks.ts'
import { defaultPolicy } from '../../shared/domain/policy.ts'
import { specPresets, type ProductSpec } from '../../shared/domain/productSpec.ts'
import { stateOfService } from '../../shared/domain/serviceState.ts'
import { arbitraryFacts, arbitraryPolicy } from './arbitraryFacts.ts'
import { day, overdueService, service, today } from './facts.ts'

const starter = specPresets[1]?.spec
const nodeId = asId<NodeId>('n')
const uuid = asId<VmUuid>('u')

function linked(facts: LinkedForLeaks['facts'], change: Partial<LinkedForLeaks> = {}): LinkedForLeaks {
  const { state, reason } = stateOfService(defaultPolicy, facts, today)
  return { serviceId: facts.serviceId, nodeId, uuid, vmName: 'vps-101', memoryKiB: 2_097_152, vcpus: 1, quantity: 1, state, reason, facts, spec: null, ...change }
}

const off = { state: 'shutoff', gone: false, offSince: day(-1) } as const
const kinds = (one: LinkedForLeaks): string[] => leaksOf([one], [], [], today).map((leak) => leak.kind)

describe('a linked service', () => {
  test('that is paid and runs is no leak', () => {
    expect(kinds(linked(service()))).toEqual([])
  })

  test('that is overdue and runs holds memory for nothing', () => {
    expect(leaksOf([linked(overdueService(), { quantity: 3 })], [], [], today)).toMatchObject([
      { kind: 'unpaid-running', money: { amountMinor: 149_700, currency: 'INR' }, memoryKiB: 2_097_152, acts: ['plan', 'stop', 'hold'] },
    ])
  })

  test('that a hold leaves running, or keeps off, is a decision and no leak, until the hold ends', () => {
    expect(kinds(linked(overdueService({ hold: { kind: 'no-stop', until: today, why: 'promised' } })))).toEqual([])
    expect(kinds(linked(overdueService({ hold: { kind: 'no-stop', until: day(-1), why: 'promised' } })))).toEqual(['unpaid-running'])
    expect(kinds(linked(service({ vm: off, hold: { kind: 'no-start', until: null, why: 'abuse' } })))).toEqual([])
  })

  test('that is paid and off is shown with start first', () => {
    expect(leaksOf([linked(service({ vm: off }))], [], [], today)).toMatchObject([{ kind: 'paid-off', acts: ['start', 'hold'] }])
  })

  test('whose status in Paymenter and whose VM say different things is told so', () => {
    expect(kinds(linked(service({ status: 'suspended' })))).toEqual(['status-contradicts'])
    expect(kinds(linked(overdueService({ vm: off })))).toEqual(['status-contradicts'])
    expect(kinds(linked(overdueService({ status: 'suspended', vm: off })))).toEqual([])
  })

  test('whose VM is gone is charged for nothing, and one that was not seen yet is not judged', () => {
    expect(kinds(linked(service({ vm: { state: 'unknown', gone: true, offSince: null } })))).toEqual(['service-without-vm'])
    expect(kinds(linked(overdueService({ vm: { state: 'unknown', gone: false, offSince: null } })))).toEqual([])
  })

  test('whose VM is larger than its product is told by how much, by its quantity', () => {
    expect(starter).toBeDefined()
    const spec = starter as ProductSpec
    expect(kinds(linked(service(), { spec }))).toEqual([])
    expect(leaksOf([linked(service(), { spec, memoryKiB: 3_145_728, vcpus: 4 })], [], [], today)).toMatchObject([
      { kind: 'vm-larger', memoryKiB: 1_048_576, message: 'vps-101 has 4 vCPU instead of 1 and 3072 MB of memory instead of 2048.' },
    ])
    expect(kinds(linked(service(), { spec, memoryKiB: 3_145_728, quantity: 2 }))).toEqual([])
  })
})

test('orphans of both kinds are shown: active services by what they cost, VMs by what they hold', () => {
  const loose: LooseService = { serviceId: asId<ServiceId>(5), customerId: null, productId: null, status: 'active', price: { amountMinor: 100, currency: 'INR' }, quantity: 2, suggestions: 1 }
  const vm: LooseVm = { nodeId, uuid, name: 'stray', state: 'running', memoryKiB: 1_024, suggestions: 0 }
  expect(leaksOf([], [loose, { ...loose, serviceId: asId<ServiceId>(6), status: 'suspended' }], [vm], today)).toMatchObject([
    { kind: 'service-without-vm', serviceId: 5, money: { amountMinor: 200 }, memoryKiB: null },
    { kind: 'vm-without-service', serviceId: null, money: null, memoryKiB: 1_024 },
  ])
})

test('for any facts: one drift at most, none against a hold, none where automation would leave things so, and something at stake', () => {
  fc.assert(
    fc.property(arbitraryPolicy, arbitraryFacts, (policy, facts) => {
      const { state, reason } = decide(policy, facts, { today })
      const found = leaksOf([linked(facts, { state, reason })], [], [], today)
      expect(found.length).toBeLessThanOrEqual(1)
      const [leak] = found
      if (!leak) return
      const hold = holdInForce(facts.hold, today)
      expect(leak.money !== null || leak.memoryKiB !== null || facts.price === null).toBe(true)
      expect(leak.acts.length).toBeGreaterThan(0)
      if (leak.kind === 'unpaid-running') expect([facts.vm !== null && isOff(facts.vm.state), hold?.kind === 'no-stop']).toEqual([false, false])
      if (leak.kind === 'paid-off') expect([facts.vm !== null && isOff(facts.vm.state), hold?.kind === 'no-start']).toEqual([true, false])
      if (state === 'unpaid-order') expect(leak.kind).not.toBe('paid-off')
    }),
    { numRuns: 3_000 },
  )
})

test('for any leaks: keys are their own, and the order depends on nothing but the facts', () => {
  const some = fc.uniqueArray(
    fc.record({
      serviceId: fc.integer({ min: 1, max: 50 }).map((id) => asId<ServiceId>(id)),
      customerId: fc.constant(null),
      productId: fc.constant(null),
      status: fc.constantFrom('active', 'suspended'),
      price: fc.option(fc.integer({ min: 0, max: 9 }).map((amountMinor) => ({ amountMinor, currency: 'INR' })), { nil: null }),
      quantity: fc.integer({ min: 1, max: 3 }),
      suggestions: fc.integer({ min: 0, max: 2 }),
    }),
    { selector: (one) => one.serviceId, maxLength: 12 },
  )
  fc.assert(
    fc.property(some, (services) => {
      const found = leaksOf([], services, [], today)
      expect(new Set(found.map((leak) => leak.key)).size).toBe(found.length)
      expect(leaksOf([], [...services].reverse(), [], today)).toEqual(found)
    }),
  )
})
