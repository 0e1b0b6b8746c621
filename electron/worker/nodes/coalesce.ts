// Fresh answers without doing the same work twice: whoever asks while work is under way shares one next round, begun after they asked.

export class Coalesced<T> {
  readonly #work: () => Promise<T>
  #current: Promise<T> | null = null
  #next: Promise<T> | null = null

  constructor(work: () => Promise<T>) {
    this.#work = work
  }

  /** The result of a round that began no earlier than this call. */
  run(): Promise<T> {
    if (this.#current === null) return this.#begin()
    this.#next ??= this.#after(this.#current)
    return this.#next
  }

  /** Resolves when nothing is under way any more; never rejects. */
  async settled(): Promise<void> {
    while (this.#next !== null || this.#current !== null) await Promise.allSettled([this.#current, this.#next])
  }

  async #after(current: Promise<T>): Promise<T> {
    await Promise.allSettled([current])
    this.#next = null
    return this.#begin()
  }

  async #begin(): Promise<T> {
    const round = this.#work()
    this.#current = round
    try {
      return await round
    } finally {
      if (this.#current === round) this.#current = null
    }
  }
}
