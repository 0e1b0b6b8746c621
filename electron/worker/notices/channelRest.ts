// Channels that rest: after trouble that every notice would meet, each pause is longer than the last, and the trouble is shown.
import type { NoticeChannel } from '../../../db/repositories/notices.ts'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import type { FailureBody } from '../../../shared/domain/failure.ts'

const firstRestMs = 60_000
/** A refused login is not tried more often: providers lock accounts for that. */
const firstLoginRestMs = 15 * 60_000
const longestRestMs = 3_600_000
const loginCodes = new Set(['smtp.unauthorized', 'billing.unauthorized'])

interface Trouble {
  readonly since: number
  readonly nextAttemptAt: number
  readonly restMs: number
  readonly error: FailureBody
}

export class ChannelRest {
  readonly #troubles = new Map<NoticeChannel, Trouble>()

  isResting(channel: NoticeChannel, nowMs: number): boolean {
    const trouble = this.#troubles.get(channel)
    return trouble !== undefined && nowMs < trouble.nextAttemptAt
  }

  /** Lets a channel rest; returns when it is tried again. */
  begin(channel: NoticeChannel, error: FailureBody, nowMs: number): number {
    const before = this.#troubles.get(channel)
    const first = loginCodes.has(error.code) ? firstLoginRestMs : firstRestMs
    const restMs = Math.min(Math.max(first, (before?.restMs ?? 0) * 2), longestRestMs)
    this.#troubles.set(channel, { since: before?.since ?? nowMs, nextAttemptAt: nowMs + restMs, restMs, error })
    return nowMs + restMs
  }

  /** Something went out: the trouble is over. */
  end(channel: NoticeChannel): void {
    this.#troubles.delete(channel)
  }

  endAll(): void {
    this.#troubles.clear()
  }

  list(): MethodOutput<'notices.settings'>['troubles'] {
    return [...this.#troubles].map(([channel, { since, nextAttemptAt, error }]) => ({ channel, since, nextAttemptAt, error: { ...error } }))
  }
}
