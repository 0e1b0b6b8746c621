// Reinstallations of VMs, as far as they have come.
import { asc, eq, inArray } from 'drizzle-orm'
import type { Orm } from '../open.ts'
import { nodes, reinstalls } from '../schema.ts'

export type Reinstall = typeof reinstalls.$inferSelect
const openSteps = ['deleting', 'creating', 'moving'] as const satisfies readonly Reinstall['step'][]

export function insertReinstall(orm: Orm, row: Reinstall): void {
  orm.insert(reinstalls).values(row).run()
}

export function updateReinstall(orm: Orm, id: string, change: Partial<Omit<Reinstall, 'id'>>): void {
  orm.update(reinstalls).set(change).where(eq(reinstalls.id, id)).run()
}

export function reinstallById(orm: Orm, id: string): Reinstall | null {
  return orm.select().from(reinstalls).where(eq(reinstalls.id, id)).get() ?? null
}

/** Those that have not ended, oldest first, with their node's name. */
export function openReinstalls(orm: Orm): (Reinstall & { nodeName: string })[] {
  return orm
    .select({ reinstall: reinstalls, nodeName: nodes.name })
    .from(reinstalls)
    .innerJoin(nodes, eq(nodes.id, reinstalls.nodeId))
    .where(inArray(reinstalls.step, [...openSteps]))
    .orderBy(asc(reinstalls.createdAt))
    .all()
    .map((row) => ({ ...row.reinstall, nodeName: row.nodeName }))
}
