// The application opened on a data folder of its own: its first status, the demo and the way back.
import { mkdtempSync, rmSync, existsSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { type Application, localClient, openApplication } from '../../electron/worker/application.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

async function openHere(): Promise<{ application: Application; dataDir: string }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'flint-application-'))
  cleanups.push(() => rmSync(dataDir, { recursive: true, force: true }))
  const application = await openApplication({ dataDir, role: 'worker', demo: false, validateOutputs: true })
  cleanups.push(() => application.stop())
  return { application, dataDir }
}

test('a new data folder opens empty, private, and keeps its id', async () => {
  const { application, dataDir } = await openHere()
  const client = localClient(application)
  const status = await client.call('system.status', {})
  expect(status).toMatchObject({ demo: false, nodes: 0, billingConnected: false, relayed: false, dataDir, pid: process.pid })
  expect(statSync(dataDir).mode & 0o777).toBe(0o700)
  expect(statSync(join(dataDir, 'control.sock')).mode & 0o777).toBe(0o600)
  await application.stop()
  const again = await openApplication({ dataDir, role: 'worker', demo: false, validateOutputs: true })
  cleanups.push(() => again.stop())
  expect((await localClient(again).call('system.status', {})).installationId).toBe(status.installationId)
})

test('the demo is entered connected, linked and synced, and left without a trace', async () => {
  const { application, dataDir } = await openHere()
  const client = localClient(application)
  const before = await client.call('system.status', {})
  const demo = await client.call('demo.start', {})
  expect(demo).toMatchObject({ demo: true, nodes: 3, billingConnected: true, keychain: { state: 'memory', problem: null } })
  expect(demo.installationId).not.toBe(before.installationId)
  expect((await client.call('vms.list', {})).length).toBeGreaterThan(50)
  expect((await client.call('links.list', {})).length).toBeGreaterThan(30)
  expect((await client.call('billing.status', {})).errors).toEqual([])
  const after = await client.call('demo.leave', {})
  expect(after).toMatchObject({ demo: false, nodes: 0, installationId: before.installationId })
  expect(existsSync(join(dataDir, 'demo'))).toBe(false)
})
