// A sync's result in the command line's own keys.
import type { z } from 'zod'
import type { syncResult } from '../../../shared/contract/billing.ts'

type SyncResult = z.output<typeof syncResult>

/** An error of a resource names the resource, and has no hint: the message says enough. */
export function resourceErrorsJson(errors: SyncResult['errors']) {
  return errors.map(({ resource, code, message }) => ({ resource, code, message }))
}

export function syncJson({ missing: _missing, ...result }: SyncResult) {
  return { ...result, errors: resourceErrorsJson(result.errors) }
}

/** A list was not read to its end. A single row that could not be read in full is told, and is no failure: all others are there. */
export function isSyncFailed(result: SyncResult): boolean {
  return result.errors.some((error) => error.code !== 'billing.unreadable-row')
}
