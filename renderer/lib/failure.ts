// Whatever was thrown, in the one form that screens show: a code, what happened, what to do.
import type { FailureBody } from '../../shared/domain/failure.ts'
import { Failure } from '../../shared/domain/failure.ts'

/** The failure's own words where there are any; a plain sentence otherwise, never a stack trace. */
export function failureOf(error: unknown): FailureBody {
  if (error instanceof Failure) return error.body()
  if (typeof error === 'object' && error !== null && 'code' in error && 'message' in error) {
    const { code, message } = error
    const hint = 'hint' in error && typeof error.hint === 'string' ? error.hint : undefined
    if (typeof code === 'string' && typeof message === 'string') return { code, message, hint }
  }
  return { code: 'internal', message: error instanceof Error ? error.message : 'Something unexpected went wrong.' }
}
