// Where it is earned: by product and plan, by node, by customer; and what would be lost with one of them.
import type { CustomerId, NodeId, ProductId, ServiceId } from '../ids.ts'
import { isOwedAt, percentOf } from './cash.ts'
import { monthText, type EpochDay } from './epochDay.ts'
import type { Ledger } from './ledger.ts'
import { periodWords } from './monthly.ts'
import { customerKey, standingsAt, type Movement, type Standing } from './movements.ts'
import type { Period } from './periods.ts'
import { firstPaymentMonths } from './cohorts.ts'
import type { ServiceState } from './timeline.ts'

/** What a service is sold as: its product and its period, `free`, `one-time`, or `unknown`. */
export function planKeyOf(state: Pick<ServiceState, 'productId' | 'period' | 'kind'>): string {
  return `${state.productId ?? '-'}/${planWords(state)}`
}

function planWords(state: Pick<ServiceState, 'period' | 'kind'>): string {
  if (state.kind === 'recurring' && state.period !== null) return periodWords(state.period)
  return state.kind === null || state.kind === 'recurring' ? 'unknown' : state.kind
}

interface Sums {
  services: number
  readonly customers: Set<number>
  mrrMinor: number
  atRiskMinor: number
}

/** Σ of what stands, by a key. */
function sumStandings<K>(standings: readonly Standing[], keyOf: (standing: Standing) => K): Map<K, Sums & { first: Standing }> {
  const groups = new Map<K, Sums & { first: Standing }>()
  for (const standing of standings) {
    const key = keyOf(standing)
    let sums = groups.get(key)
    if (sums === undefined) groups.set(key, (sums = { services: 0, customers: new Set(), mrrMinor: 0, atRiskMinor: 0, first: standing }))
    sums.services += 1
    sums.customers.add(customerKey(standing.customerId, standing.serviceId))
    sums.mrrMinor += standing.state.monthlyMinor
    if (standing.state.status === 'suspended') sums.atRiskMinor += standing.state.monthlyMinor
  }
  return groups
}

function totalOf(standings: readonly Standing[]): number {
  return standings.reduce((sum, { state }) => sum + state.monthlyMinor, 0)
}

export interface PlanRow {
  readonly key: string
  readonly productId: ProductId | null
  readonly plan: string
  readonly currency: string
  readonly services: number
  readonly customers: number
  readonly mrrMinor: number
  readonly atRiskMinor: number
  readonly sharePercent: number | null
  readonly newMinor: number
  readonly churnMinor: number
}

/** MRR by product and plan at the end of a period, and what came (new and returned) and left (ended) in it; upgrades are neither. */
export function planRows(ledger: Ledger, currency: string, movements: readonly Movement[], period: Pick<Period, 'from' | 'to'>): PlanRow[] {
  const standings = standingsAt(ledger.timelines, currency, period.to)
  const totalMinor = totalOf(standings)
  const groups = sumStandings(standings, ({ state }) => planKeyOf(state))
  const come = new Map<string, { newMinor: number; churnMinor: number; state: ServiceState }>()
  for (const { day, before, after, amountMinor, kind } of movements) {
    if (day < period.from || day > period.to) continue
    const isCome = kind === 'new' || kind === 'reactivation'
    const state = isCome ? after : before
    if (state === null || kind === 'expansion' || kind === 'contraction') continue
    const sums = come.get(planKeyOf(state)) ?? { newMinor: 0, churnMinor: 0, state }
    come.set(planKeyOf(state), sums)
    if (isCome) sums.newMinor += amountMinor
    else sums.churnMinor += amountMinor
  }
  const keys = [...new Set([...groups.keys(), ...come.keys()])]
  return keys
    .flatMap((key): PlanRow[] => {
      const sums = groups.get(key)
      const moved = come.get(key)
      const state = sums?.first.state ?? moved?.state
      if (state === undefined) return []
      const mrrMinor = sums?.mrrMinor ?? 0
      return [
        {
          key,
          productId: state.productId,
          plan: planWords(state),
          currency,
          services: sums?.services ?? 0,
          customers: sums?.customers.size ?? 0,
          mrrMinor,
          atRiskMinor: sums?.atRiskMinor ?? 0,
          sharePercent: percentOf(mrrMinor, totalMinor),
          newMinor: moved?.newMinor ?? 0,
          churnMinor: moved?.churnMinor ?? 0,
        },
      ]
    })
    .sort((a, b) => b.mrrMinor - a.mrrMinor || (a.key < b.key ? -1 : 1))
}

/** A VM that a service is linked to, and its size. */
export interface LinkedVm {
  readonly nodeId: NodeId
  readonly memoryKiB: number
}

export interface NodeFact {
  readonly id: NodeId
  readonly name: string
  /** Of the host; null while it has not been seen. */
  readonly memoryKiB: number | null
  readonly cost: { readonly amountMinor: number; readonly currency: string } | null
}

export interface NodeRow {
  /** Null for the services that are linked to no VM. */
  readonly nodeId: NodeId | null
  readonly node: string | null
  readonly currency: string
  readonly services: number
  readonly customers: number
  readonly mrrMinor: number
  readonly atRiskMinor: number
  readonly sharePercent: number | null
  readonly costMinor: number | null
  readonly marginMinor: number | null
  readonly memorySoldMiB: number | null
  readonly memoryUnsoldMiB: number | null
  /** MRR per GB of memory sold; null without any. */
  readonly perGbMinor: number | null
  /** What the unsold memory would bring at that price. */
  readonly unsoldMinor: number | null
}

const kibPerMib = 1024
const mibPerGb = 1024

/**
 * MRR of the services whose VMs are on each node (by today's links), at the end of a day.
 *
 *     margin           MRR − the node's monthly cost (in the same currency)
 *     memory sold      Σ memory of the VMs of services with MRR
 *     memory unsold    the host's memory − memory sold, not below nothing
 *     per GB           MRR ÷ memory sold; unsold value: that × memory unsold
 */
export function nodeRows(
  ledger: Ledger,
  currency: string,
  day: EpochDay,
  links: ReadonlyMap<ServiceId, LinkedVm>,
  nodes: readonly NodeFact[],
): NodeRow[] {
  const standings = standingsAt(ledger.timelines, currency, day)
  const totalMinor = totalOf(standings)
  const groups = sumStandings(standings, ({ serviceId }) => links.get(serviceId)?.nodeId ?? null)
  const soldKiB = new Map<NodeId, number>()
  for (const { serviceId, state } of standings) {
    const link = links.get(serviceId)
    if (link !== undefined && state.monthlyMinor > 0) soldKiB.set(link.nodeId, (soldKiB.get(link.nodeId) ?? 0) + link.memoryKiB)
  }
  const known = nodes.map((node): NodeRow => {
    const sums = groups.get(node.id)
    const mrrMinor = sums?.mrrMinor ?? 0
    const costMinor = node.cost?.currency === currency ? node.cost.amountMinor : null
    const soldMiB = Math.round((soldKiB.get(node.id) ?? 0) / kibPerMib)
    const unsoldMiB = node.memoryKiB === null ? null : Math.max(0, Math.round(node.memoryKiB / kibPerMib) - soldMiB)
    return {
      nodeId: node.id,
      node: node.name,
      currency,
      services: sums?.services ?? 0,
      customers: sums?.customers.size ?? 0,
      mrrMinor,
      atRiskMinor: sums?.atRiskMinor ?? 0,
      sharePercent: percentOf(mrrMinor, totalMinor),
      costMinor,
      marginMinor: costMinor === null ? null : mrrMinor - costMinor,
      memorySoldMiB: soldMiB,
      memoryUnsoldMiB: unsoldMiB,
      perGbMinor: soldMiB === 0 ? null : Math.round((mrrMinor * mibPerGb) / soldMiB),
      unsoldMinor: soldMiB === 0 || unsoldMiB === null ? null : Math.round((mrrMinor * unsoldMiB) / soldMiB),
    }
  })
  const unlinked = groups.get(null)
  if (unlinked === undefined) return known
  return [
    ...known,
    {
      nodeId: null,
      node: null,
      currency,
      services: unlinked.services,
      customers: unlinked.customers.size,
      mrrMinor: unlinked.mrrMinor,
      atRiskMinor: unlinked.atRiskMinor,
      sharePercent: percentOf(unlinked.mrrMinor, totalMinor),
      costMinor: null,
      marginMinor: null,
      memorySoldMiB: null,
      memoryUnsoldMiB: null,
      perGbMinor: null,
      unsoldMinor: null,
    },
  ]
}

export interface CustomerRow {
  readonly customerId: CustomerId | null
  readonly currency: string
  readonly services: number
  readonly mrrMinor: number
  readonly atRiskMinor: number
  /** Of all MRR: what would be lost if this customer left. */
  readonly sharePercent: number | null
  /** This customer's share and those of all larger ones. */
  readonly cumulativePercent: number | null
  readonly collectedMinor: number
  readonly owedMinor: number
  readonly firstPaidMonth: string | null
  /** Over all invoices paid until the period's end, by the latest day of payment; null without any that was due. */
  readonly averageDaysLate: number | null
}

interface Billed {
  collectedMinor: number
  payments: number
  owedMinor: number
  owed: number
  lateDays: number
  lateOf: number
}

/** MRR by customer at the end of a period, what each paid in it and owes at its end; the largest first. */
export function customerRows(ledger: Ledger, currency: string, period: Pick<Period, 'from' | 'to'>): CustomerRow[] {
  const standings = standingsAt(ledger.timelines, currency, period.to)
  const totalMinor = totalOf(standings)
  const groups = sumStandings(standings, ({ customerId }) => customerId)
  const firstPaid = firstPaymentMonths(ledger, currency)
  const billed = new Map<CustomerId | null, Billed>()
  const until = Math.min(period.to, ledger.today)
  for (const invoice of ledger.invoices) {
    if (invoice.currency !== currency || invoice.createdOn > period.to) continue
    const { customerId, paidOn, dueOn, totalMinor: invoiceMinor } = invoice
    let sums = billed.get(customerId)
    if (sums === undefined)
      billed.set(customerId, (sums = { collectedMinor: 0, payments: 0, owedMinor: 0, owed: 0, lateDays: 0, lateOf: 0 }))
    if (isOwedAt(invoice, until)) {
      sums.owedMinor += invoiceMinor
      sums.owed += 1
    }
    if (paidOn === null || paidOn > period.to) continue
    if (paidOn >= period.from) {
      sums.collectedMinor += invoiceMinor
      sums.payments += 1
    }
    if (dueOn === null) continue
    sums.lateDays += Math.max(0, paidOn - dueOn)
    sums.lateOf += 1
  }
  const active = [...billed].flatMap(([customerId, { payments, owed }]) => (payments > 0 || owed > 0 ? [customerId] : []))
  const rows = [...new Set([...groups.keys(), ...active])]
    .map((customerId) => {
      const sums = groups.get(customerId)
      const bills = billed.get(customerId)
      const first = customerId === null ? undefined : firstPaid.get(customerId)
      return {
        customerId,
        currency,
        services: sums?.services ?? 0,
        mrrMinor: sums?.mrrMinor ?? 0,
        atRiskMinor: sums?.atRiskMinor ?? 0,
        sharePercent: percentOf(sums?.mrrMinor ?? 0, totalMinor),
        collectedMinor: bills?.collectedMinor ?? 0,
        owedMinor: bills?.owedMinor ?? 0,
        firstPaidMonth: first === undefined ? null : monthText(first),
        averageDaysLate: bills === undefined || bills.lateOf === 0 ? null : Math.round((bills.lateDays / bills.lateOf) * 10) / 10,
      }
    })
    .sort((a, b) => b.mrrMinor - a.mrrMinor || b.collectedMinor - a.collectedMinor || (a.customerId ?? 0) - (b.customerId ?? 0))
  let sumMinor = 0
  return rows.map((row) => {
    sumMinor += row.mrrMinor
    return { ...row, cumulativePercent: percentOf(sumMinor, totalMinor) }
  })
}
