// The audit log's rows: appended in order, never changed.
import { and, asc, desc, eq, gte, type SQL } from 'drizzle-orm'
import type { ServiceId } from '../../shared/domain/ids.ts'
import type { Orm } from '../open.ts'
import { audit } from '../schema.ts'

export type AuditRow = typeof audit.$inferSelect

export function lastAuditRow(orm: Orm): AuditRow | null {
  return orm.select().from(audit).orderBy(desc(audit.seq)).limit(1).get() ?? null
}

export function insertAuditRow(orm: Orm, row: AuditRow): void {
  orm.insert(audit).values(row).run()
}

/** Newest first. */
export function listAuditRows(orm: Orm, query: { serviceId?: ServiceId; sinceAt?: number; limit: number }): AuditRow[] {
  const conditions: SQL[] = []
  if (query.serviceId !== undefined) conditions.push(eq(audit.serviceId, query.serviceId))
  if (query.sinceAt !== undefined) conditions.push(gte(audit.at, query.sinceAt))
  return orm
    .select()
    .from(audit)
    .where(and(...conditions))
    .orderBy(desc(audit.seq))
    .limit(query.limit)
    .all()
}

/** In order, a page at a time. */
export function auditRowsFrom(orm: Orm, seq: number, limit: number): AuditRow[] {
  return orm.select().from(audit).where(gte(audit.seq, seq)).orderBy(asc(audit.seq)).limit(limit).all()
}
