// What is coming: the days ahead as they would be if nobody paid and nothing else changed.
import { addDays, type Day } from './calendar.ts'
import { decide, isOff, type ServiceFacts } from './decide.ts'
import { addMoney, multiplyMoney, type Money } from './money.ts'
import type { Policy } from './policy.ts'

export interface PreviewedService {
  readonly policy: Policy
  readonly facts: ServiceFacts
  readonly quantity: number
  readonly memoryKiB: number
}

export interface PreviewedDay {
  readonly day: Day
  /** Services whose customers would be warned on that day. */
  readonly notices: number[]
  /** Services that would be suspended on that day for the first time. */
  readonly suspensions: number[]
  /** Services whose trial ends on that day; they are among the suspensions too. */
  readonly trialsEnding: number[]
  /** Services that expire on that day and renew by an invoice. */
  readonly renewals: number[]
  /** What the suspended services bring in a period, by currency. */
  readonly valueAtRisk: Money[]
  /** What renews, by currency. */
  readonly renewing: Money[]
  readonly memoryFreedKiB: number
}

function sumsOf(services: readonly PreviewedService[]): Money[] {
  const sums = new Map<string, Money>()
  for (const { facts, quantity } of services) {
    if (facts.price === null) continue
    const amount = multiplyMoney(facts.price, quantity)
    const known = sums.get(amount.currency)
    sums.set(amount.currency, known ? addMoney(known, amount) : amount)
  }
  return [...sums.values()].filter((sum) => sum.amountMinor !== 0).sort((a, b) => (a.currency < b.currency ? -1 : 1))
}

const ids = (services: readonly PreviewedService[]): number[] => services.map((service) => service.facts.serviceId)

/** The given number of days from today on. A service is counted as suspended on the first of them that would suspend it. Pure. */
export function previewDays(services: readonly PreviewedService[], today: Day, days: number): PreviewedDay[] {
  const suspended = new Set<PreviewedService>()
  return Array.from({ length: days }, (_, offset) => {
    const day = addDays(today, offset)
    const decided = services.map((service) => ({ service, decision: decide(service.policy, service.facts, { today: day }) }))
    const first = decided.filter(({ service, decision }) => decision.kind === 'suspend' && !suspended.has(service))
    for (const { service } of first) suspended.add(service)
    const suspensions = first.map(({ service }) => service)
    const notices = decided
      .filter(({ service, decision }) => decision.state === 'in-grace' && decision.overdueOn !== null && addDays(decision.overdueOn, -service.policy.warnDaysBefore) === day)
      .map(({ service }) => service)
    const renewals = services.filter(({ facts }) => facts.expiresOn === day && facts.status === 'active' && (facts.price?.amountMinor ?? 0) > 0)
    const freed = suspensions.filter(({ facts }) => facts.vm !== null && !isOff(facts.vm.state))
    return {
      day,
      notices: ids(notices),
      suspensions: ids(suspensions),
      trialsEnding: ids(first.filter(({ decision }) => decision.state === 'trial-ended').map(({ service }) => service)),
      renewals: ids(renewals),
      valueAtRisk: sumsOf(suspensions),
      renewing: sumsOf(renewals),
      memoryFreedKiB: freed.reduce((sum, service) => sum + service.memoryKiB, 0),
    }
  })
}
