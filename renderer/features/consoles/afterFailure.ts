// What a console does when it could not be opened or has ended: tries again, waits for the VM, or stays until the operator says so.
import type { FailureBody } from '../../../shared/domain/failure.ts'

/**
 * - `retry`: by itself, with growing pauses
 * - `off`, `paused`: as soon as the VM runs
 * - `no-screen`: Flint is too old; serial works
 * - `stay`: only by hand (a refused key is never tried again by itself)
 */
export type AfterFailure = 'retry' | 'off' | 'paused' | 'no-screen' | 'stay'

const byCode: Readonly<Record<string, AfterFailure>> = {
  'console.vm-off': 'off',
  'console.vm-paused': 'paused',
  'console.vnc-unsupported': 'no-screen',
  'console.no-serial': 'stay',
  'console.not-vnc': 'stay',
  'console.oversized': 'stay',
  'console.bad-server': 'stay',
  'console.frame-lost': 'stay',
  'node.unauthorized': 'stay',
  'node.key-missing': 'stay',
  'node.no-key': 'stay',
  'node.not-flint': 'stay',
  'node.unknown': 'stay',
  'vm.unknown': 'stay',
  'rpc.unknown-stream': 'stay',
  'rpc.invalid-input': 'stay',
}

export function afterFailure(reason: FailureBody | null): AfterFailure {
  return byCode[reason?.code ?? ''] ?? 'retry'
}

const firstPauseMs = 500
const longestPauseMs = 15_000
const lookAgainMs = 4_000

/** How long to wait before the next attempt, in milliseconds; null: not by itself. `attempt` counts from 0 and begins anew once a console stood. */
export function pauseBeforeMs(after: AfterFailure, attempt: number): number | null {
  switch (after) {
    case 'retry':
      return Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempt, 10))
    case 'off':
    case 'paused':
      return lookAgainMs
    case 'no-screen':
    case 'stay':
      return null
  }
}
