// What every part of the reports screen asks: settings, currency, the query of the address, and the one that it is compared with.
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { useMinute } from '../../lib/now.ts'
import { useRead } from '../../lib/queries.ts'
import { comparedQuery, queryOf, type ReportQuery, type ReportSearch } from '../../lib/reportSearch.ts'

export type About = MethodOutput<'reports.mrr'>['about']
export type MrrRow = MethodOutput<'reports.mrr'>['rows'][number]
export type CashRow = MethodOutput<'reports.cash'>['rows'][number]

export interface ReportChoice {
  readonly search: ReportSearch
  readonly change: (changes: Partial<ReportSearch>) => void
  /** Null until it is known which currencies there are; then there is at least one, or nothing to report. */
  readonly query: ReportQuery | null
  readonly currency: string
  readonly about: About | undefined
  readonly error: Error | null
  /** The months that are compared with; null for none. */
  readonly compared: ReportQuery | null
}

/** One currency at a time: the one in the address, else the one with most services. */
export function useReportChoice(): ReportChoice {
  const search = useSearch({ from: '/reports/$report' })
  const navigate = useNavigate({ from: '/reports/$report' })
  const settings = useRead('reports.settings', {}).data
  const nowMs = useMinute()
  const firstMonth = settings?.firstMonth ?? 1
  const month = new Date(nowMs).toISOString().slice(0, 7)
  const everything = useRead(
    'reports.mrr',
    useMemo(() => ({ from: month, to: month }), [month]),
  )
  const currencies = everything.data?.about.currencies
  const known = search.currency !== undefined && currencies?.includes(search.currency) === true ? search.currency : currencies?.[0]
  const base = settings?.rates.on === true && search.converted === true ? settings.rates.base : undefined
  const currency = base ?? known ?? ''
  const query = useMemo<ReportQuery | null>(() => {
    if (settings === undefined || currencies === undefined || currency === '') return null
    const { converted: _converted, ...plain } = search
    return queryOf(base === undefined ? plain : search, currency, firstMonth, Date.parse(`${month}-15T12:00:00Z`))
  }, [search, settings, currencies, currency, base, firstMonth, month])
  const about = useRead('reports.mrr', query ?? {}, { enabled: query !== null, keepPrevious: true })
  const compared = useMemo(
    () => (query === null || about.data === undefined ? null : comparedQuery(query, about.data.about, search.compare ?? 'before')),
    [query, about.data, search.compare],
  )
  return {
    search,
    change: (changes) => {
      void navigate({ search: (current: ReportSearch) => ({ ...current, ...changes }), replace: true })
    },
    query,
    currency,
    about: query === null ? everything.data?.about : about.data?.about,
    error: about.error ?? everything.error,
    compared,
  }
}
