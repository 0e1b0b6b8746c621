// How a connection to a peer is made, where it is not simply asked for by host and port.
import type { Duplex } from 'node:stream'
import type { Failure } from '../../../shared/domain/failure.ts'

/** Opens a connection that is ready for HTTP, TLS done and judged. Throws `ConnectError`. */
export type PeerConnect = (timeoutMs: number) => Promise<Duplex>

/** Marks what failed while the connection was being made: nothing of a request has been sent then. */
export class ConnectError extends Error {
  /** The technical word, e.g. `ECONNREFUSED`. */
  readonly reason: string
  /** What it means, where whoever connects knows more than the word. */
  readonly failure: Failure | null

  constructor(reason: string, failure: Failure | null = null) {
    super('the connection could not be made')
    this.name = 'ConnectError'
    this.reason = reason
    this.failure = failure
  }
}

/** The error's own word (`ECONNRESET`), never its text. */
export function wordOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return error instanceof Error ? error.name : 'unknown'
}
