// How fast a console takes what its server sends: a server that pours without end waits, and leaves the machine to the others.

/** More than any screen worth looking at needs. */
const shownBytesPerSecond = 64 * 1024 * 1024
/** Behind another tab or screen: enough to stay current. */
const hiddenBytesPerSecond = 2 * 1024 * 1024
/** So much may come at once after a rest. */
const burstMs = 250

export class Pace {
  #isShown = true
  /** Until when what was taken so far keeps the console busy at its pace, in the page's own time. */
  #busyUntilMs = 0
  readonly #waiting = new Set<() => void>()

  show(isShown: boolean): void {
    this.#isShown = isShown
    if (!isShown) return
    this.#busyUntilMs = 0
    for (const resume of this.#waiting) resume()
    this.#waiting.clear()
  }

  /** Counts what was taken; resolves when more may come. */
  async taken(bytes: number): Promise<void> {
    const now = performance.now()
    const perMs = (this.#isShown ? shownBytesPerSecond : hiddenBytesPerSecond) / 1_000
    this.#busyUntilMs = Math.max(this.#busyUntilMs, now) + bytes / perMs
    const waitMs = this.#busyUntilMs - now - burstMs
    if (waitMs <= 0) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(resume)
        resolve()
      }, waitMs)
      const resume = (): void => {
        clearTimeout(timer)
        resolve()
      }
      this.#waiting.add(resume)
    })
  }
}
