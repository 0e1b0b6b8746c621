// Everyone who is on the line now: events go to all of them, and what changed is told in few words.
import type { EventName, EventPayload, Topic } from '../../../shared/contract/index.ts'
import type { ServedClient } from './server.ts'

/** Changes that come within this time are told together. */
const coalesceMs = 50

export class Clients {
  readonly #clients = new Set<ServedClient>()
  readonly #changed = new Set<Topic>()
  #timer: NodeJS.Timeout | null = null
  #goneListeners: (() => void)[] = []

  get size(): number {
    return this.#clients.size
  }

  add(client: ServedClient): void {
    this.#clients.add(client)
    client.onClose(() => {
      this.#clients.delete(client)
      if (this.#clients.size === 0) for (const listener of this.#goneListeners.splice(0)) listener()
    })
  }

  /** Resolves when nobody is on the line any more. */
  gone(): Promise<void> {
    return this.#clients.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#goneListeners.push(resolve))
  }

  event<E extends EventName>(name: E, payload: EventPayload<E>): void {
    for (const client of this.#clients) client.event(name, payload)
  }

  /** Tells every client to read these areas again, within 50 ms. */
  readonly changed = (...topics: Topic[]): void => {
    for (const topic of topics) this.#changed.add(topic)
    this.#timer ??= setTimeout(() => this.#tell(), coalesceMs)
  }

  /** Tells what is still to be told, then ends every line. */
  close(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#tell()
    for (const client of this.#clients) client.close()
  }

  #tell(): void {
    this.#timer = null
    if (this.#changed.size === 0) return
    const topics = [...this.#changed]
    this.#changed.clear()
    this.event('changed', { topics })
  }
}
