// What is coming: renewals that fall due, weighed by each customer's own record of paying, as a range; and the same for past days.
import type { CustomerId, ServiceId } from '../ids.ts'
import type { Day } from '../calendar.ts'
import { fromEpochDay, type EpochDay } from './epochDay.ts'
import { endOfPeriod } from './itemPeriod.ts'
import type { Ledger } from './ledger.ts'
import { stateAt, type PaidSpan } from './timeline.ts'

/** The general record weighs as much as so many invoices of a customer's own. */
const priorInvoices = 4
/** With no record at all: what hosting customers do, and little trust in it. */
const untriedShare = 0.9
/** An invoice has shown whether it is paid when it has been due for so long: then Paymenter gives the service up. */
const decidedAfterDays = 14
/** Eight of ten outcomes lie within so many standard deviations of the expected one. */
const deviations = 1.2816

export interface Renewal {
  readonly serviceId: ServiceId
  readonly customerId: CustomerId | null
  readonly dueOn: EpochDay
  readonly amountMinor: number
  /** The share of such invoices that this customer pays. */
  readonly probability: number
  /** What is expected of it, rounded to the minor unit. */
  readonly expectedMinor: number
}

export interface ForecastRow {
  readonly asOf: Day
  readonly days: number
  readonly currency: string
  readonly renewals: number
  readonly dueMinor: number
  readonly lowMinor: number
  readonly expectedMinor: number
  readonly highMinor: number
  /** What was paid of these renewals; null while the days are not over. */
  readonly cameMinor: number | null
}

interface PayingRecord {
  readonly paid: number
  readonly decided: number
}

/** The invoices as far as paying goes: by customer, when each was made, when it was decided at the latest, when it was paid. */
interface PayingHistory {
  readonly places: ReadonlyMap<CustomerId | null, number>
  readonly place: Int32Array
  readonly createdOn: Int32Array
  readonly decidedOn: Int32Array
  readonly paidOn: Int32Array
}

const histories = new WeakMap<Ledger, PayingHistory>()
const never = 2_000_000_000

function historyOf(ledger: Ledger): PayingHistory {
  const known = histories.get(ledger)
  if (known !== undefined) return known
  const invoices = ledger.invoices.filter((invoice) => invoice.totalMinor > 0)
  const places = new Map<CustomerId | null, number>()
  for (const { customerId } of invoices) if (!places.has(customerId)) places.set(customerId, places.size)
  const history: PayingHistory = {
    places,
    place: new Int32Array(invoices.length),
    createdOn: new Int32Array(invoices.length),
    decidedOn: new Int32Array(invoices.length),
    paidOn: new Int32Array(invoices.length),
  }
  for (const [index, { customerId, createdOn, dueOn, paidOn }] of invoices.entries()) {
    history.place[index] = places.get(customerId) ?? 0
    history.createdOn[index] = createdOn
    history.decidedOn[index] = (dueOn ?? createdOn) + decidedAfterDays
    history.paidOn[index] = paidOn ?? never
  }
  histories.set(ledger, history)
  return history
}

/** How many of a customer's invoices were decided by a day, and how many of them were paid by then. */
function recordsAt(ledger: Ledger, asOf: EpochDay): { recordOf: (customerId: CustomerId | null) => PayingRecord; share: number } {
  const { places, place, createdOn, decidedOn, paidOn } = historyOf(ledger)
  const paid = new Int32Array(places.size)
  const decided = new Int32Array(places.size)
  let allPaid = 0
  let allDecided = 0
  for (let index = 0; index < place.length; index += 1) {
    if ((createdOn[index] ?? never) > asOf) continue
    const isPaid = (paidOn[index] ?? never) <= asOf
    if (!isPaid && (decidedOn[index] ?? never) > asOf) continue
    const at = place[index] ?? 0
    decided[at] = (decided[at] ?? 0) + 1
    allDecided += 1
    if (!isPaid) continue
    paid[at] = (paid[at] ?? 0) + 1
    allPaid += 1
  }
  return {
    share: (allPaid + untriedShare * priorInvoices) / (allDecided + priorInvoices),
    recordOf: (customerId) => {
      const at = places.get(customerId)
      return at === undefined ? { paid: 0, decided: 0 } : { paid: paid[at] ?? 0, decided: decided[at] ?? 0 }
    },
  }
}

/**
 * The renewals that fall due in the `days` after `asOf`, from what was known then: for each service that was there and recurring, the
 * day on which its paid time ends and each period after it.
 *
 *     probability   (paid invoices + 4 × the share of all) ÷ (decided invoices + 4), of the customer's own
 *     expected      amount × probability, and for the n-th renewal of a service probability to the n
 */
export function renewalsOf(ledger: Ledger, currency: string, asOf: EpochDay, days: number): Renewal[] {
  const { recordOf, share } = recordsAt(ledger, asOf)
  const until = asOf + days
  return ledger.timelines.flatMap(({ serviceId, customerId, changes, paid }): Renewal[] => {
    const state = stateAt(changes, asOf)
    if (state?.kind !== 'recurring' || state.period === null || state.currency !== currency || state.monthlyMinor <= 0) return []
    const last = paid.findLast((span) => span.paidOn <= asOf)
    const service = ledger.services.get(serviceId)
    const known = asOf === ledger.today ? service?.expiresOn : null
    let dueOn = known ?? last?.end ?? null
    if (dueOn === null) return []
    const isPresent = asOf === ledger.today && service !== undefined && service.priceMinor !== null
    const amountMinor = isPresent ? service.priceMinor * service.quantity : (last?.amountMinor ?? 0)
    if (amountMinor <= 0) return []
    const record = recordOf(customerId)
    const probability = (record.paid + priorInvoices * share) / (record.decided + priorInvoices)
    const renewals: Renewal[] = []
    if (dueOn <= asOf) {
      // Already due and not paid: it may still come, once, unless the service is about to be given up.
      if (asOf - dueOn < decidedAfterDays) renewals.push(renewal(asOf + 1, 1))
      else return []
      dueOn = endOfPeriod(asOf + 1, state.period)
    }
    for (
      let chance = probability ** (renewals.length + 1);
      dueOn <= until;
      dueOn = endOfPeriod(dueOn, state.period), chance *= probability
    ) {
      renewals.push({ serviceId, customerId, dueOn, amountMinor, probability: chance, expectedMinor: Math.round(amountMinor * chance) })
    }
    return renewals

    function renewal(day: EpochDay, power: number): Renewal {
      const chance = probability ** power
      return { serviceId, customerId, dueOn: day, amountMinor, probability: chance, expectedMinor: Math.round(amountMinor * chance) }
    }
  })
}

/**
 * The range of what renewals bring: expected ± 1.28 standard deviations (eight of ten outcomes), never below nothing or above all. Each
 * customer pays or does not on their own; how well the customer is known adds to the spread.
 */
export function forecastOf(ledger: Ledger, currency: string, asOf: EpochDay, days: number): ForecastRow {
  const renewals = renewalsOf(ledger, currency, asOf, days)
  const dueMinor = renewals.reduce((sum, renewal) => sum + renewal.amountMinor, 0)
  const expectedMinor = renewals.reduce((sum, renewal) => sum + renewal.expectedMinor, 0)
  const ofCustomer = new Map<CustomerId | null, { own: number; amount: number; probability: number }>()
  for (const { customerId, amountMinor, probability } of renewals) {
    let spread = ofCustomer.get(customerId)
    if (spread === undefined) ofCustomer.set(customerId, (spread = { own: 0, amount: 0, probability }))
    spread.own += amountMinor * amountMinor * probability * (1 - probability)
    spread.amount += amountMinor
  }
  let variance = 0
  for (const { own, amount, probability } of ofCustomer.values())
    variance += own + (amount * amount * probability * (1 - probability)) / (priorInvoices + 1)
  const width = deviations * Math.sqrt(variance)
  return {
    asOf: fromEpochDay(asOf),
    days,
    currency,
    renewals: renewals.length,
    dueMinor,
    lowMinor: Math.max(0, Math.round(expectedMinor - width)),
    expectedMinor,
    highMinor: Math.min(dueMinor, Math.round(expectedMinor + width)),
    cameMinor:
      asOf + days > ledger.today
        ? null
        : cameOf(ledger, currency, asOf, days, new Set(renewals.map(({ serviceId }) => serviceId))).reduce(
            (sum, { span }) => sum + span.amountMinor,
            0,
          ),
  }
}

export interface Came {
  readonly serviceId: ServiceId
  readonly customerId: CustomerId | null
  readonly span: PaidSpan
}

/** What was paid after `asOf` for periods that began by the end of the `days`, of the services that renewals were expected of. */
export function cameOf(ledger: Ledger, currency: string, asOf: EpochDay, days: number, expected: ReadonlySet<ServiceId>): Came[] {
  const came: Came[] = []
  for (const { serviceId, customerId, paid } of ledger.timelines) {
    if (!expected.has(serviceId)) continue
    for (const span of paid) {
      if (span.paidOn > asOf && span.paidOn <= ledger.today && span.from <= asOf + days && span.currency === currency)
        came.push({ serviceId, customerId, span })
    }
  }
  return came
}

const forecastHorizonsDays = [30, 90] as const

/** The forecast from today, and what it would have said 30 and 90 days ago and each quarter of a year before, beside what came. */
export function forecastRows(ledger: Ledger, currency: string, pastRuns = 4): ForecastRow[] {
  const { today, firstDay } = ledger
  return forecastHorizonsDays.flatMap((days) => {
    const rows = [forecastOf(ledger, currency, today, days)]
    for (let run = 1; run <= pastRuns; run += 1) {
      const asOf = today - run * days
      if (firstDay === null || asOf <= firstDay) break
      rows.push(forecastOf(ledger, currency, asOf, days))
    }
    return rows
  })
}
