// Small values of the installation by key. Never a secret.
import { eq } from 'drizzle-orm'
import type { Orm } from '../open.ts'
import { settings } from '../schema.ts'

/** The stored value, to be parsed by whoever reads it; undefined when there is none. */
export function readSetting(orm: Orm, key: string): unknown {
  return orm.select().from(settings).where(eq(settings.key, key)).get()?.value
}

/** Stores a value; null takes it away. */
export function writeSetting(orm: Orm, key: string, value: unknown): void {
  if (value === null || value === undefined) orm.delete(settings).where(eq(settings.key, key)).run()
  else orm.insert(settings).values({ key, value }).onConflictDoUpdate({ target: settings.key, set: { value } }).run()
}
