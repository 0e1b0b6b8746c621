// What the state of the keychain means to the operator.
import type { MethodOutput } from '../../shared/contract/index.ts'

export type Keychain = MethodOutput<'system.status'>['keychain']

/** Whether something stands in the way of the keys, as far as is known. */
export function isBarred(keychain: Keychain): boolean {
  return keychain.state === 'locked' || keychain.state === 'missing'
}

export const keychainWords: Readonly<Record<Keychain['state'], string>> = {
  ok: 'open',
  locked: 'locked',
  missing: 'missing',
  memory: 'in memory only: the demo keeps nothing',
  asked: 'being asked',
}
