// Passwords that were just made: in memory only, handed out once, forgotten.
import { randomInt, randomUUID } from 'node:crypto'

export interface OneTimeSecret {
  readonly username: string
  readonly password: string
}

/** Without letters and digits that look alike, and without signs that Flint would write into YAML unquoted. */
const alphabet = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const passwordLength = 20
const keptMs = 60 * 60_000

/** About 116 bits. Its first sign is a letter, so that YAML takes it for text. */
export function generatePassword(): string {
  const sign = (from: string): string => from[randomInt(from.length)] ?? 'x'
  const letters = alphabet.replaceAll(/\d/g, '')
  return sign(letters) + Array.from({ length: passwordLength - 1 }, () => sign(alphabet)).join('')
}

export class OneTimeSecrets {
  readonly #secrets = new Map<string, { readonly secret: OneTimeSecret; readonly timer: NodeJS.Timeout }>()

  /** Keeps it until it is taken, an hour at most. The id it is taken by. */
  put(secret: OneTimeSecret): string {
    const id = randomUUID()
    const timer = setTimeout(() => this.#secrets.delete(id), keptMs)
    timer.unref()
    this.#secrets.set(id, { secret, timer })
    return id
  }

  /** Null when it was taken before, or never was. */
  take(id: string): OneTimeSecret | null {
    const kept = this.#secrets.get(id)
    if (!kept) return null
    clearTimeout(kept.timer)
    this.#secrets.delete(id)
    return kept.secret
  }

  clear(): void {
    for (const id of this.#secrets.keys()) this.take(id)
  }

  /** Those in memory now, for the log to hide. */
  *values(): Iterable<string> {
    for (const { secret } of this.#secrets.values()) yield secret.password
  }
}
