// Secrets from systemd's credentials: read-only files that the system puts before the worker when it starts it as a service.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../../../shared/domain/failure.ts'
import { credentialFile, credentialName, credentialsFolder, credentialSet, noteNames } from './credentialNames.ts'
import { NotesFile } from './notesFile.ts'
import type { KeychainState, SecretStore } from './store.ts'

const longestSecretBytes = 64 * 1024

export interface CredentialOptions {
  /** `$CREDENTIALS_DIRECTORY`. */
  readonly directory: string
  /** Where the notes go that automation writes: `$STATE_DIRECTORY`, or the data folder where a unit has none. */
  readonly stateDirectory: string
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

/**
 * A SecretStore over a folder of credentials. Secrets can be read only: `set` and `delete` throw `keychain.read-only` with what to do.
 * Notes that are no secrets (the record's end, the newest run) live in a small file of their own, outside the database.
 */
export class CredentialStore implements SecretStore {
  readonly #directory: string
  readonly #notes: NotesFile
  readonly #values = new Map<string, string>()

  constructor(options: CredentialOptions) {
    this.#directory = options.directory
    this.#notes = new NotesFile(join(options.stateDirectory, 'notes.json'))
  }

  async get(name: string): Promise<string | null> {
    if (noteNames.has(name)) return this.#notes.get(name)
    const known = this.#values.get(name)
    if (known !== undefined) return known
    const value = this.#read(name)
    if (value !== null) this.#values.set(name, value)
    return value
  }

  async set(name: string, value: string): Promise<void> {
    if (noteNames.has(name)) this.#notes.set(name, value)
    else if ((await this.get(name)) !== value) throw this.#readOnly(name, 'kept')
  }

  async delete(name: string): Promise<void> {
    if (noteNames.has(name)) this.#notes.set(name, null)
    else if ((await this.get(name)) !== null) throw this.#readOnly(name, 'taken away')
  }

  state(): KeychainState {
    try {
      const names = readdirSync(this.#directory).filter((name) => name.startsWith(`${credentialSet}_`))
      if (names.length > 0) return { state: 'ok', problem: null }
      return { state: 'missing', problem: this.#missing('it has none of Flint Console’s').body() }
    } catch (error) {
      return { state: 'missing', problem: this.#missing(codeOf(error)).body() }
    }
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

  #read(name: string): string | null {
    let bytes: Buffer
    try {
      bytes = readFileSync(join(this.#directory, credentialName(name)))
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null
      throw this.#missing(codeOf(error))
    }
    if (bytes.byteLength > longestSecretBytes) throw this.#missing(`${credentialName(name)} is too long to be a secret`)
    // Whoever writes one by hand ends it with a line break.
    const value = bytes.toString('utf8').replace(/\r?\n$/, '')
    return value === '' ? null : value
  }

  #missing(why: string): Failure {
    return new Failure(
      'keychain.missing',
      `The service’s credentials (${this.#directory}) cannot be used: ${why}.`,
      'Set them up with the command that `flint-console credentials command` prints, then restart the service.',
    )
  }

  #readOnly(name: string, verb: string): Failure {
    return new Failure(
      'keychain.read-only',
      `This worker’s secrets are systemd credentials: they can be read, but not ${verb} from here.`,
      `As root: systemd-ask-password -n | systemd-creds encrypt --name=${credentialName(name)} - ${credentialsFolder}/${credentialFile(name)}` +
        ' (or remove that file), then systemctl restart flint-console. See docs/always-on.md.',
    )
  }
}
