// Which customers are to be warned today, and whether a notice that waits is still true when its turn comes. Pure.
import { addDays, daysBetween, type Day } from '../calendar.ts'
import { holdInForce, type ServiceFacts } from '../decide.ts'
import type { InvoiceId } from '../ids.ts'
import type { Policy } from '../policy.ts'
import { firstOverdueDay, stateOfService } from '../serviceState.ts'

export interface Warning {
  readonly cause: 'overdue' | 'trial-ended'
  /** The unpaid invoices behind it, oldest first; none for a trial. */
  readonly invoiceIds: readonly InvoiceId[]
  /** The first day on which the VM may be stopped. */
  readonly suspendsOn: Day
  /** Once per invoice and day of suspension. */
  readonly eventKey: string
}

function whenOverdue(policy: Policy, facts: ServiceFacts): Omit<Warning, 'eventKey'> | null {
  const dated = facts.invoices
    .filter((invoice) => invoice.status === 'pending')
    .flatMap((invoice) => {
      const day = firstOverdueDay(invoice, facts.expiresOn, policy.graceDays)
      return day === null ? [] : [{ id: invoice.id, day }]
    })
    .sort((a, b) => (a.day === b.day ? a.id - b.id : a.day < b.day ? -1 : 1))
  const first = dated[0]
  if (!first) return null
  return { cause: 'overdue', invoiceIds: dated.filter((entry) => entry.day === first.day).map((entry) => entry.id), suspendsOn: first.day }
}

function whenTrialEnds(policy: Policy, facts: ServiceFacts): Omit<Warning, 'eventKey'> | null {
  if (policy.trialDays === 'off' || facts.price?.amountMinor !== 0 || facts.expiresOn !== null || facts.createdOn === null) return null
  return { cause: 'trial-ended', invoiceIds: [], suspendsOn: addDays(facts.createdOn, policy.trialDays) }
}

/**
 * The warning that is due on a day: from `warnDaysBefore` days before the suspension to the day before it. Null where nothing will be
 * stopped: no VM, stopped already, held, ended, or in a state of which nothing follows.
 */
export function warningDue(policy: Policy, facts: ServiceFacts, today: Day): Warning | null {
  if (facts.vm === null || facts.vm.gone || facts.suspension !== null) return null
  const { state } = stateOfService(policy, facts, today)
  if (state !== 'in-grace' && state !== 'paid-up') return null
  const found = whenOverdue(policy, facts) ?? (state === 'paid-up' ? whenTrialEnds(policy, facts) : null)
  if (found === null) return null
  const days = daysBetween(today, found.suspendsOn)
  if (days < 1 || days > policy.warnDaysBefore) return null
  // Only what will really be so is announced: an unreadable date, for one, never makes anybody overdue.
  const then = stateOfService(policy, facts, found.suspendsOn).state
  if (then !== 'overdue' && then !== 'trial-ended') return null
  if (holdInForce(facts.hold, found.suspendsOn)?.kind === 'no-stop') return null
  const what = found.cause === 'overdue' ? String(found.invoiceIds[0]) : 'trial'
  return { ...found, eventKey: `before/${facts.serviceId}/${what}/${found.suspendsOn}` }
}
