// The days ahead as they are shown: their sums, and quiet days in a row as one line.
import type { MethodOutput } from '../../shared/contract/index.ts'
import type { Money } from '../../shared/domain/money.ts'
import { sumByCurrency } from './formatMoney.ts'

export type AheadDay = MethodOutput<'automation.preview'>[number]

export interface AheadTotals {
  readonly suspensions: number
  readonly notices: number
  readonly trialsEnding: number
  readonly renewals: number
  /** By currency; amounts of different currencies are never added. */
  readonly valueAtRisk: readonly Money[]
  readonly renewing: readonly Money[]
  readonly memoryFreedKiB: number
}

/** The sums over the days. A service is suspended on one day only, so that nothing counts twice. */
export function aheadTotals(days: readonly AheadDay[]): AheadTotals {
  const counted = (of: (day: AheadDay) => readonly number[]): number => days.reduce((sum, day) => sum + of(day).length, 0)
  return {
    suspensions: counted((day) => day.suspensions),
    notices: counted((day) => day.notices),
    trialsEnding: counted((day) => day.trialsEnding),
    renewals: counted((day) => day.renewals),
    valueAtRisk: sumByCurrency(days.flatMap((day) => day.valueAtRisk)),
    renewing: sumByCurrency(days.flatMap((day) => day.renewing)),
    memoryFreedKiB: days.reduce((sum, day) => sum + day.memoryFreedKiB, 0),
  }
}

/** A day on which nobody is told, suspended or renewed. */
export function isQuiet(day: AheadDay): boolean {
  return day.notices.length + day.suspensions.length + day.trialsEnding.length + day.renewals.length === 0
}

export type AheadLine =
  | { readonly kind: 'day'; readonly day: AheadDay }
  | { readonly kind: 'quiet'; readonly from: string; readonly to: string; readonly days: number }

/** The days in their order, quiet ones that follow each other folded into one line. */
export function aheadLines(days: readonly AheadDay[]): AheadLine[] {
  const lines: AheadLine[] = []
  for (const day of days) {
    const last = lines.at(-1)
    if (!isQuiet(day)) lines.push({ kind: 'day', day })
    else if (last?.kind === 'quiet') lines[lines.length - 1] = { ...last, to: day.day, days: last.days + 1 }
    else lines.push({ kind: 'quiet', from: day.day, to: day.day, days: 1 })
  }
  return lines
}
