// One sync of the mirror: every list in turn, in full by id or what is new since the last time, with its counts and its errors.
import { mirroredLists, type MirroredList } from '../../../db/repositories/billingMirror.ts'
import { setWatermark, watermarkOf, type SyncCounts, type SyncKind } from '../../../db/repositories/billingSync.ts'
import type { Orm } from '../../../db/open.ts'
import { Failure, type FailureBody } from '../../../shared/domain/failure.ts'
import type { JobProgress } from '../jobs/jobs.ts'
import { permissionForInclude, type ListAnswer, type PaymenterClient } from '../paymenter/client.ts'
import { readInstant } from '../paymenter/days.ts'
import { AllRequestsFailure, HeavyAnswerFailure, forbidden } from '../paymenter/failures.ts'
import type { PaymenterRow } from '../paymenter/schema.ts'
import { lists, type Mirror, type Stored } from './mirror.ts'
import { readWholeList } from './wholeList.ts'

export interface SyncRunOptions {
  readonly kind: SyncKind
  readonly client: PaymenterClient
  readonly mirror: Mirror
  readonly orm: Orm
  readonly now: () => number
  /** Rows of a page of the full pass. */
  readonly perPage: number
  readonly signal: AbortSignal
  readonly report: JobProgress['report']
}

export interface SyncOutcome {
  changed: number
  gone: number
  readonly errors: (FailureBody & { resource: string })[]
  readonly counts: SyncCounts
  /** Services and invoices, with their items, were read to their ends. */
  complete: boolean
  /** A page was too much for the server or the line. */
  tooHeavy: boolean
}

/** First a small page; when all of it is news a large one, and then the whole list. A single page needs no cursor. */
const recentPageSizes = [100, 1_000]
/** Rows are read again that changed so long before the point that was reached: clocks and transactions are not exact. */
const overlapMs = 2 * 60_000
/** The clock that stamps the rows is trusted to be so near to the server's `Date`. */
const stampSkewMs = 60 * 60_000
const mostSingleReads = 1_000
const mostProblemsShown = 20
/** When so many rows that a list left out are all there, the list lies; nobody needs to be asked about the rest. */
const sampleOfOmitted = 20

const withoutThese: Partial<Record<MirroredList, readonly string[]>> = { services: ['user', 'product'], invoices: ['items', 'user'] }

export class SyncRun {
  readonly outcome: SyncOutcome = { changed: 0, gone: 0, errors: [], counts: {}, complete: true, tooHeavy: false }
  readonly #options: SyncRunOptions
  #problems = 0

  constructor(options: SyncRunOptions) {
    this.#options = options
  }

  /** Reads every list. What fails is in the outcome; throws only the signal's reason, or a bug. */
  async run(): Promise<void> {
    for (const [index, list] of mirroredLists.entries()) {
      try {
        await this.#list(list)
      } catch (error) {
        this.#options.signal.throwIfAborted()
        if (!(error instanceof Failure)) throw error
        if (error instanceof HeavyAnswerFailure) this.outcome.tooHeavy = true
        this.#failed(list, error)
        if (!(error instanceof AllRequestsFailure)) continue
        for (const other of mirroredLists.slice(index + 1)) this.#failed(other, error)
        return
      }
    }
  }

  async #list(list: MirroredList): Promise<void> {
    const { kind, mirror, orm, report } = this.#options
    this.#problems = 0
    report(`Reading ${list}`, 0, mirror.rows.count(list))
    const reached = watermarkOf(orm, list)
    if (kind === 'full' || reached === null || !(await this.#recent(list, reached))) await this.#whole(list)
  }

  // ── the whole list ─────────────────────────────────────────────────────────────────────────────────────────────

  async #whole(list: MirroredList): Promise<void> {
    const { client, mirror, perPage, signal, report, now, orm } = this.#options
    const { resource, includes } = lists[list]
    const knownBefore = mirror.rows.knownIds(list)
    const startedAt = now()
    const mark = new HighMark(list)
    let refused: readonly string[] = []
    const { met } = await readWholeList(client, resource, {
      perPage,
      includes,
      signal,
      ticket: () => mirror.freshness.ticket(),
      onPage: (answer, ticket, rowsSoFar) => {
        this.#take(list, mirror.storePage(list, answer, ticket, false))
        for (const row of answer.rows) mark.note(row)
        refused = answer.refused
        report(`Reading ${list}`, rowsSoFar, Math.max(rowsSoFar, knownBefore.length))
      },
    })
    this.outcome.counts[list] = { met: met.size, knownBefore: knownBefore.length }
    await this.#askForOmitted(list, knownBefore, met)
    this.#judgeRefusals(list, refused)
    setWatermark(orm, list, mark.reached(startedAt, client.clockOffsetMs))
  }

  /** A short list proves nothing: each row that it left out is asked for by its own address, and gone only when that says so. */
  async #askForOmitted(list: MirroredList, knownBefore: readonly number[], met: ReadonlySet<number>): Promise<void> {
    const { mirror } = this.#options
    const expected = new Set(knownBefore)
    // Rows that an earlier reading of this pass, or a look at a single row, has brought meanwhile.
    const omitted = mirror.rows.knownIds(list).filter((id) => !met.has(id))
    let present = 0
    let asked = 0
    for (const id of omitted.slice(0, mostSingleReads)) {
      if (asked >= sampleOfOmitted && present === asked) break
      const isThere = await this.#askFor(list, id)
      if (!expected.has(id)) continue
      asked += 1
      if (isThere) present += 1
    }
    if (present === 0) return
    const failure = new Failure(
      'billing.list-short',
      `The list of ${list} had ${met.size} rows and left out ${omitted.length} that are known; ${present} of ${asked} that were asked for by themselves are still there. Nothing is taken for gone on the list’s word.`,
      'It is read again by itself. If it stays, look at what stands between this machine and Paymenter.',
    )
    this.outcome.errors.push({ ...failure.body(), resource: list })
  }

  async #askFor(list: MirroredList, id: number): Promise<boolean> {
    const { client, mirror, signal } = this.#options
    const ticket = mirror.freshness.ticket()
    const answer = await client.read(lists[list].resource, id, lists[list].includes, signal)
    if (answer.kind === 'present') {
      this.#take(list, mirror.storeRow(list, answer.row, answer.included, ticket))
      return true
    }
    if (mirror.markGone(list, id)) this.outcome.gone += 1
    return false
  }

  // ── what is new ────────────────────────────────────────────────────────────────────────────────────────────────

  /** False when there is too much news for one page. */
  async #recent(list: MirroredList, reached: number): Promise<boolean> {
    const { client, mirror, signal, now, orm, perPage } = this.#options
    const { resource, includes } = lists[list]
    const knownBefore = mirror.rows.count(list)
    const isOld = (row: PaymenterRow): boolean => stampOf(list, row) < (list === 'customers' ? reached : reached - overlapMs)
    for (const size of recentPageSizes.map((rows) => Math.min(rows, perPage))) {
      const startedAt = now()
      const ticket = mirror.freshness.ticket()
      const sort = list === 'customers' ? '-id' : '-updated_at'
      const answer: ListAnswer = await client.list(resource, { page: 1, perPage: size, sort, includes, signal })
      this.#take(list, mirror.storePage(list, answer, ticket, list !== 'customers'))
      const last = answer.rows.at(-1)
      if (answer.hasMore && (last === undefined || !isOld(last))) continue
      this.outcome.counts[list] = { met: answer.rows.length, knownBefore }
      this.#judgeRefusals(list, answer.refused)
      if (answer.rows.length === 0 && knownBefore > 0) {
        throw new Failure('billing.list-short', `The list of ${list} came back empty, though ${knownBefore} are known. Nothing is taken for gone on its word.`)
      }
      const mark = new HighMark(list)
      for (const row of answer.rows) mark.note(row)
      setWatermark(orm, list, mark.reached(startedAt, client.clockOffsetMs))
      return true
    }
    return false
  }

  // ── the outcome ────────────────────────────────────────────────────────────────────────────────────────────────

  #take(list: MirroredList, stored: Stored): void {
    this.outcome.changed += stored.changed
    this.outcome.gone += stored.gone
    for (const problem of stored.problems) {
      this.#problems += 1
      if (this.#problems > mostProblemsShown) return
      const message = this.#problems === mostProblemsShown ? `There are more ${list} that could not be read in full.` : `In ${list}, ${problem.slice(0, 300)}.`
      this.outcome.errors.push({ resource: list, code: 'billing.unreadable-row', message })
    }
  }

  /** Some includes are needed: without them it is unknown whose a row is, or what an invoice is for. */
  #judgeRefusals(list: MirroredList, refused: readonly string[]): void {
    for (const include of refused) {
      if (withoutThese[list]?.includes(include)) this.#failed(list, forbidden(permissionForInclude(include), `show the ${include} of ${list}`))
    }
  }

  #failed(list: MirroredList, failure: Failure): void {
    this.outcome.errors.push({ ...failure.body(), resource: list })
    if (list === 'services' || list === 'invoices') this.outcome.complete = false
  }
}

/** By what rows are put in order of news: customers by id, for Paymenter does not sort them by their last change. */
function stampOf(list: MirroredList, row: PaymenterRow): number {
  return list === 'customers' ? row.id : (readInstant(row.attributes['updated_at']) ?? Number.NEGATIVE_INFINITY)
}

/** How far a list has been read. */
class HighMark {
  readonly #list: MirroredList
  #newest = 0

  constructor(list: MirroredList) {
    this.#list = list
  }

  note(row: PaymenterRow): void {
    this.#newest = Math.max(this.#newest, stampOf(this.#list, row))
  }

  /**
   * For customers the greatest id. For the others an instant up to which all changes were seen: when the reading began, by the server's own
   * clock; or the newest stamp that was met, where that clock and the one that stamps rows may differ. A stamp in the future, left by a clock
   * that was wrong, is never it: nothing new would be seen until then.
   */
  reached(startedAt: number, clockOffsetMs: number | null): number {
    if (this.#list === 'customers') return this.#newest
    const serverNow = startedAt + (clockOffsetMs ?? 0)
    return Math.min(serverNow, Math.max(this.#newest, serverNow - stampSkewMs))
  }
}
