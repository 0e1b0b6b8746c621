// The newest policy version as it lies in the database, whatever was written there: a row edited by hand need not even be JSON.
import { desc, sql } from 'drizzle-orm'
import type { Orm } from '../open.ts'
import { policies } from '../schema.ts'

/** What is not JSON stays the text that it is. */
export type PolicyRow = { readonly version: number; readonly values: unknown; readonly overrides: unknown; readonly createdAt: number }

function parsed(stored: unknown): unknown {
  if (typeof stored !== 'string') return stored
  try {
    return JSON.parse(stored)
  } catch {
    return stored
  }
}

export function newestPolicyRow(orm: Orm): PolicyRow | null {
  const row = orm
    .select({
      version: policies.version,
      values: sql<unknown>`${policies.values}`,
      overrides: sql<unknown>`${policies.overrides}`,
      createdAt: policies.createdAt,
    })
    .from(policies)
    .orderBy(desc(policies.version))
    .limit(1)
    .get()
  return row === undefined ? null : { ...row, values: parsed(row.values), overrides: parsed(row.overrides) }
}
