// Why a notice was not sent: can it have gone out, is it this notice or its whole channel, is it worth another try.
import type { Failure } from '../../../shared/domain/failure.ts'

export class SendProblem extends Error {
  /** `not-sent`: surely not, and worth another try. `refused`: surely not, now or later. `unknown`: it may have gone out. */
  readonly outcome: 'not-sent' | 'refused' | 'unknown'
  /** `channel`: every other notice would meet this too. */
  readonly scope: 'message' | 'channel'
  readonly failure: Failure

  constructor(outcome: SendProblem['outcome'], scope: SendProblem['scope'], failure: Failure) {
    super(failure.message)
    this.name = 'SendProblem'
    this.outcome = outcome
    this.scope = scope
    this.failure = failure
  }
}
