// How far a full pass has come, list by list, so that one that was interrupted goes on where it was.
import type BetterSqlite3 from 'better-sqlite3'
import type { Database, Orm } from '../open.ts'
import { mirrorPasses } from '../schema.ts'

export type PassProgress = typeof mirrorPasses.$inferSelect

/** The lists of the open pass that were begun; empty when there is none. */
export function openPass(orm: Orm): PassProgress[] {
  return orm.select().from(mirrorPasses).all()
}

/** Forgets the open pass: it has ended, or is not worth going on with. */
export function closePass(orm: Orm): void {
  orm.delete(mirrorPasses).run()
}

/** Keeps progress by a prepared statement, for it is written with every page. */
export class PassBook {
  readonly #save: BetterSqlite3.Statement

  constructor(db: Pick<Database, 'sqlite'>) {
    this.#save = db.sqlite.prepare(
      `insert or replace into mirror_passes
         (resource, pass_started_at, started_at, per_page, page, last_id, last_place, entries, newest, known_before, omitted, is_done)
       values (@resource, @passStartedAt, @startedAt, @perPage, @page, @lastId, @lastPlace, @entries, @newest, @knownBefore, @omitted, @isDone)`,
    )
  }

  /** Belongs into the transaction of the page. */
  save(progress: PassProgress): void {
    this.#save.run({ ...progress, omitted: JSON.stringify(progress.omitted), isDone: Number(progress.isDone) })
  }
}
