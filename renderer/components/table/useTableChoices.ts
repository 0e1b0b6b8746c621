// What a table remembers: its columns, its order, its saved filters.
import { useMemo } from 'react'
import { useRemembered } from '../../lib/remembered.ts'
import type { DataColumn } from './columns.ts'

export interface SortChoice {
  readonly id: string
  readonly desc: boolean
}

export interface SavedFilter {
  readonly name: string
  readonly filter: string
}

function isObject(stored: unknown): stored is Record<string, unknown> {
  return typeof stored === 'object' && stored !== null && !Array.isArray(stored)
}

function isVisibility(stored: unknown): stored is Record<string, boolean> {
  return isObject(stored) && Object.values(stored).every((value) => typeof value === 'boolean')
}

function isSorting(stored: unknown): stored is SortChoice[] {
  return (
    Array.isArray(stored) &&
    stored.every((entry) => isObject(entry) && typeof entry['id'] === 'string' && typeof entry['desc'] === 'boolean')
  )
}

function isSavedFilters(stored: unknown): stored is SavedFilter[] {
  return (
    Array.isArray(stored) &&
    stored.every((entry) => isObject(entry) && typeof entry['name'] === 'string' && typeof entry['filter'] === 'string')
  )
}

/** The remembered choices of the table `id`; a column that no longer exists is forgotten. */
export function useTableChoices<Row>(id: string, columns: readonly DataColumn<Row>[], initialSort: readonly SortChoice[]) {
  const [shown, setVisibility] = useRemembered(`table/${id}/columns`, isVisibility, {})
  const [sorting, setSorting] = useRemembered<SortChoice[]>(`table/${id}/sort`, isSorting, [...initialSort])
  const [savedFilters, setSavedFilters] = useRemembered<SavedFilter[]>(`table/${id}/filters`, isSavedFilters, [])
  const visibility = useMemo(
    () => Object.fromEntries(columns.map((column) => [column.id, shown[column.id] ?? column.hidden !== true])),
    [columns, shown],
  )
  const knownSorting = useMemo(() => sorting.filter((entry) => columns.some((column) => column.id === entry.id)), [columns, sorting])
  return { visibility, setVisibility, sorting: knownSorting, setSorting, savedFilters, setSavedFilters }
}
