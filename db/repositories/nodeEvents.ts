// What nodes said that they did, kept for good.
import { and, desc, eq, lt, or, sql, type SQL } from 'drizzle-orm'
import type { NodeId } from '../../shared/domain/ids.ts'
import type { Database, Orm } from '../open.ts'
import { nodeEvents, nodes } from '../schema.ts'

export type NodeEvent = Omit<typeof nodeEvents.$inferSelect, 'id'>
export type NodeEventView = typeof nodeEvents.$inferSelect & { readonly nodeName: string }

/** Adds those that are new, in their order; how many were. */
export function insertNodeEvents(db: Database, events: readonly NodeEvent[]): number {
  return db.transaction(() => {
    let added = 0
    for (const event of events) added += db.orm.insert(nodeEvents).values(event).onConflictDoNothing().run().changes
    return added
  })
}

export interface NodeEventQuery {
  readonly nodeId?: NodeId | undefined
  readonly target?: string | undefined
  readonly text?: string | undefined
  readonly before?: { readonly at: number; readonly id: number } | undefined
  readonly limit: number
}

/** Newest first. */
export function listNodeEvents(orm: Orm, query: NodeEventQuery): NodeEventView[] {
  const conditions: (SQL | undefined)[] = []
  if (query.nodeId !== undefined) conditions.push(eq(nodeEvents.nodeId, query.nodeId))
  if (query.target !== undefined) conditions.push(eq(nodeEvents.target, query.target))
  if (query.before !== undefined) {
    conditions.push(or(lt(nodeEvents.at, query.before.at), and(eq(nodeEvents.at, query.before.at), lt(nodeEvents.id, query.before.id))))
  }
  if (query.text !== undefined && query.text !== '') {
    const pattern = `%${query.text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`
    const within = sql`(${nodeEvents.action} || ' ' || ${nodeEvents.target} || ' ' || ${nodeEvents.message} || ' ' || ${nodes.name})`
    conditions.push(sql`${within} like ${pattern} escape '\\'`)
  }
  return orm
    .select({ event: nodeEvents, nodeName: nodes.name })
    .from(nodeEvents)
    .innerJoin(nodes, eq(nodes.id, nodeEvents.nodeId))
    .where(and(...conditions))
    .orderBy(desc(nodeEvents.at), desc(nodeEvents.id))
    .limit(query.limit)
    .all()
    .map((row) => ({ ...row.event, nodeName: row.nodeName }))
}
