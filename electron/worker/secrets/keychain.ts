// Secrets in the OS keychain, under this installation's own id; read once, then kept in memory while in use. Never written elsewhere.
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { Failure } from '../../../shared/domain/failure.ts'
import { programFile } from '../host/programFile.ts'
import { keychainFailure, keychainMissing, keychainSilent } from './keychainProblem.ts'
import type { KeychainAnswer, KeychainRequest } from './keychainThread.ts'
import type { KeychainState, SecretStore } from './store.ts'

export const keychainService = 'flint-console'
const probeName = 'probe'
const probeValue = 'flint-console was here'
/** Long enough for an operator to type a password into the keychain's own prompt. */
const defaultTimeoutMs = 30_000
const firstPauseMs = 30_000
const longestPauseMs = 600_000
const idleThreadMs = 5_000
/** A window that has just been opened is drawn first: the keychain's thread would take its time from it. */
const askAfterMs = 500
/** An answer later than that: a prompt may stand open. */
const stateWaitMs = 3_000
/** Left to calls that are under way when the operator asks anew. */
const silenceMs = 1_000

interface Pending {
  readonly promise: Promise<string | null>
  readonly resolve: (value: string | null) => void
  readonly reject: (error: Failure) => void
  readonly timer: NodeJS.Timeout
}

export interface KeychainOptions {
  readonly installationId: string
  readonly timeoutMs?: number
  /** Told when what is known about the keychain changes. */
  readonly onState?: (state: KeychainState) => void
}

/**
 * The OS keychain as a SecretStore. Its calls run in a thread and their waits are bounded. After a failure further calls fail at once for a
 * while (longer each time), so that a locked keyring does not prompt the operator again and again; `check` asks again at once.
 */
export class KeychainStore implements SecretStore {
  readonly #options: KeychainOptions
  readonly #values = new Map<string, string>()
  readonly #pending = new Map<number, Pending>()
  #thread: Worker | null = null
  #idle: NodeJS.Timeout | null = null
  #nextId = 1
  #known: KeychainState | null = null
  #asking: NodeJS.Timeout | null = null
  #failure: Failure | null = null
  #retryAt = 0
  #pauseMs = firstPauseMs

  constructor(options: KeychainOptions) {
    this.#options = options
  }

  async get(name: string): Promise<string | null> {
    const known = this.#values.get(name)
    if (known !== undefined) return known
    const value = await this.#ask('get', name)
    if (value !== null) this.#values.set(name, value)
    return value
  }

  async set(name: string, value: string): Promise<void> {
    await this.#ask('set', name, value)
    this.#values.set(name, value)
  }

  async delete(name: string): Promise<void> {
    await this.#ask('delete', name)
    this.#values.delete(name)
  }

  /** What is known from the last use; when nothing is, it is asked for, and `onState` tells: not later than in a few seconds, for a prompt may stand open. */
  state(): KeychainState {
    if (this.#known) return this.#known
    this.#asking ??= setTimeout(() => {
      this.#asking = setTimeout(() => {
        if (this.#known === null) this.#tell(stateOf(keychainSilent()))
      }, stateWaitMs).unref()
      if (this.#known === null) this.#probe().catch(() => this.#tell(stateOf(keychainMissing())))
    }, askAfterMs).unref()
    return { state: 'asked', problem: null }
  }

  /** What is found out from now on: calls that are under way were made before the operator unlocked anything, and one that stays silent is given up. */
  async check(): Promise<KeychainState> {
    await this.#endSilence()
    return this.#probe()
  }

  /** The secrets that are in memory now: what must not stand in a log. */
  values(): Iterable<string> {
    return this.#values.values()
  }

  /** Forgets what was read and ends the thread. */
  async close(): Promise<void> {
    if (this.#asking) clearTimeout(this.#asking)
    this.#values.clear()
    this.#endThread(new Failure('worker.closing', 'The worker is closing.'))
  }

  async #endSilence(): Promise<void> {
    const underWay = [...this.#pending.values()]
    if (underWay.length === 0) return
    await Promise.race([Promise.allSettled(underWay.map((pending) => pending.promise)), sleep(silenceMs, undefined, { ref: false })])
    if ([...this.#pending.values()].some((pending) => underWay.includes(pending))) this.#endThread(keychainSilent())
  }

  /** Reads a value of our own and writes it where it is missing: a locked keyring answers a read of what it does not hold by nothing. */
  async #probe(): Promise<KeychainState> {
    try {
      if ((await this.#askNow('get', probeName)) !== probeValue) await this.#askNow('set', probeName, probeValue)
      return this.#tell({ state: 'ok', problem: null })
    } catch (error) {
      if (error instanceof Failure) return this.#known ?? this.#tell(stateOf(error))
      throw error
    }
  }

  async #ask(operation: KeychainRequest['operation'], name: string, value?: string): Promise<string | null> {
    if (this.#failure && Date.now() < this.#retryAt) throw this.#failure
    return this.#askNow(operation, name, value)
  }

  /** Even right after a failure. */
  async #askNow(operation: KeychainRequest['operation'], name: string, value?: string): Promise<string | null> {
    try {
      const answer = await this.#send(operation, name, value)
      this.#failure = null
      this.#pauseMs = firstPauseMs
      // A read that finds nothing proves nothing: a locked keyring answers the same.
      if (operation === 'set' || answer !== null) this.#tell({ state: 'ok', problem: null })
      return answer
    } catch (error) {
      if (error instanceof Failure && error.code.startsWith('keychain.')) this.#fail(error)
      throw error
    }
  }

  #fail(failure: Failure): void {
    this.#failure = failure
    this.#retryAt = Date.now() + this.#pauseMs
    this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2)
    this.#tell(stateOf(failure))
  }

  #tell(state: KeychainState): KeychainState {
    const changed = this.#known?.state !== state.state || this.#known.problem?.message !== state.problem?.message
    this.#known = state
    if (changed) this.#options.onState?.(state)
    return state
  }

  #send(operation: KeychainRequest['operation'], name: string, value?: string): Promise<string | null> {
    const id = this.#nextId++
    const account = `${this.#options.installationId}/${name}`
    const thread = this.#startThread()
    const timer = setTimeout(() => {
      // The call may hang for ever: its thread is given up, and the next call gets a new one.
      this.#endThread(keychainSilent())
    }, this.#options.timeoutMs ?? defaultTimeoutMs)
    const pending: Pending = { ...Promise.withResolvers<string | null>(), timer }
    this.#pending.set(id, pending)
    const request: KeychainRequest = { id, operation, service: keychainService, account, ...(value === undefined ? {} : { value }) }
    thread.postMessage(request, [])
    return pending.promise
  }

  #startThread(): Worker {
    if (this.#idle) clearTimeout(this.#idle)
    this.#idle = null
    if (this.#thread) return this.#thread
    const thread = new Worker(programFile('keychain'))
    thread.on('message', (answer: KeychainAnswer) => this.#settle(answer))
    thread.on('error', () => {
      if (this.#thread === thread) this.#endThread(keychainMissing())
    })
    thread.unref()
    this.#thread = thread
    return thread
  }

  #settle(answer: KeychainAnswer): void {
    const pending = this.#pending.get(answer.id)
    if (!pending) return
    this.#pending.delete(answer.id)
    clearTimeout(pending.timer)
    if (answer.ok) pending.resolve(answer.value)
    else pending.reject(answer.native ? keychainMissing() : keychainFailure(answer.error))
    if (this.#pending.size > 0) return
    this.#idle = setTimeout(() => this.#endThread(keychainSilent()), idleThreadMs)
    this.#idle.unref()
  }

  #endThread(reason: Failure): void {
    if (this.#idle) clearTimeout(this.#idle)
    this.#idle = null
    const thread = this.#thread
    this.#thread = null
    for (const pending of this.#pending.values()) {
      clearTimeout(pending.timer)
      pending.reject(reason)
    }
    this.#pending.clear()
    void thread?.terminate()
  }
}

function stateOf(failure: Failure): KeychainState {
  return { state: failure.code === 'keychain.missing' ? 'missing' : 'locked', problem: failure.body() }
}
