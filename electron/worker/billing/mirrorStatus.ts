// The mirror's state as it is shown: how old, how many rows, what went wrong, what is missing, and a pass that waits to go on.
import type { z } from 'zod'
import type { BillingMirror, MirroredList } from '../../../db/repositories/billingMirror.ts'
import { lastCompleteRun, lastFinishedRun, lastRunOf, storedConnection, type StoredConnection } from '../../../db/repositories/billingSync.ts'
import { openPass } from '../../../db/repositories/mirrorPasses.ts'
import type { Orm } from '../../../db/open.ts'
import type { billingStatus, syncResult } from '../../../shared/contract/billing.ts'
import { lists } from './mirror.ts'
import { missingLists } from './missing.ts'

export type SyncResult = z.output<typeof syncResult>
export type BillingStatus = z.output<typeof billingStatus>

export const mirroredNames = Object.keys(lists) as MirroredList[]

export interface StatusFacts {
  readonly syncing: boolean
  /** By list; what was never read for want of a permission is left out. */
  readonly rows: Record<string, number>
  readonly nextSyncAt: number | null
  readonly fullEveryMs: number
}

/** The beginning of the newest sync that read a list (or services and invoices both) to its end: how old the mirror's word is. */
export function ageOf(orm: Orm, list?: MirroredList): number | null {
  return (list === undefined ? lastCompleteRun(orm) : lastRunOf(orm, list))?.startedAt ?? null
}

/** How many rows there are, by list; what was never read for want of a permission is left out. */
export function rowCounts(rows: BillingMirror, connection: StoredConnection | null): Record<string, number> {
  const counts: Record<string, number> = rows.counts()
  for (const { resource } of missingLists(connection)) if (counts[resource] === 0) delete counts[resource]
  return counts
}

export function mirrorStatus(orm: Orm, { syncing, rows, nextSyncAt, fullEveryMs }: StatusFacts): BillingStatus {
  const connection = storedConnection(orm)
  const errors = (lastFinishedRun(orm)?.result as SyncResult | null | undefined)?.errors ?? []
  const lastFullAt = lastCompleteRun(orm, 'full')?.startedAt ?? null
  return {
    connection,
    syncing,
    lastFullAt,
    lastIncrementalAt: lastCompleteRun(orm, 'incremental')?.startedAt ?? null,
    nextSyncAt,
    nextFullAt: nextSyncAt === null ? null : Math.max(nextSyncAt, (lastFullAt ?? 0) + fullEveryMs),
    rows,
    errors,
    errorKinds: kindsOf(errors),
    missing: missingLists(connection),
    lists: mirroredNames.filter((list) => rows[list] !== undefined).map((list) => ({ resource: list, rows: rows[list] ?? 0, asOf: ageOf(orm, list) })),
    openPass: syncing ? null : waitingPass(orm),
  }
}

function waitingPass(orm: Orm): BillingStatus['openPass'] {
  const lastList = openPass(orm)
    .sort((a, b) => a.startedAt - b.startedAt)
    .at(-1)
  return lastList === undefined ? null : { startedAt: lastList.passStartedAt, resource: lastList.resource, rows: lastList.entries }
}

function kindsOf(errors: SyncResult['errors']): BillingStatus['errorKinds'] {
  const kinds = new Map<string, { count: number; resources: Set<string> }>()
  for (const { code, resource } of errors) {
    const kind = kinds.get(code) ?? { count: 0, resources: new Set() }
    kinds.set(code, { count: kind.count + 1, resources: kind.resources.add(resource) })
  }
  return [...kinds].map(([code, { count, resources }]) => ({ code, count, resources: [...resources] }))
}
