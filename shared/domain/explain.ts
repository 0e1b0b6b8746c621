// Why this and not that: every rule in its order, whether it fits, and with which figures.
import type { Day } from './calendar.ts'
import { decide, holdInForce, isOff, type ServiceFacts } from './decide.ts'
import type { Policy } from './policy.ts'
import { firstOverdueDay, serviceStates, stateOfService, type ServiceState } from './serviceState.ts'

export interface ExplainedRule {
  readonly rule: string
  /** `fits`: the one that decides; `no`: does not fit; `not-reached`: an earlier one fitted. */
  readonly outcome: 'fits' | 'no' | 'not-reached'
  readonly because: string
}

const names: Record<ServiceState, string> = {
  ended: 'Ended',
  'unpaid-order': 'Unpaid order',
  'suspended-by-hand': 'Suspended by hand',
  contradiction: 'Contradiction',
  'trial-ended': 'Trial ended',
  overdue: 'Overdue',
  'paid-up': 'Paid up',
  'in-grace': 'In grace',
}

function whyNot(state: ServiceState, policy: Policy, facts: ServiceFacts, today: Day): string {
  const pending = facts.invoices.filter((invoice) => invoice.status === 'pending')
  switch (state) {
    case 'ended':
    case 'unpaid-order':
      return `Paymenter shows it as ${facts.status}.`
    case 'suspended-by-hand':
      if (facts.status !== 'suspended') return `Paymenter shows it as ${facts.status}.`
      if (facts.suspendedSeen?.beginningSeen !== true) return 'How the suspension began was not seen.'
      return facts.suspendedSeen.ownWriteBetween ? 'This console wrote that status itself.' : 'Its expiry had come, or was changed at the same time.'
    case 'contradiction':
      return 'Every fact can be read, and they fit together.'
    case 'trial-ended':
      if (policy.trialDays === 'off') return 'No trial applies to it.'
      return facts.price?.amountMinor === 0 && facts.expiresOn === null ? `Its trial of ${policy.trialDays} days is not over.` : 'It is not a free service without an expiry.'
    case 'overdue': {
      if (pending.length === 0) return 'No invoice of it is unpaid.'
      const days = pending.flatMap((invoice) => firstOverdueDay(invoice, facts.expiresOn, policy.graceDays) ?? []).sort()
      return days[0] === undefined ? 'Its unpaid invoice or its expiry has no date.' : `Not before ${days[0]}; today is ${today}.`
    }
    case 'paid-up':
      if (facts.expiresOn !== null) return `It expired ${facts.expiresOn}, and ${pending.length === 0 ? 'no paid invoice renewed it' : 'an invoice of it is unpaid'}.`
      return 'It has no expiry, and nothing shows that it is paid.'
    case 'in-grace':
      return 'No invoice of it is unpaid.'
  }
}

/** The nine rules in their order for one service on a day, then what hold, policy and VM add. Pure. */
export function explain(policy: Policy, facts: ServiceFacts, today: Day): ExplainedRule[] {
  const found = stateOfService(policy, facts, today)
  const index = serviceStates.indexOf(found.state)
  const rules = serviceStates.map((state, position): ExplainedRule => {
    const rule = names[state]
    if (state === found.state) return { rule, outcome: 'fits', because: found.reason }
    return position < index || found.state === 'contradiction' ? { rule, outcome: 'no', because: whyNot(state, policy, facts, today) } : { rule, outcome: 'not-reached', because: 'An earlier rule fits.' }
  })
  const decision = decide(policy, facts, { today })
  const hold = holdInForce(facts.hold, today)
  const vm = facts.vm === null ? 'No VM is linked.' : facts.vm.gone ? 'Its VM does not exist any more.' : `Its VM is ${facts.vm.state}${isOff(facts.vm.state) ? ', which counts as off' : ''}.`
  const covered = facts.suspension === null ? 'No suspension is in force.' : `A suspension is in force (${facts.suspension.cause}), ${facts.suspension.verifiedOn === null ? 'not yet seen off' : `seen off ${facts.suspension.verifiedOn}`}.`
  return [
    ...rules,
    { rule: 'Hold', outcome: decision.kind === 'hold' ? 'fits' : 'no', because: hold === null ? 'No hold.' : `${hold.kind}${hold.until === null ? '' : ` until ${hold.until}`}: ${hold.why}` },
    { rule: 'VM', outcome: facts.vm === null || facts.vm.gone ? 'fits' : 'no', because: vm },
    { rule: 'Suspension', outcome: facts.suspension === null ? 'no' : 'fits', because: covered },
    { rule: 'Decision', outcome: 'fits', because: `${decision.kind}: ${decision.reason}` },
  ]
}
