// Which store holds this installation's secrets: systemd's credentials where a service was given some, the OS keychain everywhere else.
import { CredentialStore } from './credentials.ts'
import { KeychainStore } from './keychain.ts'
import type { KeychainState, SecretStore } from './store.ts'

export interface SecretsOptions {
  readonly installationId: string
  readonly dataDir: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly onState: (state: KeychainState) => void
}

export function openSecrets({ installationId, dataDir, env, onState }: SecretsOptions): SecretStore {
  const directory = env['CREDENTIALS_DIRECTORY']
  if (directory === undefined || directory === '') return new KeychainStore({ installationId, onState })
  // A unit with several state directories names them all, the first one first.
  const stateDirectory = env['STATE_DIRECTORY']?.split(':')[0]
  return new CredentialStore({
    directory,
    stateDirectory: stateDirectory === undefined || stateDirectory === '' ? dataDir : stateDirectory,
  })
}
