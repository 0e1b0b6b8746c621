// How far a list has been read: by the greatest id that was seen, or by the server's own clock.
import type { MirroredList } from '../../../db/repositories/billingMirror.ts'
import { readInstant } from '../paymenter/days.ts'
import type { PaymenterRow } from '../paymenter/schema.ts'

/** Rows are read again that changed so long before the point that was reached: clocks and transactions are not exact. */
export const overlapMs = 2 * 60_000
/** Where a page shows nothing but what is stored already, so little will do: a shop that was just filled is not read again and again. */
export const quietOverlapMs = 10_000

/** By what rows are put in order of news: customers by id, for Paymenter does not sort them by their last change. */
export function stampOf(list: MirroredList, row: PaymenterRow): number {
  return list === 'customers' ? row.id : (readInstant(row.attributes['updated_at']) ?? Number.NEGATIVE_INFINITY)
}

export class HighMark {
  readonly #list: MirroredList
  #newest: number

  /** @param newest of the part that was read before an interruption */
  constructor(list: MirroredList, newest = 0) {
    this.#list = list
    this.#newest = newest
  }

  /** The newest stamp that was met; 0 before one. */
  get newest(): number {
    return this.#newest
  }

  note(row: PaymenterRow): void {
    this.#newest = Math.max(this.#newest, stampOf(this.#list, row))
  }

  /**
   * For customers the greatest id. For the others the instant up to which all changes were seen: when the reading began, by the server's own
   * clock. A stamp in the future, left by a clock that was wrong, is never it: nothing new would be seen until then.
   */
  reached(startedAt: number, clockOffsetMs: number | null): number {
    return this.#list === 'customers' ? this.#newest : startedAt + (clockOffsetMs ?? 0)
  }
}
