// Nodes as enrolled and as last observed.
import { asc, eq } from 'drizzle-orm'
import type { FailureBody } from '../../shared/domain/failure.ts'
import type { NodeId } from '../../shared/domain/ids.ts'
import type { Orm } from '../open.ts'
import { nodes } from '../schema.ts'

export type StoredNode = typeof nodes.$inferSelect
export type StoredFinding = StoredNode['findings'][number]

export function allNodes(orm: Orm): StoredNode[] {
  return orm.select().from(nodes).orderBy(asc(nodes.name)).all()
}

export function nodeOf(orm: Orm, nodeId: NodeId): StoredNode | null {
  return orm.select().from(nodes).where(eq(nodes.id, nodeId)).get() ?? null
}

export function nodeByName(orm: Orm, name: string): StoredNode | null {
  return orm.select().from(nodes).where(eq(nodes.name, name)).get() ?? null
}

export function nodeByUrl(orm: Orm, url: string): StoredNode | null {
  return orm.select().from(nodes).where(eq(nodes.url, url)).get() ?? null
}

export function insertNode(orm: Orm, node: typeof nodes.$inferInsert): void {
  orm.insert(nodes).values(node).run()
}

/** What a look that could be believed saw. */
export function storeGoodLook(
  orm: Orm,
  nodeId: NodeId,
  seen: { at: number; findings: StoredFinding[]; capacity: Record<string, string | number> },
): void {
  orm
    .update(nodes)
    .set({ state: 'ok', problem: null, findings: seen.findings, lastSeenAt: seen.at, checkedAt: seen.at, capacity: seen.capacity })
    .where(eq(nodes.id, nodeId))
    .run()
}

/** A look that could not be believed: what was known before stays, with its age. */
export function storeFailedLook(orm: Orm, nodeId: NodeId, failed: { at: number; state: string; problem: FailureBody }): void {
  orm.update(nodes).set({ state: failed.state, problem: failed.problem, checkedAt: failed.at }).where(eq(nodes.id, nodeId)).run()
}

export function storeFindings(orm: Orm, nodeId: NodeId, findings: StoredFinding[]): void {
  orm.update(nodes).set({ findings }).where(eq(nodes.id, nodeId)).run()
}

export function storeMaintenance(orm: Orm, nodeId: NodeId, on: boolean): void {
  orm.update(nodes).set({ maintenance: on }).where(eq(nodes.id, nodeId)).run()
}

/** Its VMs' observations go with it. */
export function deleteNode(orm: Orm, nodeId: NodeId): void {
  orm.delete(nodes).where(eq(nodes.id, nodeId)).run()
}
