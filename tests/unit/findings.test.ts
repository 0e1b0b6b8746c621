// Findings: each disagreement between billing and the VMs, what would resolve it and what is at stake; silence where all is well.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide, type ServiceFacts } from '../../shared/domain/decide.ts'
import { findingsOf, type ActiveService, type Finding, type ServiceForFindings } from '../../shared/domain/findings.ts'
import { asId, type NodeId, type ServiceId } from '../../shared/domain/ids.ts'
import { defaultPolicy, type Policy } from '../../shared/domain/policy.ts'
import { arbitraryFacts, arbitraryPolicy } from './arbitraryFacts.ts'
import { day, invoice, invoiceId, overdueService, service, today } from './facts.ts'

const off: ServiceFacts['vm'] = { state: 'shutoff', gone: false, offSince: day(-2) }
const covered: ServiceFacts['suspension'] = { cause: 'overdue', invoiceIds: [invoiceId(900)], stopSent: true, verifiedOn: day(-2) }
const seenBegin: ServiceFacts['suspendedSeen'] = {
  beginningSeen: true,
  firstReadOn: day(-3),
  expiresOnBefore: day(-5),
  expiresOnThen: day(-5),
  ownWriteBetween: false,
}
const notSeen: ServiceFacts['suspendedSeen'] = { ...seenBegin, beginningSeen: false }
const until = (kind: 'no-stop' | 'no-start') => ({ kind, until: day(3), why: 'he called' })

function entry(facts: ServiceFacts, policy: Policy = defaultPolicy): ServiceForFindings {
  return {
    serviceId: facts.serviceId,
    customerName: 'Ada',
    productName: 'Starter VPS',
    nodeId: asId<NodeId>('n1'),
    node: 'kvm-a',
    name: 'vps-101',
    memoryKiB: 2_097_152,
    quantity: 2,
    facts,
    policy,
    decision: decide(policy, facts, { today }),
  }
}

function kindsOf(facts: ServiceFacts, policy?: Policy): string[] {
  return findingsOf([entry(facts, policy)], [], today).map((finding) => finding.kind)
}

const table: readonly [what: string, facts: ServiceFacts, kinds: readonly string[]][] = [
  ['paid and running', service(), []],
  [
    'in grace and running, also where the nightly job suspended it already',
    overdueService({ expiresOn: day(-2), status: 'suspended', suspendedSeen: seenBegin, invoices: [invoice({ dueOn: day(-2) })] }),
    [],
  ],
  ['overdue, covered and off', overdueService({ status: 'suspended', suspendedSeen: seenBegin, suspension: covered, vm: off }), []],
  ['cancelled and off', service({ status: 'cancelled', vm: off }), []],
  ['an order that was never paid', service({ status: 'pending' }), []],
  [
    'suspended in Paymenter, overdue, and running',
    overdueService({ status: 'suspended', suspendedSeen: seenBegin }),
    ['suspended-but-running'],
  ],
  [
    'covered and running again',
    overdueService({ status: 'suspended', suspendedSeen: seenBegin, suspension: covered }),
    ['suspended-but-running'],
  ],
  [
    'covered and running by a hold',
    overdueService({ status: 'suspended', suspendedSeen: seenBegin, suspension: covered, hold: until('no-stop') }),
    [],
  ],
  ['cancelled and running', service({ status: 'cancelled' }), ['ended-but-running']],
  ['active, paid and off', service({ vm: off }), ['active-but-off']],
  ['active, paid and held off', service({ vm: off, hold: until('no-start') }), []],
  ['active, paid, and being given back', service({ vm: off, suspension: covered }), []],
  ['active, and its VM is gone', service({ vm: { state: 'unknown', gone: true, offSince: null } }), ['vm-gone']],
  ['cancelled, and its VM is gone', service({ status: 'cancelled', vm: { state: 'unknown', gone: true, offSince: null } }), []],
  [
    'suspended and off, its beginning not seen',
    service({ status: 'suspended', suspendedSeen: notSeen, vm: off }),
    ['suspended-before-console'],
  ],
  [
    'suspended and off without an unpaid invoice',
    service({ status: 'suspended', suspendedSeen: seenBegin, expiresOn: day(-5), vm: off }),
    ['suspended-before-console'],
  ],
  [
    'suspended by hand and off',
    service({
      status: 'suspended',
      suspendedSeen: { ...seenBegin, expiresOnBefore: day(9), expiresOnThen: day(9) },
      expiresOn: day(9),
      vm: off,
    }),
    [],
  ],
  ['suspended and running, its beginning not seen', service({ status: 'suspended', suspendedSeen: notSeen }), ['contradiction']],
  [
    'paid and running, still suspended in Paymenter',
    service({ status: 'suspended', suspendedSeen: { ...seenBegin, ownWriteBetween: true }, expiresOn: day(9) }),
    ['status-left-suspended'],
  ],
  ['covered and off, still active in Paymenter', overdueService({ suspension: covered, vm: off }), ['status-left-active']],
  ['a price and no expiry', service({ expiresOn: null, invoices: [invoice({ status: 'paid' })] }), ['never-invoiced-again']],
  ['no price and no expiry', service({ expiresOn: null, price: { amountMinor: 0, currency: 'INR' } }), []],
  ['expired without an invoice', service({ expiresOn: day(-1) }), ['contradiction']],
  ['a VM of which nothing is known', service({ vm: { state: 'unknown', gone: false, offSince: null } }), []],
]

describe('a service', () => {
  it.each(table)('%s', (_what, facts, kinds) => {
    expect(kindsOf(facts)).toEqual(kinds)
  })

  it('tells what is at stake: what a period is worth, and the memory that is held', () => {
    const [finding] = findingsOf([entry(service({ vm: off }))], [], today)
    expect(finding).toMatchObject({
      key: 'active-but-off/101',
      money: [{ amountMinor: 99_800, currency: 'INR' }],
      memoryKiB: 2_097_152,
      name: 'vps-101',
      node: 'kvm-a',
    })
    expect(finding?.resolve.map((way) => way.action)).toEqual(['start', 'hold-no-start'])
  })

  it('is asked about once: an answer is kept', () => {
    const services = [entry(service({ status: 'suspended', suspendedSeen: notSeen, vm: off }))]
    const [finding] = findingsOf(services, [], today)
    expect(finding?.resolve.map((way) => way.action)).toEqual(['cover', 'answer'])
    expect(findingsOf(services, [], today, new Set([finding?.key ?? '']))).toEqual([])
  })
})

describe('the installation', () => {
  const active = (id: number, expired: number): ActiveService => ({
    serviceId: asId<ServiceId>(id),
    expiresOn: day(-expired),
    price: { amountMinor: 100, currency: id % 2 === 0 ? 'INR' : 'EUR' },
    quantity: 1,
  })

  it('is told that the nightly job is silent when services are active that expired more than two days ago', () => {
    expect(findingsOf([], [active(1, 0), active(2, 2)], today)).toEqual([])
    const [finding] = findingsOf([], [active(1, 1), active(2, 3), active(3, 9), active(4, 4)], today)
    expect(finding).toMatchObject({
      kind: 'nightly-job-silent',
      severity: 'danger',
      serviceIds: [2, 3, 4],
      money: [
        { amountMinor: 100, currency: 'EUR' },
        { amountMinor: 200, currency: 'INR' },
      ],
    })
    expect(finding?.message).toContain('the oldest 9 days')
  })

  it('is warned of a grace that Paymenter’s own cancellation comes before', () => {
    expect(kindsOf(service(), { ...defaultPolicy, graceDays: 13 })).toEqual([])
    expect(kindsOf(service(), { ...defaultPolicy, graceDays: 14 })).toEqual(['long-grace'])
  })
})

it('for any facts, every finding has its own key, says what would resolve it, and is the same twice', () => {
  fc.assert(
    fc.property(arbitraryFacts, arbitraryPolicy, (facts, policy) => {
      const found: Finding[] = findingsOf([entry(facts, policy)], [], today)
      expect(new Set(found.map((finding) => finding.key)).size).toBe(found.length)
      for (const finding of found) {
        expect(finding.resolve.length).toBeGreaterThan(0)
        if (finding.kind === 'active-but-off') expect(decide(policy, facts, { today }).kind).not.toBe('suspend')
      }
      expect(findingsOf([entry(facts, policy)], [], today)).toEqual(found)
    }),
  )
})
