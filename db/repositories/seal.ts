// Seals over rows that no peer can confirm: links, holds, the policy. Each change folds the row's hash in or out, so that a row which was changed
// outside this program no longer fits; every audit entry carries the seals as they were.
import { createHash } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { Orm } from '../open.ts'
import { holds, links, settings } from '../schema.ts'
import { newestPolicyRow } from './policyRow.ts'

export const sealedKinds = ['links', 'holds', 'policy'] as const
export type SealedKind = (typeof sealedKinds)[number]
export type Seals = Record<SealedKind, string>

const key = 'record.seals'
const empty = '0'.repeat(64)

function hashOf(row: Record<string, unknown>): Buffer {
  const ordered = Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(ordered)).digest()
}

function fold(seal: string, hash: Buffer): string {
  const bytes = Buffer.from(seal, 'hex')
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = (bytes[index] ?? 0) ^ (hash[index] ?? 0)
  return bytes.toString('hex')
}

/** The seals as they were carried on; all empty in a new database. */
export function storedSeals(orm: Orm): Seals {
  const stored = orm.select().from(settings).where(eq(settings.key, key)).get()?.value as Partial<Seals> | undefined
  return { links: stored?.links ?? empty, holds: stored?.holds ?? empty, policy: stored?.policy ?? empty }
}

/** Takes the rows as they stand for what they should be: the operator has looked at them. */
export function acceptRows(orm: Orm): void {
  const value = sealsOfRows(orm)
  orm.insert(settings).values({ key, value }).onConflictDoUpdate({ target: settings.key, set: { value } }).run()
}

/** Folds a row in, or out again. Within the transaction that changes the row. */
export function foldIntoSeal(orm: Orm, kind: SealedKind, row: Record<string, unknown> | null): void {
  if (row === null) return
  const seals = storedSeals(orm)
  const value: Seals = { ...seals, [kind]: fold(seals[kind], hashOf(row)) }
  orm.insert(settings).values({ key, value }).onConflictDoUpdate({ target: settings.key, set: { value } }).run()
}

/** The seals that the rows have as they stand. */
export function sealsOfRows(orm: Orm): Seals {
  const over = (rows: readonly Record<string, unknown>[]) => rows.reduce<string>((seal, row) => fold(seal, hashOf(row)), empty)
  const newest = newestPolicyRow(orm)
  return { links: over(orm.select().from(links).all()), holds: over(orm.select().from(holds).all()), policy: over(newest === null ? [] : [newest]) }
}
