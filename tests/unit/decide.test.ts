// Decisions: what is done about one service, and what never is, for any facts.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays } from '../../shared/domain/calendar.ts'
import { decide, holdInForce, type ServiceFacts } from '../../shared/domain/decide.ts'
import { defaultPolicy } from '../../shared/domain/policy.ts'
import { arbitraryFacts, arbitraryPolicy } from './arbitraryFacts.ts'
import { day, invoice, invoiceId, overdueService, service, today } from './facts.ts'

const now = { today }
const suspended: ServiceFacts['suspension'] = { cause: 'overdue', invoiceIds: [invoiceId(900)], stopSent: true, verifiedOn: day(-2) }
const off: ServiceFacts['vm'] = { state: 'shutoff', gone: false, offSince: day(-2) }

describe('a decision', () => {
  it('suspends an overdue service and names the invoices whose payment ends it', () => {
    const decision = decide(defaultPolicy, overdueService(), now)
    expect(decision).toMatchObject({ kind: 'suspend', state: 'overdue', cause: 'overdue', invoiceIds: [900], needsApproval: false })
    expect(decision.reason).toContain('900')
  })

  it('covers an overdue VM that is off already, and leaves alone one that it has covered and seen off', () => {
    expect(decide(defaultPolicy, overdueService({ vm: off }), now).kind).toBe('suspend')
    expect(decide(defaultPolicy, overdueService({ vm: off, suspension: suspended }), now).kind).toBe('none')
  })

  it('stops again what was suspended and runs again', () => {
    const decision = decide(defaultPolicy, overdueService({ suspension: suspended }), now)
    expect(decision.kind).toBe('suspend')
    expect(decision.reason).toContain('runs again')
  })

  it('does not take a paused VM for one that is off', () => {
    expect(decide(defaultPolicy, overdueService({ suspension: suspended, vm: { state: 'paused', gone: false, offSince: null } }), now).kind).toBe('suspend')
  })

  it('gives back what it suspended as soon as that is paid up, also when the VM runs already', () => {
    const paid = service({ status: 'suspended', suspendedSeen: { beginningSeen: true, firstReadOn: day(-3), expiresOnBefore: day(-9), expiresOnThen: day(-9), ownWriteBetween: true }, expiresOn: day(-9), suspension: suspended, invoices: [invoice({ status: 'paid' })] })
    expect(decide(defaultPolicy, { ...paid, vm: off }, now).kind).toBe('unsuspend')
    expect(decide(defaultPolicy, paid, now).kind).toBe('unsuspend')
  })

  it('does not give back what is merely not overdue any more: the job cancels the invoices of those whom it gives up', () => {
    const givenUp = service({ expiresOn: day(-20), suspension: suspended, invoices: [invoice({ status: 'cancelled' })], vm: off })
    expect(decide(defaultPolicy, givenUp, now).kind).toBe('none')
    const graceGrew = overdueService({ suspension: suspended, vm: off })
    expect(decide({ ...defaultPolicy, graceDays: 30 }, graceGrew, now).kind).toBe('none')
  })

  it('takes back a suspension that was broken off before the VM was seen off', () => {
    const brokenOff = overdueService({ suspension: { ...suspended, verifiedOn: null } })
    expect(decide({ ...defaultPolicy, graceDays: 30 }, brokenOff, now).kind).toBe('unsuspend')
  })

  it('never starts a paid VM that is off for another reason', () => {
    const decision = decide(defaultPolicy, service({ vm: off }), now)
    expect(decision.kind).toBe('none')
    expect(decision.reason).toContain('not by this console')
  })

  it('lets a hold win over a rule, in its direction, until its last day has passed', () => {
    const noStop = { kind: 'no-stop', until: today, why: 'promised' } as const
    expect(decide(defaultPolicy, overdueService({ hold: noStop }), now).kind).toBe('hold')
    expect(decide(defaultPolicy, overdueService({ hold: { ...noStop, until: day(-1) } }), now).kind).toBe('suspend')
    const noStart = { kind: 'no-start', until: null, why: 'abuse' } as const
    expect(decide(defaultPolicy, service({ suspension: suspended, hold: noStart, vm: off }), now).kind).toBe('hold')
    expect(decide(defaultPolicy, overdueService({ hold: noStart }), now).kind).toBe('suspend')
  })

  it('waits for Paymenter where the policy says so', () => {
    const policy = { ...defaultPolicy, requirePaymenterSuspended: true }
    expect(decide(policy, overdueService(), now).kind).toBe('none')
    expect(decide(policy, overdueService({ status: 'suspended' }), now).kind).toBe('suspend')
  })

  it('asks even in auto before it stops what ended without having been overdue', () => {
    const ended = service({ status: 'cancelled', endedSeen: { firstReadOn: day(-1), wasOverdueBefore: false } })
    expect(decide(defaultPolicy, ended, now)).toMatchObject({ kind: 'suspend', needsApproval: true })
    expect(decide(defaultPolicy, { ...ended, endedSeen: { firstReadOn: day(-1), wasOverdueBefore: true } }, now)).toMatchObject({ kind: 'suspend', needsApproval: false })
  })

  it('does not start what the nightly job has cancelled, and proposes its termination when it was off long enough', () => {
    const gone = (days: number) => service({ status: 'cancelled', endedSeen: { firstReadOn: day(-days), wasOverdueBefore: true }, suspension: { ...suspended, verifiedOn: day(-days) }, vm: { ...off, offSince: day(-days) } })
    expect(decide(defaultPolicy, gone(13), now).kind).toBe('none')
    expect(decide(defaultPolicy, gone(14), now).kind).toBe('propose-termination')
    expect(decide(defaultPolicy, { ...gone(14), hold: { kind: 'no-stop', until: null, why: 'talks' } }, now).kind).toBe('hold')
  })

  it('suspends a trial once, and gives it back when it was upgraded and paid', () => {
    const policy = { ...defaultPolicy, trialDays: 30 }
    const trial = service({ price: { amountMinor: 0, currency: 'INR' }, expiresOn: null, createdOn: day(-31) })
    expect(decide(policy, trial, now)).toMatchObject({ kind: 'suspend', cause: 'trial-ended' })
    const upgraded = service({ expiresOn: day(30), suspension: { cause: 'trial-ended', invoiceIds: [], stopSent: true, verifiedOn: day(-1) }, vm: off })
    expect(decide(policy, upgraded, now).kind).toBe('unsuspend')
  })
})

describe('for any facts and policy, a decision', () => {
  const check = (property: (facts: ServiceFacts, decision: ReturnType<typeof decide>, policy: typeof defaultPolicy) => void) => {
    fc.assert(
      fc.property(arbitraryFacts, arbitraryPolicy, (facts, policy) => {
        property(facts, decide(policy, facts, now), policy)
      }),
      { numRuns: 2_000 },
    )
  }

  it('is the same twice', () => {
    check((facts, decision, policy) => {
      expect(decide(policy, structuredClone(facts), now)).toEqual(decision)
    })
  })

  it('never acts on an unlinked service or a VM that does not exist', () => {
    check((facts, decision) => {
      if (facts.vm === null || facts.vm.gone) expect(decision.kind).toBe('none')
    })
  })

  it('never stops what is held from stopping, and never starts what is held from starting', () => {
    check((facts, decision) => {
      const hold = holdInForce(facts.hold, today)
      if (hold?.kind === 'no-stop') expect(decision.kind).not.toBe('suspend')
      if (hold?.kind === 'no-start') expect(decision.kind).not.toBe('unsuspend')
    })
  })

  it('never suspends as overdue what is undated, gone, unreadable, or paid into the future', () => {
    check((facts, decision) => {
      if (decision.kind !== 'suspend' || decision.cause !== 'overdue') return
      expect(facts.expiresOn).not.toBeNull()
      expect(facts.expiryReadable).toBe(true)
      expect(facts.gone).toBe(false)
      expect(facts.expiresOn !== null && facts.expiresOn < today).toBe(true)
      const blamed = facts.invoices.filter((known) => decision.invoiceIds.includes(known.id))
      expect(blamed.length).toBeGreaterThan(0)
      for (const known of blamed) expect(known).toMatchObject({ status: 'pending', dueReadable: true })
    })
  })

  it('keeps an overdue service overdue as time goes on', () => {
    fc.assert(
      fc.property(arbitraryFacts, arbitraryPolicy, fc.integer({ min: 1, max: 400 }), (facts, policy, days) => {
        if (decide(policy, facts, now).state !== 'overdue') return
        expect(decide(policy, facts, { today: addDays(today, days) }).state).toBe('overdue')
      }),
      { numRuns: 2_000 },
    )
  })

  it('gives whoever is paid up and was suspended back, held by nothing but a no-start hold', () => {
    check((facts, decision) => {
      if (decision.state !== 'paid-up' || facts.suspension === null || facts.vm === null || facts.vm.gone) return
      expect(decision.kind).toBe(holdInForce(facts.hold, today)?.kind === 'no-start' ? 'hold' : 'unsuspend')
    })
  })

  it('is undone by payment: what is suspended as overdue is given back when exactly its invoices are paid', () => {
    check((facts, decision, policy) => {
      if (decision.kind !== 'suspend' || decision.cause !== 'overdue' || facts.suspension !== null || holdInForce(facts.hold, today)) return
      const paid: ServiceFacts = {
        ...facts,
        status: 'active',
        suspendedSeen: null,
        expiresOn: addDays(today, 30),
        invoices: facts.invoices.map((known) => (decision.invoiceIds.includes(known.id) ? { ...known, status: 'paid' } : known)),
        suspension: { cause: 'overdue', invoiceIds: decision.invoiceIds, stopSent: true, verifiedOn: today },
        vm: { state: 'shutoff', gone: false, offSince: today },
      }
      expect(decide(policy, paid, now).kind).toBe('unsuspend')
    })
  })

  it('does nothing more to what it has suspended and seen off', () => {
    check((facts, decision, policy) => {
      if (decision.kind !== 'suspend') return
      const settled: ServiceFacts = {
        ...facts,
        suspension: { cause: decision.cause ?? 'overdue', invoiceIds: decision.invoiceIds, stopSent: true, verifiedOn: today },
        vm: { state: 'shutoff', gone: false, offSince: today },
      }
      expect(decide(policy, settled, now).kind).not.toBe('suspend')
    })
  })
})
