// One transaction for everything that is to be stored at the same moment: a hundred nodes that answer at once cost one write to the disk.
import type { Database } from '../../../db/open.ts'

interface Waiting {
  /** Does its part, within the transaction; keeps its outcome. */
  readonly work: () => void
  /** Tells the outcome, once it is committed. */
  readonly settle: () => void
  readonly fail: (error: unknown) => void
}

export class GroupCommit {
  readonly #db: Database
  #waiting: Waiting[] = []

  constructor(db: Database) {
    this.#db = db
  }

  /** Resolves when `work` is committed. What it throws undoes its own changes only, and rejects. */
  run<T>(work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let settle = (): void => undefined
      this.#waiting.push({
        work: () => {
          try {
            const value = this.#db.transaction(work)
            settle = () => {
              resolve(value)
            }
          } catch (error) {
            settle = () => {
              reject(error instanceof Error ? error : new Error(String(error)))
            }
          }
        },
        settle: () => {
          settle()
        },
        fail: reject,
      })
      if (this.#waiting.length === 1) setImmediate(() => this.#flush())
    })
  }

  #flush(): void {
    const batch = this.#waiting
    this.#waiting = []
    try {
      this.#db.note(() => {
        for (const one of batch) one.work()
      })
      for (const one of batch) one.settle()
    } catch (error) {
      for (const one of batch) one.fail(error)
    }
  }
}
