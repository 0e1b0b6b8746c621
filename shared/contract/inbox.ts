// The receiving half of every transport: keeps messages until there is a receiver, tells the end exactly once.

export class Inbox<In> {
  #receive: ((message: In) => void) | null = null
  #early: In[] = []
  #closed = false
  readonly #closeListeners: (() => void)[] = []

  get closed(): boolean {
    return this.#closed
  }

  deliver(message: In): void {
    if (this.#closed) return
    if (this.#receive) this.#receive(message)
    else this.#early.push(message)
  }

  onMessage(receive: (message: In) => void): void {
    this.#receive = receive
    const early = this.#early
    this.#early = []
    for (const message of early) receive(message)
  }

  /** A listener that comes after the end is told at once. */
  onClose(listener: () => void): void {
    if (this.#closed) listener()
    else this.#closeListeners.push(listener)
  }

  /** Ends the line; true the first time. What came before without a receiver is still handed to one that comes later. */
  end(): boolean {
    if (this.#closed) return false
    this.#closed = true
    for (const listener of this.#closeListeners) listener()
    return true
  }
}
