// Guards that hold now, and the releases that the operator gave.
import { and, eq, gt } from 'drizzle-orm'
import type { Orm } from '../open.ts'
import { guardReleases, guards } from '../schema.ts'

export type StoredGuard = typeof guards.$inferSelect
export type GuardRelease = typeof guardReleases.$inferSelect

export function storedGuards(orm: Orm): StoredGuard[] {
  return orm.select().from(guards).all()
}

/** Stores a guard; one that holds already keeps its `since`. */
export function putGuard(orm: Orm, guard: StoredGuard): void {
  const change = { reason: guard.reason, figures: guard.figures, batch: guard.batch }
  orm.insert(guards).values(guard).onConflictDoUpdate({ target: [guards.code, guards.nodeId], set: change }).run()
}

export function deleteGuard(orm: Orm, code: string, nodeId: string): void {
  orm.delete(guards).where(and(eq(guards.code, code), eq(guards.nodeId, nodeId))).run()
}

export function insertRelease(orm: Orm, release: Omit<GuardRelease, 'id'>): void {
  orm.insert(guardReleases).values(release).run()
}

export function releasesInForce(orm: Orm, nowMs: number): GuardRelease[] {
  return orm.select().from(guardReleases).where(gt(guardReleases.expiresAt, nowMs)).all()
}
