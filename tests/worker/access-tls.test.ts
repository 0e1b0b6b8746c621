// Nodes behind real TLS: by the system's authorities, by one pinned certificate, and by another one, which stops everything.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { SimulatedFlintNode } from '../../demo/flint/node.ts'
import { Audit } from '../../electron/worker/audit/audit.ts'
import { nodeHandlers } from '../../electron/worker/nodes/handlers.ts'
import { methods } from '../../shared/contract/index.ts'
import { Failure } from '../../shared/domain/failure.ts'
import { asId, type NodeId } from '../../shared/domain/ids.ts'
import { ConsoleLine } from '../helpers/consoleLine.ts'
import { canaryKey, FlintWorld } from '../helpers/flintWorld.ts'
import { CertificateShop, type KeyPair, TlsFront } from '../helpers/tlsFront.ts'

const withKey = { kind: 'key', value: canaryKey } as const

let shop: CertificateShop
let trusted: { authority: KeyPair; leaf: KeyPair }
let own: KeyPair
let another: KeyPair

beforeAll(async () => {
  shop = new CertificateShop()
  trusted = await shop.signed('127.0.0.1')
  own = await shop.selfSigned('kvm-a')
  another = await shop.selfSigned('kvm-a')
  // The system's own list of authorities, as OpenSSL names it.
  process.env['SSL_CERT_FILE'] = trusted.authority.certFile
})
afterAll(() => {
  shop.close()
})

let world: FlintWorld
let node: SimulatedFlintNode
let front: TlsFront
beforeEach(async () => {
  world = new FlintWorld({ http: { connectTimeoutMs: 5_000 } })
  node = await world.simulate()
})
afterEach(async () => {
  const written = world.everythingWritten()
  await world.end()
  await front[Symbol.asyncDispose]()
  expect(written).not.toContain(canaryKey)
})

const handlers = () => nodeHandlers(world.nodes, new Audit(world.context))

async function failureOf(attempt: Promise<unknown>): Promise<Failure> {
  try {
    await attempt
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('it was expected to be refused')
}

async function enrolPinned(): Promise<NodeId> {
  front = await TlsFront.open(own, node.url)
  const row = await world.nodes.add('kvm-a', front.url, withKey, { certificateFingerprint: own.fingerprint })
  expect(row).toMatchObject({ state: 'ok', change: null })
  return asId<NodeId>(row.id)
}

describe('a certificate of an authority that the system knows', () => {
  test('is accepted without a question, and shown', async () => {
    front = await TlsFront.open(trusted.leaf, node.url)
    expect(methods['nodes.inspect'].output.parse(await world.nodes.enrolment.inspect(front.url))).toMatchObject({
      toConfirm: null,
      certificateProblem: null,
      certificate: { fingerprint: trusted.leaf.fingerprint, subject: '127.0.0.1', issuer: 'Test Authority', names: ['127.0.0.1'] },
    })
    const row = await world.nodes.add('kvm-a', front.url, withKey)
    expect(methods['nodes.add'].output.parse(row)).toMatchObject({
      state: 'ok',
      access: { certificate: { fingerprint: trusted.leaf.fingerprint }, pinnedFingerprint: null, tunnel: null },
    })
    expect(row.findings.map((finding) => finding.code)).toEqual(['node.key-exposed'])
  })

  test('may be renewed by that authority; one of nobody known in its place stops the node', async () => {
    front = await TlsFront.open(trusted.leaf, node.url)
    const { id } = await world.nodes.add('kvm-a', front.url, withKey)
    front.show((await shop.signed('127.0.0.1')).leaf)
    await world.nodes.look(asId<NodeId>(id))
    expect(world.nodes.row(asId<NodeId>(id))).toMatchObject({ state: 'certificate-changed', change: { kind: 'certificate' } })
    front.show(trusted.leaf)
    await expect(world.nodes.look(asId<NodeId>(id))).resolves.toEqual({ ok: true })
    expect(world.nodes.row(asId<NodeId>(id))).toMatchObject({ state: 'ok', change: null })
  })

  test('for another host is not accepted', async () => {
    front = await TlsFront.open((await shop.signed('elsewhere.example')).leaf, node.url)
    expect((await failureOf(world.nodes.probe(front.url, withKey))).code).toBe('node.certificate-untrusted')
  })
})

describe('a self-signed certificate', () => {
  test('is shown with fingerprint and dates, and nothing is sent before exactly it is accepted', async () => {
    front = await TlsFront.open(own, node.url)
    const shown = await world.nodes.enrolment.inspect(front.url)
    expect(shown).toMatchObject({ toConfirm: 'certificate', certificateProblem: 'it is self-signed', certificate: { fingerprint: own.fingerprint, subject: 'kvm-a' } })
    expect(shown.certificate?.validTo).toBeGreaterThan(Date.now() + 29 * 86_400_000)
    expect((await failureOf(world.nodes.add('kvm-a', front.url, withKey))).code).toBe('node.certificate-untrusted')
    expect((await failureOf(world.nodes.add('kvm-a', front.url, withKey, { certificateFingerprint: another.fingerprint }))).code).toBe('node.certificate-changed')
    expect(front.received).toBe('')
    const row = await world.nodes.add('kvm-a', front.url, withKey, { certificateFingerprint: own.fingerprint })
    expect(row).toMatchObject({ state: 'ok', access: { pinnedFingerprint: own.fingerprint } })
  })

  test('that changes stops the node with both fingerprints until it is accepted; nothing is sent meanwhile', async () => {
    const nodeId = await enrolPinned()
    front.show(another)
    const before = { received: front.received, requests: node.requests.length }
    await expect(world.nodes.look(nodeId)).resolves.toMatchObject({ ok: false, error: { code: 'node.certificate-changed' } })
    await expect(world.nodes.readVm(world.ref(nodeId, 1))).rejects.toMatchObject({ code: 'node.certificate-changed' })
    await expect(world.nodes.sendAction(world.ref(nodeId, 1), 'stop')).rejects.toMatchObject({ code: 'node.certificate-changed' })
    const row = world.nodes.row(nodeId)
    expect(methods['nodes.list'].output.parse([row])[0]).toMatchObject({
      state: 'certificate-changed',
      change: { kind: 'certificate', known: own.fingerprint, seen: another.fingerprint, certificate: { fingerprint: another.fingerprint } },
    })
    expect(row.problem?.message).toContain(own.fingerprint)
    expect(row.problem?.message).toContain(another.fingerprint)
    expect(world.nodes.trouble(nodeId)).toMatchObject({ code: 'node.certificate-changed' })
    expect({ received: front.received, requests: node.requests.length }).toEqual(before)

    expect((await failureOf(Promise.resolve(handlers()['nodes.acceptChange']({ nodeId, seen: own.fingerprint })))).code).toBe('node.change-unknown')
    await expect(handlers()['nodes.acceptChange']({ nodeId, seen: another.fingerprint })).resolves.toMatchObject({
      state: 'ok',
      change: null,
      access: { pinnedFingerprint: another.fingerprint },
    })
    await expect(world.nodes.readVm(world.ref(nodeId, 1))).resolves.toMatchObject({ kind: 'present' })
    const recorded = world.context.db.sqlite.prepare("select detail from audit where action = 'node.change-accepted'").pluck().get() as string
    expect(recorded).toContain(another.fingerprint)
  })

  test('that is near its end or past it is a finding, and still works', async () => {
    const ending = await shop.selfSigned('kvm-a', 5)
    front = await TlsFront.open(ending, node.url)
    const row = await world.nodes.add('kvm-a', front.url, withKey, { certificateFingerprint: ending.fingerprint })
    expect(row.findings).toContainEqual(expect.objectContaining({ code: 'node.certificate-expires', severity: 'warning' }))
  })

  test('carries a console: the screen’s first bytes come through', async () => {
    const nodeId = await enrolPinned()
    const line = new ConsoleLine(world)
    expect(await line.screen(nodeId, 1)).toMatch(/^RFB 003\.008\n/)
    expect(front.received).toContain('/vnc/ws?token=')
    expect(await line.typed(nodeId, 1, 'through-here')).toContain('Serial console connected')
    front.show(another)
    await expect(line.screen(nodeId, 1)).rejects.toMatchObject({ code: 'node.certificate-changed' })
    line.close()
  })
})

test('plain HTTP where TLS was expected, and TLS where plain HTTP was, are told apart', async () => {
  front = await TlsFront.open(own, node.url)
  expect(await failureOf(world.nodes.probe(node.url.replace('http:', 'https:'), withKey))).toMatchObject({
    code: 'node.unreachable',
    hint: expect.stringContaining('plain HTTP answers') as string,
  })
  expect((await failureOf(world.nodes.probe(front.url.replace('https:', 'http:'), withKey))).code).toMatch(/^node\.(?:unreachable|not-flint)$/)
})
