// Images that the node fetches in the background: nothing is really downloaded, it only takes its time.
import { imageCatalog } from './image-catalog.ts'
import type { SimulatedStorage } from './storage.ts'
import type { SimulatedClock } from './types.ts'

interface Download {
  readonly begunAt: number
  readonly willFail: boolean
}

export class SimulatedDownloads {
  readonly #storage: SimulatedStorage
  readonly #clock: SimulatedClock
  readonly #durationMs: number
  /** Downloads under way, by id; ended ones leave their file behind, failed ones do not. */
  readonly #running = new Map<string, Download>()
  readonly #files = new Set<string>()

  constructor(storage: SimulatedStorage, clock: SimulatedClock, durationMs: number) {
    this.#storage = storage
    this.#clock = clock
    this.#durationMs = durationMs
  }

  get durationMs(): number {
    return this.#durationMs
  }

  /** A file that exists is refused, of which only Flint's log hears. */
  begin(id: string, willFail: boolean): void {
    this.settle()
    if (this.hasFile(id) || !imageCatalog.some((image) => image.id === id)) return
    this.#running.set(id, { begunAt: this.#clock.now(), willFail })
  }

  /** True as soon as the first byte is written: whole or not. */
  hasFile(id: string): boolean {
    this.settle()
    return this.#running.has(id) || this.#files.has(id)
  }

  /** Ends what has had its time: a good one is imported into the library, one with a wrong checksum is thrown away. */
  settle(): void {
    for (const [id, download] of this.#running) {
      if (this.#clock.now() - download.begunAt < this.#durationMs) continue
      this.#running.delete(id)
      if (download.willFail) continue
      this.#files.add(id)
      const gigabytes = imageCatalog.find((image) => image.id === id)?.size_gb ?? 1
      this.#storage.addImage(`${id}.qcow2`, Math.round(gigabytes * 1e9))
    }
  }
}
