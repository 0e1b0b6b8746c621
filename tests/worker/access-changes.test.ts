// What may change about an enrolled node: another machine at its address, its key, its address, what the operator keeps, who else could reach it.
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { vmOf } from '../../db/repositories/vms.ts'
import type { SimulatedFlintNode } from '../../demo/flint/node.ts'
import { Audit } from '../../electron/worker/audit/audit.ts'
import { nodeHandlers, type NodeHandlers } from '../../electron/worker/nodes/handlers.ts'
import { Vms } from '../../electron/worker/nodes/vms.ts'
import { methods } from '../../shared/contract/index.ts'
import { Failure } from '../../shared/domain/failure.ts'
import { asId, type NodeId } from '../../shared/domain/ids.ts'
import { canaryKey, FlintWorld, vmSeed } from '../helpers/flintWorld.ts'

let now: number
let world: FlintWorld
let handlers: NodeHandlers
beforeEach(() => {
  now = Date.now()
  world = new FlintWorld({}, { now: () => now })
  handlers = nodeHandlers(world.nodes, new Audit(world.context))
})
afterEach(async () => {
  const written = world.everythingWritten()
  await world.end()
  expect(written).not.toContain(canaryKey)
  expect(written).not.toContain(newKey)
})

const newKey = 'deadbeefca11ab1e'.repeat(4)

async function failureOf(attempt: unknown): Promise<Failure> {
  try {
    await attempt
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('it was expected to be refused')
}

/** Another simulated node takes the first one's address. */
async function takesThePlaceOf(node: SimulatedFlintNode, options: Parameters<FlintWorld['simulate']>[0]): Promise<SimulatedFlintNode> {
  const port = Number(new URL(node.url).port)
  await node.stop()
  return world.simulate({ port, ...options })
}

function shown(): Record<string, string> {
  return Object.fromEntries(new Vms(world.context, world.nodes, () => null).list().map((vm) => [vm.name, vm.state]))
}

const recorded = (): string[] => world.context.db.sqlite.prepare('select action from audit order by seq').pluck().all() as string[]

describe('another machine at a node’s address', () => {
  test('stops the node: nothing is believed, marked gone, or sent there until it is accepted by the node’s name', async () => {
    const node = await world.simulate()
    const { id } = await world.enrol(node)
    const stranger = await takesThePlaceOf(node, { hostname: 'kvm-z', vms: [vmSeed(71), vmSeed(72)] })
    await expect(world.nodes.look(id)).resolves.toMatchObject({ ok: false, error: { code: 'node.host-changed' } })
    const row = world.nodes.row(id)
    expect(methods['nodes.list'].output.parse([row])[0]).toMatchObject({
      state: 'certificate-changed',
      change: { kind: 'host', known: 'kvm-a, 3 VMs', seen: 'kvm-z, 0 of them', certificate: null },
      vms: 3,
    })
    expect(vmOf(world.context.db.orm, world.ref(id, 1))?.goneAt).toBeNull()
    expect(shown()).toEqual({ 'vps-1': 'unknown', 'vps-2': 'unknown', 'vps-3': 'unknown' })
    for (const attempt of [world.nodes.readVm(world.ref(id, 1)), world.nodes.sendAction(world.ref(id, 1), 'stop'), world.nodes.access(id)]) {
      expect((await failureOf(attempt)).code).toBe('node.host-changed')
    }
    expect(world.nodes.trouble(id)).toMatchObject({ code: 'node.host-changed' })
    expect(stranger.requests.filter((request) => request.method !== 'GET')).toEqual([])

    const seen = row.change?.seen ?? ''
    expect((await failureOf(handlers['nodes.acceptChange']({ nodeId: id, seen }))).code).toBe('confirm.needed')
    await expect(handlers['nodes.acceptChange']({ nodeId: id, seen, confirm: 'kvm-a' })).resolves.toMatchObject({ state: 'ok', change: null, vms: 2 })
    await expect(world.nodes.look(id)).resolves.toEqual({ ok: true })
    expect(shown()).toEqual({ 'vps-71': 'running', 'vps-72': 'running' })
    expect(recorded()).toContain('node.change-accepted')
  })

  test('is noticed between two looks too: before a VM is read its host’s name is compared', async () => {
    const node = await world.simulate()
    const { id } = await world.enrol(node)
    await takesThePlaceOf(node, { hostname: 'kvm-z', vms: [vmSeed(71)] })
    expect((await failureOf(world.nodes.readVm(world.ref(id, 1)))).code).toBe('node.host-changed')
    expect(vmOf(world.context.db.orm, world.ref(id, 1))?.goneAt).toBeNull()
  })

  test('of the same name, with another node’s VMs, is named by whose they are', async () => {
    const [a, b] = [await world.simulate({ vms: [vmSeed(1)] }), await world.simulate({ hostname: 'kvm-b', vms: [vmSeed(51), vmSeed(52)] })]
    const { id } = await world.enrol(a)
    await world.enrol(b)
    await takesThePlaceOf(a, { hostname: 'kvm-a', vms: [vmSeed(51), vmSeed(52)] })
    expect(await world.nodes.look(id)).toMatchObject({ ok: false, error: { code: 'node.host-changed', message: expect.stringContaining('those of kvm-b') as string } })
  })

  test('is over when the right machine is back', async () => {
    const node = await world.simulate()
    const { id } = await world.enrol(node)
    const stranger = await takesThePlaceOf(node, { hostname: 'kvm-z', vms: [] })
    expect((await world.nodes.look(id)).ok).toBe(false)
    await stranger.stop()
    await node.start()
    await expect(world.nodes.look(id)).resolves.toEqual({ ok: true })
    expect(world.nodes.row(id)).toMatchObject({ state: 'ok', change: null })
  })

  test('is not cried at a machine that lost one VM of several, or its only one', async () => {
    const node = await world.simulate()
    const { id } = await world.enrol(node)
    node.removeVm('vps-2')
    await expect(world.nodes.look(id)).resolves.toEqual({ ok: true })
    node.removeVm('vps-1')
    await expect(world.nodes.look(id)).resolves.toEqual({ ok: true })
    node.removeVm('vps-3')
    await expect(world.nodes.look(id)).resolves.toEqual({ ok: true })
  })
})

test('two nodes with VMs of the same UUID: each keeps its own, and both say so', async () => {
  const [a, b] = [await world.simulate({ vms: [vmSeed(1)] }), await world.simulate({ hostname: 'kvm-b', vms: [vmSeed(1, { name: 'twin' }), vmSeed(2)] })]
  const first = await world.enrol(a)
  const second = await world.enrol(b)
  await world.nodes.look(first.id)
  for (const [row, other] of [
    [world.nodes.row(first.id), 'kvm-b'],
    [world.nodes.row(second.id), 'kvm-a'],
  ] as const) {
    expect(row.findings).toContainEqual(expect.objectContaining({ code: 'node.vm-uuid-twice', message: expect.stringContaining(other) as string }))
  }
  expect(shown()).toEqual({ 'vps-1': 'running', twin: 'running', 'vps-2': 'running' })
})

describe('another key', () => {
  test('is proved at the same machine, kept in the keychain in the old one’s place, and recorded without it', async () => {
    const node = await world.simulate()
    const { id } = await world.enrol(node)
    const changed = await takesThePlaceOf(node, { key: newKey })
    expect(await world.nodes.look(id)).toMatchObject({ ok: false, error: { code: 'node.unauthorized', hint: expect.stringContaining('Change key') as string } })
    expect((await failureOf(handlers['nodes.changeKey']({ nodeId: id, secret: { kind: 'key', value: 'f'.repeat(64) } }))).code).toBe('node.unauthorized')
    await expect(world.secrets.get(`node:${id}:key`)).resolves.toBe(canaryKey)
    await expect(handlers['nodes.changeKey']({ nodeId: id, secret: { kind: 'key', value: newKey } })).resolves.toMatchObject({ state: 'ok', vms: 3 })
    await expect(world.secrets.get(`node:${id}:key`)).resolves.toBe(newKey)
    expect(changed.requests.at(-1)?.status).toBe(200)
    expect(recorded()).toEqual(['node.key-changed'])
  })

  test('at another machine is refused, and the old key stays', async () => {
    const node = await world.simulate()
    const { id } = await world.enrol(node)
    await takesThePlaceOf(node, { hostname: 'kvm-z', key: newKey, vms: [] })
    expect((await failureOf(handlers['nodes.changeKey']({ nodeId: id, secret: { kind: 'key', value: newKey } }))).code).toBe('node.host-changed')
    await expect(world.secrets.get(`node:${id}:key`)).resolves.toBe(canaryKey)
  })

  test('that Flint invented and forgot at its restart is told as what it is, with the cure', async () => {
    const node = await world.simulate({ key: null })
    // Whoever asks the leaking route first makes Flint invent a key.
    const leak = (await (await fetch(`${node.url}/api/vms/x/serial-console`)).json()) as { token: string }
    const { id } = await world.nodes.add('kvm-a', node.url, { kind: 'key', value: leak.token })
    await node.stop()
    await node.start()
    expect(await world.nodes.look(asId<NodeId>(id))).toMatchObject({
      ok: false,
      error: { code: 'node.unauthorized', message: expect.stringContaining('accepted until') as string, hint: expect.stringMatching(/never kept.*config\.json.*Change key/s) as string },
    })
  })
})

describe('another address', () => {
  test('is proved with the kept key and recorded; the VMs stay the node’s', async () => {
    const node = await world.simulate()
    const { id } = await world.enrol(node)
    await node.stop()
    const moved = await world.simulate()
    await expect(handlers['nodes.changeAddress']({ nodeId: id, url: moved.url })).resolves.toMatchObject({ url: moved.url, state: 'ok', vms: 3 })
    const detail = JSON.parse(world.context.db.sqlite.prepare("select detail from audit where action = 'node.address-changed'").pluck().get() as string) as unknown
    expect(detail).toMatchObject({ before: { url: node.url }, after: { url: moved.url } })
  })

  test('of another machine, another node, or nothing is refused and nothing changes', async () => {
    const [a, b] = [await world.simulate(), await world.simulate({ hostname: 'kvm-b', vms: [vmSeed(51)] })]
    const { id } = await world.enrol(a)
    expect((await failureOf(handlers['nodes.changeAddress']({ nodeId: id, url: b.url }))).code).toBe('node.host-changed')
    await world.enrol(b)
    expect((await failureOf(handlers['nodes.changeAddress']({ nodeId: id, url: b.url, confirm: 'kvm-a' }))).code).toBe('node.url-taken')
    expect((await failureOf(handlers['nodes.changeAddress']({ nodeId: id, url: 'http://127.0.0.1:1' }))).code).toBe('node.unreachable')
    expect(world.nodes.row(id)).toMatchObject({ url: a.url, state: 'ok' })
    expect(recorded()).toEqual([])
  })

  test('left as it is takes a renamed machine’s new name', async () => {
    const node = await world.simulate()
    const { id } = await world.enrol(node)
    await takesThePlaceOf(node, { hostname: 'kvm-renamed' })
    await world.nodes.look(id)
    expect(world.nodes.row(id).findings.map((finding) => finding.code)).toContain('node.hostname-changed')
    const row = await handlers['nodes.changeAddress']({ nodeId: id, url: node.url })
    expect(row.findings.map((finding) => finding.code)).not.toContain('node.hostname-changed')
  })
})

describe('exposure', () => {
  const exposedCodes = (id: NodeId) => world.nodes.row(id).findings.map((finding) => finding.code)

  test('is asked anew once a day, by a look like any other', async () => {
    const node = await world.simulate()
    const { id } = await world.enrol(node)
    const asked = () => node.requests.filter((request) => request.path.includes('serial-console')).length
    expect(asked()).toBe(1)
    world.context.db.sqlite.exec("update nodes set findings = '[]'")
    now += 23 * 3_600_000
    await world.nodes.look(id)
    expect(asked()).toBe(1)
    now += 2 * 3_600_000
    await world.nodes.look(id)
    expect(asked()).toBe(2)
    expect(exposedCodes(id)).toContain('node.key-exposed')
    expect(world.nodes.row(id).exposureCheckedAt).toBe(now)
    await world.nodes.look(id)
    expect(asked()).toBe(2)
  })

  test('of a Flint that keeps its key to itself is not found', async () => {
    const node = await world.simulate()
    const closed = createServer((request, response) => {
      if (request.url?.includes('serial-console') === true) {
        response.writeHead(401).end('{"error":"Authentication required. Use API key"}')
        return
      }
      const onward = connect({ port: Number(new URL(node.url).port), host: '127.0.0.1' })
      onward.write(`GET ${request.url ?? '/'} HTTP/1.1\r\nHost: x\r\nAuthorization: ${request.headers.authorization ?? ''}\r\nConnection: close\r\n\r\n`)
      onward.pipe(response.socket ?? onward)
    })
    await new Promise<void>((ready) => {
      closed.listen(0, '127.0.0.1', ready)
    })
    const address = closed.address()
    const row = await world.nodes.add('kvm-a', `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`, { kind: 'key', value: canaryKey })
    expect(row.findings).toEqual([])
    await world.nodes.stop()
    closed.closeAllConnections()
    closed.close()
  })
})

test('a node’s name, note, tags and location are kept and recorded; a taken name is refused', async () => {
  const [a, b] = [await world.simulate(), await world.simulate({ hostname: 'kvm-b' })]
  const { id } = await world.enrol(a)
  await world.enrol(b)
  const row = await handlers['nodes.mark']({ nodeId: id, name: 'Mumbai 1', note: ' rack 4 ', tags: ['nvme', 'a', 'nvme'], location: 'Mumbai' })
  expect(methods['nodes.mark'].output.parse(row)).toMatchObject({ name: 'Mumbai 1', note: 'rack 4', tags: ['a', 'nvme'], location: 'Mumbai' })
  expect((await failureOf(Promise.resolve().then(() => handlers['nodes.mark']({ nodeId: id, name: 'kvm-b' })))).code).toBe('node.name-taken')
  expect(recorded()).toEqual(['node.marked'])
})

test('whatever a person does with a node is recorded', async () => {
  const node = await world.simulate()
  const { id } = await handlers['nodes.add']({ name: 'kvm-a', url: node.url, secret: { kind: 'key', value: canaryKey } })
  await handlers['nodes.setMaintenance']({ nodeId: id, on: true })
  await handlers['nodes.remove']({ nodeId: id })
  expect(recorded()).toEqual(['node.added', 'node.maintenance', 'node.removed'])
})
