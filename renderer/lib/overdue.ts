// Unpaid invoices past their day.
import type { MethodOutput } from '../../shared/contract/index.ts'
import { dayOf, daysBetween, parseDay } from '../../shared/domain/calendar.ts'
import type { Day } from '../../shared/domain/calendar.ts'
import { useMinute } from './now.ts'
import { useRead } from './queries.ts'

export type InvoiceRow = MethodOutput<'billing.invoices'>['rows'][number]

const allRows = 200_000

/** Whole days since a due day; 0 or less while there is time, or where there is no due day. */
export function daysLate(dueAt: string | null, today: Day): number {
  const due = dueAt === null ? null : parseDay(dueAt)
  return due === null ? 0 : daysBetween(due, today)
}

/** Today in Paymenter's time zone; this machine's while none is connected. */
export function useToday(): Day {
  const timeZone = useRead('billing.status', {}).data?.connection?.timeZone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone
  return dayOf(useMinute(), timeZone)
}

/** Pending invoices that are past their due day, the oldest first. */
export function useOverdue(): { invoices: readonly InvoiceRow[]; today: Day } {
  const today = useToday()
  const pending = useRead('billing.invoices', { filter: 'status:pending', limit: allRows }).data
  const invoices = (pending?.rows ?? [])
    .filter((invoice) => invoice.status === 'pending' && daysLate(invoice.dueAt, today) > 0)
    .sort((a, b) => (a.dueAt ?? '').localeCompare(b.dueAt ?? ''))
  return { invoices, today }
}
