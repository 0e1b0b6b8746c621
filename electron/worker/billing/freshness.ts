// Which of two answers about the same row is the newer one, whatever order they arrive in and whatever the clocks do.

/**
 * Each request takes a ticket before it is sent. A row that was read by itself is not overwritten by a page that was asked for earlier;
 * while this console changes a row, no page may store it at all.
 */
export class Freshness {
  #last = 0
  readonly #newest = new Map<string, number>()

  /** Taken before a request is sent; later ones are greater. */
  ticket(): number {
    this.#last += 1
    return this.#last
  }

  /** Notes that the row was stored from an answer to the request with this ticket. */
  stored(row: string, ticket: number): void {
    this.#newest.set(row, Math.max(this.#newest.get(row) ?? 0, ticket))
  }

  /** True when what the request with this ticket brought is not older than what is stored. */
  isNews(row: string, ticket: number): boolean {
    return ticket >= (this.#newest.get(row) ?? 0)
  }

  /** Keeps the row as it is until the answer is called: what was asked for before that moment is then too old. */
  hold(row: string): () => void {
    this.#newest.set(row, Number.POSITIVE_INFINITY)
    return () => {
      this.#newest.set(row, this.ticket())
    }
  }
}
