// The figures that guards are judged by: how fresh and how whole the mirror is, and what was done today.
import { and, asc, desc, eq, gte, isNotNull, ne, sql } from 'drizzle-orm'
import type { Orm } from '../open.ts'
import { automationRuns, intents, invoices, links, serviceHistory, syncRuns } from '../schema.ts'

type SyncRun = typeof syncRuns.$inferSelect

export interface MirrorFreshness {
  readonly lastCompleteSyncAt: number | null
  readonly laterSyncFailed: boolean
  readonly lastFullAt: number | null
  /** By list, of the last full pass; of the newest sync where that found the list empty. */
  readonly counts: SyncRun['counts']
  readonly clockOffsetMs: number | null
}

/** A run that has no end yet is not counted: it has neither succeeded nor failed. */
export function mirrorFreshness(orm: Orm): MirrorFreshness {
  const ended = isNotNull(syncRuns.finishedAt)
  const newest = orm.select().from(syncRuns).where(ended).orderBy(desc(syncRuns.id)).limit(1).get()
  const complete = orm.select().from(syncRuns).where(and(ended, eq(syncRuns.complete, true))).orderBy(desc(syncRuns.id)).limit(1).get()
  const full = orm
    .select()
    .from(syncRuns)
    .where(and(ended, eq(syncRuns.complete, true), eq(syncRuns.kind, 'full')))
    .orderBy(desc(syncRuns.id))
    .limit(1)
    .get()
  return {
    // What was read is as old as the beginning of the pass that read it.
    lastCompleteSyncAt: complete?.startedAt ?? null,
    laterSyncFailed: newest !== undefined && !newest.complete,
    lastFullAt: full?.startedAt ?? null,
    counts: { ...full?.counts, ...emptyOf(newest?.counts ?? {}) },
    clockOffsetMs: newest?.clockOffsetMs ?? null,
  }
}

/** What is new is read from the first page on, which shows fewer rows than are known; but not none at all. */
function emptyOf(counts: SyncRun['counts']): SyncRun['counts'] {
  return Object.fromEntries(Object.entries(counts).filter(([, { met, knownBefore }]) => met === 0 && knownBefore > 0))
}

export function lastAutomationRunAt(orm: Orm): number | null {
  return orm.select({ at: automationRuns.startedAt }).from(automationRuns).orderBy(desc(automationRuns.id)).limit(1).get()?.at ?? null
}

export function insertAutomationRun(orm: Orm, startedAt: number): number {
  return orm.insert(automationRuns).values({ startedAt }).returning({ id: automationRuns.id }).get().id
}

export function finishAutomationRun(orm: Orm, id: number, finishedAt: number, result: unknown): void {
  orm.update(automationRuns).set({ finishedAt, result }).where(eq(automationRuns.id, id)).run()
}

/** Suspensions, terminations and purges that were begun since an instant, whatever became of them. */
export function suspensionsBegunSince(orm: Orm, sinceMs: number): number {
  const begun = sql`${intents.state} in ('executing', 'verifying', 'done', 'failed')`
  return orm.select({ n: sql<number>`count(*)` }).from(intents).where(and(ne(intents.kind, 'unsuspend'), begun, gte(intents.updatedAt, sinceMs))).get()?.n ?? 0
}

/** Linked services that were first read as cancelled since an instant. */
export function cancellationsSince(orm: Orm, sinceMs: number): number {
  return (
    orm
      .select({ n: sql<number>`count(distinct ${serviceHistory.serviceId})` })
      .from(serviceHistory)
      .innerJoin(links, eq(links.serviceId, serviceHistory.serviceId))
      .where(and(eq(serviceHistory.status, 'cancelled'), isNotNull(serviceHistory.previousReadAt), gte(serviceHistory.readAt, sinceMs)))
      .get()?.n ?? 0
  )
}

export function countLinks(orm: Orm): number {
  return orm.select({ n: sql<number>`count(*)` }).from(links).get()?.n ?? 0
}

/** The newest run's number; 0 when there was none. */
export function newestAutomationRun(orm: Orm): number {
  return orm.select({ id: automationRuns.id }).from(automationRuns).orderBy(desc(automationRuns.id)).limit(1).get()?.id ?? 0
}

const historyDays = 90
const dayMs = 86_400_000

/** Payments seen in the 90 days up to the last one, over how many days they spread, and the longest pause between two. */
export function paymentHistory(orm: Orm): { count: number; overDays: number; longestGapDays: number; lastAt: number | null } {
  const last = orm.select({ at: sql<number | null>`max(${invoices.paidAt})` }).from(invoices).get()?.at ?? null
  if (last === null) return { count: 0, overDays: 0, longestGapDays: 0, lastAt: null }
  const times = orm
    .select({ at: sql<number>`${invoices.paidAt}` })
    .from(invoices)
    .where(gte(invoices.paidAt, last - historyDays * dayMs))
    .orderBy(asc(invoices.paidAt))
    .all()
    .map((row) => row.at)
  const longestGapMs = times.reduce((longest, at, index) => Math.max(longest, at - (times[index - 1] ?? at)), 0)
  return { count: times.length, overDays: (last - (times[0] ?? last)) / dayMs, longestGapDays: longestGapMs / dayMs, lastAt: last }
}
