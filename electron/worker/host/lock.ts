// One worker for one data folder: a lock that the operating system frees when its holder dies, however it dies.
import { chmodSync } from 'node:fs'
import { loadDriver } from '../../../db/open.ts'
import { Failure } from '../../../shared/domain/failure.ts'

export interface WorkerLock {
  release(): void
}

/**
 * Takes the lock, or returns null when a living process has it. It is an exclusive transaction on a file of its own, so the system's file
 * locks hold it; nothing is written, and a file that a killed worker left behind means nothing.
 */
export function tryLock(path: string): WorkerLock | null {
  const Driver = loadDriver()
  let sqlite: InstanceType<typeof Driver> | null = null
  try {
    sqlite = new Driver(path, { timeout: 0 })
    chmodSync(path, 0o600)
    sqlite.exec('begin exclusive')
  } catch (error) {
    sqlite?.close()
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return null
    throw new Failure(
      'data.unusable',
      `The lock ${path} cannot be used (${code}).`,
      'Look at the permissions of the data folder and the space left on its disk.',
    )
  }
  const held = sqlite
  return { release: () => held.close() }
}
