// Policy versions as stored: values as typed. The newest is in force.
import { desc } from 'drizzle-orm'
import type { Orm } from '../open.ts'
import { policies } from '../schema.ts'
import { foldIntoSeal } from './seal.ts'

export type StoredPolicy = typeof policies.$inferSelect

export function newestPolicy(orm: Orm): StoredPolicy | null {
  return orm.select().from(policies).orderBy(desc(policies.version)).limit(1).get() ?? null
}

/** Saves a new version and returns its number. */
export function insertPolicy(orm: Orm, policy: Omit<StoredPolicy, 'version'>): number {
  foldIntoSeal(orm, 'policy', newestPolicy(orm))
  const { version } = orm.insert(policies).values(policy).returning({ version: policies.version }).get()
  foldIntoSeal(orm, 'policy', newestPolicy(orm))
  return version
}
