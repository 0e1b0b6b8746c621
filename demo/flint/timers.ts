// Real timers of one node, kept together so that stopping the node leaves none behind.

/** Timers that never keep the process alive and are all cleared at once. */
export class Timers {
  readonly #handles = new Set<NodeJS.Timeout>()

  after(delayMs: number, action: () => void): void {
    const handle = setTimeout(() => {
      this.#handles.delete(handle)
      action()
    }, delayMs)
    handle.unref()
    this.#handles.add(handle)
  }

  /** Returns the function that ends the repetition. */
  every(periodMs: number, action: () => void): () => void {
    const handle = setInterval(action, periodMs)
    handle.unref()
    this.#handles.add(handle)
    return () => {
      clearInterval(handle)
      this.#handles.delete(handle)
    }
  }

  /** Resolves after the delay; never, when the timers are cleared before. */
  wait(delayMs: number): Promise<void> {
    if (delayMs <= 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.after(delayMs, resolve)
    })
  }

  clear(): void {
    for (const handle of this.#handles) clearTimeout(handle)
    this.#handles.clear()
  }
}
