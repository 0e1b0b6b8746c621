// What became of a terminated VM: kept, due to be purged, restored, or purged.
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { daysBetween, parseDay } from '../../../shared/domain/calendar.ts'
import type { Day } from '../../../shared/domain/calendar.ts'

export type VaultRow = MethodOutput<'vault.list'>[number]
export type VaultState = 'kept' | 'restored' | 'purged'

export function vaultState(row: Pick<VaultRow, 'restoredAt' | 'purgedAt'>): VaultState {
  if (row.purgedAt !== null) return 'purged'
  return row.restoredAt === null ? 'kept' : 'restored'
}

/** `in 3 days`, `tomorrow`, `today`, `since 2 days`: when the purge of one that is kept is due. */
export function purgeWords(purgeOn: string, today: Day): string {
  const on = parseDay(purgeOn)
  if (on === null) return purgeOn
  const days = daysBetween(today, on)
  if (days === 0) return 'due today'
  if (days === 1) return 'tomorrow'
  if (days > 1) return `in ${String(days)} days`
  return days === -1 ? 'due since yesterday' : `due since ${String(-days)} days`
}
