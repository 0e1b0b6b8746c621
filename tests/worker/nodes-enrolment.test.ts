// Connecting a node: what is refused, what is told apart, what is kept and where.
import { createServer } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { insertLink } from '../../db/repositories/links.ts'
import { Audit } from '../../electron/worker/audit/audit.ts'
import { nodeHandlers } from '../../electron/worker/nodes/handlers.ts'
import { methods } from '../../shared/contract/index.ts'
import { Failure } from '../../shared/domain/failure.ts'
import { asId, type NodeId, type ServiceId } from '../../shared/domain/ids.ts'
import { canaryKey, canaryPassphrase, FlintWorld, nodeOptions } from '../helpers/flintWorld.ts'
import { SimulatedFlintNode } from '../../demo/flint/node.ts'

let world: FlintWorld
beforeEach(() => {
  world = new FlintWorld()
})
afterEach(async () => {
  const written = world.everythingWritten()
  await world.end()
  expect(written).not.toContain(canaryKey)
  expect(written).not.toContain(canaryPassphrase)
})

const withKey = { kind: 'key', value: canaryKey } as const
const withPassphrase = { kind: 'passphrase', value: canaryPassphrase } as const

async function failureOf(attempt: Promise<unknown>): Promise<Failure> {
  try {
    await attempt
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    expect(JSON.stringify([error.body(), error.stack])).not.toContain(canaryKey)
    expect(JSON.stringify([error.body(), error.stack])).not.toContain(canaryPassphrase)
    return error
  }
  throw new Error('it was expected to be refused')
}

describe('connecting a node', () => {
  test('with its key shows what it is and that its key is exposed, and saves nothing', async () => {
    const node = await world.simulate()
    const probe = await world.nodes.probe(`${node.url}/`, withKey)
    expect(methods['nodes.probe'].output.parse(probe)).toMatchObject({
      url: node.url,
      hostname: 'kvm-a',
      vms: 3,
      cpuCores: 8,
      memoryTotalKiB: 32 * 1_048_576,
    })
    expect(probe.findings.map((finding) => finding.code)).toEqual(['node.key-exposed'])
    expect(world.nodes.rows()).toEqual([])
  })

  test('keeps the key in the keychain only, and sees its VMs at once', async () => {
    const node = await world.simulate()
    const row = await world.nodes.add('Mumbai 1', node.url, withKey)
    expect(methods['nodes.add'].output.parse(row)).toMatchObject({ name: 'Mumbai 1', url: node.url, state: 'ok', problem: null, vms: 3 })
    await expect(world.secrets.get(`node:${row.id}:key`)).resolves.toBe(canaryKey)
    expect(row.findings.map((finding) => finding.code)).toEqual(['node.key-exposed'])
    expect(row.capacity).toMatchObject({
      vmsTotal: 3,
      vmsRunning: 2,
      memoryDefinedKiB: 3 * 1_048_576,
      memoryCommittedKiB: 2 * 1_048_576,
      vcpusCommitted: 4,
      vcpusDefined: 6,
    })
  })

  test('with its passphrase fetches the key, and never keeps the passphrase', async () => {
    const node = await world.simulate()
    const row = await world.nodes.add('kvm-a', node.url, withPassphrase)
    await expect(world.secrets.get(`node:${row.id}:key`)).resolves.toBe(canaryKey)
  })

  test('trims blanks around a pasted key', async () => {
    const node = await world.simulate()
    const row = await world.nodes.add('kvm-a', node.url, { kind: 'key', value: `  ${canaryKey}\n` })
    expect(row.state).toBe('ok')
  })

  test('tells a wrong passphrase', async () => {
    const node = await world.simulate()
    const failure = await failureOf(world.nodes.probe(node.url, { kind: 'passphrase', value: 'wrong' }))
    expect(failure.code).toBe('node.wrong-passphrase')
  })

  test('tells a refused key, with both causes and the cure, and asks no further', async () => {
    const node = await world.simulate()
    const failure = await failureOf(world.nodes.probe(node.url, { kind: 'key', value: 'f'.repeat(64) }))
    expect(failure.code).toBe('node.unauthorized')
    expect(failure.hint).toMatch(/key is wrong.*config\.json.*no key is in force.*restart/s)
    expect(node.requests.filter((request) => request.path.includes('serial-console'))).toEqual([])
  })

  test('refuses what cannot be a key without sending it', async () => {
    const node = await world.simulate()
    const failure = await failureOf(world.nodes.probe(node.url, { kind: 'key', value: 'two words' }))
    expect(failure.code).toBe('node.unauthorized')
    expect(node.requests.map((request) => request.path)).toEqual(['/api/vms'])
  })

  test('on a node without a key in force says how to cure it, and never makes Flint invent one', async () => {
    const node = await world.simulate({ key: null })
    const byKey = await failureOf(world.nodes.probe(node.url, withKey))
    expect(byKey).toMatchObject({ code: 'node.unauthorized', hint: expect.stringContaining('"api_key"') as string })
    const byPassphrase = await failureOf(world.nodes.probe(node.url, withPassphrase))
    expect(byPassphrase).toMatchObject({ code: 'node.no-key', hint: expect.stringContaining('restart Flint') as string })
    expect(node.requests.filter((request) => request.path.includes('serial-console'))).toEqual([])
  })

  test('refuses limited mode and lost libvirt, and saves nothing', async () => {
    const node = await world.simulate()
    node.faults.limitedMode = true
    expect((await failureOf(world.nodes.add('a', node.url, withKey))).code).toBe('node.limited-mode')
    node.faults.limitedMode = false
    node.faults.libvirtLost = true
    expect((await failureOf(world.nodes.add('a', node.url, withKey))).code).toBe('node.libvirt-lost')
    expect(world.nodes.rows()).toEqual([])
  })

  test('tells a host that nothing listens on, one that drops connections, and one that hangs', async () => {
    const gone = new SimulatedFlintNode(nodeOptions())
    await gone.start()
    const url = gone.url
    await gone.stop()
    expect(await failureOf(world.nodes.probe(url, withKey))).toMatchObject({
      code: 'node.unreachable',
      hint: expect.stringContaining('Nothing listens') as string,
    })

    const node = await world.simulate()
    node.faults.unreachable = true
    expect((await failureOf(world.nodes.probe(node.url, withKey))).code).toBe('node.unreachable')
    node.faults.unreachable = false
    node.faults.hangMs = 60_000
    expect(await failureOf(world.nodes.probe(node.url, withKey))).toMatchObject({
      code: 'node.unreachable',
      message: expect.stringContaining('within 5 s') as string,
    })
  })

  test.each([
    ['a web page', 200, 'text/html', '<!doctype html><html><body>It works!</body></html>'],
    ['another API', 200, 'application/json', '[]'],
    ['a login of something else', 401, 'application/json', '{"error":"unauthorized"}'],
    ['nothing of the kind', 404, 'text/plain', '404 page not found\n'],
    ['a redirect', 302, 'text/plain', ''],
  ])('tells %s from Flint, and sends it no secret', async (_what, status, contentType, body) => {
    const seen: string[] = []
    const server = createServer((request, response) => {
      seen.push(JSON.stringify(request.rawHeaders))
      request.resume()
      response.writeHead(status, { 'content-type': contentType, location: 'http://127.0.0.1:1/' })
      response.end(body)
    })
    await new Promise<void>((ready) => {
      server.listen(0, '127.0.0.1', ready)
    })
    try {
      const address = server.address()
      const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
      expect((await failureOf(world.nodes.probe(url, withKey))).code).toBe('node.not-flint')
      expect((await failureOf(world.nodes.probe(url, withPassphrase))).code).toBe('node.not-flint')
      expect(seen.join()).not.toContain(canaryKey)
      expect(seen).toHaveLength(2)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  test('refuses an address or a name that cannot be, before anything is sent', async () => {
    const node = await world.simulate()
    for (const url of ['kvm-a:5550', 'http://root:pw@kvm-a', `${node.url}/api`, 'ftp://kvm-a', '']) {
      expect((await failureOf(world.nodes.add('a', url, withKey))).code).toBe('node.invalid-url')
    }
    for (const name of ['', 'a/b', ' a', 'x'.repeat(41)]) {
      expect((await failureOf(world.nodes.add(name, node.url, withKey))).code).toBe('node.invalid-name')
    }
    expect(node.requests).toEqual([])
  })

  test('refuses a name or an address that is taken', async () => {
    const [first, second] = [await world.simulate(), await world.simulate({ hostname: 'kvm-b' })]
    await world.enrol(first, 'a')
    expect((await failureOf(world.nodes.add('a', second.url, withKey))).code).toBe('node.name-taken')
    expect((await failureOf(world.nodes.add('b', `${first.url}/`, withKey))).code).toBe('node.url-taken')
    expect(world.nodes.rows()).toHaveLength(1)
  })

  test('saves nothing when the keychain is locked', async () => {
    const node = await world.simulate()
    world.secrets.set = () => Promise.reject(new Failure('keychain.locked', 'The keychain is locked.'))
    expect((await failureOf(world.nodes.add('a', node.url, withKey))).code).toBe('keychain.locked')
    expect(world.nodes.rows()).toEqual([])
  })
})

describe('an enrolled node', () => {
  test('is removed with its VMs and its key, but not while a service is linked', async () => {
    const node = await world.simulate()
    const row = await world.enrol(node)
    const handlers = nodeHandlers(world.nodes, new Audit(world.context))
    const { orm } = world.context.db
    const link = { serviceId: asId<ServiceId>(101), ...world.ref(row.id, 1), vmName: 'vps-1', reason: 'test', confirmedAt: 1 }
    insertLink(orm, link)
    expect(await failureOf(world.nodes.remove(row.id))).toMatchObject({
      code: 'node.linked',
      message: expect.stringContaining('One service') as string,
    })
    await expect(world.secrets.get(`node:${row.id}:key`)).resolves.toBe(canaryKey)

    world.context.db.sqlite.exec('delete from links')
    await handlers['nodes.remove']({ nodeId: row.id })
    await expect(world.secrets.get(`node:${row.id}:key`)).resolves.toBeNull()
    expect(world.nodes.rows()).toEqual([])
    expect(world.context.db.sqlite.prepare('select count(*) from vms').pluck().get()).toBe(0)
    expect((await failureOf(world.nodes.remove(row.id))).code).toBe('node.unknown')
  })

  test('shows maintenance, which automation heeds, and goes on being looked at', async () => {
    const node = await world.simulate()
    const row = await world.enrol(node)
    expect(world.nodes.setMaintenance(row.id, true).state).toBe('maintenance')
    expect(world.nodes.trouble(row.id)).toMatchObject({ code: 'node.maintenance' })
    await expect(world.nodes.look(row.id)).resolves.toEqual({ ok: true })
    expect(world.nodes.setMaintenance(row.id, false).state).toBe('ok')
    expect(world.nodes.trouble(row.id)).toBeNull()
  })

  test('is checked with its exposure asked anew', async () => {
    const node = await world.simulate()
    const row = await world.enrol(node)
    world.context.db.sqlite.exec("update nodes set findings = '[]'")
    await world.nodes.look(row.id)
    expect(world.nodes.row(row.id).findings).toEqual([])
    const checked = await world.nodes.check(row.id)
    expect(checked[0]?.findings.map((finding) => finding.code)).toEqual(['node.key-exposed'])
  })

  test('whose key is refused later is unauthorized, and its VMs are unknown', async () => {
    const node = await world.simulate()
    const row = await world.enrol(node)
    node.faults.rejectKey = true
    const [checked] = await world.nodes.check()
    expect(checked).toMatchObject({ state: 'unauthorized', problem: { code: 'node.unauthorized' } })
    expect(world.nodes.trouble(row.id)).toMatchObject({ code: 'node.unauthorized' })
  })

  test('whose key is missing from the keychain says so', async () => {
    const insert =
      "insert into nodes (id, name, url, created_at, state, findings) values ('lost', 'lost', 'http://127.0.0.1:1', 0, 'ok', '[]')"
    world.context.db.sqlite.exec(insert)
    const [checked] = await world.nodes.check(asId<NodeId>('lost'))
    expect(checked).toMatchObject({ state: 'unauthorized', problem: { code: 'node.key-missing' } })
  })

  test('that calls itself by another name but has its VMs was renamed: a finding, and no alarm', async () => {
    const node = await world.simulate({ hostname: 'kvm-a' })
    const row = await world.enrol(node)
    const port = Number(new URL(node.url).port)
    await node.stop()
    await world.simulate({ hostname: 'kvm-z', port })
    await world.nodes.look(row.id)
    expect(world.nodes.row(row.id).findings).toContainEqual(expect.objectContaining({ code: 'node.hostname-changed', severity: 'warning' }))
  })

  test('whose clock is wrong is a finding of its own', async () => {
    const node = await world.simulate()
    const row = await world.enrol(node)
    node.faults.clockOffsetMs = -3_600_000
    await world.nodes.look(row.id)
    expect(world.nodes.row(row.id).findings).toContainEqual(
      expect.objectContaining({ code: 'node.clock', message: expect.stringContaining('60 minutes behind') as string }),
    )
    expect(world.nodes.trouble(row.id)).toBeNull()
  })
})
