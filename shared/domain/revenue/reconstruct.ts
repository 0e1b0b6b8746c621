// A service's life before there was a record of it, from its paid invoices; everything that comes of it is marked as reconstructed.
import type { ProductId } from '../ids.ts'
import type { EpochDay } from './epochDay.ts'
import type { InvoiceFact, PlanFact, ServiceFact } from './facts.ts'
import { endOfPeriod, spanFits, type DaySpan, type NamedSpan } from './itemPeriod.ts'
import { monthlyMinor, samePeriod, type BillingPeriod } from './monthly.ts'
import { periodOfNamedSpan, type ServicePlan } from './servicePlan.ts'
import { inOrder, type Change, type PaidSpan, type ServiceState } from './timeline.ts'

/** Paymenter's nightly job, as it is set unless an operator changes it. */
const suspendAfterDays = 2
const endAfterDays = 14
/** Unpaid orders are cancelled after a week: a first payment that seems later was only touched later. */
const orderDays = 7
/** A renewal that seems paid later than this after the end of the period before was only touched later. */
const lateAtMostDays = 30

/** What is needed of an invoice. */
export type BilledInvoice = Pick<InvoiceFact, 'status' | 'currency' | 'createdOn' | 'dueOn' | 'changedOn' | 'paidOn'>

/** An item that refers to a service. Those of one invoice stand together. */
export interface BilledLine {
  readonly invoice: BilledInvoice
  readonly priceMinor: number | null
  readonly quantity: number
  /** The period in its text. */
  readonly span: NamedSpan | null
}

export interface ServiceContext {
  readonly service: ServiceFact
  readonly plan: ServicePlan
  /** Plans of the service's product. */
  readonly plans: readonly PlanFact[]
  readonly productNamed: (name: string) => ProductId | null
  readonly today: EpochDay
}

interface RawSpan extends DaySpan {
  readonly paidOn: EpochDay
  readonly currency: string
  readonly amountMinor: number
  /** Price of one. */
  readonly priceMinor: number
  readonly period: BillingPeriod
  readonly productId: ProductId | null
}

/** What the paid invoices say that was paid for: of each the items with a period in their text; else the largest, for the plan's period. */
function spansOf(context: ServiceContext, billed: readonly BilledLine[]): RawSpan[] {
  const spans: RawSpan[] = []
  for (let index = 0; index < billed.length;) {
    const invoice = billed[index]?.invoice
    const before = spans.length
    let largestMinor = 0
    for (let line = billed[index]; line !== undefined && line.invoice === invoice; line = billed[index]) {
      index += 1
      if (invoice.status === 'paid' && invoice.paidOn !== null)
        largestMinor = Math.max(largestMinor, addLine(context, line, invoice.paidOn, spans, before))
    }
    if (invoice !== undefined && spans.length === before && largestMinor > 0) addPlain(context, invoice, largestMinor, spans)
  }
  return spans
}

/** Adds what a line paid for when its text names a period; answers its amount, 0 when it is no price. `first`: the invoice's first span. */
function addLine(
  context: ServiceContext,
  { invoice, priceMinor, quantity, span }: BilledLine,
  paidOn: EpochDay,
  spans: RawSpan[],
  first: number,
): number {
  if (priceMinor === null || priceMinor <= 0 || quantity <= 0) return 0
  const amountMinor = priceMinor * quantity
  if (!Number.isSafeInteger(amountMinor)) return 0
  if (span === null) return amountMinor
  const { from, to, name } = span
  const same = spans.length === first ? -1 : spans.findIndex((known, at) => at >= first && known.from === from && known.to === to)
  const known = spans[same]
  if (known !== undefined) spans[same] = { ...known, amountMinor: known.amountMinor + amountMinor }
  else {
    const { currency } = invoice
    const period = periodOf(span, priceMinor, currency, spans.at(-1), context)
    spans.push({
      from,
      to,
      paidOn,
      currency,
      amountMinor,
      priceMinor,
      period,
      productId: context.productNamed(name) ?? context.service.productId,
    })
  }
  return amountMinor
}

function addPlain({ plan, service }: ServiceContext, invoice: BilledInvoice, amountMinor: number, spans: RawSpan[]): void {
  if (plan.period === null || invoice.paidOn === null) return
  const { paidOn, currency } = invoice
  const from = invoice.dueOn ?? invoice.createdOn ?? paidOn
  const to = endOfPeriod(from, plan.period)
  spans.push({ from, to, paidOn, currency, amountMinor, priceMinor: amountMinor, period: plan.period, productId: service.productId })
}

/** The period of a span; that of the one before where the price is the same and it fits: then it is the same plan. */
function periodOf(
  span: DaySpan,
  priceMinor: number,
  currency: string,
  before: RawSpan | undefined,
  { plans }: ServiceContext,
): BillingPeriod {
  const isSame = before !== undefined && before.priceMinor === priceMinor && before.currency === currency && spanFits(span, before.period)
  return isSame ? before.period : periodOfNamedSpan(span, plans, currency, priceMinor)
}

/** The fee is discounted with the price by a coupon, or taxed with it: so much more than the fee may still be the fee. */
const feeWithTax = 1.5

/**
 * A first invoice may hold the setup fee within the price: what remains is then the price of a plan, or that of the period after it (where there
 * is none yet, of the service), which a coupon or a tax makes another than the plan's.
 */
function withoutSetupFee(span: RawSpan, next: RawSpan | undefined, { plans, service }: ServiceContext): RawSpan {
  let feeMinor = 0
  for (const plan of plans) {
    for (const price of plan.prices) {
      if (price.currency !== span.currency || price.amountMinor === null || price.setupFeeMinor === null || price.setupFeeMinor <= 0)
        continue
      feeMinor = Math.max(feeMinor, price.setupFeeMinor)
      const rest = span.amountMinor - price.setupFeeMinor
      if (rest === price.amountMinor || (service.quantity > 1 && rest === price.amountMinor * service.quantity))
        return { ...span, amountMinor: rest }
    }
  }
  const after = amountAfter(span, next, service)
  const rest = after === null ? 0 : span.amountMinor - after
  return after !== null && rest > 0 && rest <= feeMinor * Math.max(1, service.quantity) * feeWithTax ? { ...span, amountMinor: after } : span
}

/** What the next period of the same length costs; null where that cannot be told. */
function amountAfter(span: RawSpan, next: RawSpan | undefined, service: ServiceFact): number | null {
  if (next !== undefined) return next.currency === span.currency && samePeriod(next.period, span.period) && next.productId === span.productId ? next.amountMinor : null
  const amountMinor = (service.priceMinor ?? 0) * service.quantity
  return service.currency === span.currency && amountMinor > 0 ? amountMinor : null
}

/** When the service's invoices were cancelled, as the nightly job does when it gives a service up; the first day in a range. */
function cancelledBetween(billed: readonly BilledLine[], after: EpochDay, until: EpochDay): EpochDay | null {
  let first: EpochDay | null = null
  for (const { invoice } of billed) {
    if (invoice.status !== 'cancelled' || invoice.changedOn === null || invoice.changedOn <= after || invoice.changedOn > until) continue
    if (invoice.createdOn !== null && invoice.createdOn <= after - 400) continue
    first = first === null ? invoice.changedOn : Math.min(first, invoice.changedOn)
  }
  return first
}

export interface Reconstruction {
  readonly changes: Change[]
  readonly paid: PaidSpan[]
}

/**
 * What the invoices tell: the service began when its first one was paid, changed its price with the period of the first invoice of the
 * new price, was suspended from 2 days after a period's end until the next payment, and ended (a gap that no payment closes within 14
 * days and that is longer than a period, or whose invoice was cancelled) when its invoice was cancelled or 14 days after its period.
 * What Paymenter shows now ends the story.
 * @param billed every item of the service, with its invoice
 */
export function reconstruct(context: ServiceContext, billed: readonly BilledLine[]): Reconstruction {
  const raw = spansOf(context, billed).sort((a, b) => a.from - b.from || a.paidOn - b.paidOn)
  const [first, next] = raw
  if (first !== undefined) raw[0] = withoutSetupFee(first, next, context)
  const story = new Story(context, billed)
  for (const span of raw) story.add(span)
  return story.end()
}

class Story {
  readonly #context: ServiceContext
  readonly #billed: readonly BilledLine[]
  readonly #changes: Change[] = []
  readonly #paid: PaidSpan[] = []

  constructor(context: ServiceContext, billed: readonly BilledLine[]) {
    this.#context = context
    this.#billed = billed
  }

  add(span: RawSpan): void {
    const { from, to, paidOn, currency, amountMinor, period, productId } = span
    const before = this.#paid.at(-1)
    const isSame = before !== undefined && before.amountMinor === amountMinor && before.period === period
    const monthly = isSame ? before.monthlyMinor : (monthlyMinor(amountMinor, 1, period) ?? 0)
    let start = from
    let end = to
    if (before === undefined || this.#hasEndedBefore(before, span)) {
      if (before !== undefined) this.#endAfter(before, from)
      if (paidOn > from && paidOn - from <= orderDays) {
        start = paidOn
        end = Math.max(end, endOfPeriod(paidOn, period))
      }
      if (before === undefined) this.#tellTrial(start)
    } else if (paidOn > before.end + suspendAfterDays && paidOn - before.end <= lateAtMostDays) {
      this.#change(before.end + suspendAfterDays, { ...this.#last(), status: 'suspended' })
      end = Math.max(end, endOfPeriod(paidOn, period))
      start = Math.max(start, paidOn)
    }
    const last = this.#changes.at(-1)?.state
    const goesOn =
      isSame && last?.status === 'active' && last.monthlyMinor === monthly && last.currency === currency && last.productId === productId
    if (!goesOn) this.#change(start, { status: 'active', kind: 'recurring', currency, monthlyMinor: monthly, productId, period })
    this.#paid.push({ from: start, end, paidOn, currency, amountMinor, monthlyMinor: monthly, period, productId })
  }

  end(): Reconstruction {
    const { service, today } = this.#context
    const last = this.#paid.at(-1)
    if (service.goneOn !== null) this.#leave(last, service.goneOn)
    else if (service.status === 'active' || service.status === 'suspended') this.#tellPresent(last)
    else if (service.status === 'cancelled') this.#leave(last, service.changedOn)
    else if (last !== undefined) this.#change(last.end, null)
    const known = this.#changes.filter((change) => change.day <= today)
    return { changes: inOrder(known), paid: this.#paid }
  }

  #last(): ServiceState {
    const state = this.#changes.at(-1)?.state
    return state ?? this.#present('active')
  }

  #change(day: EpochDay, state: ServiceState | null): void {
    this.#changes.push({ day, state, recorded: false })
  }

  #hasEndedBefore(before: PaidSpan, span: RawSpan): boolean {
    const gap = span.from - before.end
    if (gap <= endAfterDays) return false
    return gap > before.end - before.from || cancelledBetween(this.#billed, before.end, span.from) !== null
  }

  /** Suspended two days after its period, ended with the cancelled invoice or two weeks after it, and before `until`. */
  #endAfter(span: PaidSpan, until: EpochDay): void {
    const end = Math.min(until, cancelledBetween(this.#billed, span.end, until) ?? span.end + endAfterDays)
    if (end > span.end + suspendAfterDays) this.#change(span.end + suspendAfterDays, { ...this.#last(), status: 'suspended' })
    this.#change(end, null)
  }

  /** A service that was there for days before its first invoice was a trial. */
  #tellTrial(start: EpochDay): void {
    const { createdOn, productId, currency } = this.#context.service
    if (createdOn === null || createdOn >= start - 1) return
    const invoiced = Math.min(...this.#billed.map(({ invoice }) => invoice.createdOn ?? Number.POSITIVE_INFINITY))
    if (invoiced <= createdOn + 1) return
    this.#change(createdOn, { status: 'active', kind: 'free', currency, monthlyMinor: 0, productId, period: null })
  }

  #present(status: 'active' | 'suspended'): ServiceState {
    const { service, plan } = this.#context
    const { kind, period } = plan
    const monthly =
      kind === 'recurring' && period !== null && service.priceMinor !== null
        ? (monthlyMinor(service.priceMinor, service.quantity, period) ?? 0)
        : 0
    return { status, kind, currency: service.currency, monthlyMinor: monthly, productId: service.productId, period }
  }

  #tellPresent(last: PaidSpan | undefined): void {
    const { service, today } = this.#context
    const state = this.#present(service.status === 'suspended' ? 'suspended' : 'active')
    const changed = Math.min(today, service.changedOn ?? today)
    if (last === undefined) {
      const began = Math.min(today, service.createdOn ?? changed)
      if (state.status === 'suspended' && changed > began) this.#change(began, { ...state, status: 'active' })
      this.#change(state.status === 'suspended' ? Math.max(changed, began) : began, state)
      return
    }
    const paidState = this.#last()
    const present = state.kind === null ? { ...paidState, status: state.status } : state
    const suspended = Math.min(today, Math.max(last.from, last.end + suspendAfterDays))
    if (present.status === 'suspended') this.#change(suspended, { ...paidState, status: 'suspended' })
    const soonest = this.#changes.at(-1)?.day ?? today
    const isSame =
      present.monthlyMinor === paidState.monthlyMinor && present.kind === paidState.kind && present.currency === paidState.currency
    this.#change(isSame ? Math.min(today, soonest) : Math.min(today, Math.max(changed, last.from + 1, soonest)), present)
  }

  /** It is not there any more: since its last change, or the cancelling of its invoice; a deleted one two weeks after its last period. */
  #leave(last: PaidSpan | undefined, seenOn: EpochDay | null): void {
    const { service, today } = this.#context
    if (last === undefined) {
      if (service.priceMinor !== 0 || service.createdOn === null || seenOn === null || seenOn <= service.createdOn) return
      this.#change(service.createdOn, this.#present('active'))
      this.#change(seenOn, null)
      return
    }
    const latest = seenOn ?? last.end + endAfterDays
    const end = Math.max(
      last.from + 1,
      Math.min(
        latest,
        service.goneOn === null ? latest : last.end + endAfterDays,
        cancelledBetween(this.#billed, last.from, latest) ?? latest,
      ),
    )
    if (end > last.end + suspendAfterDays) this.#change(last.end + suspendAfterDays, { ...this.#last(), status: 'suspended' })
    this.#change(Math.min(end, today + 1), null)
  }
}
