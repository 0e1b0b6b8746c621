// Whom a warning reaches on which day, and whom never.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays } from '../../shared/domain/calendar.ts'
import { decide, type ServiceFacts } from '../../shared/domain/decide.ts'
import { warningDue } from '../../shared/domain/notices/due.ts'
import { defaultPolicy, type Policy } from '../../shared/domain/policy.ts'
import { arbitraryFacts, arbitraryPolicy } from './arbitraryFacts.ts'
import { day, invoice, invoiceId, service, today } from './facts.ts'

/** Expired so many days ago, unpaid; with 3 days of grace it is stopped on the fourth. */
const expired = (days: number, change: Partial<ServiceFacts> = {}): ServiceFacts =>
  service({ expiresOn: day(-days), invoices: [invoice({ dueOn: day(-days), createdOn: day(-days - 7) })], ...change })
const policy = (change: Partial<Policy>): Policy => ({ ...defaultPolicy, ...change })

describe('a warning', () => {
  it.each([
    [1, null],
    [2, day(2)],
    [3, day(1)],
    [4, null],
    [9, null],
  ])('of a service that expired %i days ago is due: %s', (days, suspendsOn) => {
    expect(warningDue(defaultPolicy, expired(days), today)?.suspendsOn ?? null).toBe(suspendsOn)
  })

  it('comes before the expiry too where it is to come early', () => {
    const facts = service({ expiresOn: day(3), invoices: [invoice({ dueOn: day(3), createdOn: day(-4) })] })
    expect(warningDue(policy({ graceDays: 1, warnDaysBefore: 5 }), facts, today)).toMatchObject({ suspendsOn: day(5), invoiceIds: [900] })
    expect(warningDue(policy({ graceDays: 1, warnDaysBefore: 4 }), facts, today)).toBeNull()
  })

  it('names the day and the invoices in its key, so that another day is another warning', () => {
    expect(warningDue(defaultPolicy, expired(3), today)?.eventKey).toBe(`before/101/900/${day(1)}`)
    expect(warningDue(policy({ graceDays: 4 }), expired(3), today)?.eventKey).toBe(`before/101/900/${day(2)}`)
  })

  it('is for the invoice that is overdue first, and for those of the same day', () => {
    const facts = expired(3, {
      invoices: [
        invoice({ id: invoiceId(902), dueOn: day(-3), createdOn: day(-9) }),
        invoice({ id: invoiceId(901), dueOn: day(-3), createdOn: day(-9) }),
        invoice({ id: invoiceId(903), dueOn: day(20), createdOn: day(-9) }),
      ],
    })
    expect(warningDue(defaultPolicy, facts, today)).toMatchObject({ invoiceIds: [901, 902], suspendsOn: day(1) })
  })

  it('tells of a trial’s end', () => {
    const facts = service({ price: { amountMinor: 0, currency: 'INR' }, expiresOn: null, createdOn: day(-13) })
    expect(warningDue(policy({ trialDays: 14 }), facts, today)).toMatchObject({
      cause: 'trial-ended',
      suspendsOn: day(1),
      eventKey: `before/101/trial/${day(1)}`,
    })
    expect(warningDue(defaultPolicy, facts, today)).toBeNull()
  })

  it.each<[string, Partial<ServiceFacts>]>([
    ['has no VM', { vm: null }],
    ['has a VM that is gone', { vm: { state: 'unknown', gone: true, offSince: null } }],
    ['is suspended already', { suspension: { cause: 'overdue', invoiceIds: [], stopSent: true, verifiedOn: day(-1) } }],
    ['is held beyond that day', { hold: { kind: 'no-stop', until: day(1), why: 'x' } }],
    ['has paid', { invoices: [invoice({ status: 'paid' })] }],
    ['is cancelled', { status: 'cancelled' }],
    ['has an expiry that cannot be read', { expiryReadable: false }],
    ['is gone', { gone: true }],
  ])('never reaches who %s', (_who, change) => {
    expect(warningDue(defaultPolicy, expired(3, change), today)).toBeNull()
  })

  it('reaches who is held only until before that day', () => {
    expect(warningDue(defaultPolicy, expired(2, { hold: { kind: 'no-stop', until: day(1), why: 'x' } }), today)).not.toBeNull()
  })

  it('is never untrue: where nothing changes, the service is suspended on the day that it names, and not before', () => {
    fc.assert(
      fc.property(arbitraryFacts, arbitraryPolicy, (facts, chosen) => {
        const warning = warningDue(chosen, facts, today)
        if (warning === null || chosen.requirePaymenterSuspended) return
        expect(decide(chosen, facts, { today: warning.suspendsOn }).kind).toBe('suspend')
        expect(decide(chosen, facts, { today: addDays(warning.suspendsOn, -1) }).kind).not.toBe('suspend')
      }),
      { numRuns: 1_000 },
    )
  })
})
