// A notice as it is sent: facts put into words, then into a template, so that no name can break out of its place.
import type { Day } from '../calendar.ts'
import { formatDecimal, type Money } from '../money.ts'
import type { SuspensionCause } from '../serviceState.ts'
import { fillIn, type NoticeKind, type NoticeTemplate, type NoticeValues } from './template.ts'

export interface NoticeMessage {
  readonly subject: string
  readonly body: string
}

/** What a notice tells of. */
export interface NoticeFacts {
  readonly kind: NoticeKind
  readonly customerName: string | null
  readonly productName: string | null
  readonly serviceId: number
  readonly vmName: string
  readonly invoices: readonly { readonly id: number; readonly total: Money | null; readonly dueOn: Day | null }[]
  /** The day of which it warns: of the suspension, or of the deletion. */
  readonly suspendsOn: Day | null
  readonly reason: string
  readonly company: string
}

const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const longestNameInSubject = 80
const longestSubjectSent = 240
const rightToLeft = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u

/** `24 December 2026`. */
export function dayInWords(day: Day): string {
  const [year = '', month = '', date = ''] = day.split('-')
  return `${Number(date)} ${months[Number(month) - 1] ?? month} ${year}`
}

/** Cut to so many characters (whole code points), with an ellipsis where something is missing. */
function cutTo(text: string, characters: number): string {
  const points = Array.from(text)
  return points.length <= characters ? text : `${points.slice(0, Math.max(0, characters - 1)).join('')}…`
}

/**
 * A value as it may stand in a line: one line, no control or direction-changing characters. Where it runs from right to left it is set
 * apart, so that it does not turn the words around it.
 */
export function inLine(value: string): string {
  const plain = value
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, '')
    .replaceAll(/ {2,}/g, ' ')
    .trim()
  return rightToLeft.test(plain) ? `\u2068${plain}\u2069` : plain
}

function sum(amounts: readonly (Money | null)[]): string | null {
  const byCurrency = new Map<string, number>()
  for (const amount of amounts) {
    if (amount === null) return null
    byCurrency.set(amount.currency, (byCurrency.get(amount.currency) ?? 0) + amount.amountMinor)
  }
  return [...byCurrency].map(([currency, amountMinor]) => `${formatDecimal({ amountMinor, currency })} ${currency}`).join(' and ')
}

/** Why a VM will be stopped: its invoices, or the end of its trial. */
export function reasonBefore(cause: 'overdue' | 'trial-ended', invoices: NoticeFacts['invoices']): string {
  if (cause === 'trial-ended') return 'Your trial is about to end.'
  const first = invoices[0]
  const amount = sum(invoices.map((invoice) => invoice.total))
  const isKnown = amount !== null && amount !== ''
  if (invoices.length === 1 && first) {
    const due = first.dueOn === null ? '' : `, due on ${dayInWords(first.dueOn)},`
    return `Invoice ${first.id}${isKnown ? ` over ${amount}` : ''}${due} has not been paid yet.`
  }
  return `Invoices ${invoices.map((invoice) => invoice.id).join(', ')}${isKnown ? `, ${amount} together,` : ''} have not been paid yet.`
}

/** Why a VM was stopped. */
export function reasonOfSuspension(cause: SuspensionCause, invoices: NoticeFacts['invoices']): string {
  switch (cause) {
    case 'overdue':
      return invoices.length === 0 ? 'An invoice has not been paid.' : reasonBefore('overdue', invoices).replace(/ yet\.$/, '.')
    case 'trial-ended':
      return 'Your trial has ended.'
    case 'ended':
      return 'Your service has ended.'
    case 'by-hand':
    case 'operator':
    case 'before-console':
      return 'Your service was suspended by our staff.'
  }
}

export const reasonOfGivingBack = 'Thank you: everything is settled.'

function valuesOf(facts: NoticeFacts, longestName: number | null): NoticeValues {
  const name = (value: string): string => inLine(longestName === null ? value : cutTo(value, longestName))
  const amount = sum(facts.invoices.map((invoice) => invoice.total))
  return {
    customer: name(facts.customerName ?? 'customer'),
    product: name(facts.productName ?? 'server'),
    service: String(facts.serviceId),
    vm: name(facts.vmName),
    invoice: facts.invoices.length === 0 ? '–' : facts.invoices.map((invoice) => invoice.id).join(', '),
    amount: amount === null || amount === '' ? '–' : amount,
    reason: facts.reason,
    suspendDate: facts.suspendsOn === null ? '–' : dayInWords(facts.suspendsOn),
    deleteDate: facts.suspendsOn === null ? '–' : dayInWords(facts.suspendsOn),
    company: name(facts.company),
  }
}

/**
 * Fills in a checked template. Names stand whole in the text (unless it would be longer than `longestBody` characters: then they are cut)
 * and cut in the subject. The subject is always one line.
 */
export function compose(template: NoticeTemplate, facts: NoticeFacts, longestBody = Number.POSITIVE_INFINITY): NoticeMessage {
  const subject = cutTo(fillIn(template.subject, valuesOf(facts, longestNameInSubject)), longestSubjectSent)
  const whole = fillIn(template.body, valuesOf(facts, null))
  if (whole.length <= longestBody) return { subject, body: whole }
  const shortened = fillIn(template.body, valuesOf(facts, longestNameInSubject))
  return { subject, body: shortened.length <= longestBody ? shortened : cutTo(shortened, longestBody) }
}
