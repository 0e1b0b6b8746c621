// Where secrets live: one small interface, the keychain behind it (or memory, in the demo).
import type { FailureBody } from '../../../shared/domain/failure.ts'

export interface KeychainState {
  readonly state: 'ok' | 'locked' | 'missing' | 'memory'
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
  /** What is known about the store; prompts the operator for nothing once something is known. */
  state(): Promise<KeychainState>
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

  async state(): Promise<KeychainState> {
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
