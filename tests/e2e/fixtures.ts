// What an end-to-end test is given: an estate of its own, a real keyring, an empty data folder, and the app on it.
import { test as base } from '@playwright/test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEstate } from '../../demo/estate.ts'
import type { Estate, EstateOptions } from '../../demo/estate.ts'
import { startKeyringSession } from '../helpers/keyring.ts'
import type { KeyringSession } from '../helpers/keyring.ts'
import { startApp } from './app.ts'
import type { Host, RunningApp } from './app.ts'
import { commandLine, connectEstate } from './commandLine.ts'
import type { CommandLine } from './commandLine.ts'

export interface AppOptions {
  host: Host
  estateOptions: EstateOptions
}

interface TestFixtures {
  estate: Estate
  dataDir: string
  /** What the app's processes find in their environment. */
  environment: NodeJS.ProcessEnv
  /** Started, and nothing connected yet. */
  app: RunningApp
  /** Reaches the running app's worker. */
  cli: CommandLine
  /** The app with every node and billing of the estate connected and read, no service linked yet. */
  connectedApp: RunningApp
}

export const test = base.extend<AppOptions & TestFixtures, { keyring: KeyringSession }>({
  host: ['electron', { option: true }],
  estateOptions: [{}, { option: true }],
  keyring: [
    async ({ playwright: _unused }, use) => {
      const session = await startKeyringSession('unlocked')
      await use(session)
      await session.stop()
    },
    { scope: 'worker' },
  ],
  estate: async ({ estateOptions }, use) => {
    const estate = await startEstate({ listDelayMs: 20, stopDelayMs: 150, ...estateOptions })
    await use(estate)
    await estate.stop()
  },
  dataDir: async ({ host }, use) => {
    const dataDir = mkdtempSync(join(tmpdir(), `flint-console-${host}-`))
    await use(dataDir)
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })
  },
  environment: async ({ keyring }, use) => {
    await use({ DBUS_SESSION_BUS_ADDRESS: keyring.env.DBUS_SESSION_BUS_ADDRESS })
  },
  app: async ({ host, dataDir, environment }, use) => {
    const app = await startApp({ host, dataDir, environment })
    await use(app)
    await app.close()
  },
  cli: async ({ dataDir, environment }, use) => {
    await use(commandLine(dataDir, environment))
  },
  connectedApp: async ({ app, cli, estate }, use) => {
    // The first start's page is gone as soon as there is something to show.
    await app.page.getByRole('heading', { name: 'Flint Console' }).waitFor()
    await connectEstate(cli, estate)
    await app.page.getByRole('link', { name: 'Overview' }).waitFor()
    await use(app)
  },
})

export { expect } from '@playwright/test'
