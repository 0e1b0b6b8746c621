// Nodes as enrolled and as last observed.
import { asc, eq, sql } from 'drizzle-orm'
import type { FailureBody } from '../../shared/domain/failure.ts'
import type { NodeId } from '../../shared/domain/ids.ts'
import type { Orm } from '../open.ts'
import { nodes, type StoredChange } from '../schema.ts'

export type StoredNode = typeof nodes.$inferSelect
export type StoredFinding = StoredNode['findings'][number]

export function allNodes(orm: Orm): StoredNode[] {
  return orm.select().from(nodes).orderBy(asc(nodes.name)).all()
}

const byId = (orm: Orm) => orm.select().from(nodes).where(eq(nodes.id, sql.placeholder('id'))).prepare()
const statementsById = new WeakMap<Orm, ReturnType<typeof byId>>()

/** Prepared once for each database: it is asked several times with every look at every node. */
export function nodeOf(orm: Orm, nodeId: NodeId): StoredNode | null {
  const statement = statementsById.get(orm) ?? byId(orm)
  statementsById.set(orm, statement)
  return statement.get({ id: nodeId }) ?? null
}

export function nodeByName(orm: Orm, name: string): StoredNode | null {
  return orm.select().from(nodes).where(eq(nodes.name, name)).get() ?? null
}

/**
 * The node at this address: behind an SSH server the same address is another machine for each server.
 * @param server `host:port` of the SSH server; null: reached directly
 */
export function nodeAt(orm: Orm, url: string, server: string | null): StoredNode | null {
  const there = orm.select().from(nodes).where(eq(nodes.url, url)).all()
  return there.find(({ route }) => (route?.tunnel ? `${route.tunnel.host}:${route.tunnel.port}` : null) === server) ?? null
}

export function insertNode(orm: Orm, node: typeof nodes.$inferInsert): void {
  orm.insert(nodes).values(node).run()
}

/** What a look that could be believed saw. */
export function storeGoodLook(
  orm: Orm,
  nodeId: NodeId,
  seen: {
    at: number
    findings: StoredFinding[]
    capacity: Record<string, string | number>
    certificate: StoredNode['certificate']
    hostname: string | null
  },
): void {
  orm
    .update(nodes)
    .set({
      state: 'ok',
      problem: null,
      change: null,
      findings: seen.findings,
      lastSeenAt: seen.at,
      checkedAt: seen.at,
      capacity: seen.capacity,
      certificate: seen.certificate,
      hostname: seen.hostname,
    })
    .where(eq(nodes.id, nodeId))
    .run()
}

/** A look that could not be believed: what was known before stays, with its age; so does a change that was seen before. */
export function storeFailedLook(
  orm: Orm,
  nodeId: NodeId,
  failed: { at: number; state: string; problem: FailureBody; change: StoredChange | undefined },
): void {
  orm
    .update(nodes)
    .set({ state: failed.state, problem: failed.problem, checkedAt: failed.at, ...(failed.change === undefined ? {} : { change: failed.change }) })
    .where(eq(nodes.id, nodeId))
    .run()
}

/** What an exposure check found, beside what looks found. */
export function storeExposure(orm: Orm, nodeId: NodeId, findings: StoredFinding[], at: number): void {
  orm.update(nodes).set({ findings, exposureCheckedAt: at }).where(eq(nodes.id, nodeId)).run()
}

/** Where the node is and by whom it is known to be itself, proved a moment ago. */
export function storeAddress(orm: Orm, nodeId: NodeId, address: Pick<StoredNode, 'url' | 'route' | 'hostname'>): void {
  orm.update(nodes).set({ ...address, change: null }).where(eq(nodes.id, nodeId)).run()
}

/** What the operator keeps about it. */
export function storeNodeMarks(orm: Orm, nodeId: NodeId, marks: Partial<Pick<StoredNode, 'name' | 'note' | 'tags' | 'location'>>): void {
  orm.update(nodes).set(marks).where(eq(nodes.id, nodeId)).run()
}

export function storeMaintenance(orm: Orm, nodeId: NodeId, on: boolean): void {
  orm.update(nodes).set({ maintenance: on }).where(eq(nodes.id, nodeId)).run()
}

/** Its VMs' observations go with it. */
export function deleteNode(orm: Orm, nodeId: NodeId): void {
  orm.delete(nodes).where(eq(nodes.id, nodeId)).run()
}
