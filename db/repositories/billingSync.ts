// What is remembered of the mirror's syncs: the runs, how far incremental reading has come, and the connection itself.
import { and, desc, eq, gt, inArray, lt, sql } from 'drizzle-orm'
import type { Orm } from '../open.ts'
import { settings, syncRuns, watermarks } from '../schema.ts'

export type SyncKind = 'full' | 'incremental'
export type SyncRun = typeof syncRuns.$inferSelect
export type SyncCounts = SyncRun['counts']

const keptRuns = 2_000

/** Begins a run; runs that a killed process left unfinished stay so. */
export function beginSyncRun(orm: Orm, kind: SyncKind, startedAt: number): number {
  const { id } = orm.insert(syncRuns).values({ kind, startedAt, counts: {} }).returning({ id: syncRuns.id }).get()
  orm.delete(syncRuns).where(lt(syncRuns.id, id - keptRuns)).run()
  return id
}

export function finishSyncRun(orm: Orm, id: number, end: Pick<SyncRun, 'finishedAt' | 'complete' | 'clockOffsetMs' | 'counts' | 'result'>): void {
  orm.update(syncRuns).set(end).where(eq(syncRuns.id, id)).run()
}

/** The newest run of a kind that read services and invoices to their ends; null when there is none. */
export function lastCompleteRun(orm: Orm, kind?: SyncKind): SyncRun | null {
  const kinds: SyncKind[] = kind === undefined ? ['full', 'incremental'] : [kind]
  return orm.select().from(syncRuns).where(and(eq(syncRuns.complete, true), inArray(syncRuns.kind, kinds))).orderBy(desc(syncRuns.id)).limit(1).get() ?? null
}

/** The newest run that read a list to its end; null when there is none. */
export function lastRunOf(orm: Orm, resource: string): SyncRun | null {
  const wasRead = sql`json_extract(${syncRuns.counts}, ${`$.${resource}`}) is not null`
  return orm.select().from(syncRuns).where(wasRead).orderBy(desc(syncRuns.id)).limit(1).get() ?? null
}

/** Whether a run after the newest whole pass found a list empty of which rows are known: only a whole pass tells what became of them. */
export function foundAnEmptyList(orm: Orm): boolean {
  const later = orm.select({ counts: syncRuns.counts }).from(syncRuns).where(gt(syncRuns.id, lastCompleteRun(orm, 'full')?.id ?? 0)).all()
  return later.some(({ counts }) => Object.values(counts).some(({ met, knownBefore }) => met === 0 && knownBefore > 0))
}

/** When the newest run of a kind began, whatever became of it; null when there was none. */
export function lastRunAt(orm: Orm, kind: SyncKind): number | null {
  return orm.select({ at: syncRuns.startedAt }).from(syncRuns).where(eq(syncRuns.kind, kind)).orderBy(desc(syncRuns.id)).limit(1).get()?.at ?? null
}

/** The newest run that came to an end, complete or not. */
export function lastFinishedRun(orm: Orm): SyncRun | null {
  return orm.select().from(syncRuns).where(sql`${syncRuns.finishedAt} is not null`).orderBy(desc(syncRuns.id)).limit(1).get() ?? null
}

/** How far a resource was read: UTC milliseconds of `updated_at`, or an id. */
export function watermarkOf(orm: Orm, resource: string): number | null {
  return orm.select().from(watermarks).where(eq(watermarks.resource, resource)).get()?.value ?? null
}

export function setWatermark(orm: Orm, resource: string, value: number): void {
  orm.insert(watermarks).values({ resource, value }).onConflictDoUpdate({ target: watermarks.resource, set: { value } }).run()
}

export function clearWatermarks(orm: Orm): void {
  orm.delete(watermarks).run()
}

export interface StoredConnection {
  readonly url: string
  readonly timeZone: string
  readonly permissions: { readonly granted: string[]; readonly missing: string[]; readonly unknown: string[] }
}

const connectionKey = 'billing.connection'
const pageSizeKey = 'billing.pageSize'

function setting(orm: Orm, key: string): unknown {
  return orm.select().from(settings).where(eq(settings.key, key)).get()?.value
}

function setSetting(orm: Orm, key: string, value: unknown): void {
  orm.insert(settings).values({ key, value }).onConflictDoUpdate({ target: settings.key, set: { value } }).run()
}

/** The saved connection, without its key; null when there is none. */
export function storedConnection(orm: Orm): StoredConnection | null {
  return (setting(orm, connectionKey) as StoredConnection | undefined) ?? null
}

export function storeConnection(orm: Orm, connection: StoredConnection | null): void {
  if (connection === null) orm.delete(settings).where(eq(settings.key, connectionKey)).run()
  else setSetting(orm, connectionKey, connection)
}

/** How many rows a page of the next full pass has; null when nothing was learnt yet. */
export function storedPageSize(orm: Orm): number | null {
  const size = setting(orm, pageSizeKey)
  return typeof size === 'number' ? size : null
}

export function storePageSize(orm: Orm, rows: number): void {
  setSetting(orm, pageSizeKey, rows)
}
