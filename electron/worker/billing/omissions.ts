// Which known rows a list leaves out while it is read in the order of its ids.

export class Omissions {
  readonly #known: readonly number[]
  readonly #omitted: number[]
  #next: number
  #last: number

  /**
   * @param known ids of the rows that are known, in order
   * @param after those up to this id were looked at before an interruption
   * @param omitted what was left out up to there
   */
  constructor(known: readonly number[], after = 0, omitted: readonly number[] = []) {
    this.#known = known
    this.#omitted = [...omitted]
    this.#last = after
    this.#next = firstAbove(known, after)
  }

  /** Takes a page's rows, in order. Rows that were met before an interruption are passed over. */
  page(rows: readonly { readonly id: number }[]): void {
    for (const { id } of rows) {
      if (id <= this.#last) continue
      for (let known = this.#known[this.#next]; known !== undefined && known < id; known = this.#known[this.#next]) {
        this.#omitted.push(known)
        this.#next += 1
      }
      if (this.#known[this.#next] === id) this.#next += 1
      this.#last = id
    }
  }

  /** Left out up to the last row that was met. */
  soFar(): number[] {
    return this.#omitted
  }

  /** Left out by the whole list, which has come to its end. */
  all(): number[] {
    return [...this.#omitted, ...this.#known.slice(this.#next)]
  }
}

function firstAbove(sorted: readonly number[], id: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) <= id) low = middle + 1
    else high = middle
  }
  return low
}
