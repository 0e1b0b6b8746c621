// Whose a service is, for lists that know only its number.
import { useMemo } from 'react'
import { useRead } from './queries.ts'

const mostRows = 20_000

/** Customers' names by service, those of gone services too; empty until they are read. */
export function useCustomerNames(): ReadonlyMap<number, string> {
  const services = useRead('billing.services', { limit: mostRows, gone: true }).data?.rows
  return useMemo(
    () => new Map((services ?? []).flatMap((row) => (row.customerName === null ? [] : [[row.id, row.customerName] as const]))),
    [services],
  )
}
