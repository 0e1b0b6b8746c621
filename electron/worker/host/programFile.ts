// Where the files of the worker's threads lie: beside the built program, or in the source tree when that is what runs.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const sources = {
  keychain: '../secrets/keychainThread.ts',
  estate: './estateThread.ts',
} as const

/** The file to start a thread from. */
export function programFile(name: keyof typeof sources): string {
  const here = fileURLToPath(import.meta.url)
  if (here.endsWith('.ts')) return join(dirname(here), sources[name])
  const beside = join(dirname(here), `${name}.cjs`)
  // Code that several entries share is built into a folder beneath them.
  return existsSync(beside) ? beside : join(dirname(here), '..', `${name}.cjs`)
}

/** The folder of the built pages. */
export function rendererDir(): string {
  const here = dirname(fileURLToPath(import.meta.url))
  const candidates = [join(here, '../renderer'), join(here, '../../renderer'), join(here, '../../../out/renderer')]
  return candidates.find((folder) => existsSync(join(folder, 'index.html'))) ?? join(here, '../renderer')
}
