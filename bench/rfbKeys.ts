// A viewer that presses keys and waits for the picture of each: RFB with whole updates in Raw, of which only the arrival counts.
import type { Viewer } from './consoleParts.ts'

const greetingBytes = 12
const securityBytes = 2
const resultBytes = 4
const initBytes = 24
const answerTimeoutMs = 5_000

export class RfbKeys {
  readonly #viewer: Viewer
  #received = 0
  #arrived: (() => void) | null = null

  constructor(viewer: Viewer) {
    this.#viewer = viewer
    viewer.onBytes((count) => {
      this.#received += count
      this.#arrived?.()
    })
  }

  /** Up to the first whole picture. */
  async greet(): Promise<void> {
    await this.#take(greetingBytes)
    this.#viewer.send(Buffer.from('RFB 003.008\n'))
    await this.#take(securityBytes)
    this.#viewer.send(Buffer.from([1]))
    await this.#take(resultBytes)
    this.#viewer.send(Buffer.from([1]))
    await this.#take(initBytes)
    await this.#quiet()
    this.#request(false)
    await this.#take(1)
    await this.#quiet()
  }

  /** From the key to the first bytes of its picture, in milliseconds. The guest echoes each key in one place after the other. */
  async pressMs(): Promise<number> {
    await this.#quiet()
    this.#received = 0
    this.#request(true)
    const startedAt = performance.now()
    for (const isDown of [1, 0]) {
      const message = Buffer.alloc(8)
      message.set([4, isDown])
      message.writeUInt32BE('x'.charCodeAt(0), 4)
      this.#viewer.send(message)
    }
    await this.#take(1)
    return performance.now() - startedAt
  }

  close(): void {
    this.#viewer.close()
  }

  #request(isIncremental: boolean): void {
    const message = Buffer.alloc(10)
    message.set([3, isIncremental ? 1 : 0])
    message.writeUInt16BE(640, 6)
    message.writeUInt16BE(400, 8)
    this.#viewer.send(message)
  }

  /** Until nothing has come for longer than QEMU takes to look at its screen again. */
  async #quiet(): Promise<void> {
    for (let before = -1; before !== this.#received; ) {
      before = this.#received
      await new Promise((resolve) => setTimeout(resolve, 60))
    }
  }

  async #take(count: number): Promise<void> {
    const deadline = performance.now() + answerTimeoutMs
    while (this.#received < count) {
      if (performance.now() > deadline) throw new Error('the screen did not answer')
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, answerTimeoutMs)
        this.#arrived = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    this.#received -= count
  }
}
