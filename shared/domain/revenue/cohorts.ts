// Cohorts: the customers who first paid in a month, and what became of them in each month after it.
import type { CustomerId } from '../ids.ts'
import { firstDayOf, lastDayOf, monthOfDay, monthText, type EpochMonth } from './epochDay.ts'
import { percentOf } from './cash.ts'
import type { Ledger } from './ledger.ts'
import type { Movement } from './movements.ts'

export interface CohortRow {
  readonly cohort: string
  readonly month: string
  /** Months since the first payment: 0 in the cohort's own month. */
  readonly age: number
  readonly currency: string
  readonly customers: number
  /** Those of them with MRR at the month's end. */
  readonly activeCustomers: number
  readonly retentionPercent: number | null
  readonly mrrMinor: number
  readonly collectedMinor: number
}

const firstMonths = new WeakMap<Ledger, Map<string, ReadonlyMap<CustomerId, EpochMonth>>>()

/** The month in which each customer first paid more than nothing, in one currency. */
export function firstPaymentMonths(ledger: Ledger, currency: string): ReadonlyMap<CustomerId, EpochMonth> {
  const known = firstMonths.get(ledger)?.get(currency)
  if (known !== undefined) return known
  const first = new Map<CustomerId, number>()
  for (const invoice of ledger.invoices) {
    const { customerId, paidOn } = invoice
    if (invoice.currency !== currency || customerId === null || paidOn === null || paidOn > ledger.today || invoice.totalMinor <= 0)
      continue
    const known = first.get(customerId)
    if (known === undefined || paidOn < known) first.set(customerId, paidOn)
  }
  const months = new Map([...first].map(([customerId, day]) => [customerId, monthOfDay(day)]))
  firstMonths.set(ledger, (firstMonths.get(ledger) ?? new Map<string, ReadonlyMap<CustomerId, EpochMonth>>()).set(currency, months))
  return months
}

interface Cell {
  activeCustomers: number
  mrrMinor: number
  collectedMinor: number
}

/**
 * For each cohort from `from` to `to` and each month from its own to `to`: how many of its customers have MRR at the month's end, how
 * much, and what they paid in that month.
 *
 *     retention   customers of the cohort with MRR at the month's end ÷ customers of the cohort
 */
export function cohortRows(
  ledger: Ledger,
  currency: string,
  movements: readonly Movement[],
  from: EpochMonth,
  to: EpochMonth,
): CohortRow[] {
  const cohortOf = firstPaymentMonths(ledger, currency)
  const sizes = new Map<EpochMonth, number>()
  for (const cohort of cohortOf.values()) sizes.set(cohort, (sizes.get(cohort) ?? 0) + 1)
  const cohorts = [...sizes.keys()].filter((cohort) => cohort >= from && cohort <= to).sort((a, b) => a - b)
  const cells = new Map(
    cohorts.map((cohort) => [
      cohort,
      Array.from({ length: to - cohort + 1 }, (): Cell => ({ activeCustomers: 0, mrrMinor: 0, collectedMinor: 0 })),
    ]),
  )

  for (const invoice of ledger.invoices) {
    const cohort = invoice.customerId === null ? undefined : cohortOf.get(invoice.customerId)
    if (cohort === undefined || invoice.currency !== currency || invoice.paidOn === null || invoice.paidOn > ledger.today) continue
    const cell = cells.get(cohort)?.[monthOfDay(invoice.paidOn) - cohort]
    if (cell !== undefined) cell.collectedMinor += invoice.totalMinor
  }
  for (const [customerId, own] of movementsByCustomer(movements)) {
    const cohort = cohortOf.get(customerId)
    const row = cohort === undefined ? undefined : cells.get(cohort)
    if (cohort === undefined || row === undefined) continue
    let next = 0
    let mrrMinor = 0
    for (const [age, cell] of row.entries()) {
      const end = lastDayOf(cohort + age)
      for (let movement = own[next]; movement !== undefined && movement.day <= end; movement = own[next]) {
        mrrMinor += movement.amountMinor
        next += 1
      }
      if (mrrMinor <= 0 || firstDayOf(cohort + age) > ledger.today) continue
      cell.activeCustomers += 1
      cell.mrrMinor += mrrMinor
    }
  }
  return cohorts.flatMap((cohort) =>
    (cells.get(cohort) ?? []).map((cell, age) => ({
      cohort: monthText(cohort),
      month: monthText(cohort + age),
      age,
      currency,
      customers: sizes.get(cohort) ?? 0,
      activeCustomers: cell.activeCustomers,
      retentionPercent: percentOf(cell.activeCustomers, sizes.get(cohort) ?? 0),
      mrrMinor: cell.mrrMinor,
      collectedMinor: cell.collectedMinor,
    })),
  )
}

/** Movements of each known customer, by day. */
function movementsByCustomer(movements: readonly Movement[]): Map<CustomerId, Movement[]> {
  const groups = new Map<CustomerId, Movement[]>()
  for (const movement of movements) {
    if (movement.customerId === null) continue
    const group = groups.get(movement.customerId)
    if (group === undefined) groups.set(movement.customerId, [movement])
    else group.push(movement)
  }
  return groups
}
