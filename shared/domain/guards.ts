// What holds suspensions and terminations back, from figures alone. Giving back is never held by any of these.
import type { NodeId, ServiceId } from './ids.ts'

export const guardCodes = ['stale', 'empty', 'too-many', 'clock', 'payment-silence', 'node', 'second-hand', 'restored', 'billing-changed'] as const
export type GuardCode = (typeof guardCodes)[number]

export interface Guard {
  readonly code: GuardCode
  /** Null: it holds every node. */
  readonly nodeId: NodeId | null
  readonly reason: string
  readonly figures: Readonly<Record<string, string | number>>
  /** The services that it holds back now: what a release is for. */
  readonly batch: readonly ServiceId[]
}

export interface PlannedSuspension {
  readonly serviceId: ServiceId
  readonly nodeId: NodeId
}

/** The lists that must not shrink, in the order in which that is told. */
export const countedLists = ['services', 'invoices', 'customers'] as const
export type CountedList = (typeof countedLists)[number]

export interface GuardFacts {
  /** UTC milliseconds of this machine. */
  readonly nowMs: number
  /** When services and invoices were last read to their end. */
  readonly lastCompleteSyncAt: number | null
  /** A later sync could not read them to their end. */
  readonly laterSyncFailed: boolean
  readonly lastFullAt: number | null
  /** Per list, of the last full pass; of the newest sync where that found the list empty. */
  readonly counts: Readonly<Partial<Record<CountedList, { readonly met: number; readonly knownBefore: number }>>>
  /** The billing server's clock minus ours. */
  readonly clockOffsetMs: number | null
  /** When automation last ran, by this machine's clock. */
  readonly lastRunAt: number | null
  readonly nodes: readonly { readonly nodeId: NodeId; readonly name: string; readonly trouble: string | null }[]
  /** Payments seen in the 90 days before the last one, and when the last one was seen: what history expects. */
  readonly payments: { readonly count: number; readonly overDays: number; readonly longestGapDays: number; readonly lastAt: number | null }
  /** The newest run that was noted outside the database is newer than the database's own. */
  readonly noteIsNewer: boolean
  /** What in this database is not as the record says: changed outside this program, or damaged. */
  readonly recordFaults: readonly string[]
  /** What speaks against this being the Paymenter that the links were made for; empty when nothing does. */
  readonly billingDifferences: readonly string[]
  /** What would be suspended now. */
  readonly planned: readonly PlannedSuspension[]
  /** Suspensions and terminations begun today, and services newly cancelled today. */
  readonly doneToday: number
  readonly cancelledToday: number
  readonly limit: number
}

const minuteMs = 60_000
const dayMs = 86_400_000
export const staleAfterMs = 15 * minuteMs
const fullPassStaleAfterMs = 26 * 60 * minuteMs
export const clockToleranceMs = 5 * minuteMs
const clockJumpMs = 48 * 60 * minuteMs

/** Guards that go away by themselves when their cause does; the others stay until released, or until a full sync shows that the cause is gone. */
export const selfClearing: ReadonlySet<GuardCode> = new Set(['stale', 'node', 'second-hand', 'payment-silence', 'clock'])

/** Guards that cannot be released: nothing could be done on such a node anyway. */
export const unreleasable: ReadonlySet<GuardCode> = new Set(['node', 'second-hand'])

function minutes(ms: number): number {
  return Math.round(ms / minuteMs)
}

function staleReason(facts: GuardFacts): { reason: string; figures: Record<string, number | string> } | null {
  if (facts.lastCompleteSyncAt === null) return { reason: 'Billing has not been read to its end yet. Sync it.', figures: {} }
  const age = facts.nowMs - facts.lastCompleteSyncAt
  if (facts.laterSyncFailed) return { reason: 'The last billing sync failed, so a payment may not be known here. It is tried again by itself.', figures: { ageMinutes: minutes(age) } }
  if (age > staleAfterMs) return { reason: `Billing was last read ${minutes(age)} minutes ago; 15 are allowed. Sync it.`, figures: { ageMinutes: minutes(age), allowedMinutes: 15 } }
  if (facts.lastFullAt === null || facts.nowMs - facts.lastFullAt > fullPassStaleAfterMs) {
    const hours = facts.lastFullAt === null ? null : Math.round((facts.nowMs - facts.lastFullAt) / 3_600_000)
    return {
      reason: hours === null ? 'There was no full billing sync yet. Run one.' : `The last full billing sync is ${hours} hours old; 26 are allowed. Run one.`,
      figures: hours === null ? {} : { ageHours: hours, allowedHours: 26 },
    }
  }
  return null
}

function emptyReason(facts: GuardFacts): { reason: string; figures: Record<string, number> } | null {
  for (const list of countedLists) {
    const count = facts.counts[list]
    if (!count || count.knownBefore === 0 || (count.met > 0 && count.met >= count.knownBefore * 0.9)) continue
    const { met, knownBefore: known } = count
    const found = met === 0 ? `The list of ${list} came back empty, though ${known} are known.` : `The last full sync met only ${met} of ${known} known ${list}.`
    return { reason: `${found} Look at Paymenter: was it emptied, restored, or is it another one? The next full sync shows whether all is there again.`, figures: { met, known } }
  }
  return null
}

function clockReason(facts: GuardFacts): { reason: string; figures: Record<string, number> } | null {
  const offset = facts.clockOffsetMs
  if (offset !== null && Math.abs(offset) > clockToleranceMs) {
    return { reason: `This machine's clock and the billing server's differ by ${minutes(Math.abs(offset))} minutes. Set the wrong one right.`, figures: { differenceMinutes: minutes(offset) } }
  }
  if (facts.lastRunAt !== null && facts.nowMs < facts.lastRunAt - clockToleranceMs) {
    return { reason: 'This machine’s clock went backwards since the last run. Check its date.', figures: { backMinutes: minutes(facts.lastRunAt - facts.nowMs) } }
  }
  if (facts.lastRunAt !== null && facts.nowMs - facts.lastRunAt > clockJumpMs && (offset === null || Math.abs(offset) > clockToleranceMs)) {
    return { reason: 'This machine’s clock jumped by more than 48 hours and the billing server does not confirm it.', figures: { jumpHours: Math.round((facts.nowMs - facts.lastRunAt) / 3_600_000) } }
  }
  return null
}

/** Payments that history would have expected since the last one before silence counts: at this many, chance explains it in fewer than 1 of 100 cases. */
const expectedPaymentsBeforeSilence = 5
/** Payments come in clumps (the first of the month): silence must also be so much longer than the longest pause that history knows. */
const silenceOverLongestGap = 3
/** Less history than so many days expects nothing: a new shop's first payments, or rows that were all imported at once. */
const shortestHistoryDays = 28

function silenceReason(facts: GuardFacts): { reason: string; figures: Record<string, number> } | null {
  const { count, overDays, longestGapDays, lastAt } = facts.payments
  if (lastAt === null || overDays < shortestHistoryDays) return null
  const silentDays = (facts.nowMs - lastAt) / dayMs
  const expected = (count / overDays) * silentDays
  if (expected < expectedPaymentsBeforeSilence || silentDays <= longestGapDays * silenceOverLongestGap) return null
  return {
    reason: `No payment was seen for ${Math.floor(silentDays)} days, in which about ${Math.round(expected)} were to be expected. Is Paymenter’s payment gateway working?`,
    figures: { silentDays: Math.floor(silentDays), expected: Math.round(expected) },
  }
}

function tooManyWords({ planned, doneToday, cancelledToday }: GuardFacts): string {
  const words = [planned.length === 1 ? '1 suspension is planned' : `${planned.length} suspensions are planned`]
  if (doneToday > 0) words.push(doneToday === 1 ? '1 was made today' : `${doneToday} were made today`)
  if (cancelledToday > 0) words.push(cancelledToday === 1 ? '1 service was cancelled today' : `${cancelledToday} services were cancelled today`)
  return words.join(', ')
}

/** Every guard that holds now, with its reason and figures. Pure. */
export function evaluateGuards(facts: GuardFacts): Guard[] {
  const all = facts.planned.map((entry) => entry.serviceId)
  const guards: Guard[] = []
  const general = (code: GuardCode, found: { reason: string; figures: Record<string, number | string> } | null) => {
    if (found) guards.push({ code, nodeId: null, ...found, batch: all })
  }
  general('stale', staleReason(facts))
  general('empty', emptyReason(facts))
  general('clock', clockReason(facts))
  general('payment-silence', silenceReason(facts))
  if (facts.noteIsNewer && facts.recordFaults.length === 0) {
    general('restored', { reason: 'This database is older than the last run that was noted outside it: a backup was put back. Look at the plan before anything is done.', figures: {} })
  }
  if (facts.recordFaults.length > 0) {
    general('restored', { reason: `This database does not fit its record: ${facts.recordFaults.join('; ')}. Look at the plan before anything is done.`, figures: { faults: facts.recordFaults.length } })
  }
  if (facts.billingDifferences.length > 0) {
    general('billing-changed', {
      reason: `This is not the Paymenter that the links were made for, or it was restored from a backup: ${facts.billingDifferences.join('; ')}.`,
      figures: { differences: facts.billingDifferences.length },
    })
  }
  const total = facts.planned.length + facts.doneToday + facts.cancelledToday
  if (facts.planned.length > 0 && total > facts.limit) {
    general('too-many', {
      reason: `${tooManyWords(facts)}; ${facts.limit} a day ${facts.limit === 1 ? 'is' : 'are'} allowed. Look at the plan, then release it.`,
      figures: { planned: facts.planned.length, doneToday: facts.doneToday, cancelledToday: facts.cancelledToday, limit: facts.limit },
    })
  }
  for (const node of facts.nodes) {
    if (node.trouble === null) continue
    guards.push({
      code: 'node',
      nodeId: node.nodeId,
      reason: `${node.name}: ${node.trouble}`,
      figures: {},
      batch: facts.planned.filter((entry) => entry.nodeId === node.nodeId).map((entry) => entry.serviceId),
    })
  }
  return guards
}
