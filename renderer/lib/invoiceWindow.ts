// The invoices that fit a filter, read in parts as they come into view; what was read stays until the same part is read anew.
import { keepPreviousData, useQueries, useQueryClient } from '@tanstack/react-query'
import type { UseQueryResult } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import type { MethodInput, MethodOutput } from '../../shared/contract/index.ts'
import type { InvoiceRow } from './overdue.ts'
import { useConnection } from './queries.ts'

const partRows = 100
const exportedRows = 1_000

export type WindowInput = Omit<MethodInput<'invoices.window'>, 'offset' | 'limit'>
type Window = MethodOutput<'invoices.window'>

interface InvoiceWindow {
  /** Of the first part; undefined until it was read once. */
  readonly head: Window | undefined
  readonly error: Error | null
  /** As long as there are invoices; holes where a part is not read. */
  readonly rows: readonly (InvoiceRow | undefined)[]
  readonly onView: (first: number, end: number) => void
  readonly all: () => Promise<readonly InvoiceRow[]>
}

/** Outside the hook, so that it stays the same function and its answer the same while nothing new was read. */
function answersOf(reads: readonly UseQueryResult<Window>[]): { readonly answers: readonly (Window | undefined)[]; readonly error: Error | null } {
  return { answers: reads.map((one) => one.data), error: reads[0]?.error ?? null }
}

export function useInvoiceWindow(input: WindowInput): InvoiceWindow {
  const connection = useConnection()
  const queryClient = useQueryClient()
  const [view, setView] = useState({ first: 0, end: partRows })
  const parts = useMemo(() => {
    const last = Math.floor(Math.max(0, view.end - 1) / partRows)
    const first = Math.floor(view.first / partRows)
    // The first part is always kept: it tells how many there are.
    return [...new Set([0, ...Array.from({ length: last - first + 1 }, (_, index) => first + index)])]
  }, [view])
  const read = useQueries({
    queries: parts.map((part) => {
      const query = { ...input, offset: part * partRows, limit: partRows }
      return {
        queryKey: ['invoices.window', query] as const,
        queryFn: (): Promise<Window> => connection.call('invoices.window', query),
        ...(part === 0 ? { placeholderData: keepPreviousData } : {}),
      }
    }),
    combine: answersOf,
  })
  const [head] = read.answers
  const rows = useMemo(() => {
    const all: (InvoiceRow | undefined)[] = []
    all.length = read.answers[0]?.total ?? 0
    for (const [index, part] of parts.entries()) {
      const start = part * partRows
      for (const [place, row] of (read.answers[index]?.rows ?? []).entries()) if (start + place < all.length) all[start + place] = row
    }
    return all
  }, [read, parts])
  const onView = useCallback((first: number, end: number) => {
    setView((known) => (known.first === first && known.end === end ? known : { first, end }))
  }, [])
  const all = async (): Promise<readonly InvoiceRow[]> => {
    const found: InvoiceRow[] = []
    for (let offset = 0; ; offset += exportedRows) {
      const query = { ...input, offset, limit: exportedRows }
      const part = await queryClient.fetchQuery({ queryKey: ['invoices.window', query], queryFn: () => connection.call('invoices.window', query) })
      found.push(...part.rows)
      if (part.rows.length < exportedRows) return found
    }
  }
  return { head, error: read.error, rows, onView, all }
}
