// The vault: what is kept of terminated VMs.
import { and, desc, eq, isNull } from 'drizzle-orm'
import type { ServiceId, VmRef } from '../../shared/domain/ids.ts'
import type { Orm } from '../open.ts'
import { nodes, vault } from '../schema.ts'

export type VaultEntry = typeof vault.$inferSelect

const isOpen = and(isNull(vault.restoredAt), isNull(vault.purgedAt))

/** The termination that is neither restored nor purged. */
export function openVaultEntry(orm: Orm, serviceId: ServiceId): VaultEntry | null {
  return orm.select().from(vault).where(and(eq(vault.serviceId, serviceId), isOpen)).get() ?? null
}

/** The newest termination of a service, also one that was restored or purged. */
export function latestVaultEntry(orm: Orm, serviceId: ServiceId): VaultEntry | null {
  return orm.select().from(vault).where(eq(vault.serviceId, serviceId)).orderBy(desc(vault.id)).limit(1).get() ?? null
}

export function openVaultEntryOfVm(orm: Orm, ref: VmRef): VaultEntry | null {
  return orm.select().from(vault).where(and(eq(vault.nodeId, ref.nodeId), eq(vault.uuid, ref.uuid), isOpen)).get() ?? null
}

export function insertVaultEntry(orm: Orm, entry: Omit<VaultEntry, 'id'>): void {
  orm.insert(vault).values(entry).run()
}

export function updateVaultEntry(orm: Orm, id: number, change: Partial<Omit<VaultEntry, 'id'>>): void {
  orm.update(vault).set(change).where(eq(vault.id, id)).run()
}

/** Newest first, with the node's name. */
export function listVault(orm: Orm): (VaultEntry & { nodeName: string | null })[] {
  return orm
    .select({ entry: vault, nodeName: nodes.name })
    .from(vault)
    .leftJoin(nodes, eq(nodes.id, vault.nodeId))
    .orderBy(desc(vault.id))
    .all()
    .map((row) => ({ ...row.entry, nodeName: row.nodeName }))
}

/** What runs again lies in the vault no more: the next termination begins anew, with a record and days of its own. False when it did not lie there. */
export function takeOutOfVault(orm: Orm, serviceId: ServiceId, at: number): boolean {
  const entry = openVaultEntry(orm, serviceId)
  if (entry === null) return false
  updateVaultEntry(orm, entry.id, { restoredAt: at })
  return true
}
