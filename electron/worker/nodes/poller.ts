// Looks at every node again and again, each at its own pace: a dead one never slows the others.
import type { NodeId } from '../../../shared/domain/ids.ts'

export class Poller {
  readonly #intervalMs: number
  readonly #look: (nodeId: NodeId) => Promise<unknown>
  readonly #timers = new Map<NodeId, NodeJS.Timeout>()
  #running = false

  /** @param look must not reject */
  constructor(intervalMs: number, look: (nodeId: NodeId) => Promise<unknown>) {
    this.#intervalMs = intervalMs
    this.#look = look
  }

  start(nodeIds: readonly NodeId[]): void {
    this.#running = true
    for (const nodeId of nodeIds) this.watch(nodeId)
  }

  /** Looks at once, then again one interval after each look has ended. */
  watch(nodeId: NodeId): void {
    if (!this.#running || this.#timers.has(nodeId)) return
    this.#schedule(nodeId, 0)
  }

  forget(nodeId: NodeId): void {
    clearTimeout(this.#timers.get(nodeId))
    this.#timers.delete(nodeId)
  }

  stop(): void {
    this.#running = false
    for (const nodeId of this.#timers.keys()) this.forget(nodeId)
  }

  #schedule(nodeId: NodeId, delayMs: number): void {
    const timer = setTimeout(() => {
      void this.#lookAndGoOn(nodeId, timer)
    }, delayMs)
    this.#timers.set(nodeId, timer)
  }

  async #lookAndGoOn(nodeId: NodeId, timer: NodeJS.Timeout): Promise<void> {
    await this.#look(nodeId)
    if (this.#running && this.#timers.get(nodeId) === timer) this.#schedule(nodeId, this.#intervalMs)
  }
}
