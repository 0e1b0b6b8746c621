// The mirrored lists for the tables: all rows where they fit, else the ones that the filter's words leave over.
import { useDeferredValue } from 'react'
import type { MethodInput, MethodOutput } from '../../shared/contract/index.ts'
import { parseFilter } from './filter.ts'
import { useRead } from './queries.ts'

export type MirrorMethod = 'billing.customers' | 'billing.products' | 'billing.plans' | 'billing.services' | 'billing.invoices' | 'billing.tickets' | 'billing.underived'

const mostRows = 20_000

interface Mirror<M extends MirrorMethod> {
  readonly page: MethodOutput<M> | undefined
  readonly error: Error | null
  /** Rows that exist and are not loaded; the filter's words are asked of the worker then. */
  readonly beyond: number
}

/** Reads a list; `withGone` adds rows that Paymenter no longer has. */
export function useMirror<M extends MirrorMethod>(method: M, filter: string, withGone: boolean): Mirror<M> {
  const words = useDeferredValue(
    parseFilter(filter, [])
      .filter((term) => !term.negated && !term.value.includes(':'))
      .map((term) => `"${term.value}"`)
      .join(' '),
  )
  const gone = withGone ? { gone: true } : {}
  // All the mirrored lists take the same input; the compiler cannot see that through the name.
  const inputOf = (query: MethodInput<MirrorMethod>): MethodInput<M> => query as MethodInput<M>
  const all = useRead(method, inputOf({ limit: mostRows, ...gone }))
  const overflows = all.data !== undefined && all.data.total > mostRows
  const narrowed = useRead(method, inputOf({ limit: mostRows, filter: words, ...gone }), {
    enabled: overflows && words !== '',
    keepPrevious: true,
  })
  const used = overflows && words !== '' && narrowed.data !== undefined ? narrowed : all
  return { page: used.data, error: used.error, beyond: used.data === undefined ? 0 : used.data.total - used.data.rows.length }
}
