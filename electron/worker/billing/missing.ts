// Lists that the key may not view: shown as missing, with the permission that would show them, and learnt again from every answer.
import type { z } from 'zod'
import { storeConnection, storedConnection, type StoredConnection } from '../../../db/repositories/billingSync.ts'
import type { MirroredList } from '../../../db/repositories/billingMirror.ts'
import type { Orm } from '../../../db/open.ts'
import type { missingList } from '../../../shared/contract/billing.ts'
import { permissionFor } from '../paymenter/client.ts'
import { lists } from './mirror.ts'
import { wantedPermissions } from './wantedPermissions.ts'

export type MissingList = z.output<typeof missingList>

/** Without these nothing works: a key that may not view them is an error, not a choice. */
const required: readonly MirroredList[] = ['customers', 'products', 'services', 'invoices']

export function isRequired(list: MirroredList): boolean {
  return required.includes(list)
}

export function viewPermission(list: MirroredList): string {
  return permissionFor(lists[list].resource, 'view')
}

/** What a list lacks to be shown; null when it may be viewed as far as is known. */
export function missingOf(connection: StoredConnection | null, list: MirroredList): MissingList | null {
  const permission = viewPermission(list)
  if (connection === null || !connection.permissions.missing.includes(permission)) return null
  const cost = wantedPermissions.find((wanted) => wanted.permission === permission)?.cost ?? ''
  return { resource: list, permission, message: `Paymenter’s key may not view this: the permission admin.${permission} is missing. ${cost}`.trim() }
}

export function missingLists(connection: StoredConnection | null): MissingList[] {
  return (Object.keys(lists) as MirroredList[]).flatMap((list) => missingOf(connection, list) ?? [])
}

/** Keeps what an answer has shown about a permission. */
export function learnPermission(orm: Orm, permission: string, verdict: 'granted' | 'missing'): void {
  const connection = storedConnection(orm)
  if (connection === null || connection.permissions[verdict].includes(permission)) return
  const without = (names: readonly string[]): string[] => names.filter((name) => name !== permission)
  const { granted, missing, unknown } = connection.permissions
  const permissions = { granted: without(granted), missing: without(missing), unknown: without(unknown) }
  permissions[verdict].push(permission)
  storeConnection(orm, { ...connection, permissions })
}
