// A small file of notes beside the data folder, readable by its owner only, replaced as a whole: for a box whose secrets cannot be written.
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { z } from 'zod'
import { Failure } from '../../../shared/domain/failure.ts'

const notes = z.record(z.string(), z.string())

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

export class NotesFile {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /** Throws `notes.unreadable` when the file is there and cannot be understood: what it would have told is not known then. */
  get(name: string): string | null {
    return this.#read()[name] ?? null
  }

  /** Null takes a note away. Throws `notes.unwritable`. */
  set(name: string, value: string | null): void {
    const { [name]: _before, ...others } = this.#read()
    const text = `${JSON.stringify(value === null ? others : { ...others, [name]: value })}\n`
    const unfinished = `${this.#path}.part`
    try {
      const file = openSync(unfinished, 'w', 0o600)
      try {
        writeSync(file, text)
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
      renameSync(unfinished, this.#path)
    } catch (error) {
      throw new Failure(
        'notes.unwritable',
        `The notes ${this.#path} cannot be written (${codeOf(error)}).`,
        'Look at its permissions and the space left on its disk.',
      )
    }
  }

  #read(): Record<string, string> {
    let text: string
    try {
      text = readFileSync(this.#path, 'utf8')
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return {}
      throw this.#unreadable(codeOf(error))
    }
    try {
      return notes.parse(JSON.parse(text))
    } catch {
      throw this.#unreadable('it is damaged')
    }
  }

  #unreadable(why: string): Failure {
    return new Failure(
      'notes.unreadable',
      `The notes ${this.#path} cannot be read (${why}).`,
      'Verify the record (audit verify); if it is whole, remove the file: it is made anew.',
    )
  }
}
