// One sync of the mirror: every list in turn, in full by id or what is new since the last time, with its counts and its errors.
import { mirroredLists, type MirroredList } from '../../../db/repositories/billingMirror.ts'
import { setWatermark, watermarkOf, type SyncCounts, type SyncKind } from '../../../db/repositories/billingSync.ts'
import { PassBook, type PassProgress } from '../../../db/repositories/mirrorPasses.ts'
import type { Database } from '../../../db/open.ts'
import { Failure, type FailureBody } from '../../../shared/domain/failure.ts'
import type { JobProgress } from '../jobs/jobs.ts'
import { permissionForInclude, type ListAnswer, type PaymenterClient } from '../paymenter/client.ts'
import { AllRequestsFailure, HeavyAnswerFailure, forbidden } from '../paymenter/failures.ts'
import type { PaymenterRow } from '../paymenter/schema.ts'
import { HighMark, overlapMs, quietOverlapMs, stampOf } from './highMark.ts'
import { lists, type Mirror, type Stored } from './mirror.ts'
import { isRequired, viewPermission } from './missing.ts'
import { Omissions } from './omissions.ts'
import { readWholeList, type Position } from './wholeList.ts'

export interface SyncRunOptions {
  readonly kind: SyncKind
  readonly client: PaymenterClient
  readonly mirror: Mirror
  readonly db: Database
  readonly now: () => number
  /** Rows of a page of the full pass. */
  readonly perPage: number
  /** When the pass as a whole began: before this run, where it goes on with one that was interrupted. */
  readonly passStartedAt: number
  /** Of the pass that this run goes on with. */
  readonly progress: readonly PassProgress[]
  /** Lists that the key may not view, as far as is known: they are asked for in full passes only. */
  readonly notViewable: ReadonlySet<MirroredList>
  /** How long the server is left alone between two pages of the full pass. */
  readonly pauseMs?: ((lastDurationMs: number) => number) | undefined
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
  /** The longest that a full page of a list took; null when none was full. */
  slowestPageMs: number | null
  /** What the lists have shown about their permissions. */
  readonly permissions: Map<string, 'granted' | 'missing'>
}

/** First a small page; when all of it is news a large one, and then the whole list. A single page needs no cursor. */
const recentPageSizes = [100, 1_000]
const mostProblemsShown = 20
/** When so many rows that a list left out are there, the list lies; nobody needs to be asked about the rest. */
const sampleOfOmitted = 20

const withoutThese: Partial<Record<MirroredList, readonly string[]>> = { services: ['user', 'product'], invoices: ['items', 'user'], ticketMessages: ['ticket'] }

/** How lists are called in words. */
const words: Partial<Record<MirroredList, string>> = { ticketMessages: 'ticket messages' }

function inWords(list: MirroredList): string {
  return words[list] ?? list
}

export class SyncRun {
  readonly outcome: SyncOutcome = { changed: 0, gone: 0, errors: [], counts: {}, complete: true, tooHeavy: false, slowestPageMs: null, permissions: new Map() }
  readonly #options: SyncRunOptions
  readonly #book: PassBook
  #problems = 0

  constructor(options: SyncRunOptions) {
    this.#options = options
    this.#book = new PassBook(options.db)
  }

  /** Reads every list. What fails is in the outcome; throws only the signal's reason, or a bug. */
  async run(): Promise<void> {
    for (const [index, list] of mirroredLists.entries()) {
      try {
        await this.#list(list)
      } catch (error) {
        this.#options.signal.throwIfAborted()
        if (!(error instanceof Failure)) throw error
        if (error.code === 'billing.forbidden') {
          this.outcome.permissions.set(viewPermission(list), 'missing')
          // What can be done without is missing, and said to be; no error.
          if (!isRequired(list)) continue
        }
        if (error instanceof HeavyAnswerFailure) this.outcome.tooHeavy = true
        this.#failed(list, error)
        if (!(error instanceof AllRequestsFailure)) continue
        for (const other of mirroredLists.slice(index + 1)) this.#failed(other, error)
        return
      }
    }
  }

  async #list(list: MirroredList): Promise<void> {
    const { kind, mirror, db, report, notViewable } = this.#options
    this.#problems = 0
    if (kind === 'incremental' && !isRequired(list) && notViewable.has(list)) return
    report(`Reading ${inWords(list)}`, 0, mirror.rows.count(list))
    const reached = watermarkOf(db.orm, list)
    if (kind === 'full' || reached === null || !(await this.#recent(list, reached))) await this.#whole(list)
    this.outcome.permissions.set(viewPermission(list), 'granted')
  }

  // ── the whole list ─────────────────────────────────────────────────────────────────────────────────────────────

  async #whole(list: MirroredList): Promise<void> {
    const { kind, client, mirror, perPage, signal, report, now, db, passStartedAt, progress } = this.#options
    const { resource, includes } = lists[list]
    const kept = kind === 'full' ? (progress.find((one) => one.resource === list) ?? null) : null
    if (kept?.isDone === true) {
      this.outcome.counts[list] = { met: kept.entries, knownBefore: kept.knownBefore }
      return
    }
    const mark = new HighMark(list, kept?.newest)
    let startedAt = kept?.startedAt ?? now()
    let knownBefore = kept?.knownBefore ?? mirror.rows.count(list)
    let omissions = new Omissions(mirror.rows.knownIds(list), kept?.lastId ?? 0, kept?.omitted)
    let refused: readonly string[] = []
    const keep = (position: Position, isDone: boolean): void => {
      if (kind !== 'full') return
      const { page, lastId, lastPlace, entriesBefore } = position
      const omitted = isDone ? [] : omissions.soFar().filter((id) => id <= lastId)
      this.#book.save({ resource: list, passStartedAt, startedAt, perPage, page, lastId, lastPlace, entries: entriesBefore, newest: mark.newest, knownBefore, omitted, isDone })
    }
    const whole = await readWholeList(client, resource, {
      perPage,
      includes,
      signal,
      pauseMs: this.#options.pauseMs,
      resumeAt: kept === null ? undefined : { page: kept.page, lastId: kept.lastId, lastPlace: kept.lastPlace, entriesBefore: kept.entries },
      ticket: () => mirror.freshness.ticket(),
      onBegin: () => {
        startedAt = now()
        knownBefore = Math.max(knownBefore, mirror.rows.count(list))
        omissions = new Omissions(mirror.rows.knownIds(list))
      },
      onPage: ({ answer, ticket, rowsSoFar, durationMs, position }) => {
        for (const row of answer.rows) mark.note(row)
        omissions.page(answer.rows)
        const also = position === null ? undefined : () => keep(position, false)
        this.#take(list, mirror.storePage(list, answer, ticket, false, also))
        refused = answer.refused
        if (answer.entries >= perPage) this.outcome.slowestPageMs = Math.max(this.outcome.slowestPageMs ?? 0, durationMs)
        report(`Reading ${inWords(list)}`, rowsSoFar, Math.max(rowsSoFar, knownBefore))
      },
    })
    this.outcome.counts[list] = { met: whole.entries, knownBefore }
    await this.#askForOmitted(list, omissions.all(), whole.entries)
    this.#judgeRefusals(list, refused)
    setWatermark(db.orm, list, mark.reached(startedAt, client.clockOffsetMs))
    keep({ page: 0, lastId: 0, lastPlace: 0, entriesBefore: whole.entries }, true)
  }

  /** A short list proves nothing: each row that it left out is asked for by its own address, and gone only when that says so. */
  async #askForOmitted(list: MirroredList, omitted: readonly number[], entries: number): Promise<void> {
    let present = 0
    let asked = 0
    for (const id of omitted) {
      if (present >= sampleOfOmitted) break
      asked += 1
      if (await this.#askFor(list, id)) present += 1
    }
    if (present === 0) return
    const failure = new Failure(
      'billing.list-short',
      `The list of ${inWords(list)} had ${entries} rows and left out ${omitted.length} that are known; ${present} of ${asked} that were asked for by themselves are still there. Nothing is taken for gone on the list’s word.`,
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

  /** False when there is too much news for one page, or when what is new cannot be told from what is old. */
  async #recent(list: MirroredList, reached: number): Promise<boolean> {
    const { client, mirror, signal, now, db, perPage } = this.#options
    // The server's clock went back: what changes now is stamped earlier than what was read while it was ahead, and would hide behind it.
    if (list !== 'customers' && reached > now() + (client.clockOffsetMs ?? 0) + overlapMs) return false
    const { resource, includes } = lists[list]
    const knownBefore = mirror.rows.count(list)
    const isOld = (row: PaymenterRow, margin: number): boolean => stampOf(list, row) < (list === 'customers' ? reached : reached - margin)
    for (const size of recentPageSizes.map((rows) => Math.min(rows, perPage))) {
      const startedAt = now()
      const ticket = mirror.freshness.ticket()
      const sort = list === 'customers' ? '-id' : '-updated_at'
      const answer: ListAnswer = await client.list(resource, { page: 1, perPage: size, sort, includes, signal })
      const stored = mirror.storePage(list, answer, ticket, list !== 'customers')
      this.#take(list, stored)
      const margin = stored.changed === 0 && stored.gone === 0 ? quietOverlapMs : overlapMs
      const last = answer.rows.at(-1)
      if (answer.hasMore && (last === undefined || !isOld(last, margin))) continue
      this.outcome.counts[list] = { met: answer.rows.length, knownBefore }
      this.#judgeRefusals(list, answer.refused)
      if (answer.rows.length === 0 && knownBefore > 0) {
        throw new Failure('billing.list-short', `The list of ${list} came back empty, though ${knownBefore} are known. Nothing is taken for gone on its word.`)
      }
      const mark = new HighMark(list)
      for (const row of answer.rows) mark.note(row)
      setWatermark(db.orm, list, mark.reached(startedAt, client.clockOffsetMs))
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
      if (withoutThese[list]?.includes(include) !== true) continue
      const permission = permissionForInclude(include)
      if (!isRequired(list)) this.outcome.permissions.set(permission, 'missing')
      else this.#failed(list, forbidden(permission, `show the ${include} of ${list}`))
    }
  }

  #failed(list: MirroredList, failure: Failure): void {
    this.outcome.errors.push({ ...failure.body(), resource: list })
    if (list === 'services' || list === 'invoices') this.outcome.complete = false
  }
}
