// One life of a service out of two sources: the daily record where there is one, its invoices before it and in its gaps.
import type { EpochDay } from './epochDay.ts'
import type { RecordedChange } from './facts.ts'
import { monthlyMinor } from './monthly.ts'
import type { RecordDays } from './recordDays.ts'
import type { ServicePlan } from './servicePlan.ts'
import { inOrder, stateAt, type Change, type ServiceState } from './timeline.ts'

/** The state that a recorded row stands for; null when the service was not there (pending, cancelled, gone, any other word). */
function recordedState(row: RecordedChange, plan: ServicePlan): ServiceState | null {
  if (row.status !== 'active' && row.status !== 'suspended') return null
  const kind = row.kind ?? plan.kind
  const period = row.kind === null ? plan.period : row.period
  const isPaid = kind === 'recurring' && period !== null && row.priceMinor !== null
  return {
    status: row.status,
    kind,
    currency: row.currency,
    monthlyMinor: isPaid ? (monthlyMinor(row.priceMinor, row.quantity, period) ?? 0) : 0,
    productId: row.productId,
    period,
  }
}

function sameWorth(a: ServiceState | null, b: ServiceState | null): boolean {
  return a === null || b === null ? a === b : a.monthlyMinor === b.monthlyMinor && a.currency === b.currency
}

/** The day within a gap on which the invoices show what the record shows after it; null when they do not. */
function dayByInvoices(reconstructed: readonly Change[], after: EpochDay, until: EpochDay, state: ServiceState | null): EpochDay | null {
  return reconstructed.find((change) => change.day > after && change.day <= until && sameWorth(change.state, state))?.day ?? null
}

/** Stays that lie wholly within a gap: the record has nothing of them, the invoices do. */
function staysWithinGaps(reconstructed: readonly Change[], recorded: readonly Change[], days: RecordDays): Change[] {
  const { first, last } = days
  if (first === null || last === null) return []
  return reconstructed.flatMap((change, index) => {
    const end = reconstructed[index + 1]
    if (change.state === null || end === undefined || change.day <= first || end.day > last || days.countIn(change.day, end.day - 1) > 0)
      return []
    if (end.state !== null || stateAt(recorded, change.day) !== null) return []
    return [change, { ...end, state: null }]
  })
}

/**
 * Before the record's first day the invoices tell; on recorded days the record does. A difference between two recorded days with a gap
 * between them happened on the day within the gap that the invoices show, or on the day after the gap.
 * @param rows the service's recorded changes, ascending
 */
export function mergeHistory(
  reconstructed: readonly Change[],
  rows: readonly RecordedChange[],
  plan: ServicePlan,
  days: RecordDays,
): Change[] {
  const { first } = days
  if (first === null) return [...reconstructed]
  const recorded: Change[] = []
  const [firstRow] = rows
  if (firstRow === undefined || firstRow.day > first) recorded.push({ day: first, state: null, recorded: true })
  for (const row of rows) {
    const state = recordedState(row, plan)
    const previous = days.previous(row.day)
    const filled = previous === null || previous === row.day - 1 ? null : dayByInvoices(reconstructed, previous, row.day, state)
    const day = filled ?? row.day
    recorded.push({ day, state, recorded: day === row.day })
  }
  const before = reconstructed.filter((change) => change.day < first)
  return inOrder([...before, ...recorded, ...staysWithinGaps(reconstructed, inOrder(recorded), days)])
}
