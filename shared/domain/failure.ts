// An expected error: a value with a stable code, what happened, and what to do. Everything else that is thrown is a bug.

export interface FailureBody {
  /** A stable word, e.g. `node.unreachable`. */
  readonly code: string
  /** What happened, in the operator's words. Never holds a secret. */
  readonly message: string
  /** What to do about it. */
  readonly hint?: string | undefined
}

export class Failure extends Error implements FailureBody {
  readonly code: string
  readonly hint: string | undefined

  constructor(code: string, message: string, hint?: string) {
    super(message)
    this.name = 'Failure'
    this.code = code
    this.hint = hint
  }

  /** The plain form that crosses the line. */
  body(): FailureBody {
    return this.hint === undefined ? { code: this.code, message: this.message } : { code: this.code, message: this.message, hint: this.hint }
  }
}
