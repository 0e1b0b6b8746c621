// What can go wrong between us and a peer before there is an answer to judge.
import type { Failure } from '../../../shared/domain/failure.ts'

/**
 * - `unreachable`: no connection could be made; nothing was sent.
 * - `timeout`, `truncated`, `too-large`: a read was given up; asking again is harmless.
 * - `redirect`: the peer answered with a 3xx, which is never followed.
 * - `circuit-open`: nothing was sent, for the last attempts failed and the peer is given a rest.
 * - `no-answer`: a request was sent and no whole answer came; for anything but a read the outcome is unknown.
 */
export type PeerErrorKind = 'unreachable' | 'timeout' | 'too-large' | 'truncated' | 'redirect' | 'circuit-open' | 'no-answer'

/** An expected failure of a peer. Its message never holds a header, a token, a query or a body. */
export class PeerError extends Error {
  readonly kind: PeerErrorKind
  /** The technical word behind it, e.g. `ECONNREFUSED`; safe to show. */
  readonly detail: string
  /** The status that came before the answer broke off, or that of a redirect; null when none came. */
  readonly status: number | null
  /** What it means, where whoever connects knows more; null otherwise. */
  readonly failure: Failure | null

  constructor(kind: PeerErrorKind, message: string, detail: string, status: number | null = null, failure: Failure | null = null) {
    super(message)
    this.name = 'PeerError'
    this.kind = kind
    this.detail = detail
    this.status = status
    this.failure = failure
  }
}
