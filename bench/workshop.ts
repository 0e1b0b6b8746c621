// A worker's context for the bench: a real SQLite file in a folder of its own, secrets in memory, a silent log.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { openDatabase } from '../db/open.ts'
import type { Context } from '../electron/worker/context.ts'
import { Jobs } from '../electron/worker/jobs/jobs.ts'
import { MemorySecretStore } from '../electron/worker/secrets/store.ts'

export interface Workshop extends Disposable {
  readonly context: Context
}

export function openWorkshop(): Workshop {
  const dataDir = mkdtempSync(join(tmpdir(), 'flint-console-bench-'))
  const now = (): number => Date.now()
  const log = pino({ level: 'silent' })
  const context: Context = {
    db: openDatabase(join(dataDir, 'bench.db')),
    clock: { now },
    secrets: new MemorySecretStore(),
    log,
    jobs: new Jobs({ emit: () => undefined, now, unexpected: (error) => log.error({ err: error }, 'job') }),
    dataDir,
    changed: () => undefined,
  }
  return {
    context,
    [Symbol.dispose]: () => {
      context.db.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
