// Nodes behind a real sshd: by agent or key file, with a pinned host key, through restarts and pulled cables.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SimulatedFlintNode } from '../../demo/flint/node.ts'
import { Audit } from '../../electron/worker/audit/audit.ts'
import { nodeHandlers } from '../../electron/worker/nodes/handlers.ts'
import type { MethodInput } from '../../shared/contract/index.ts'
import { methods } from '../../shared/contract/index.ts'
import { Failure } from '../../shared/domain/failure.ts'
import { asId, type NodeId } from '../../shared/domain/ids.ts'
import { ConsoleLine } from '../helpers/consoleLine.ts'
import { canaryKey, FlintWorld } from '../helpers/flintWorld.ts'
import { type SshKey, SshServer } from '../helpers/sshServer.ts'
import { TcpRelay } from '../helpers/tcpRelay.ts'
import { CertificateShop, TlsFront } from '../helpers/tlsFront.ts'
import { until } from '../helpers/until.ts'

const withKey = { kind: 'key', value: canaryKey } as const
const canaryPassphrase = 'canary of an ssh key 5521'

type Tunnel = NonNullable<NonNullable<MethodInput<'nodes.add'>['access']>['tunnel']>

let world: FlintWorld
let node: SimulatedFlintNode
let sshd: SshServer
let key: SshKey
let agentSocket: string | undefined

beforeEach(async () => {
  agentSocket = undefined
  world = new FlintWorld({ http: { connectTimeoutMs: 5_000 }, ssh: { agentSocket: () => agentSocket, keepaliveMs: 200 } })
  node = await world.simulate()
  sshd = await SshServer.open()
  key = await sshd.key()
  sshd.authorize(key)
})
afterEach(async () => {
  const written = world.everythingWritten()
  await world.end()
  await sshd[Symbol.asyncDispose]()
  expect(written).not.toContain(canaryKey)
  expect(written).not.toContain(canaryPassphrase)
})

async function tunnel(change: Partial<Tunnel> = {}): Promise<{ tunnel: Tunnel }> {
  const { fingerprint } = await sshd.hostKey()
  const auth = { kind: 'key-file', path: key.file } as const
  return { tunnel: { host: '127.0.0.1', port: sshd.port, user: sshd.user, hostKeyFingerprint: fingerprint, auth, ...change } }
}

async function enrol(change: Partial<Tunnel> = {}): Promise<NodeId> {
  const row = await world.nodes.add('kvm-a', node.url, withKey, await tunnel(change))
  expect(row).toMatchObject({ state: 'ok', problem: null })
  return asId<NodeId>(row.id)
}

async function failureOf(attempt: Promise<unknown>): Promise<Failure> {
  try {
    await attempt
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('it was expected to be refused')
}

const refusalOf = async (change: Partial<Tunnel>) => failureOf(world.nodes.probe(node.url, withKey, await tunnel(change)))

describe('a node behind an SSH server', () => {
  test('shows the host key first; with it accepted the node is enrolled, looked at and acted on through the tunnel', async () => {
    const { tunnel: whole } = await tunnel()
    const { hostKeyFingerprint, ...unsure } = whole
    const shown = await world.nodes.enrolment.inspect(node.url, { tunnel: unsure })
    expect(methods['nodes.inspect'].output.parse(shown)).toMatchObject({ toConfirm: 'host-key', hostKey: { type: 'ssh-ed25519', fingerprint: hostKeyFingerprint } })
    await expect(world.nodes.enrolment.inspect(node.url, { tunnel: whole })).resolves.toMatchObject({ toConfirm: null, certificate: null })
    expect((await failureOf(world.nodes.add('kvm-a', node.url, withKey, { tunnel: unsure }))).code).toBe('node.host-key-unknown')
    expect(node.requests).toEqual([])

    const nodeId = await enrol()
    const row = world.nodes.row(nodeId)
    expect(methods['nodes.list'].output.parse([row])[0]?.access).toEqual({
      certificate: null,
      pinnedFingerprint: null,
      tunnel: { host: '127.0.0.1', port: sshd.port, user: sshd.user, hostKeyFingerprint, auth: 'key-file', keyFile: key.file },
    })
    await expect(world.nodes.sendAction(world.ref(nodeId, 3), 'start')).resolves.toBe('accepted')
    await expect(world.nodes.readVm(world.ref(nodeId, 1))).resolves.toMatchObject({ kind: 'present' })
    expect(sshd.log).toContain('Accepted publickey')
  })

  test('is reached by the key of an agent, and says what is wrong where there is none', async () => {
    expect((await refusalOf({ auth: { kind: 'agent' } })).code).toBe('node.ssh-agent')
    agentSocket = '/nowhere/agent'
    expect(await refusalOf({ auth: { kind: 'agent' } })).toMatchObject({ code: 'node.ssh-agent', message: expect.stringContaining('ENOENT') as string })
    agentSocket = await sshd.agent(key)
    await enrol({ auth: { kind: 'agent' } })
  })

  test('is reached by a key file whose passphrase is in the keychain only', async () => {
    const locked = await sshd.key('locked', canaryPassphrase)
    sshd.authorize(locked)
    const auth = (passphrase?: string) => ({ auth: { kind: 'key-file' as const, path: locked.file, ...(passphrase === undefined ? {} : { passphrase }) } })
    expect(await refusalOf(auth())).toMatchObject({ code: 'node.ssh-passphrase', message: expect.stringContaining('needs a passphrase') as string })
    expect(await refusalOf(auth('wrong'))).toMatchObject({ code: 'node.ssh-passphrase', message: expect.stringContaining('does not open') as string })
    const nodeId = await enrol(auth(canaryPassphrase))
    await expect(world.secrets.get(`node:${nodeId}:ssh-passphrase`)).resolves.toBe(canaryPassphrase)
    expect(JSON.stringify(world.nodes.rows())).not.toContain(canaryPassphrase)
    await world.nodes.remove(nodeId)
    await expect(world.secrets.get(`node:${nodeId}:ssh-passphrase`)).resolves.toBeNull()
  })

  test('tells a missing key file, one that is none, a public one, and a key that the server does not know', async () => {
    const stranger = await sshd.key()
    const path = async (file: string) => refusalOf({ auth: { kind: 'key-file', path: file } })
    expect(await path('/nowhere/key')).toMatchObject({ code: 'node.ssh-key-file', message: expect.stringContaining('no such file') as string })
    expect((await path(sshd.folder)).code).toBe('node.ssh-key-file')
    expect((await path(`${sshd.folder}/sshd_config`)).code).toBe('node.ssh-key-file')
    expect((await path(`${key.file}.pub`)).message).toContain('public key')
    expect(await path(stranger.file)).toMatchObject({ code: 'node.ssh-refused', message: expect.stringContaining(sshd.user) as string })
    expect(node.requests).toEqual([])
  })

  test('tells a server that is not there, one that is no SSH server, and one that does not forward', async () => {
    const away = await SshServer.open()
    await away[Symbol.asyncDispose]()
    expect((await refusalOf({ port: away.port })).code).toBe('node.ssh-unreachable')
    expect((await refusalOf({ port: Number(new URL(node.url).port) })).code).toBe('node.ssh-unreachable')
    await sshd.stop()
    await sshd.start(['AllowTcpForwarding no'])
    expect((await refusalOf({})).code).toBe('node.ssh-forwarding')
  })

  test('tells that Flint does not listen behind a server that works', async () => {
    await node.stop()
    expect(await refusalOf({})).toMatchObject({ code: 'node.unreachable', message: expect.stringContaining('Through the SSH server') as string })
  })

  test('of two nodes at one address behind two servers, each is its own', async () => {
    await enrol()
    expect((await failureOf(world.nodes.add('again', node.url, withKey, await tunnel()))).code).toBe('node.url-taken')
    await using other = await SshServer.open()
    other.authorize(key)
    const { fingerprint } = await other.hostKey()
    await world.nodes.add('other', node.url, withKey, await tunnel({ port: other.port, hostKeyFingerprint: fingerprint }))
    expect(world.nodes.rows().map((row) => row.name)).toEqual(['kvm-a', 'other'])
  })
})

describe('a host key that changes', () => {
  test('stops the node with both fingerprints until it is accepted; nobody logs in meanwhile', async () => {
    const nodeId = await enrol()
    const known = await sshd.hostKey()
    await sshd.stop()
    const seen = await sshd.key('host')
    await sshd.start()
    sshd.log = ''
    const before = node.requests.length
    await until('the node is stopped', async () => !(await world.nodes.look(nodeId)).ok && world.nodes.row(nodeId).state === 'certificate-changed')
    const row = world.nodes.row(nodeId)
    expect(row).toMatchObject({ problem: { code: 'node.host-key-changed' }, change: { kind: 'host-key', known: known.fingerprint, seen: seen.fingerprint } })
    expect(row.problem?.message).toContain(known.fingerprint)
    expect(row.problem?.message).toContain(seen.fingerprint)
    await expect(world.nodes.readVm(world.ref(nodeId, 1))).rejects.toMatchObject({ code: 'node.host-key-changed' })
    expect(node.requests.length).toBe(before)
    expect(sshd.log).not.toContain('Accepted')

    const handlers = nodeHandlers(world.nodes, new Audit(world.context))
    await expect(handlers['nodes.acceptChange']({ nodeId, seen: seen.fingerprint })).resolves.toMatchObject({
      state: 'ok',
      change: null,
      access: { tunnel: { hostKeyFingerprint: seen.fingerprint } },
    })
  })
})

describe('a tunnel that breaks', () => {
  test('by a restart of sshd is made again by the next look', async () => {
    const nodeId = await enrol()
    await sshd.stop()
    await expect(world.nodes.look(nodeId)).resolves.toMatchObject({ ok: false, error: { code: 'node.ssh-unreachable' } })
    expect(world.nodes.row(nodeId)).toMatchObject({ state: 'unreachable', vms: 3 })
    await sshd.start()
    await until('the node is back', async () => (await world.nodes.look(nodeId)).ok)
  })

  test('by a pulled cable is given up after three silent keepalives, and made again when the cable is back', async () => {
    await using wire = await TcpRelay.open(sshd.port)
    const nodeId = await enrol({ port: wire.port })
    const connections = wire.connections
    wire.pull()
    await expect(world.nodes.look(nodeId)).resolves.toMatchObject({ ok: false, error: { code: expect.stringMatching(/^node\.(?:ssh-unreachable|unreachable)$/) as string } })
    await until('the tunnel is given up', () => world.logText().includes('ssh tunnel is closed'))
    wire.plug()
    await until('the node is back', async () => (await world.nodes.look(nodeId)).ok)
    expect(wire.connections).toBeGreaterThan(connections)
  })

  test('is one connection for all requests, and ends with the worker', async () => {
    await using wire = await TcpRelay.open(sshd.port)
    const nodeId = await enrol({ port: wire.port })
    const connections = wire.connections
    await Promise.all(Array.from({ length: 12 }, () => world.nodes.readVm(world.ref(nodeId, 1))))
    expect(wire.connections).toBe(connections)
    await world.nodes.stop()
    await until('the session has ended', () => sshd.log.includes('Disconnected from user') || sshd.log.includes('Connection closed by'))
  })

  test('at a server that refuses the key now is not tried again and again; a check by hand tries at once', async () => {
    await using wire = await TcpRelay.open(sshd.port)
    const nodeId = await enrol({ port: wire.port })
    sshd.authorize()
    wire.cut()
    await until('the server refuses', async () => {
      const look = await world.nodes.look(nodeId)
      return !look.ok && look.error.code === 'node.ssh-refused'
    })
    const connections = wire.connections
    for (let look = 0; look < 5; look += 1) await world.nodes.look(nodeId)
    expect(wire.connections).toBe(connections)
    sshd.authorize(key)
    await world.nodes.check(nodeId)
    expect(world.nodes.row(nodeId).state).toBe('ok')
  })
})

describe('consoles through the tunnel', () => {
  test('show the screen and take keys on the serial line, and end with it', async () => {
    const nodeId = await enrol()
    const line = new ConsoleLine(world)
    expect(await line.screen(nodeId, 1)).toMatch(/^RFB 003\.008\n/)
    expect(await line.typed(nodeId, 1, 'through-here')).toContain('Serial console connected')
    const ended = line.endOf(nodeId, 1)
    await ended.opened
    await sshd.stop()
    expect(await ended.reason).toMatchObject({ code: expect.stringMatching(/^console\./) as string })
    line.close()
  })

  test('and through TLS with a pinned certificate inside the tunnel', async () => {
    const shop = new CertificateShop()
    const own = await shop.selfSigned('kvm-a')
    const front = await TlsFront.open(own, node.url)
    const shown = await world.nodes.enrolment.inspect(front.url, await tunnel())
    expect(shown).toMatchObject({ toConfirm: 'certificate', certificate: { fingerprint: own.fingerprint } })
    const row = await world.nodes.add('kvm-a', front.url, withKey, { ...(await tunnel()), certificateFingerprint: own.fingerprint })
    expect(row.state).toBe('ok')
    const line = new ConsoleLine(world)
    expect(await line.screen(asId<NodeId>(row.id), 1)).toMatch(/^RFB 003\.008\n/)
    expect(front.received).toContain('/vnc/ws?token=')
    line.close()
    await world.nodes.stop()
    await front[Symbol.asyncDispose]()
    shop.close()
  })
})

describe('the exposure check of a tunnelled node', () => {
  test('finds that Flint’s port is open beside the tunnel', async () => {
    const nodeId = await enrol()
    expect(world.nodes.row(nodeId).findings).toContainEqual(
      expect.objectContaining({ code: 'node.port-open', message: expect.stringContaining('past the SSH tunnel') as string, hint: expect.stringContaining('127.0.0.1') as string }),
    )
  })
})
