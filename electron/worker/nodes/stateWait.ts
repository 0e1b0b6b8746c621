// Follows a VM until it is in a wished state or the time is over.
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../../../shared/domain/failure.ts'

export interface StateWait<V extends { readonly state: string }> {
  /** A fresh look; a Failure of the node is outlived as long as there is time, except that the VM is gone. */
  readonly read: () => Promise<V>
  readonly wanted: V['state']
  readonly timeoutMs: number
  readonly pollMs: number
  /** Aborted: the wait ends with its reason. */
  readonly signal: AbortSignal
  readonly onRead: (state: string, elapsedMs: number) => void
}

/** Reads at least once, and once more when the time is over. Throws the last Failure of reading when no look succeeded at the end. */
export async function waitForState<V extends { readonly state: string }>(wait: StateWait<V>): Promise<{ reached: boolean; vm: V }> {
  const startedMs = performance.now()
  for (;;) {
    wait.signal.throwIfAborted()
    const elapsedMs = performance.now() - startedMs
    const seen = await readOrFailure(wait.read)
    if (!(seen instanceof Failure)) {
      wait.onRead(seen.state, elapsedMs)
      if (seen.state === wait.wanted) return { reached: true, vm: seen }
    }
    if (elapsedMs >= wait.timeoutMs) {
      if (seen instanceof Failure) throw seen
      return { reached: false, vm: seen }
    }
    await pause(Math.min(wait.pollMs, Math.max(1, wait.timeoutMs - (performance.now() - startedMs))), wait.signal)
  }
}

async function readOrFailure<V>(read: () => Promise<V>): Promise<V | Failure> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof Failure && error.code.startsWith('node.')) return error
    throw error
  }
}

async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(delayMs, undefined, { signal })
  } catch (error) {
    signal.throwIfAborted()
    throw error
  }
}
