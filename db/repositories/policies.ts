// Policy versions: a new one is stored beside the old ones, values as typed. The newest is in force.
import type { Orm } from '../open.ts'
import { policies } from '../schema.ts'
import { newestPolicyRow } from './policyRow.ts'
import { foldIntoSeal } from './seal.ts'

export type StoredPolicy = typeof policies.$inferSelect

/** Saves a new version and returns its number. */
export function insertPolicy(orm: Orm, policy: Omit<StoredPolicy, 'version'>): number {
  foldIntoSeal(orm, 'policy', newestPolicyRow(orm))
  const { version } = orm.insert(policies).values(policy).returning({ version: policies.version }).get()
  foldIntoSeal(orm, 'policy', newestPolicyRow(orm))
  return version
}
