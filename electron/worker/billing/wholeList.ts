// Reads a whole list by id, so that no row is lost or doubled though rows are deleted and added while it is read, or it was interrupted.
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../../../shared/domain/failure.ts'
import type { ListAnswer, PaymenterClient, Resource } from '../paymenter/client.ts'

/** Where a reading has come to: the last row that was read, and where it stood. */
export interface Position {
  readonly page: number
  readonly lastId: number
  /** In the list, from 1. */
  readonly lastPlace: number
  /** Entries before this page. */
  readonly entriesBefore: number
}

export interface ReadPage {
  readonly answer: ListAnswer
  /** Taken before it was asked for. */
  readonly ticket: number
  readonly rowsSoFar: number
  /** From asking to having it. */
  readonly durationMs: number
  /** The furthest up to which no row can have been skipped; null while the list has shown no row. */
  readonly position: Position | null
}

export interface WholeListOptions {
  readonly perPage: number
  readonly includes: readonly string[]
  readonly signal: AbortSignal
  /** Taken before each page is asked for. */
  readonly ticket: () => number
  /** Before each reading from the first page on: the rows have moved, or it is the first. Not before one that is resumed. */
  readonly onBegin?: (() => void) | undefined
  /** Called with each page in turn; the next page is on its way meanwhile. */
  readonly onPage: (page: ReadPage) => void
  /** Goes on after an interruption, with the last page that was read: it is read once more, for rows before it may be gone. */
  readonly resumeAt?: Position | undefined
  /** How long the server is left alone before the next page, by how long the last one took; not at all unless given. */
  readonly pauseMs?: ((lastDurationMs: number) => number) | undefined
}

interface AskedPage {
  readonly answer: ListAnswer
  readonly ticket: number
  readonly durationMs: number
}

export interface WholeList {
  /** The ids that were met; of a reading that was resumed, those from there on. */
  readonly met: ReadonlySet<number>
  /** All entries of the list, those that were read before an interruption included. */
  readonly entries: number
  /** Whether the list had to be read more than once, for its rows had moved. */
  readonly readings: number
}

const mostReadings = 3

/** Throws `billing.list-unsettled` when the rows moved during each of three readings. */
export async function readWholeList(client: PaymenterClient, resource: Resource, options: WholeListOptions): Promise<WholeList> {
  for (let readings = 1; readings <= mostReadings; readings += 1) {
    const reading = new Reading(client, resource, options, readings === 1 ? (options.resumeAt ?? null) : null)
    if (await reading.run()) return { met: reading.met, entries: reading.entries, readings }
  }
  throw new Failure(
    'billing.list-unsettled',
    `The list of ${resource} changed under each of ${mostReadings} readings, so rows may have been skipped; what was read is kept.`,
    'It is read again by itself.',
  )
}

/**
 * One reading, in the order of the ids. A row that is deleted moves all later ones up, so that the first row of the next page can be
 * skipped. Such a row has an id between the last of a page and the first of the next: where there is no gap nothing was skipped. Where there
 * is one, or the next page, which was promised, is empty, the last row is looked for once more at its place. A row that came later under a
 * lower id moves the others down: then an id comes twice. A reading that was interrupted begins with the page that was read last: as long as
 * that still begins with a row that was met before, none was skipped in between; otherwise the same look at the last row's place tells.
 */
class Reading {
  readonly met = new Set<number>()
  readonly #client: PaymenterClient
  readonly #resource: Resource
  readonly #options: WholeListOptions
  readonly #checks: Promise<boolean>[] = []
  #checkFailure: { error: unknown } | null = null
  /** Looks at a last row's place that are under way, or have shown that rows moved. */
  #openChecks = 0
  #reached: Position | null = null
  /** Where nothing before is in doubt: a reading that is interrupted goes on from here. */
  #settled: Position | null
  readonly #asked = new Map<number, Promise<AskedPage>>()
  #over = false
  #entries: number
  #last: { id: number; place: number; page: number } | null
  /** The page that is read once more. */
  readonly #resumed: Position | null

  constructor(client: PaymenterClient, resource: Resource, options: WholeListOptions, resumeAt: Position | null) {
    this.#client = client
    this.#resource = resource
    this.#options = options
    this.#resumed = resumeAt
    this.#settled = resumeAt
    this.#entries = resumeAt?.entriesBefore ?? 0
    this.#last = resumeAt === null ? null : { id: resumeAt.lastId, place: resumeAt.lastPlace, page: resumeAt.page }
  }

  get entries(): number {
    return this.#entries
  }

  /** False when rows have moved. */
  async run(): Promise<boolean> {
    try {
      return (await this.#readPages()) && (await this.#allInPlace())
    } finally {
      this.#over = true
    }
  }

  async #readPages(): Promise<boolean> {
    const { signal, onPage, onBegin } = this.#options
    if (this.#resumed === null) onBegin?.()
    for (let page = this.#resumed?.page ?? 1; ; page += 1) {
      const { answer, ticket, durationMs } = await (this.#asked.get(page) ?? this.#ask(page, 0))
      this.#asked.delete(page)
      signal.throwIfAborted()
      const entriesBefore = this.#entries
      const inOrder = this.#follow(answer, page)
      this.#reached = this.#last === null ? null : { page, lastId: this.#last.id, lastPlace: this.#last.place, entriesBefore }
      if (this.#openChecks === 0) this.#settled = this.#reached
      onPage({ answer, ticket, rowsSoFar: this.#entries, durationMs, position: this.#settled })
      if (!inOrder || !answer.hasMore) return inOrder
    }
  }

  async #allInPlace(): Promise<boolean> {
    const inPlace = (await Promise.all(this.#checks)).every(Boolean)
    if (this.#checkFailure) throw this.#checkFailure.error
    return inPlace
  }

  #ask(page: number, pauseMs: number): Promise<AskedPage> {
    const asked = this.#page(page, pauseMs)
    // Its failure is met when it is awaited; until then it must not count as unhandled.
    asked.catch(() => undefined)
    this.#asked.set(page, asked)
    return asked
  }

  async #page(page: number, pauseMs: number): Promise<AskedPage> {
    const { perPage, includes, signal, ticket } = this.#options
    if (pauseMs > 0) {
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
      signal.throwIfAborted()
    }
    const taken = ticket()
    const askedAt = performance.now()
    let tookMs: number | null = null
    const onMore = (): void => {
      if (this.#over) return
      tookMs = performance.now() - askedAt
      void this.#ask(page + 1, this.#options.pauseMs?.(tookMs) ?? 0)
    }
    const answer = await this.#client.list(this.#resource, { page, perPage, sort: 'id', includes, signal, onMore })
    return { answer, ticket: taken, durationMs: tookMs ?? performance.now() - askedAt }
  }

  /** Takes the ids of a page; false when they are not greater than all before. */
  #follow(answer: ListAnswer, page: number): boolean {
    const isAgain = page === this.#resumed?.page
    const first = answer.rows[0]?.id ?? Number.POSITIVE_INFINITY
    if (this.#last !== null && first > this.#last.id + 1) this.#checks.push(this.#checkPlace(this.#last))
    let previous = isAgain ? 0 : (this.#last?.id ?? 0)
    let inOrder = true
    for (const { id } of answer.rows) {
      if (id <= previous) inOrder = false
      previous = id
      this.met.add(id)
    }
    if (answer.rows.length > 0) this.#last = { id: previous, place: this.#entries + answer.lastRowIndex + 1, page }
    this.#entries += answer.entries
    return inOrder
  }

  async #checkPlace(last: { id: number; place: number; page: number }): Promise<boolean> {
    this.#openChecks += 1
    try {
      const isInPlace = await this.#isStillAt(last)
      if (isInPlace) this.#openChecks -= 1
      if (this.#openChecks === 0) this.#settled = this.#reached
      return isInPlace
    } catch (error) {
      this.#checkFailure ??= { error }
      return true
    }
  }

  async #isStillAt(last: { id: number; place: number; page: number }): Promise<boolean> {
    const { signal, perPage } = this.#options
    const alone = await this.#client.list(this.#resource, { page: last.place, perPage: 1, sort: 'id', signal })
    if (alone.entries <= 1) return alone.rows[0]?.id === last.id
    // The server does not heed `per_page`: the whole page is compared.
    const again = await this.#client.list(this.#resource, { page: last.page, perPage, sort: 'id', signal })
    return again.rows.at(-1)?.id === last.id
  }
}
