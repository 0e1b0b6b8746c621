// The days ahead, and why this and not that.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide } from '../../shared/domain/decide.ts'
import { explain } from '../../shared/domain/explain.ts'
import { asId, type ServiceId } from '../../shared/domain/ids.ts'
import { defaultPolicy } from '../../shared/domain/policy.ts'
import { previewDays, type PreviewedService } from '../../shared/domain/preview.ts'
import { serviceStates } from '../../shared/domain/serviceState.ts'
import { arbitraryFacts, arbitraryPolicy } from './arbitraryFacts.ts'
import { day, invoice, overdueService, service, today } from './facts.ts'

const previewed = (facts: PreviewedService['facts'], change: Partial<PreviewedService> = {}): PreviewedService => ({ policy: defaultPolicy, facts, quantity: 1, memoryKiB: 2_097_152, ...change })

describe('the preview', () => {
  it('counts a service as suspended once, on the day on which it would be, with its value and memory', () => {
    const days = previewDays([previewed(service({ expiresOn: day(-1), invoices: [invoice({ dueOn: day(-1) })] }), { quantity: 3 })], today, 7)
    expect(days.map((known) => known.suspensions)).toEqual([[], [], [], [101], [], [], []].slice(0, 7))
    expect(days[3]).toMatchObject({ valueAtRisk: [{ amountMinor: 149_700, currency: 'INR' }], memoryFreedKiB: 2_097_152 })
    expect(days[1]?.notices).toEqual([101])
  })

  it('shows renewals on the day of the expiry, and frees no memory of a VM that is off', () => {
    const off = overdueService({ serviceId: asId<ServiceId>(5), vm: { state: 'shutoff', gone: false, offSince: null } })
    const days = previewDays([previewed(service({ expiresOn: day(2) })), previewed(off)], today, 3)
    expect(days[2]).toMatchObject({ renewals: [101], renewing: [{ amountMinor: 49_900, currency: 'INR' }] })
    expect(days[0]).toMatchObject({ suspensions: [5], memoryFreedKiB: 0 })
  })

  it('never adds amounts of two currencies, and suspends nothing twice, for any services', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(arbitraryFacts, arbitraryPolicy), { maxLength: 6 }), (entries) => {
        const services = entries.map(([facts, policy], index) => previewed({ ...facts, serviceId: asId<ServiceId>(index + 1) }, { policy }))
        const days = previewDays(services, today, 14)
        const all = days.flatMap((known) => known.suspensions)
        expect(new Set(all).size).toBe(all.length)
        for (const known of days) expect(new Set(known.valueAtRisk.map((sum) => sum.currency)).size).toBe(known.valueAtRisk.length)
      }),
    )
  })
})

describe('the explanation', () => {
  it('names every rule in its order, exactly one of which fits, and ends with the decision', () => {
    fc.assert(
      fc.property(arbitraryFacts, arbitraryPolicy, (facts, policy) => {
        const rules = explain(policy, facts, today)
        expect(rules.slice(0, serviceStates.length).filter((rule) => rule.outcome === 'fits')).toHaveLength(1)
        expect(rules.every((rule) => rule.because.length > 0)).toBe(true)
        expect(rules.at(-1)?.because.startsWith(decide(policy, facts, { today }).kind)).toBe(true)
      }),
    )
  })

  it('says why an invoice in grace is not overdue yet', () => {
    const rules = explain(defaultPolicy, service({ expiresOn: day(-1), invoices: [invoice({ dueOn: day(-1) })] }), today)
    expect(rules.find((rule) => rule.rule === 'Overdue')).toMatchObject({ outcome: 'no', because: `Not before ${day(3)}; today is ${today}.` })
  })
})
