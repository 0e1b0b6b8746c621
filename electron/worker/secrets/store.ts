// Where secrets live: one small interface, the keychain behind it (or memory, in the demo).
import type { FailureBody } from '../../../shared/domain/failure.ts'

export interface KeychainState {
  /** asked: nothing is known yet, and it is being asked for. memory: nothing is kept. */
  readonly state: 'ok' | 'locked' | 'missing' | 'memory' | 'asked'
  readonly problem: FailureBody | null
}

/**
 * Secrets by name (`node:<id>:key`, `billing:token`, `audit:head`), under this installation's own id. Nothing is ever written elsewhere
 * instead: where the keychain is locked or missing, `get` and `set` throw a Failure (`keychain.locked`, `keychain.missing`) with the way out.
 */
export interface SecretStore {
  get(name: string): Promise<string | null>
  set(name: string, value: string): Promise<void>
  delete(name: string): Promise<void>
  /** What is known about the store, at once; where nothing is, it is asked for soon. */
  state(): KeychainState
  /** Asks again now, e.g. after the operator has unlocked the keychain. */
  check(): Promise<KeychainState>
  /** The secrets in memory now: what must not stand in a log. */
  values(): Iterable<string>
  close(): Promise<void>
}

/** Forgets everything with the process. */
export class MemorySecretStore implements SecretStore {
  readonly #values = new Map<string, string>()

  async get(name: string): Promise<string | null> {
    return this.#values.get(name) ?? null
  }

  async set(name: string, value: string): Promise<void> {
    this.#values.set(name, value)
  }

  async delete(name: string): Promise<void> {
    this.#values.delete(name)
  }

  state(): KeychainState {
    return { state: 'memory', problem: null }
  }

  async check(): Promise<KeychainState> {
    return this.state()
  }

  values(): Iterable<string> {
    return this.#values.values()
  }

  async close(): Promise<void> {
    this.#values.clear()
  }
}
