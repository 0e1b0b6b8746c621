// What a table shows, as its address says: its filter, and the row that is open beside it.
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'

export interface TableAddress {
  readonly filter: string
  /** The key of the row that is open. */
  readonly open: string | undefined
  readonly onFilter: (filter: string) => void
  readonly onOpen: (key: string) => void
  readonly close: () => void
}

/** Of the screen that is shown; a change replaces the address, so that going back leaves the screen. The functions stay the same ones. */
export function useTableAddress(): TableAddress {
  const { filter = '', open } = useSearch({ strict: false })
  const navigate = useNavigate()
  const onFilter = useCallback(
    (next: string) => {
      void navigate({ to: '.', search: (current) => ({ ...current, filter: next }), replace: true })
    },
    [navigate],
  )
  const onOpen = useCallback(
    (key: string) => {
      void navigate({ to: '.', search: (current) => ({ ...current, open: key }), replace: true })
    },
    [navigate],
  )
  const close = useCallback(() => {
    void navigate({ to: '.', search: ({ open: _open, ...rest }) => rest, replace: true })
  }, [navigate])
  return { filter, open, onFilter, onOpen, close }
}
