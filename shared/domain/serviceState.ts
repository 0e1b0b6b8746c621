// In which one of the nine states a linked service is, from Paymenter's rows and the mirror's own history: the first rule that fits.
import { addDays, daysBetween, latestDay, type Day } from './calendar.ts'
import type { CustomerId, InvoiceId, ProductId, ServiceId } from './ids.ts'
import type { Money } from './money.ts'
import type { Policy } from './policy.ts'

export interface InvoiceFacts {
  readonly id: InvoiceId
  readonly status: string
  readonly dueOn: Day | null
  /** False: a due date was sent that is not the start of a day in Paymenter's zone. */
  readonly dueReadable: boolean
  /** Null: its creation could not be read. */
  readonly createdOn: Day | null
}

/** How the mirror saw Paymenter's present `suspended` begin. */
export interface SuspendedSeen {
  /** There is a read before the first one that showed `suspended`. */
  readonly beginningSeen: boolean
  readonly firstReadOn: Day
  readonly expiresOnBefore: Day | null
  readonly expiresOnThen: Day | null
  /** A status that this console wrote lay between the two reads: then it proves nothing. */
  readonly ownWriteBetween: boolean
}

export type SuspensionCause = 'overdue' | 'by-hand' | 'trial-ended' | 'ended' | 'operator' | 'before-console'

/** A suspension by this console (or confirmed as if by it) that has not been given back. */
export interface SuspensionInForce {
  readonly cause: SuspensionCause
  /** The invoices whose payment ends it. */
  readonly invoiceIds: readonly InvoiceId[]
  readonly stopSent: boolean
  /** The day on which the VM was seen off; null while it has not been. */
  readonly verifiedOn: Day | null
}

export interface BillingFacts {
  readonly serviceId: ServiceId
  readonly customerId: CustomerId | null
  readonly productId: ProductId | null
  readonly status: string
  /** Null: not an amount of its currency. */
  readonly price: Money | null
  readonly createdOn: Day | null
  readonly expiresOn: Day | null
  readonly expiryReadable: boolean
  /** Its own URL answered 404. */
  readonly gone: boolean
  /** Every invoice with an item that refers to this service. */
  readonly invoices: readonly InvoiceFacts[]
  /** Set while the status is `suspended`. */
  readonly suspendedSeen: SuspendedSeen | null
  /** Set while the status is `cancelled`: when that was first read, and whether it was overdue before. */
  readonly endedSeen: { readonly firstReadOn: Day; readonly wasOverdueBefore: boolean } | null
  readonly suspension: SuspensionInForce | null
}

export const serviceStates = [
  'ended',
  'unpaid-order',
  'suspended-by-hand',
  'contradiction',
  'trial-ended',
  'overdue',
  'paid-up',
  'in-grace',
] as const
export type ServiceState = (typeof serviceStates)[number]

export interface StateOfService {
  readonly state: ServiceState
  /** Why, in the operator's words, with the figures. */
  readonly reason: string
  /** For `overdue`: the invoices that make it so. */
  readonly invoiceIds: readonly InvoiceId[]
  /** For `overdue` and `in-grace`: the first day on which it is, or will be, overdue; null when no date says so. */
  readonly overdueOn: Day | null
}

const paymenterStatuses = new Set(['pending', 'active', 'suspended', 'cancelled'])

/**
 * The first day on which a pending invoice makes its service overdue: the day after the grace that starts at the latest of due date, creation and
 * the service's expiry. Null when a date is missing: what is undated is never overdue.
 */
export function firstOverdueDay(invoice: InvoiceFacts, expiresOn: Day | null, graceDays: number): Day | null {
  if (expiresOn === null || invoice.dueOn === null || invoice.createdOn === null) return null
  return addDays(latestDay(invoice.dueOn, invoice.createdOn, expiresOn), graceDays + 1)
}

function result(state: ServiceState, reason: string, overdueOn: Day | null = null, invoiceIds: readonly InvoiceId[] = []): StateOfService {
  return { state, reason, invoiceIds, overdueOn }
}

function unreadable(facts: BillingFacts, today: Day): string | null {
  if (facts.gone) return 'Paymenter answers that this service does not exist any more.'
  if (!paymenterStatuses.has(facts.status)) return `Paymenter shows a status that is not known here: “${facts.status}”.`
  if (!facts.expiryReadable) return 'Its expiry date is not the start of a day in Paymenter’s time zone, so it cannot be read.'
  // Who is paid into the future needs no due date: a customer who has paid is never held back by an odd renewal invoice.
  if (facts.expiresOn !== null && facts.expiresOn >= today) return null
  const odd = facts.invoices.find((invoice) => invoice.status === 'pending' && (!invoice.dueReadable || invoice.createdOn === null))
  if (odd) return `A date of its pending invoice ${odd.id} cannot be read.`
  if (facts.price === null && facts.expiresOn === null) return 'Its price cannot be read and it has no expiry.'
  return null
}

function isSuspendedByHand(facts: BillingFacts): boolean {
  const seen = facts.suspendedSeen
  if (facts.status !== 'suspended' || seen === null || !seen.beginningSeen || seen.ownWriteBetween) return false
  return seen.expiresOnThen === seen.expiresOnBefore && (seen.expiresOnThen === null || seen.expiresOnThen > seen.firstReadOn)
}

function suspendedWithoutReason(facts: BillingFacts, today: Day): boolean {
  if (facts.status !== 'suspended' || facts.suspendedSeen?.beginningSeen === true) return false
  return facts.expiresOn === null || facts.expiresOn >= today
}

function isTrialEnded(policy: Policy, facts: BillingFacts, today: Day): boolean {
  if (policy.trialDays === 'off' || facts.price?.amountMinor !== 0 || facts.expiresOn !== null || facts.createdOn === null) return false
  return daysBetween(facts.createdOn, today) >= policy.trialDays
}

function whyPaidUp(facts: BillingFacts, today: Day): string | null {
  if (facts.expiresOn !== null && facts.expiresOn >= today) return `Paid until ${facts.expiresOn}.`
  const pending = facts.invoices.some((invoice) => invoice.status === 'pending')
  if (facts.expiresOn === null && !pending) {
    if (facts.price?.amountMinor === 0) return 'A free service without an expiry.'
    if (facts.invoices.some((invoice) => invoice.status === 'paid')) return 'It has no expiry, a paid invoice and no pending one. Paymenter will not invoice it again.'
  }
  const causes = facts.suspension?.invoiceIds ?? []
  const paid = new Set(facts.invoices.filter((invoice) => invoice.status === 'paid').map((invoice) => invoice.id))
  if (causes.length > 0 && causes.every((id) => paid.has(id))) {
    return causes.length === 1 ? `Invoice ${causes[0]}, which caused the suspension, is paid.` : 'Every invoice that caused the suspension is paid.'
  }
  return null
}

/** The state of a service on a day of Paymenter's zone. Pure and total: any facts have exactly one state. */
export function stateOfService(policy: Policy, facts: BillingFacts, today: Day): StateOfService {
  const unreadableFact = unreadable(facts, today)
  if (facts.status === 'cancelled' && !facts.gone) return result('ended', 'Paymenter shows it as cancelled: never paid, cancelled by the customer, or given up.')
  if (facts.status === 'pending' && !facts.gone) return result('unpaid-order', 'An order that has not been paid yet.')
  if (unreadableFact === null && isSuspendedByHand(facts)) {
    return result('suspended-by-hand', `Somebody suspended it in Paymenter (seen ${facts.suspendedSeen?.firstReadOn ?? today}) though it was not due.`)
  }
  if (unreadableFact !== null) return result('contradiction', unreadableFact)
  if (suspendedWithoutReason(facts, today)) {
    return result(
      'contradiction',
      `Paymenter shows it as suspended, yet ${facts.expiresOn === null ? 'it has no expiry' : `it is paid until ${facts.expiresOn}`}, and how that began was not seen. Set its status in Paymenter, or confirm the suspension here.`,
    )
  }
  if (isTrialEnded(policy, facts, today)) return result('trial-ended', `Its trial of ${policy.trialDays} days, from ${facts.createdOn ?? '?'}, is over.`)

  const pending = facts.invoices.filter((invoice) => invoice.status === 'pending')
  const dated = pending.map((invoice) => ({ invoice, overdueOn: firstOverdueDay(invoice, facts.expiresOn, policy.graceDays) }))
  const overdue = dated.flatMap((entry) => (entry.overdueOn !== null && today >= entry.overdueOn ? [{ ...entry, overdueOn: entry.overdueOn }] : []))
  const first = overdue[0]
  if (first) {
    const since = overdue.reduce((earliest, entry) => (entry.overdueOn < earliest ? entry.overdueOn : earliest), first.overdueOn)
    const ids = overdue.map((entry) => entry.invoice.id)
    const which = ids.length === 1 ? `Invoice ${ids[0]}, due ${first.invoice.dueOn ?? '?'},` : `${ids.length} invoices (${ids.join(', ')})`
    const graceDays = `${policy.graceDays} ${policy.graceDays === 1 ? 'day' : 'days'} of grace`
    return result('overdue', `${which} not paid; the service expired ${facts.expiresOn ?? '?'}; ${graceDays} ended ${addDays(since, -1)}.`, since, ids)
  }

  const paidUp = whyPaidUp(facts, today)
  if (paidUp !== null) return result('paid-up', paidUp)
  if (pending.length > 0) {
    const days = dated.flatMap((entry) => (entry.overdueOn === null ? [] : [entry.overdueOn])).sort()
    const next = days[0] ?? null
    const which = pending.length === 1 ? `Invoice ${pending[0]?.id} is` : `${pending.length} invoices are`
    return result('in-grace', next === null ? `${which} not paid, but undated.` : `${which} not paid; overdue from ${next}.`, next)
  }
  if (facts.status === 'suspended') {
    return result('contradiction', 'Paymenter shows it as suspended, but no unpaid invoice says why: its customer may have ended it with its period, for then none is written any more. Look at it in Paymenter: cancel it, renew it, or set it active.')
  }
  return result('contradiction', `It expired ${facts.expiresOn ?? '(never dated)'} and has no unpaid invoice. Paymenter’s nightly job may not be running, or its invoice was removed.`)
}
