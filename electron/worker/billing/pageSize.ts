// How many rows a page of the next full pass has: many where the server is fast, fewer after one that was too much for it.
import type { SyncKind } from '../../../db/repositories/billingSync.ts'

export const usualPageSize = 500
const smallestPageSize = 50
const largestPageSize = 2_000
/** A full page that takes less is no burden: the next pass has larger ones. */
const fastMs = 400
/** One that takes longer keeps the server's other visitors waiting. */
const slowMs = 5_000

/** Never within a pass: pages of different sizes would not fit each other. */
export function nextPageSize(perPage: number, pass: { kind: SyncKind; tooHeavy: boolean; complete: boolean; slowestPageMs: number | null }): number {
  const { kind, tooHeavy, complete, slowestPageMs } = pass
  if (tooHeavy) return Math.max(smallestPageSize, Math.floor(perPage / 2))
  if (kind !== 'full') return perPage
  if (slowestPageMs !== null && slowestPageMs > slowMs) return Math.max(smallestPageSize, Math.floor(perPage / 2))
  if (perPage < usualPageSize) return Math.min(usualPageSize, perPage * 2)
  const wasFast = complete && slowestPageMs !== null && slowestPageMs < fastMs
  return wasFast ? Math.min(largestPageSize, perPage * 2) : perPage
}
