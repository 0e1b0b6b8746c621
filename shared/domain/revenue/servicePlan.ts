// How often a service is paid: Paymenter's API does not say, so it is told from its invoices' text, its product's plans, or the gaps.
import type { PlanFact, PlanKind, ServiceFact } from './facts.ts'
import { periodOfGap, periodOfSpan, spanFits, type DaySpan } from './itemPeriod.ts'
import { samePeriod, type BillingPeriod } from './monthly.ts'

export interface ServicePlan {
  /** Null when it cannot be told. */
  readonly kind: PlanKind | null
  /** Set for recurring plans. */
  readonly period: BillingPeriod | null
}

const unknownPlan: ServicePlan = { kind: null, period: null }

function recurring(period: BillingPeriod): ServicePlan {
  return { kind: 'recurring', period }
}

function costs(plan: PlanFact, currency: string, priceMinor: number): boolean {
  return plan.prices.some((price) => price.currency === currency && price.amountMinor === priceMinor)
}

/** The one period that all of some plans have; null when they differ or there are none. */
function commonPeriod(plans: readonly PlanFact[]): BillingPeriod | null {
  const [first, ...others] = plans.flatMap((plan) => (plan.period === null ? [] : [plan.period]))
  return first !== undefined && others.every((period) => samePeriod(first, period)) ? first : null
}

/** The period that an item's text names: that of a plan of the product which fits it, best one of the same price; else its own. */
export function periodOfNamedSpan(span: DaySpan, plans: readonly PlanFact[], currency: string, priceMinor: number | null): BillingPeriod {
  const fitting = plans.filter((plan) => plan.period !== null && spanFits(span, plan.period))
  const ofPrice = priceMinor === null ? [] : fitting.filter((plan) => costs(plan, currency, priceMinor))
  return commonPeriod(ofPrice) ?? commonPeriod(fitting) ?? periodOfSpan(span)
}

function hasOneTime(plans: readonly PlanFact[]): boolean {
  return plans.some((plan) => plan.type === 'one-time')
}

/**
 * The plan of a service, by the first of these that tells it: its price is nothing (free); the plans of its product that have its price in
 * its currency, best one that fits the period in the text of its newest invoice item; that period alone; the one period of all of its
 * product's plans; the gap between its invoices.
 * @param plans those of its product
 * @param gapDays between its last two invoices
 */
export function planOfService(
  service: Pick<ServiceFact, 'currency' | 'priceMinor' | 'expiresOn'>,
  plans: readonly PlanFact[],
  newestSpan: DaySpan | null,
  gapDays: number | null,
): ServicePlan {
  const { currency, priceMinor, expiresOn } = service
  if (priceMinor === null) return unknownPlan
  if (priceMinor === 0) return { kind: 'free', period: null }
  const ofPrice = plans.filter((plan) => costs(plan, currency, priceMinor))
  const recurringOfPrice = ofPrice.filter((plan) => plan.type === 'recurring')
  if (newestSpan === null && hasOneTime(ofPrice) && (expiresOn === null || recurringOfPrice.length === 0))
    return { kind: 'one-time', period: null }
  const fitting = newestSpan === null ? [] : recurringOfPrice.filter((plan) => plan.period !== null && spanFits(newestSpan, plan.period))
  const gap = gapDays === null ? null : periodOfGap(gapDays)
  const nearGap = gap === null ? [] : recurringOfPrice.filter((plan) => plan.period !== null && samePeriod(plan.period, gap))
  const told = commonPeriod(fitting) ?? commonPeriod(recurringOfPrice) ?? commonPeriod(nearGap)
  if (told !== null) return recurring(told)
  if (newestSpan !== null) return recurring(periodOfNamedSpan(newestSpan, plans, currency, priceMinor))
  if (recurringOfPrice.length > 0) return unknownPlan
  const recurringPlans = plans.filter((plan) => plan.type === 'recurring')
  if (recurringPlans.length === 0 && hasOneTime(plans)) return { kind: 'one-time', period: null }
  const common = commonPeriod(recurringPlans)
  if (common !== null) return recurring(common)
  return gap === null ? unknownPlan : recurring(gap)
}
