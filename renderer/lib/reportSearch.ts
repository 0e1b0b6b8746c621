// What the address of a report holds: the period, its steps, what it is compared with, the currency.
import type { MethodInput } from '../../shared/contract/index.ts'
import { epochMonth, monthText, parseMonth } from '../../shared/domain/revenue/epochDay.ts'
import { comparedMonths } from '../../shared/domain/revenue/periods.ts'

export const ranges = ['12m', '24m', 'fiscal', 'last-fiscal', 'all', 'custom'] as const
export type Range = (typeof ranges)[number]
export const steps = ['month', 'quarter', 'year'] as const
export type Step = (typeof steps)[number]
export const comparisons = ['before', 'year-before', 'none'] as const
export type Comparison = (typeof comparisons)[number]

export interface ReportSearch {
  range?: Range
  /** Of a custom range: `2026-04`. */
  from?: string
  to?: string
  every?: Step
  compare?: Comparison
  currency?: string
  /** All currencies in one, at the operator's rates. */
  converted?: boolean
  filter?: string
}

export type ReportQuery = MethodInput<'reports.mrr'>

function oneOf<T extends string>(value: unknown, words: readonly T[]): T | undefined {
  return words.find((word) => word === value)
}

function month(value: unknown): string | undefined {
  return typeof value === 'string' && parseMonth(value) !== null ? value : undefined
}

/** Reads an address; what does not fit is left to its default. */
export function reportSearch(search: Record<string, unknown>): ReportSearch {
  const found: ReportSearch = {}
  const range = oneOf(search['range'], ranges)
  const every = oneOf(search['every'], steps)
  const compare = oneOf(search['compare'], comparisons)
  const from = month(search['from'])
  const to = month(search['to'])
  const { currency, filter, converted } = search
  if (range !== undefined) found.range = range
  if (every !== undefined) found.every = every
  if (compare !== undefined) found.compare = compare
  if (from !== undefined) found.from = from
  if (to !== undefined) found.to = to
  if (typeof currency === 'string' && /^[A-Z]{3}$/.test(currency)) found.currency = currency
  if (converted === true) found.converted = true
  if (typeof filter === 'string' && filter !== '') found.filter = filter
  return found
}

/**
 * The question that an address asks.
 * @param firstMonth the month (1 to 12) in which the fiscal year begins
 */
export function queryOf(search: ReportSearch, currency: string | undefined, firstMonth: number, nowMs: number): ReportQuery {
  const now = new Date(nowMs)
  const thisMonth = epochMonth(now.getFullYear(), now.getMonth() + 1)
  const fiscalStart = thisMonth - ((((now.getMonth() + 1 - firstMonth) % 12) + 12) % 12)
  const base: ReportQuery = {
    every: search.every ?? 'month',
    firstMonth,
    ...(currency === undefined ? {} : { currency }),
    ...(search.converted === true ? { converted: true } : {}),
  }
  switch (search.range ?? '12m') {
    case '12m':
      return { ...base, from: monthText(thisMonth - 11) }
    case '24m':
      return { ...base, from: monthText(thisMonth - 23) }
    case 'fiscal':
      return { ...base, from: monthText(fiscalStart) }
    case 'last-fiscal':
      return { ...base, from: monthText(fiscalStart - 12), to: monthText(fiscalStart - 1) }
    case 'all':
      return base
    case 'custom':
      return { ...base, ...(search.from === undefined ? {} : { from: search.from }), ...(search.to === undefined ? {} : { to: search.to }) }
  }
}

/** The same question of the months that these are compared with; null when they are compared with none. */
export function comparedQuery(
  query: ReportQuery,
  about: { readonly from: string; readonly to: string },
  compare: Comparison,
): ReportQuery | null {
  const from = parseMonth(about.from)
  const to = parseMonth(about.to)
  if (compare === 'none' || from === null || to === null) return null
  const compared = comparedMonths(from, to, compare)
  return { ...query, from: monthText(compared.from), to: monthText(compared.to) }
}
