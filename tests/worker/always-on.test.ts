// The box that is always on: secrets moved by one printed command, read from credentials, and a worker that may be killed at any time.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startEstate, type Estate } from '../../demo/estate.ts'
import { connectToControl } from '../../electron/worker/host/control.ts'
import { controlAddress } from '../../electron/worker/host/dataFolder.ts'
import { createClient, type Client } from '../../shared/contract/client.ts'
import { type KeyringSession, startKeyringSession } from '../helpers/keyring.ts'
import { type CommandOutcome, runCommand, startCommand } from '../helpers/program.ts'
import { until } from '../helpers/until.ts'

const run = promisify(execFile)
const mailPassword = 'canary mail ’password’ 77'

/** Stands where systemd-creds stands on a box: keeps what it is given, and what every process's arguments and environment held then. */
const sealer = (log: string): string => `#!/bin/sh
{ echo "ARGS $*"
for process in /proc/[0-9]*; do tr '\\0' ' ' < "$process/cmdline"; tr '\\0' ' ' < "$process/environ"; done; } >> ${log} 2>/dev/null
for last; do :; done
cat > "$last"
`

let estate: Estate
let session: KeyringSession
let folder: string
let dataDir: string
let box: Readonly<Record<string, string>>

const token = (): string => estate.connect.billing.token
const onDesk = (args: readonly string[], stdin = ''): Promise<CommandOutcome> =>
  runCommand(['--data-dir', dataDir, ...args], { env: session.env, stdin })
const onBox = (args: readonly string[], stdin = ''): Promise<CommandOutcome> =>
  runCommand(['--data-dir', dataDir, ...args], { env: box, stdin })

async function succeeds(outcome: Promise<CommandOutcome>): Promise<string> {
  const { code, stdout, stderr } = await outcome
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
}

async function clientOf(dir: string): Promise<Client> {
  return until('the worker takes clients', async () => {
    const found = await connectToControl(controlAddress(dir), 'command')
    return found.kind === 'open' ? createClient(found.transport) : null
  })
}

beforeAll(async () => {
  estate = await startEstate({ listDelayMs: 20, stopDelayMs: 40, nodes: 1, vms: 12, customers: 12 })
  session = await startKeyringSession('unlocked')
  folder = mkdtempSync(join(tmpdir(), 'flint-box-'))
  dataDir = join(folder, 'data')
  const [node] = estate.connect.nodes
  await succeeds(onDesk(['node', 'add', '--name', 'kvm', '--url', node?.url ?? '', '--key-stdin'], node?.key))
  await succeeds(onDesk(['billing', 'connect', '--url', estate.connect.billing.url, '--token-stdin'], token()))
  await succeeds(onDesk(['billing', 'sync', '--full']))
  await succeeds(onDesk(['vm', 'list']))
  await succeeds(onDesk(['link', 'confirm', '--all-obvious']))

  box = {
    CREDENTIALS_DIRECTORY: join(folder, 'credentials'),
    STATE_DIRECTORY: join(folder, 'state'),
    DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent',
  }
  mkdirSync(join(folder, 'credentials'), { mode: 0o700 })
  mkdirSync(join(folder, 'state'), { mode: 0o700 })
}, 120_000)

afterAll(async () => {
  await session.stop()
  await estate.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** What systemd does with the unit's folder of sealed files when it starts the service. */
function openCredentials(sealed: string): void {
  for (const name of readdirSync(sealed)) copyFileSync(join(sealed, name), join(folder, 'credentials', `flint-console_${name}`))
}

describe('the printed command', () => {
  it('moves every secret through pipes: none is printed, and no process has one among its arguments or in its environment', async () => {
    const sealed = join(folder, 'sealed files')
    const printed = await succeeds(onDesk(['credentials', 'command', '--folder', sealed]))
    expect(printed.trim().split('\n')).toHaveLength(1)

    const bin = join(folder, 'bin')
    const log = join(folder, 'seen.log')
    mkdirSync(bin)
    writeFileSync(join(bin, 'systemd-creds'), sealer(log))
    chmodSync(join(bin, 'systemd-creds'), 0o755)
    symlinkSync(resolve(import.meta.dirname, '../../resources/bin/flint-console'), join(bin, 'flint-console'))
    const { stdout, stderr } = await run('sh', ['-c', printed.trim()], {
      env: { ...process.env, ...session.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` },
    })

    const key = estate.connect.nodes[0]?.key ?? '?'
    const names = readdirSync(sealed).toSorted()
    expect(names).toEqual(['billing.token', expect.stringMatching(/^node\.[0-9a-f-]{36}\.key$/)])
    expect(readFileSync(join(sealed, 'billing.token'), 'utf8')).toBe(token())
    expect(readFileSync(join(sealed, names[1] ?? ''), 'utf8')).toBe(key)
    expect(statSync(join(sealed, 'billing.token')).mode & 0o777).toBe(0o600)
    const seen = readFileSync(log, 'utf8')
    expect(seen).toContain('ARGS encrypt --name=flint-console_billing.token - ')
    expect(seen).toContain('credentials export')
    for (const text of [printed, stdout, stderr, seen]) {
      for (const secret of [token(), key]) {
        expect(text).not.toContain(secret)
        expect(text).not.toContain(Buffer.from(secret).toString('base64'))
      }
    }
    openCredentials(sealed)
  })

  it('names the box that it is for, and keeps odd names in their place', async () => {
    const printed = await succeeds(onDesk(['credentials', 'command', '--host', 'root@box', '--folder', "/etc/it's"]))
    expect(printed).toContain('| ssh root@box ')
    await run('sh', ['-n', '-c', printed.trim()])
  })
})

describe('a worker with credentials', () => {
  it('works where no keyring answers', async () => {
    const result = JSON.parse(await succeeds(onBox(['--json', 'run', '--once']))) as { sync: { errors: unknown[] } }
    expect(result.sync.errors).toEqual([])
    expect(JSON.parse(await succeeds(onBox(['--json', 'node', 'check'])))).toMatchObject([{ name: 'kvm', state: 'ok' }])
  })

  it('refuses to keep another secret, and says what to do instead', async () => {
    const other = estate.billing.tokens.noServicesUpdate
    const { code, stdout, stderr } = await onBox(
      ['--json', 'billing', 'connect', '--url', estate.connect.billing.url, '--token-stdin'],
      other,
    )
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      error: {
        code: 'keychain.read-only',
        hint: expect.stringContaining('systemd-creds encrypt --name=flint-console_billing.token') as string,
      },
    })
    expect(stdout + stderr).not.toContain(other)
    // What is kept already may be given once more.
    await succeeds(onBox(['billing', 'connect', '--url', estate.connect.billing.url, '--token-stdin'], token()))
  })

  it('keeps its notes in a small file of its own, and finds by them that an old database was put back', async () => {
    const notes = join(folder, 'state', 'notes.json')
    const database = join(dataDir, 'flint-console.db')
    expect(statSync(notes).mode & 0o777).toBe(0o600)
    expect(Object.keys(JSON.parse(readFileSync(notes, 'utf8')) as object).toSorted()).toEqual(['audit:head', 'automation:last-run'])
    expect(JSON.parse(await succeeds(onBox(['--json', 'audit', 'verify'])))).toMatchObject({ ok: true })
    expect(existsSync(`${database}-wal`)).toBe(false)
    copyFileSync(database, `${database}.old`)
    await succeeds(onBox(['run', '--once']))
    copyFileSync(`${database}.old`, database)
    const { held } = JSON.parse(await succeeds(onBox(['--json', 'run', '--once']))) as { held: { code: string }[] }
    expect(held.map((guard) => guard.code)).toContain('restored')
    await succeeds(onBox(['guard', 'release', 'restored', '--by', 'Ada', '--why', 'tried it out']))
  })

  it('says that its notes are damaged, and goes on giving back', async () => {
    const notes = join(folder, 'state', 'notes.json')
    const before = readFileSync(notes)
    writeFileSync(notes, '{"audit:head": 7')
    const verify = await onBox(['--json', 'audit', 'verify'])
    expect(verify.code).toBe(1)
    expect(verify.stdout).toContain('notes.unreadable')
    expect((await onBox(['run', '--once'])).code).toBe(0)
    writeFileSync(notes, before)
  })

  it('that was killed while a mail was on its way shows it, and sends it no second time', async () => {
    writeFileSync(join(folder, 'credentials', 'flint-console_smtp.password'), `${mailPassword}\n`)
    let messages = 0
    const server = createServer((socket) => {
      let isMessage = false
      socket.on('error', () => undefined)
      socket.write('220 box\r\n')
      socket.on('data', (chunk: Buffer) => {
        if (isMessage) return
        const line = chunk.toString('latin1').toUpperCase()
        if (line.startsWith('DATA')) {
          isMessage = true
          messages += 1
        }
        socket.write(
          isMessage
            ? '354 go on\r\n'
            : line.startsWith('EHLO')
              ? '250-box\r\n250 AUTH PLAIN\r\n'
              : line.startsWith('AUTH')
                ? '235 in\r\n'
                : '250 fine\r\n',
        )
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    await succeeds(onBox(['policy', 'set', 'mode=approve', 'graceDays=9', 'warnDaysBefore=9']))

    const first = startCommand(['--data-dir', dataDir, 'run'], { env: box })
    const client = await clientOf(dataDir)
    const mail = {
      host: 'localhost',
      port,
      security: 'none',
      user: 'console',
      fromName: 'Acme',
      fromAddress: 'billing@acme.example',
      replyTo: null,
      certificate: null,
    } as const
    const kinds = { 'before-suspension': true, suspended: true, 'given-back': true }
    await client.call('notices.configure', { enabled: true, kinds, mail, ticket: null, password: mailPassword })
    await until('a mail is on its way', () => messages > 0, 30_000)
    expect(await client.call('notices.list', { states: ['sending'] })).toHaveLength(1)
    first.child.kill('SIGKILL')
    await first.ended
    client.close()

    const second = startCommand(['--data-dir', dataDir, 'run'], { env: box })
    const again = await clientOf(dataDir)
    const [uncertain] = await until('the mail is shown as uncertain', async () => {
      const rows = await again.call('notices.list', { states: ['uncertain'] })
      return rows.length > 0 ? rows : null
    })
    expect(uncertain).toMatchObject({ error: { code: 'notices.outcome-unknown' } })
    await until('the next mail is on its way', () => messages > 1, 30_000)
    const [sending] = await again.call('notices.list', { states: ['sending'] })
    expect(sending?.id).not.toBe(uncertain?.id)
    again.close()
    second.child.kill('SIGTERM')
    expect((await second.ended).code).toBe(0)
    server.close()
    const logs = readFileSync(join(dataDir, 'logs', 'worker.log'), 'utf8')
    for (const secret of [mailPassword, token(), estate.connect.nodes[0]?.key ?? '?']) expect(logs).not.toContain(secret)
  }, 90_000)
})
