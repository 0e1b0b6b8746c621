// Brings a write-ahead log to the disk without holding up the program: whoever waits at the same time waits for the same write.
import { closeSync, fdatasync, openSync } from 'node:fs'
import { promisify } from 'node:util'

const dataSync = promisify(fdatasync)

export class WalSync {
  readonly #path: string
  #file: number | null = null
  #running: Promise<void> | null = null
  #next: Promise<void> | null = null

  /** @param path of a log that stays in its place while this is used: its database is open */
  constructor(path: string) {
    this.#path = path
  }

  /** Resolves when everything that was committed before this call is on the disk; rejects when the disk refuses. */
  onDisk(): Promise<void> {
    if (this.#running === null) {
      this.#running = this.#sync().finally(() => {
        this.#running = null
      })
      return this.#running
    }
    // The write that is under way may have begun before the newest commit: who comes now waits for one that begins after it.
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = null
        return this.onDisk()
      })
    return this.#next
  }

  close(): void {
    const file = this.#file
    if (file === null) return
    this.#file = null
    const letGo = (): void => {
      closeSync(file)
    }
    if (this.#running === null) letGo()
    else void this.#running.then(letGo, letGo)
  }

  async #sync(): Promise<void> {
    this.#file ??= openSync(this.#path, 'r+')
    await dataSync(this.#file)
  }
}
