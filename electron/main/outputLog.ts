// Keeps what the worker's process writes to its output: redacted, in a file of bounded size.
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { redact } from './redact.ts'

const maximumBytes = 1024 * 1024

export class OutputLog {
  readonly #file: string

  constructor(file: string) {
    this.#file = file
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  }

  /** Keeps whole lines only, so that a secret is never cut in two and thereby missed. */
  follow(output: NodeJS.ReadableStream | null): void {
    let rest = ''
    output?.setEncoding('utf8')
    output?.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) this.line(line)
    })
    output?.on('end', () => {
      if (rest !== '') this.line(rest)
    })
  }

  line(text: string): void {
    try {
      if ((statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0) > maximumBytes) renameSync(this.#file, `${this.#file}.1`)
      appendFileSync(this.#file, `${new Date().toISOString()} ${redact(text)}\n`, { mode: 0o600 })
    } catch {
      // A full disk must not take the shell down; the worker says itself what it cannot write.
    }
  }
}
