// The worker's log: a file of bounded size, with the newest few kept, and never a secret in it.
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { pino, type Logger } from 'pino'

const defaultLimitBytes = 5 * 1024 * 1024
const keptFiles = 3
/** Shorter values stand in ordinary text by chance. */
const shortestSecret = 6
const secretFields = ['key', 'apiKey', 'api_key', 'token', 'passphrase', 'password', 'secret', 'authorization', 'Authorization', 'cookie']

class RotatingFile {
  readonly #path: string
  readonly #limitBytes: number
  #file: number
  #bytes: number

  constructor(path: string, limitBytes: number) {
    this.#path = path
    this.#limitBytes = limitBytes
    this.#file = openSync(path, 'a', 0o600)
    this.#bytes = fstatSync(this.#file).size
  }

  write(line: string): void {
    const bytes = Buffer.from(line)
    if (this.#bytes > 0 && this.#bytes + bytes.byteLength > this.#limitBytes) this.#rotate()
    writeSync(this.#file, bytes)
    this.#bytes += bytes.byteLength
  }

  close(): void {
    closeSync(this.#file)
  }

  #rotate(): void {
    closeSync(this.#file)
    rmSync(`${this.#path}.${keptFiles}`, { force: true })
    for (let number = keptFiles - 1; number >= 1; number -= 1) renameIfThere(`${this.#path}.${number}`, `${this.#path}.${number + 1}`)
    renameIfThere(this.#path, `${this.#path}.1`)
    this.#file = openSync(this.#path, 'a', 0o600)
    this.#bytes = 0
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}

export interface WorkerLog {
  readonly log: Logger
  /** Adds a source of values that must never be written. */
  hide(secrets: () => Iterable<string>): void
  close(): void
}

/** Opens `<dataDir>/logs/worker.log`. Fields with a secret's name are censored, and so is every known secret wherever it stands. */
export function openLog(dataDir: string, options: { readonly limitBytes?: number; readonly level?: string } = {}): WorkerLog {
  const folder = join(dataDir, 'logs')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = new RotatingFile(join(folder, 'worker.log'), options.limitBytes ?? defaultLimitBytes)
  const sources: (() => Iterable<string>)[] = []
  let isOpen = true

  function write(line: string): void {
    if (!isOpen) return
    let clean = line
    for (const source of sources) {
      for (const secret of source())
        if (secret.length >= shortestSecret) clean = clean.replaceAll(JSON.stringify(secret).slice(1, -1), '[secret]')
    }
    try {
      file.write(clean)
    } catch {
      // A full disk must not stop the worker: the log is the first thing to go.
    }
  }

  const log = pino(
    {
      level: options.level ?? 'info',
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '[secret]' },
    },
    { write },
  )
  return {
    log,
    hide: (secrets) => {
      sources.push(secrets)
    },
    close: () => {
      isOpen = false
      file.close()
    },
  }
}
