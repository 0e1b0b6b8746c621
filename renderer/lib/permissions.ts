// What the key of Paymenter may not do: said before something is tried.
import type { MethodOutput } from '../../shared/contract/index.ts'
import { useRead } from './queries.ts'

export type MissingList = NonNullable<MethodOutput<'billing.invoices'>['missing']>

/** Why something cannot be changed in Paymenter from here; null when it may be tried. */
export function useRefusal(permission: string): string | null {
  const status = useRead('billing.status', {}).data
  if (status === undefined) return 'Billing is not read yet.'
  if (status.connection === null) return 'Paymenter is not connected.'
  if (!status.connection.permissions.missing.includes(permission)) return null
  return `The key lacks the permission ${permission}: give it to the key in Paymenter, then check it again in Settings.`
}
