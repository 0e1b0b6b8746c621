// The demo: a fresh installation beside the real one, connected to the simulated estate by the same steps that an operator takes.
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../../../shared/domain/failure.ts'
import { Installation, type InstallationOptions } from '../installation.ts'
import { MemorySecretStore } from '../secrets/store.ts'
import { startDemoEstate } from './demoEstate.ts'

export interface Demo {
  readonly installation: Installation
  /** Ends the estate and removes the demo's folder; the installation must have been stopped. */
  leave(): Promise<void>
}

/** Enrols the nodes and billing, syncs, and confirms what is obvious. */
async function connect(installation: Installation, estate: Awaited<ReturnType<typeof startDemoEstate>>): Promise<void> {
  const { handlers } = installation
  await Promise.all(
    estate.nodes.map(async ({ name, url, key }) => handlers['nodes.add']({ name, url, secret: { kind: 'key', value: key } })),
  )
  await handlers['billing.connect'](estate.billing)
  const { jobId } = await handlers['billing.sync']({ full: true })
  const sync = await handlers['jobs.wait']({ id: jobId })
  if (sync.error) throw new Failure(sync.error.code, sync.error.message, sync.error.hint)
  await handlers['vms.refresh']({})
  await installation.simulateHistory()
  await handlers['links.confirmObvious']({})
}

/** Starts the demo in `<dataDir>/demo`, made anew. Its secrets are in memory only. */
export async function startDemo(options: Omit<InstallationOptions, 'demo' | 'clock' | 'secrets'>): Promise<Demo> {
  const dataDir = join(options.dataDir, 'demo')
  rmSync(dataDir, { recursive: true, force: true })
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const estate = await startDemoEstate()
  const leave = async (): Promise<void> => {
    await estate.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
  let installation: Installation | null = null
  try {
    installation = new Installation({ ...options, dataDir, demo: true, clock: estate.clock, secrets: () => new MemorySecretStore() })
    await connect(installation, estate)
    options.log.info({ control: estate.controlUrl }, 'the demo runs')
    return { installation, leave }
  } catch (error) {
    await installation?.stop()
    await leave()
    throw error
  }
}
