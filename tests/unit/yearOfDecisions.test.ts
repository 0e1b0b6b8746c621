// A year of daily decisions over generated histories: a shop whose customers pay late or never, whose nightly job fails for days, whose operator
// moves dates; every day the decision is carried out, and the promise is checked.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { addDays, daysBetween, type Day } from '../../shared/domain/calendar.ts'
import { decide, type ServiceFacts } from '../../shared/domain/decide.ts'
import { asId, type InvoiceId } from '../../shared/domain/ids.ts'
import { defaultPolicy } from '../../shared/domain/policy.ts'
import type { InvoiceFacts } from '../../shared/domain/serviceState.ts'
import { service } from './facts.ts'

const firstDay = '2026-01-01' as Day
const year = 365
const periodDays = 30

interface Habits {
  /** Days after its creation on which each invoice is paid; null: never. */
  readonly payAfterDays: readonly (number | null)[]
  /** Days on which Paymenter's nightly job does not run. */
  readonly jobFails: ReadonlySet<number>
  /** Days on which the worker is not running. */
  readonly workerSleeps: ReadonlySet<number>
  /** Days on which the operator gives ten days more by moving the expiry. */
  readonly givesTime: ReadonlySet<number>
}

const days = fc.uniqueArray(fc.integer({ min: 0, max: year - 1 }), { maxLength: 40 }).map((list) => new Set(list))
const stretches = fc.array(fc.tuple(fc.integer({ min: 0, max: year - 1 }), fc.integer({ min: 1, max: 20 })), { maxLength: 4 }).map((list) => new Set(list.flatMap(([start, length]) => Array.from({ length }, (_, index) => start + index))))
const habits: fc.Arbitrary<Habits> = fc.record({
  payAfterDays: fc.array(fc.option(fc.integer({ min: 0, max: 25 }), { nil: null, freq: 12 }), { minLength: 16, maxLength: 16 }),
  jobFails: stretches,
  workerSleeps: stretches,
  givesTime: days.map((set) => new Set([...set].slice(0, 2))),
})

interface Invoice extends InvoiceFacts {
  readonly status: string
  readonly payOn: Day | null
}

/** Paymenter, the VM and the console's own account of one service, a day at a time. */
class Shop {
  today = firstDay
  status = 'active'
  expiresOn = addDays(firstDay, 20)
  invoices: Invoice[] = []
  vmRuns = true
  facts: ServiceFacts = service()
  #seen: { status: string; expiresOn: Day } | null = null
  #suspendedSeen: ServiceFacts['suspendedSeen'] = null
  #endedSeen: ServiceFacts['endedSeen'] = null
  #ownWrite = false
  #suspension: ServiceFacts['suspension'] = null
  readonly #habits: Habits

  constructor(habits: Habits) {
    this.#habits = habits
  }

  /** The customer and the operator by day, the job by night. */
  morning(index: number): void {
    this.today = addDays(firstDay, index)
    if (this.#habits.givesTime.has(index) && this.status !== 'cancelled') this.expiresOn = addDays(this.today, 10)
    for (const invoice of this.invoices) if (invoice.status === 'pending' && invoice.payOn !== null && invoice.payOn <= this.today) this.#pay(invoice)
    if (!this.#habits.jobFails.has(index)) this.#nightlyJob()
  }

  #pay(invoice: Invoice): void {
    this.invoices = this.invoices.map((known) => (known.id === invoice.id ? { ...known, status: 'paid' } : known))
    if (this.status === 'cancelled') return
    this.expiresOn = addDays(this.status === 'active' ? this.expiresOn : this.today, periodDays)
    this.status = 'active'
  }

  #nightlyJob(): void {
    const left = daysBetween(this.today, this.expiresOn)
    const hasPending = this.invoices.some((invoice) => invoice.status === 'pending')
    if (this.status === 'active' && left <= 7 && !hasPending) {
      const number = this.invoices.length
      const after = this.#habits.payAfterDays[number % this.#habits.payAfterDays.length] ?? null
      this.invoices.push({
        id: asId<InvoiceId>(number + 1),
        status: 'pending',
        dueOn: this.expiresOn,
        dueReadable: true,
        createdOn: this.today,
        payOn: after === null ? null : addDays(this.today, after),
      })
    }
    if (this.status === 'active' && left <= -2) this.status = 'suspended'
    if (this.status === 'suspended' && left <= -14) {
      this.status = 'cancelled'
      this.invoices = this.invoices.map((invoice) => (invoice.status === 'pending' ? { ...invoice, status: 'cancelled' } : invoice))
    }
  }

  /** The mirror reads, and keeps how a status began. */
  read(): ServiceFacts {
    if (this.status === 'suspended' && this.#seen?.status !== 'suspended') {
      this.#suspendedSeen = { beginningSeen: this.#seen !== null, firstReadOn: this.today, expiresOnBefore: this.#seen?.expiresOn ?? null, expiresOnThen: this.expiresOn, ownWriteBetween: this.#ownWrite }
    }
    if (this.status === 'cancelled' && this.#seen?.status !== 'cancelled') this.#endedSeen = { firstReadOn: this.today, wasOverdueBefore: this.#suspension?.cause === 'overdue' }
    this.#ownWrite = false
    this.#seen = { status: this.status, expiresOn: this.expiresOn }
    this.facts = service({
      status: this.status,
      createdOn: firstDay,
      expiresOn: this.expiresOn,
      invoices: this.invoices,
      suspendedSeen: this.status === 'suspended' ? this.#suspendedSeen : null,
      endedSeen: this.status === 'cancelled' ? this.#endedSeen : null,
      suspension: this.#suspension,
      vm: { state: this.vmRuns ? 'running' : 'shutoff', gone: false, offSince: null },
    })
    return this.facts
  }

  /** Does what was decided, as the steps of an intent do. */
  act(): ReturnType<typeof decide> {
    const decision = decide(defaultPolicy, this.read(), { today: this.today })
    if (decision.kind === 'suspend' && !decision.needsApproval) {
      this.vmRuns = false
      this.#suspension = { cause: decision.cause ?? 'overdue', invoiceIds: decision.invoiceIds, stopSent: true, verifiedOn: this.today }
      if (decision.cause === 'overdue' && this.status !== 'suspended') {
        this.status = 'suspended'
        this.#ownWrite = true
        this.read()
      }
    }
    if (decision.kind === 'unsuspend') {
      this.vmRuns = true
      this.#suspension = null
      if (this.status === 'suspended') {
        this.status = 'active'
        this.read()
      }
    }
    return decision
  }
}

function isPaid(shop: Shop): boolean {
  return shop.status !== 'cancelled' && shop.expiresOn >= shop.today
}

it('never leaves a paid customer off for a day on which the worker ran, and never stops one', () => {
  fc.assert(
    fc.property(habits, (known) => {
      const shop = new Shop(known)
      for (let index = 0; index < year; index += 1) {
        shop.morning(index)
        if (known.workerSleeps.has(index)) continue
        const wasRunning = shop.vmRuns
        const paid = isPaid(shop)
        const decision = shop.act()
        if (paid) expect(shop.vmRuns, `${shop.today}: ${decision.reason}`).toBe(true)
        if (wasRunning && !shop.vmRuns) expect(paid, `${shop.today}: stopped though paid`).toBe(false)
      }
    }),
    { numRuns: 400 },
  )
})

it('never stops anybody before the grace after the invoice existed, and always stops who is overdue', () => {
  fc.assert(
    fc.property(habits, (known) => {
      const shop = new Shop(known)
      for (let index = 0; index < year; index += 1) {
        shop.morning(index)
        if (known.workerSleeps.has(index)) continue
        const wasRunning = shop.vmRuns
        const decision = shop.act()
        const pending = shop.facts.invoices.filter((invoice) => invoice.status === 'pending')
        const lateness = pending.map((invoice) => Math.min(daysBetween(invoice.dueOn ?? shop.today, shop.today), daysBetween(invoice.createdOn ?? shop.today, shop.today), daysBetween(shop.facts.expiresOn ?? shop.today, shop.today)))
        const isLate = lateness.some((late) => late > defaultPolicy.graceDays)
        if (wasRunning && !shop.vmRuns && decision.cause === 'overdue') expect(isLate, `${shop.today}: ${decision.reason}`).toBe(true)
        if (isLate && shop.status !== 'cancelled') expect(shop.vmRuns, `${shop.today}: ${decision.reason}`).toBe(false)
      }
    }),
    { numRuns: 400 },
  )
})

it('does not flap: a day without any change of the facts changes nothing', () => {
  fc.assert(
    fc.property(habits, (known) => {
      const shop = new Shop(known)
      for (let index = 0; index < year; index += 1) {
        shop.morning(index)
        shop.act()
        const after = shop.vmRuns
        const again = shop.act()
        expect(shop.vmRuns, `${shop.today}: ${again.reason}`).toBe(after)
      }
    }),
    { numRuns: 200 },
  )
})
