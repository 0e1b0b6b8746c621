// The rows behind a figure: what exactly was added up, so that their sum is the figure.
import type { CustomerId, InvoiceId, NodeId, ProductId, ServiceId } from '../ids.ts'
import { isCollected, isInvoiced, isUncertain, untilToday } from './cash.ts'
import { lostCustomersOf, trialsOf } from './churn.ts'
import { firstPaymentMonths } from './cohorts.ts'
import { planKeyOf, type LinkedVm } from './earned.ts'
import { monthText, type EpochDay } from './epochDay.ts'
import { cameOf, renewalsOf } from './forecast.ts'
import type { Ledger, LedgerInvoice } from './ledger.ts'
import { standingsAt, type Movement, type MovementKind } from './movements.ts'
import { bucketOf, daysLate, owedAt, type AgeBucket } from './receivables.ts'
import type { ServiceState } from './timeline.ts'

export const drillFigures = [
  'mrr',
  'mrr-opening',
  'at-risk',
  'new',
  'reactivation',
  'expansion',
  'contraction',
  'churn',
  'churn-voluntary',
  'churn-involuntary',
  'lost-customers',
  'trials',
  'invoiced',
  'collected',
  'uncertain',
  'owed',
  'renewals-due',
  'renewals-expected',
  'renewals-came',
] as const
export type DrillFigure = (typeof drillFigures)[number]

export interface DrillRequest {
  readonly figure: DrillFigure
  readonly currency: string
  /** For what stands (MRR, owed) the end counts; for a forecast the day it was made, and the last day of it. */
  readonly from: EpochDay
  readonly to: EpochDay
  /** Only a part of it: all that are given must fit. */
  readonly planKey?: string | undefined
  /** Null: services that are linked to no VM. */
  readonly nodeId?: NodeId | null | undefined
  readonly customerId?: CustomerId | null | undefined
  /** `2026-03`: customers who first paid in that month. */
  readonly cohort?: string | undefined
  readonly bucket?: AgeBucket | undefined
}

export interface DrillRow {
  readonly serviceId: ServiceId | null
  readonly invoiceId: InvoiceId | null
  readonly customerId: CustomerId | null
  readonly productId: ProductId | null
  /** When it happened, was paid, or falls due; null for what merely stands. */
  readonly day: EpochDay | null
  readonly amountMinor: number
  /** A word on the row: a kind of movement, `suspended`, `free`, how many days late. */
  readonly note: string
  /** Reconstructed, or its day is not certain. */
  readonly marked: boolean
}

/** The rows whose amounts add up to the figure. @param movements of the currency, by day */
export function rowsBehind(
  ledger: Ledger,
  movements: readonly Movement[],
  links: ReadonlyMap<ServiceId, LinkedVm>,
  request: DrillRequest,
): DrillRow[] {
  const { currency, from, to } = request
  const belongs = belongingTo(ledger, links, request)
  const period = untilToday({ from, to }, ledger.today)
  const invoices = (
    fits: (invoice: LedgerInvoice) => boolean,
    day: (invoice: LedgerInvoice) => EpochDay | null,
    note: (invoice: LedgerInvoice) => string,
  ): DrillRow[] =>
    ledger.invoices
      .filter((invoice) => invoice.currency === currency && belongs.customer(invoice.customerId) && fits(invoice))
      .map((invoice) => ({
        ...nothing,
        invoiceId: invoice.id,
        customerId: invoice.customerId,
        serviceId: invoice.serviceId,
        day: day(invoice),
        amountMinor: invoice.totalMinor,
        note: note(invoice),
        marked: isUncertain(invoice, period),
      }))
  switch (request.figure) {
    case 'mrr':
    case 'mrr-opening':
    case 'at-risk': {
      const onlyAtRisk = request.figure === 'at-risk'
      return standingsAt(ledger.timelines, currency, request.figure === 'mrr-opening' ? from - 1 : to)
        .filter(
          ({ serviceId, customerId, state }) =>
            belongs.service(serviceId, customerId, state) && (!onlyAtRisk || state.status === 'suspended'),
        )
        .map(({ serviceId, customerId, state }) => ({
          ...nothing,
          serviceId,
          customerId,
          productId: state.productId,
          amountMinor: state.monthlyMinor,
          note: standingNote(state),
        }))
    }
    case 'new':
    case 'reactivation':
    case 'expansion':
    case 'contraction':
    case 'churn':
    case 'churn-voluntary':
    case 'churn-involuntary': {
      const kinds = kindsOf(request.figure, request.planKey !== undefined)
      return movements
        .filter(
          (movement) =>
            movement.day >= from &&
            movement.day <= to &&
            kinds.includes(movement.kind) &&
            belongs.service(movement.serviceId, movement.customerId, stateOfMovement(movement)),
        )
        .map((movement) => ({
          ...nothing,
          serviceId: movement.serviceId,
          customerId: movement.customerId,
          productId: (movement.after ?? movement.before)?.productId ?? null,
          day: movement.day,
          amountMinor: movement.amountMinor,
          note: movement.kind,
          marked: !movement.recorded,
        }))
    }
    case 'lost-customers':
      return lostCustomersOf(movements, { from, to }).map(({ key, openingMinor }) => ({
        ...nothing,
        customerId: key > 0 ? (key as CustomerId) : null,
        serviceId: key < 0 ? (-key as ServiceId) : null,
        amountMinor: -openingMinor,
        note: 'lost',
      }))
    case 'trials':
      return trialsOf(ledger.timelines, currency)
        .filter((trial) => trial.beganOn >= from && trial.beganOn <= to)
        .map((trial) => ({
          ...nothing,
          serviceId: trial.serviceId,
          customerId: trial.customerId,
          day: trial.beganOn,
          note: trial.convertedOn === null ? 'not converted' : 'converted',
        }))
    case 'invoiced':
      return invoices(
        (invoice) => isInvoiced(invoice, period),
        (invoice) => invoice.createdOn,
        (invoice) => invoice.status,
      )
    case 'collected':
      return invoices(
        (invoice) => isCollected(invoice, period),
        (invoice) => invoice.paidOn,
        (invoice) => (isUncertain(invoice, period) ? 'perhaps paid earlier' : 'paid'),
      )
    case 'uncertain':
      return invoices(
        (invoice) => isUncertain(invoice, period),
        (invoice) => invoice.paidOn,
        () => 'perhaps paid earlier',
      )
    case 'owed': {
      const day = Math.min(to, ledger.today)
      const owed = new Set(owedAt(ledger, currency, day))
      return invoices(
        (invoice) => owed.has(invoice) && (request.bucket === undefined || bucketOf(daysLate(invoice, day)) === request.bucket),
        (invoice) => invoice.dueOn,
        (invoice) => lateNote(daysLate(invoice, day)),
      )
    }
    case 'renewals-due':
    case 'renewals-expected':
      return renewalsOf(ledger, currency, from, to - from).map((renewal) => ({
        ...nothing,
        serviceId: renewal.serviceId,
        customerId: renewal.customerId,
        day: renewal.dueOn,
        amountMinor: request.figure === 'renewals-due' ? renewal.amountMinor : renewal.expectedMinor,
        note: `${Math.round(renewal.probability * 100)} % likely`,
      }))
    case 'renewals-came': {
      const expected = new Set(renewalsOf(ledger, currency, from, to - from).map(({ serviceId }) => serviceId))
      return cameOf(ledger, currency, from, to - from, expected).map(({ serviceId, customerId, span }) => ({
        ...nothing,
        serviceId,
        customerId,
        productId: span.productId,
        day: span.paidOn,
        amountMinor: span.amountMinor,
        note: 'paid',
      }))
    }
  }
}

const nothing: DrillRow = {
  serviceId: null,
  invoiceId: null,
  customerId: null,
  productId: null,
  day: null,
  amountMinor: 0,
  note: '',
  marked: false,
}

function standingNote(state: ServiceState): string {
  if (state.kind === null) return 'plan not known'
  if (state.kind !== 'recurring') return state.kind
  return state.status === 'suspended' ? 'suspended' : ''
}

function lateNote(days: number): string {
  return days === 0 ? 'not due' : days === 1 ? '1 day late' : `${days} days late`
}

type MovementFigure = Extract<DrillFigure, MovementKind | 'churn'>

/** In a part by plan, what came is new or back. */
function kindsOf(figure: MovementFigure, ofPlan: boolean): readonly MovementKind[] {
  if (figure === 'churn') return ['churn-voluntary', 'churn-involuntary']
  return figure === 'new' && ofPlan ? ['new', 'reactivation'] : [figure]
}

function stateOfMovement({ kind, before, after }: Movement): ServiceState | null {
  return kind === 'churn-voluntary' || kind === 'churn-involuntary' ? before : after
}

interface Belongs {
  readonly customer: (customerId: CustomerId | null) => boolean
  readonly service: (serviceId: ServiceId, customerId: CustomerId | null, state: ServiceState | null) => boolean
}

function belongingTo(
  ledger: Ledger,
  links: ReadonlyMap<ServiceId, LinkedVm>,
  { currency, planKey, nodeId, customerId: only, cohort }: DrillRequest,
): Belongs {
  const cohortOf = cohort === undefined ? null : firstPaymentMonths(ledger, currency)
  const customer = (customerId: CustomerId | null): boolean => {
    if (only !== undefined && only !== customerId) return false
    if (cohortOf === null) return true
    const month = customerId === null ? undefined : cohortOf.get(customerId)
    return month !== undefined && monthText(month) === cohort
  }
  return {
    customer,
    service: (serviceId, customerId, state) =>
      customer(customerId) &&
      (planKey === undefined || (state !== null && planKeyOf(state) === planKey)) &&
      (nodeId === undefined || (links.get(serviceId)?.nodeId ?? null) === nodeId),
  }
}
