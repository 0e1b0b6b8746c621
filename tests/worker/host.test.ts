// Real worker processes on one data folder: who owns it, who relays, what happens when the owner is killed, and how each ends.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { localClient, openApplication } from '../../electron/worker/application.ts'
import { controlAddress, defaultDataDir, prepareDataDir } from '../../electron/worker/host/dataFolder.ts'
import { openLog } from '../../electron/worker/host/log.ts'
import { runCommand, startCommand, startWorkerChild, type WorkerChild } from '../helpers/program.ts'
import { openDatabase } from '../../db/open.ts'
import { until } from '../helpers/until.ts'

let dataDir: string
const cleanups: (() => unknown)[] = []

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'flint-host-'))
  cleanups.push(() => rmSync(dataDir, { recursive: true, force: true }))
})

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

function startWorker(env: Record<string, string> = {}): WorkerChild {
  const worker = startWorkerChild(dataDir, env)
  cleanups.push(async () => {
    worker.child.kill('SIGKILL')
    await worker.exited
  })
  return worker
}

async function startReadyWorker(): Promise<WorkerChild> {
  const worker = startWorker()
  await until('the worker is ready', () => worker.told.some((message) => message.kind === 'ready'))
  return worker
}

test('a client that comes before the data is open is answered when it is', async () => {
  const worker = startWorker()
  const status = await worker.openClient().call('system.status', {})
  expect(status).toMatchObject({ pid: worker.pid, relayed: false, dataDir, demo: false })
})

test('a second worker on the same folder relays to the first and says so', async () => {
  const first = await startReadyWorker()
  const second = await startReadyWorker()
  const client = second.openClient()
  expect(await client.call('system.status', {})).toMatchObject({ pid: first.pid, relayed: true })
  await client.call('policy.set', { values: { graceDays: '9' } })
  expect((await first.openClient().call('policy.show', {})).values['graceDays']).toBe(9)
  await expect(client.call('jobs.cancel', { id: 'none' })).rejects.toMatchObject({ code: 'job.unknown' })
})

test('changes are told to clients on both sides of the relay', async () => {
  const first = await startReadyWorker()
  const second = await startReadyWorker()
  const topicsSeen: string[][] = []
  for (const client of [first.openClient(), second.openClient()]) {
    const topics: string[] = []
    topicsSeen.push(topics)
    client.on('changed', (payload) => topics.push(...payload.topics))
    await client.call('system.status', {})
  }
  await second.openClient().call('policy.set', { values: { graceDays: '9' } })
  await until('both were told', () => topicsSeen.every((topics) => topics.includes('policy')))
})

test('when the owner is killed its lock is free, the relaying worker ends so that it is started anew, and the next one owns the folder', async () => {
  const first = await startReadyWorker()
  const second = await startReadyWorker()
  await second.openClient().call('system.status', {})
  first.child.kill('SIGKILL')
  expect(await second.exited).toEqual({ code: 75, signal: null })
  expect(existsSync(controlAddress(dataDir))).toBe(true)
  const third = await startReadyWorker()
  expect(await third.openClient().call('system.status', {})).toMatchObject({ pid: third.pid, relayed: false })
  expect((await runCommand(['--data-dir', dataDir, '--json', 'node', 'list'])).stdout).toBe('[]\n')
})

test('a command is sent to the worker that runs, and done in its own process when none does', async () => {
  const worker = await startReadyWorker()
  expect((await runCommand(['--data-dir', dataDir, 'policy', 'set', 'graceDays=11'])).code).toBe(0)
  expect((await worker.openClient().call('policy.show', {})).values['graceDays']).toBe(11)
  worker.tell({ kind: 'quit' })
  expect(await worker.exited).toEqual({ code: 0, signal: null })
  const shown = await runCommand(['--data-dir', dataDir, '--json', 'policy', 'show'])
  expect(JSON.parse(shown.stdout)).toMatchObject({ graceDays: 11 })
})

test('many commands at once on a free folder each get their answer', async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 6 }, (_, index) =>
      runCommand(['--data-dir', dataDir, '--json', 'policy', 'set', '--product', String(index + 1), `graceDays=${index + 1}`]),
    ),
  )
  expect(outcomes.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0])
  const shown = JSON.parse((await runCommand(['--data-dir', dataDir, '--json', 'policy', 'show'])).stdout) as { overrides: unknown[] }
  expect(shown.overrides).toHaveLength(6)
})

test('a worker that starts while a command has the folder waits until the command is done', async () => {
  const command = await openApplication({ dataDir, role: 'command', demo: false, validateOutputs: true })
  const worker = startWorker()
  const answer = worker.openClient().call('system.status', {})
  expect(await localClient(command).call('system.status', {})).toMatchObject({ pid: process.pid })
  const helper = await runCommand(['--data-dir', dataDir, '--json', 'node', 'list'])
  expect(helper).toMatchObject({ code: 0, stdout: '[]\n' })
  expect(worker.told).toEqual([])
  await command.stop()
  expect(await answer).toMatchObject({ pid: worker.pid, relayed: false })
})

test('“run” waits for a worker that has the folder, takes over when it ends, and ends on SIGTERM with 0', async () => {
  const worker = await startReadyWorker()
  const run = startCommand(['--data-dir', dataDir, 'run'])
  cleanups.push(() => run.child.kill('SIGKILL'))
  await until('it says that it waits', () => run.stderr().includes('waiting until it ends'))
  worker.tell({ kind: 'quit' })
  await until('it runs', () => run.stderr().includes('The worker runs on'))
  expect((await runCommand(['--data-dir', dataDir, 'node', 'list'])).code).toBe(0)
  run.child.kill('SIGTERM')
  expect(await run.ended).toMatchObject({ code: 0, stdout: '' })
})

test('a worker leaves when the shell’s channel closes', async () => {
  const worker = await startReadyWorker()
  worker.child.disconnect()
  expect(await worker.exited).toEqual({ code: 0, signal: null })
})

test('a damaged database is told to the shell and to every call, and nothing is overwritten', async () => {
  const database = join(dataDir, 'flint-console.db')
  writeFileSync(database, Buffer.alloc(8192, 'not a database '))
  const before = readFileSync(database)
  const worker = startWorker()
  await until('the worker has failed', () => worker.told.some((message) => message.kind === 'failed'))
  expect(worker.told).toMatchObject([{ kind: 'failed', error: { code: 'database.damaged' } }])
  await expect(worker.openClient().call('nodes.list', {})).rejects.toMatchObject({ code: 'database.damaged' })
  expect(readFileSync(database).equals(before)).toBe(true)
  expect(await runCommand(['--data-dir', dataDir, '--json', 'node', 'list'])).toMatchObject({ code: 1 })
})

test('a database with a damaged page is shown as far as it can be read; nothing is done and nothing is overwritten', async () => {
  expect(await runCommand(['--data-dir', dataDir, '--json', 'policy', 'set', 'graceDays=9'])).toMatchObject({ code: 0 })
  const file = join(dataDir, 'flint-console.db')
  const database = openDatabase(file)
  const { sqlite } = database
  const page = sqlite.prepare("select pageno from dbstat where name = 'intents'").pluck().get() as number
  const pageBytes = sqlite.pragma('page_size', { simple: true }) as number
  database.close()
  const bytes = readFileSync(file)
  // The page's type becomes one that does not exist.
  bytes[(page - 1) * pageBytes] = 0x7f
  writeFileSync(file, bytes)
  const worker = await startReadyWorker()
  const client = worker.openClient()
  expect(await client.call('system.status', {})).toMatchObject({ damage: { code: 'database.damaged', hint: expect.stringContaining('backup') as string } })
  expect(await client.call('policy.show', {})).toMatchObject({ values: { graceDays: 9 } })
  await expect(client.call('automation.run', {})).rejects.toMatchObject({ code: 'database.damaged' })
  await expect(client.call('policy.set', { values: { graceDays: '1' } })).rejects.toMatchObject({ code: 'database.damaged' })
  expect(readFileSync(file).equals(bytes)).toBe(true)
})

test('the demo can be the worker’s beginning', async () => {
  const worker = startWorker({ FLINT_CONSOLE_DEMO: '1' })
  const client = worker.openClient()
  expect(await client.call('system.status', {})).toMatchObject({ demo: true, nodes: 3, billingConnected: true })
  const listed = await runCommand(['--data-dir', dataDir, '--json', 'node', 'list'])
  expect(JSON.parse(listed.stdout)).toHaveLength(3)
  expect(listed.stderr).toContain('demo')
})

describe('the data folder', () => {
  test('its place follows the system’s custom', () => {
    expect(defaultDataDir('linux', {}, '/home/o')).toBe('/home/o/.local/share/flint-console')
    expect(defaultDataDir('linux', { XDG_DATA_HOME: '/data' }, '/home/o')).toBe('/data/flint-console')
    expect(defaultDataDir('linux', { XDG_DATA_HOME: 'relative' }, '/home/o')).toBe('/home/o/.local/share/flint-console')
    expect(defaultDataDir('darwin', {}, '/Users/o')).toBe('/Users/o/Library/Application Support/Flint Console')
    expect(defaultDataDir('win32', { APPDATA: 'C:\\Roaming' }, 'C:\\Users\\o')).toContain('Flint Console')
  })

  test('a new one, and everything in it, is its owner’s only; a folder with other things in it keeps its mode', async () => {
    await runCommand(['--data-dir', join(dataDir, 'new'), 'node', 'list'])
    expect(statSync(join(dataDir, 'new')).mode & 0o777).toBe(0o700)
    for (const entry of readdirSync(join(dataDir, 'new')))
      expect([entry, statSync(join(dataDir, 'new', entry)).mode & 0o077]).toEqual([entry, 0])
    const shared = join(dataDir, 'shared')
    mkdirSync(join(shared, 'something-else'), { recursive: true, mode: 0o755 })
    prepareDataDir(shared)
    expect(statSync(shared).mode & 0o777).toBe(0o755)
  })

  test('one that cannot be made is named', () => {
    writeFileSync(join(dataDir, 'file'), '')
    expect(() => prepareDataDir(join(dataDir, 'file', 'below'))).toThrow(expect.objectContaining({ code: 'data.unusable' }))
  })

  test('a very long path gets its socket elsewhere, and works', async () => {
    const long = join(dataDir, 'l'.repeat(120))
    expect(controlAddress(long).length).toBeLessThan(100)
    const worker = startWorkerChild(long)
    cleanups.push(async () => {
      worker.child.kill('SIGKILL')
      await worker.exited
    })
    await until('the worker is ready', () => worker.told.some((message) => message.kind === 'ready'))
    expect((await runCommand(['--data-dir', long, '--json', 'node', 'list'])).stdout).toBe('[]\n')
  })
})

describe('the log', () => {
  test('is bounded: it turns over at its size and keeps the newest three', () => {
    const log = openLog(dataDir, { limitBytes: 2_000 })
    for (let index = 0; index < 200; index += 1) log.log.info({ index }, 'a line of the log')
    log.close()
    const files = readdirSync(join(dataDir, 'logs')).sort()
    expect(files).toEqual(['worker.log', 'worker.log.1', 'worker.log.2', 'worker.log.3'])
    for (const file of files) expect(statSync(join(dataDir, 'logs', file)).size).toBeLessThanOrEqual(2_000)
    expect(readFileSync(join(dataDir, 'logs', 'worker.log'), 'utf8')).toContain('"index":199')
  })

  test('never holds a secret: neither in a field of that name nor anywhere in a text', () => {
    const log = openLog(dataDir)
    log.hide(() => ['canary"key-123456'])
    log.log.info(
      { token: 'field-secret', node: { key: 'nested-secret' }, url: 'ws://x/?token=canary"key-123456' },
      'with canary"key-123456 inside',
    )
    log.log.error({ err: new Error('failed for canary"key-123456') }, 'an error')
    log.close()
    const text = readFileSync(join(dataDir, 'logs', 'worker.log'), 'utf8')
    expect(text).toContain('with [secret] inside')
    for (const secret of ['field-secret', 'nested-secret', 'key-123456']) expect(text).not.toContain(secret)
  })
})
