// How far a list has been read: by the newest change that was seen, and by the server's own clock.
import type { MirroredList } from '../../../db/repositories/billingMirror.ts'
import { readInstant } from '../paymenter/days.ts'
import type { PaymenterRow } from '../paymenter/schema.ts'

/** Rows are read again that changed so long before the point that was reached: clocks and transactions are not exact. */
export const overlapMs = 2 * 60_000
/** The clock that stamps the rows is trusted to be so near to the server's `Date`; what is stamped further off is left to the full pass. */
const stampSkewMs = 60_000

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
   * For customers the greatest id. For the others an instant up to which all changes were seen: when the reading began, by the server's own
   * clock; or the newest stamp that was met, where that clock and the one that stamps rows may differ. A stamp in the future, left by a clock
   * that was wrong, is never it: nothing new would be seen until then.
   */
  reached(startedAt: number, clockOffsetMs: number | null): number {
    if (this.#list === 'customers') return this.#newest
    const serverNow = startedAt + (clockOffsetMs ?? 0)
    return Math.min(serverNow, Math.max(this.#newest, serverNow - stampSkewMs))
  }
}
