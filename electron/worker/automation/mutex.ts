// One step at a time per node: steps of one key wait for each other, other keys go on.

export class KeyedMutex {
  readonly #tails = new Map<string, Promise<void>>()

  /** Runs `step` when every earlier step of the same key has ended. */
  async run<T>(key: string, step: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve()
    const { promise: tail, resolve: release } = Promise.withResolvers<void>()
    this.#tails.set(key, tail)
    await before
    try {
      return await step()
    } finally {
      if (this.#tails.get(key) === tail) this.#tails.delete(key)
      release()
    }
  }
}
