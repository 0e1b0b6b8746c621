// A data folder whose mirror holds the demo estate's two years, and a worker's context over it, for tests of reports.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../db/open.ts'
import { startEstate } from '../../demo/estate.ts'
import { Billing } from '../../electron/worker/billing/billing.ts'
import type { Context } from '../../electron/worker/context.ts'
import { databaseFile } from '../../electron/worker/host/dataFolder.ts'
import { Jobs } from '../../electron/worker/jobs/jobs.ts'
import { MemorySecretStore } from '../../electron/worker/secrets/store.ts'
import { recordedLog } from './recordedLog.ts'

export interface ReportsWorld {
  readonly dataDir: string
  readonly context: Context
  readonly clock: { nowMs: number }
  /** Closes the database, e.g. so that another process may open it. */
  close(): void
  remove(): void
}

/** The estate is read whole and stopped again: from then on there is nobody to ask. */
export async function openReportsWorld(startAt: number): Promise<ReportsWorld> {
  const dataDir = mkdtempSync(join(tmpdir(), 'reports-'))
  const clock = { nowMs: startAt }
  const now = (): number => clock.nowMs
  const context: Context = {
    db: openDatabase(join(dataDir, databaseFile)),
    clock: { now },
    secrets: new MemorySecretStore(),
    log: recordedLog().log,
    jobs: new Jobs({ emit: () => undefined, now, unexpected: () => undefined }),
    dataDir,
    changed: () => undefined,
  }
  const estate = await startEstate({ startAt, listDelayMs: 1 })
  const billing = new Billing(context)
  await billing.connect({ url: estate.connect.billing.url, token: estate.connect.billing.token })
  await billing.sync({ full: true })
  await billing.stop()
  await estate.stop()
  let isOpen = true
  const close = (): void => {
    if (isOpen) context.db.close()
    isOpen = false
  }
  return {
    dataDir,
    context,
    clock,
    close,
    remove: () => {
      close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
