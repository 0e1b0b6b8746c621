// Reads a whole list by id, so that no row is lost or doubled though rows are deleted and added while it is read.
import { Failure } from '../../../shared/domain/failure.ts'
import type { ListAnswer, PaymenterClient, Resource } from '../paymenter/client.ts'

export interface WholeListOptions {
  readonly perPage: number
  readonly includes: readonly string[]
  readonly signal: AbortSignal
  /** Taken before each page is asked for. */
  readonly ticket: () => number
  /** Called with each page in turn; the next page is on its way meanwhile. */
  readonly onPage: (answer: ListAnswer, ticket: number, rowsSoFar: number) => void
}

export interface WholeList {
  readonly met: ReadonlySet<number>
  /** Whether the list had to be read more than once, for its rows had moved. */
  readonly readings: number
}

const mostReadings = 3

/** Throws `billing.list-unsettled` when the rows moved during each of three readings. */
export async function readWholeList(client: PaymenterClient, resource: Resource, options: WholeListOptions): Promise<WholeList> {
  for (let readings = 1; readings <= mostReadings; readings += 1) {
    const reading = new Reading(client, resource, options)
    if (await reading.run()) return { met: reading.met, readings }
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
 * lower id moves the others down: then an id comes twice.
 */
class Reading {
  readonly met = new Set<number>()
  readonly #client: PaymenterClient
  readonly #resource: Resource
  readonly #options: WholeListOptions
  readonly #checks: Promise<boolean>[] = []
  #checkFailure: { error: unknown } | null = null
  readonly #asked = new Map<number, Promise<{ answer: ListAnswer; ticket: number }>>()
  #over = false
  #entries = 0
  #last: { id: number; place: number; page: number } | null = null

  constructor(client: PaymenterClient, resource: Resource, options: WholeListOptions) {
    this.#client = client
    this.#resource = resource
    this.#options = options
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
    const { signal, onPage } = this.#options
    for (let page = 1; ; page += 1) {
      const { answer, ticket } = await (this.#asked.get(page) ?? this.#ask(page))
      this.#asked.delete(page)
      signal.throwIfAborted()
      const inOrder = this.#follow(answer, page)
      onPage(answer, ticket, this.#entries)
      if (!inOrder || !answer.hasMore) return inOrder
    }
  }

  async #allInPlace(): Promise<boolean> {
    const inPlace = (await Promise.all(this.#checks)).every(Boolean)
    if (this.#checkFailure) throw this.#checkFailure.error
    return inPlace
  }

  #ask(page: number): Promise<{ answer: ListAnswer; ticket: number }> {
    const asked = this.#page(page)
    // Its failure is met when it is awaited; until then it must not count as unhandled.
    asked.catch(() => undefined)
    this.#asked.set(page, asked)
    return asked
  }

  async #page(page: number): Promise<{ answer: ListAnswer; ticket: number }> {
    const { perPage, includes, signal, ticket } = this.#options
    const taken = ticket()
    const onMore = (): void => {
      if (!this.#over) void this.#ask(page + 1)
    }
    const answer = await this.#client.list(this.#resource, { page, perPage, sort: 'id', includes, signal, onMore })
    return { answer, ticket: taken }
  }

  /** Takes the ids of a page; false when they are not greater than all before. */
  #follow(answer: ListAnswer, page: number): boolean {
    let previous = this.#last?.id ?? 0
    const first = answer.rows[0]?.id ?? Number.POSITIVE_INFINITY
    if (this.#last !== null && first > previous + 1) this.#checks.push(this.#checkPlace(this.#last))
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
    try {
      return await this.#isStillAt(last)
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
