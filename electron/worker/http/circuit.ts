// A circuit per peer: after several failures in a row the peer is left alone for a while, then tried with one request.

export interface CircuitOptions {
  /** Failures in a row after which nothing more is sent. */
  readonly failures: number
  /** How long nothing is sent, in milliseconds. */
  readonly restMs: number
}

const defaultCircuit: CircuitOptions = { failures: 5, restMs: 15_000 }

export class Circuit {
  readonly #options: CircuitOptions
  readonly #monotonicMs: () => number
  #failuresInARow = 0
  #failedAtMs = Number.NEGATIVE_INFINITY
  #openedAtMs: number | null = null
  #trying = false

  /** @param monotonicMs a clock that is never set back */
  constructor(options: CircuitOptions = defaultCircuit, monotonicMs: () => number = () => performance.now()) {
    this.#options = options
    this.#monotonicMs = monotonicMs
  }

  /** Whether a request may be sent now. After the rest exactly one caller is told yes until `succeeded` or `failed` is called. */
  allows(): boolean {
    if (this.#openedAtMs === null) return true
    if (this.#trying || this.#monotonicMs() - this.#openedAtMs < this.#options.restMs) return false
    this.#trying = true
    return true
  }

  succeeded(): void {
    this.#failuresInARow = 0
    this.#openedAtMs = null
    this.#trying = false
  }

  /** The time now, by the circuit's clock. */
  nowMs(): number {
    return this.#monotonicMs()
  }

  /** Requests that were on their way together fail as one: what had begun before the last failure is not a further one. */
  failed(begunAtMs: number): void {
    this.#trying = false
    if (begunAtMs >= this.#failedAtMs) this.#failuresInARow += 1
    this.#failedAtMs = this.#monotonicMs()
    if (this.#failuresInARow >= this.#options.failures) this.#openedAtMs = this.#failedAtMs
  }

  /** The caller went away before there was an outcome: another one may try. */
  abandoned(): void {
    this.#trying = false
  }
}
