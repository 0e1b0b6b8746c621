// `serve` as a process: the printed address leads to the app, its line to the worker, and another worker's end to a takeover.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { ensureBuilt } from '../../scripts/build.ts'
import { type Client, createClient } from '../../shared/contract/client.ts'
import { clientSocketTransport } from '../../shared/contract/webSocketTransport.ts'
import { type RunningCommand, runCommand, startCommand, startWorkerChild } from '../helpers/program.ts'
import { until } from '../helpers/until.ts'

let dataDir: string
const cleanups: (() => unknown)[] = []

beforeAll(() => ensureBuilt(['main', 'renderer'], () => undefined), 120_000)

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'flint-serve-command-'))
  cleanups.push(() => rmSync(dataDir, { recursive: true, force: true }))
})

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

interface Served {
  readonly command: RunningCommand
  readonly origin: string
  readonly cookie: string
}

/** Starts `serve` and opens the address that it prints. */
async function startServe(): Promise<Served> {
  const command = startCommand(['--data-dir', dataDir, 'serve'])
  cleanups.push(async () => {
    command.child.kill('SIGKILL')
    await command.ended
  })
  const address = await until('the address is printed', () => /^http:\S+$/m.exec(command.stdout())?.[0])
  const answer = await fetch(address, { redirect: 'manual' })
  expect(answer.status).toBe(303)
  return { command, origin: new URL(address).origin, cookie: answer.headers.getSetCookie()[0]?.split(';')[0] ?? '' }
}

function dial({ origin, cookie }: Served): Client {
  const client = createClient(clientSocketTransport(new WebSocket(`${origin.replace('http', 'ws')}/line`, { headers: { origin, cookie } })))
  cleanups.push(() => client.close())
  return client
}

test('the address opens the app with its policy, and its line reaches a worker that runs by itself', async () => {
  const served = await startServe()
  const page = await fetch(served.origin, { headers: { cookie: served.cookie } })
  expect(page.status).toBe(200)
  const html = await page.text()
  expect(html).toContain('id="root"')
  expect(html).not.toContain('__CSP_NONCE__')
  const script = /src="([^"]+\.js)"/.exec(html)?.[1] ?? ''
  const asset = await fetch(new URL(script, served.origin), { headers: { cookie: served.cookie } })
  expect(asset.headers.get('cache-control')).toContain('immutable')
  expect(await dial(served).call('system.status', {})).toMatchObject({ dataDir, relayed: false, pid: served.command.child.pid })
  expect((await runCommand(['--data-dir', dataDir, '--json', 'node', 'list'])).stdout).toBe('[]\n')
  served.command.child.kill('SIGTERM')
  expect((await served.command.ended).code).toBe(0)
})

test('beside a worker that has the folder it relays, and takes over when that one is killed', async () => {
  const worker = startWorkerChild(dataDir)
  cleanups.push(async () => {
    worker.child.kill('SIGKILL')
    await worker.exited
  })
  await until('the worker is ready', () => worker.told.some((message) => message.kind === 'ready'))
  const served = await startServe()
  const client = dial(served)
  expect(await client.call('system.status', {})).toMatchObject({ pid: worker.pid, relayed: true })
  const lineEnded = new Promise<void>((resolve) => client.onClose(resolve))
  worker.child.kill('SIGKILL')
  await lineEnded
  const status = await until('it has taken over', async () => {
    try {
      return await dial(served).call('system.status', {})
    } catch {
      return null
    }
  })
  expect(status).toMatchObject({ pid: served.command.child.pid, relayed: false })
})

test('a port that is no port, or in use, is refused with 1', async () => {
  const served = await startServe()
  const { port } = new URL(served.origin)
  const elsewhere = join(dataDir, 'elsewhere')
  expect(await runCommand(['--data-dir', elsewhere, '--json', 'serve', '--port', 'x'])).toMatchObject({ code: 1 })
  const second = await runCommand(['--data-dir', elsewhere, '--json', 'serve', '--port', port])
  expect(second.code).toBe(1)
  expect(JSON.parse(second.stdout)).toMatchObject({ error: { code: 'serve.port-in-use' } })
})
