// The nine states, first rule that fits: a table over status, expiry, invoices and history.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Day } from '../../shared/domain/calendar.ts'
import { defaultPolicy } from '../../shared/domain/policy.ts'
import { firstOverdueDay, serviceStates, stateOfService, type BillingFacts, type ServiceState } from '../../shared/domain/serviceState.ts'
import { arbitraryFacts } from './arbitraryFacts.ts'
import { day, invoice, invoiceId, service, today } from './facts.ts'

const policy = { ...defaultPolicy, trialDays: 30 }
const free = { amountMinor: 0, currency: 'INR' }
const seen = { beginningSeen: true, firstReadOn: day(-2), expiresOnBefore: day(12), expiresOnThen: day(12), ownWriteBetween: false }

const table: readonly [name: string, facts: Partial<BillingFacts>, state: ServiceState][] = [
  ['a cancelled service is ended, whatever its invoices say', { status: 'cancelled', expiresOn: day(-30), invoices: [invoice()] }, 'ended'],
  ['a cancelled service with an unreadable expiry is ended all the same', { status: 'cancelled', expiresOn: null, expiryReadable: false }, 'ended'],
  ['a pending service is an unpaid order', { status: 'pending', expiresOn: null, invoices: [invoice()] }, 'unpaid-order'],
  ['suspended, paid into the future, and its beginning seen without a change of expiry: somebody did it by hand', { status: 'suspended', suspendedSeen: seen }, 'suspended-by-hand'],
  ['suspended by hand on a service without an expiry', { status: 'suspended', expiresOn: null, suspendedSeen: { ...seen, expiresOnBefore: null, expiresOnThen: null } }, 'suspended-by-hand'],
  ['suspended on the day of its expiry is not by hand: the expiry is not later than that day', { status: 'suspended', expiresOn: day(-2), suspendedSeen: { ...seen, expiresOnBefore: day(-2), expiresOnThen: day(-2) }, invoices: [invoice({ dueOn: day(-2) })] }, 'in-grace'],
  ['a suspended status that this console wrote proves nothing', { status: 'suspended', suspendedSeen: { ...seen, ownWriteBetween: true } }, 'paid-up'],
  ['the expiry was moved by hand in the same reading: given time, so paid up', { status: 'suspended', suspendedSeen: { ...seen, expiresOnBefore: day(-5) } }, 'paid-up'],
  ['suspended into the future and its beginning not seen', { status: 'suspended', suspendedSeen: { ...seen, beginningSeen: false } }, 'contradiction'],
  ['suspended without an expiry and without history', { status: 'suspended', expiresOn: null }, 'contradiction'],
  ['an unknown status', { status: 'frozen' }, 'contradiction'],
  ['an expiry that is not the start of a day', { expiresOn: null, expiryReadable: false }, 'contradiction'],
  ['a due date that cannot be read', { expiresOn: day(-5), invoices: [invoice({ dueOn: null, dueReadable: false })] }, 'contradiction'],
  ['a service that Paymenter does not have any more', { gone: true }, 'contradiction'],
  ['a due date that cannot be read does not hold back who is paid into the future', { invoices: [invoice({ dueOn: null, dueReadable: false })] }, 'paid-up'],
  ['a free service after its trial', { price: free, expiresOn: null, createdOn: day(-30) }, 'trial-ended'],
  ['a free service on the last day of its trial', { price: free, expiresOn: null, createdOn: day(-29) }, 'paid-up'],
  ['an upgraded trial that is paid', { price: { amountMinor: 49_900, currency: 'INR' }, expiresOn: day(30), createdOn: day(-60) }, 'paid-up'],
  ['overdue the day after its grace', { expiresOn: day(-4), invoices: [invoice({ dueOn: day(-4) })] }, 'overdue'],
  ['in grace on the last day of it', { expiresOn: day(-3), invoices: [invoice({ dueOn: day(-3) })] }, 'in-grace'],
  ['the nightly job was late: the grace starts when the invoice exists', { status: 'suspended', expiresOn: day(-20), suspendedSeen: { ...seen, expiresOnBefore: day(-20), expiresOnThen: day(-20) }, invoices: [invoice({ dueOn: day(-20), createdOn: day(-1) })] }, 'in-grace'],
  ['the due date was moved: time was given', { expiresOn: day(-10), invoices: [invoice({ dueOn: day(5) })] }, 'in-grace'],
  ['the expiry was moved: time was given', { expiresOn: day(300), invoices: [invoice({ dueOn: day(-10) })] }, 'paid-up'],
  ['an invoice without a due date is never overdue', { expiresOn: day(-40), invoices: [invoice({ dueOn: null })] }, 'in-grace'],
  ['a service without an expiry is never overdue', { expiresOn: null, invoices: [invoice({ dueOn: day(-90) })] }, 'in-grace'],
  ['paid until today', { expiresOn: today }, 'paid-up'],
  ['paid, with the next invoice written already', { expiresOn: day(5), invoices: [invoice({ dueOn: day(5) })] }, 'paid-up'],
  ['without an expiry, with a paid invoice and no pending one', { expiresOn: null, invoices: [invoice({ status: 'paid' })] }, 'paid-up'],
  ['without an expiry and never paid', { expiresOn: null, invoices: [] }, 'contradiction'],
  ['every invoice that caused the suspension is paid', { status: 'suspended', expiresOn: day(-9), suspendedSeen: { ...seen, expiresOnBefore: day(-9), expiresOnThen: day(-9) }, suspension: { cause: 'overdue', invoiceIds: [invoiceId(900)], stopSent: true, verifiedOn: day(-1) }, invoices: [invoice({ status: 'paid' })] }, 'paid-up'],
  ['one of two invoices that caused the suspension is still pending', { status: 'suspended', expiresOn: day(-9), suspendedSeen: { ...seen, expiresOnBefore: day(-9), expiresOnThen: day(-9) }, suspension: { cause: 'overdue', invoiceIds: [invoiceId(900), invoiceId(901)], stopSent: true, verifiedOn: day(-1) }, invoices: [invoice({ status: 'paid' }), invoice({ id: invoiceId(901), dueOn: day(-9) })] }, 'overdue'],
  ['the job cancelled the invoice that caused the suspension: not paid', { status: 'suspended', expiresOn: day(-20), suspendedSeen: { ...seen, expiresOnBefore: day(-20), expiresOnThen: day(-20) }, suspension: { cause: 'overdue', invoiceIds: [invoiceId(900)], stopSent: true, verifiedOn: day(-9) }, invoices: [invoice({ status: 'cancelled' })] }, 'contradiction'],
  ['expired without an invoice', { expiresOn: day(-2) }, 'contradiction'],
  ['suspended, expired, its cause never seen', { status: 'suspended', expiresOn: day(-2), suspendedSeen: { ...seen, beginningSeen: false } }, 'contradiction'],
]

describe('the state of a service', () => {
  it.each(table)('%s', (_name, change, expected) => {
    expect(stateOfService(policy, service(change), today).state).toBe(expected)
  })

  it('is reached by the table for every state that there is', () => {
    expect([...new Set(table.map(([, , state]) => state))].sort()).toEqual([...serviceStates].sort())
  })

  it('is exactly one, with a reason, for any facts', () => {
    fc.assert(
      fc.property(arbitraryFacts, (facts) => {
        const { state, reason } = stateOfService(policy, facts, today)
        expect(serviceStates).toContain(state)
        expect(reason.length).toBeGreaterThan(10)
      }),
    )
  })

  it('names the day from which an invoice makes its service overdue', () => {
    expect(firstOverdueDay(invoice({ dueOn: day(-5), createdOn: day(-12) }), day(-5), 3)).toBe(day(-1))
    expect(firstOverdueDay(invoice({ dueOn: '2028-02-26' as Day, createdOn: day(-12) }), day(-5), 3)).toBe('2028-03-01')
    expect(firstOverdueDay(invoice({ dueOn: null }), day(-5), 3)).toBeNull()
    expect(firstOverdueDay(invoice({ createdOn: null }), day(-5), 3)).toBeNull()
  })
})
