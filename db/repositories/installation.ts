// The installation's own id: made once, kept for good. Its secrets stand in the keychain under it.
import { eq } from 'drizzle-orm'
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Orm } from '../open.ts'
import { settings } from '../schema.ts'

const installationIdKey = 'installation.id'

/** The id of this database's installation; a new database gets one. */
export function installationId(orm: Orm): string {
  const stored = z.uuid().safeParse(orm.select().from(settings).where(eq(settings.key, installationIdKey)).get()?.value)
  if (stored.success) return stored.data
  const made = randomUUID()
  orm.insert(settings).values({ key: installationIdKey, value: made }).onConflictDoUpdate({ target: settings.key, set: { value: made } }).run()
  return made
}
