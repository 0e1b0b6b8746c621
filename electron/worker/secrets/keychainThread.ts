// The thread that talks to the OS keychain: its calls may block, and nothing else may wait for them.
import { parentPort } from 'node:worker_threads'
import type { AsyncEntry as Entry } from '@napi-rs/keyring'
import { createRequire } from 'node:module'

export interface KeychainRequest {
  readonly id: number
  readonly operation: 'get' | 'set' | 'delete'
  readonly service: string
  readonly account: string
  readonly value?: string
}

export type KeychainAnswer =
  | { readonly id: number; readonly ok: true; readonly value: string | null }
  /** `native`: the keychain library itself could not be loaded. */
  | { readonly id: number; readonly ok: false; readonly error: string; readonly native: boolean }

type Keyring = { readonly AsyncEntry: new (service: string, account: string, options?: { linux: { store: 'secret-service' } }) => Entry }

let keyring: Keyring | null = null

async function perform(request: KeychainRequest): Promise<string | null> {
  // Pinned: without this a Linux machine without a Secret Service would silently use the kernel's keyring, which forgets at reboot.
  keyring ??= createRequire(import.meta.url)('@napi-rs/keyring') as Keyring
  const entry = new keyring.AsyncEntry(request.service, request.account, { linux: { store: 'secret-service' } })
  switch (request.operation) {
    case 'get':
      return (await entry.getPassword()) ?? null
    case 'set':
      await entry.setPassword(request.value ?? '')
      return null
    case 'delete':
      await entry.deleteCredential()
      return null
  }
}

async function answer(request: KeychainRequest): Promise<KeychainAnswer> {
  try {
    return { id: request.id, ok: true, value: await perform(request) }
  } catch (error) {
    return { id: request.id, ok: false, error: error instanceof Error ? error.message : String(error), native: keyring === null }
  }
}

parentPort?.on('message', (request: KeychainRequest) => {
  void answer(request).then((message) => parentPort?.postMessage(message, []))
})
