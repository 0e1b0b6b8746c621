// The Flint client against a node that misbehaves, and against any list of VMs that a node could invent.
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SimulatedFlintNode, type FlintFaults } from '../../demo/flint/node.ts'
import { FlintClient, type FlintClientOptions } from '../../electron/worker/flint/client.ts'
import { parseState, parseVmUuid, readVmList } from '../../electron/worker/flint/schema.ts'
import { Failure } from '../../shared/domain/failure.ts'
import { asId, type VmUuid } from '../../shared/domain/ids.ts'
import { canaryKey, nodeOptions, vmSeed } from '../helpers/flintWorld.ts'
import { recordedLog } from '../helpers/recordedLog.ts'

let node: SimulatedFlintNode
let clients: FlintClient[]
let logText: () => string

beforeEach(async () => {
  node = new SimulatedFlintNode(nodeOptions())
  clients = []
  await node.start()
})
afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()))
  await node.stop()
  expect(logText()).not.toContain(canaryKey)
})

function client(options: Partial<FlintClientOptions> = {}): FlintClient {
  const { log, text } = recordedLog()
  logText = text
  const made = new FlintClient({ baseUrl: node.url, key: canaryKey, log, timeoutMs: 300, listTimeoutMs: 300, retryPauseMs: 1, ...options })
  clients.push(made)
  return made
}

async function codeOf(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    expect(JSON.stringify([error.body(), error.stack])).not.toContain(canaryKey)
    return error.code
  }
  return 'no failure'
}

const uuid = asId<VmUuid>(vmSeed(1).uuid)

describe('a node that misbehaves', () => {
  const cases: [string, Partial<FlintFaults>, { list: string; vm: string; action: string }][] = [
    ['hangs', { hangMs: 30_000 }, { list: 'node.unreachable', vm: 'node.unreachable', action: 'node.no-answer' }],
    ['drips', { dripBytesPerSecond: 20 }, { list: 'node.unreachable', vm: 'node.unreachable', action: 'no failure' }],
    ['floods', { hugeBodyBytes: 200_000 }, { list: 'node.invalid-answer', vm: 'node.invalid-answer', action: 'node.no-answer' }],
    ['ends its JSON early', { truncateBody: true }, { list: 'node.invalid-answer', vm: 'node.invalid-answer', action: 'no failure' }],
    ['breaks off', { closeMidBody: true }, { list: 'node.invalid-answer', vm: 'node.invalid-answer', action: 'no failure' }],
    ['drops connections', { unreachable: true }, { list: 'node.unreachable', vm: 'node.unreachable', action: 'node.no-answer' }],
    ['redirects', { redirectTo: 'http://127.0.0.1:1/' }, { list: 'node.not-flint', vm: 'node.not-flint', action: 'node.not-flint' }],
    ['is a web page', { status: 200 }, { list: 'node.not-flint', vm: 'node.not-flint', action: 'node.not-flint' }],
    ['is behind a broken proxy', { status: 502 }, { list: 'node.unreachable', vm: 'node.unreachable', action: 'node.unreachable' }],
    ['refuses the key', { rejectKey: true }, { list: 'node.unauthorized', vm: 'node.unauthorized', action: 'node.unauthorized' }],
    ['drops what changes something', { actThenDrop: true }, { list: 'no failure', vm: 'no failure', action: 'node.no-answer' }],
  ]

  test.each(cases)('(%s) gives typed failures', async (_what, faults, codes) => {
    Object.assign(node.faults, faults)
    const asked = client({ maximumBytes: 100_000 })
    expect(await codeOf(asked.listVms())).toBe(codes.list)
    expect(await codeOf(asked.vm(uuid))).toBe(codes.vm)
    expect(await codeOf(asked.act(uuid, 'pause'))).toBe(codes.action)
    expect(node.requests.filter((request) => request.method === 'POST').length).toBeLessThanOrEqual(1)
  })

  test('is left alone after five failures, but answers who must know', async () => {
    const asked = client({ circuit: { failures: 5, restMs: 60_000 } })
    node.faults.unreachable = true
    for (let attempt = 0; attempt < 5; attempt += 1) await codeOf(asked.vm(uuid))
    const before = node.requests.length
    expect(await codeOf(asked.vm(uuid))).toBe('node.unreachable')
    node.faults.unreachable = false
    expect(await codeOf(asked.vm(uuid))).toBe('node.unreachable')
    expect(node.requests.length).toBe(before)
    await expect(asked.health({ now: true })).resolves.toMatchObject({ state: 'healthy' })
    await expect(asked.vm(uuid)).resolves.toMatchObject({ name: 'vps-1' })
  })

  test('whose key is exposed is found out without its key being sent', async () => {
    await expect(client().keyIsExposed()).resolves.toBe(true)
    await expect(client({ key: 'another' }).keyIsExposed()).resolves.toBe(false)
    node.faults.status = 404
    await expect(client().keyIsExposed()).resolves.toBe(false)
  })
})

describe('a list of VMs', () => {
  const field = fc.oneof(fc.jsonValue(), fc.constant(undefined))
  const anyRow = fc.record(
    { name: field, uuid: field, state: field, memory_kb: field, vcpus: field, cpu_percent: field, uptime_sec: field, ip_addresses: field },
    { requiredKeys: [] },
  )
  const goodRow = fc.record({
    name: fc.string({ minLength: 1, unit: 'binary' }),
    uuid: fc.uuid(),
    state: field,
    memory_kb: field,
    vcpus: field,
    cpu_percent: field,
    uptime_sec: field,
    ip_addresses: field,
  })

  test('of any shape is read without loss: each row is a VM or is counted, and a name with a UUID is always a VM', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(anyRow, goodRow, fc.jsonValue())),
        fc.uniqueArray(goodRow, { selector: (row) => row.uuid }),
        (odd, good) => {
          const list = readVmList(JSON.parse(JSON.stringify([...odd, ...good])) as unknown)
          if (list === null) throw new Error('a list was not taken for one')
          const seen = new Set<string>(list.vms.map((vm) => vm.uuid))
          expect(good.every((row) => seen.has(row.uuid))).toBe(true)
          expect(list.vms.length).toBe(seen.size)
          expect(list.vms.length + list.unreadable).toBeLessThanOrEqual(odd.length + good.length)
          for (const vm of list.vms) {
            expect(Number.isFinite(vm.memoryKiB + vm.vcpus + vm.cpuPercent + vm.cpuTimeSeconds)).toBe(true)
            expect(vm.ipAddresses.every((address) => typeof address === 'string')).toBe(true)
          }
        },
      ),
    )
  })

  test('that is null is empty, and what is no list is not taken for an empty one', () => {
    expect(readVmList(null)).toEqual({ vms: [], unreadable: 0 })
    for (const raw of [{}, 'vms', 3, { vms: [] }, undefined]) expect(readVmList(raw)).toBeNull()
  })

  test('with a row that has no UUID or name leaves it out and counts it', () => {
    const rows = [
      { name: 'a', uuid: vmSeed(1).uuid },
      { name: '', uuid: vmSeed(2).uuid },
      { uuid: vmSeed(3).uuid },
      { name: 'b', uuid: '../login' },
      null,
    ]
    expect(readVmList(rows)).toMatchObject({ vms: [{ name: 'a', state: 'unknown', memoryKiB: 0, ipAddresses: [] }], unreadable: 4 })
  })

  test('takes a state for running or off only where Flint’s word says so', () => {
    expect(['Running', 'Blocked', 'running'].map(parseState)).toEqual(['running', 'running', 'running'])
    expect(['Paused', 'Suspended', 'Shutoff', 'Shutdown', 'Crashed', 'NoState', 'Unknown', '', null, 5].map(parseState)).toEqual([
      'paused',
      'paused',
      'shutoff',
      'shutting-down',
      'crashed',
      'unknown',
      'unknown',
      'unknown',
      'unknown',
      'unknown',
    ])
  })

  test('knows UUIDs in any case and nothing else', () => {
    expect(parseVmUuid('8CFC092E-A2B6-4BF0-8DF2-57FF4DD640C7')).toBe('8cfc092e-a2b6-4bf0-8df2-57ff4dd640c7')
    for (const text of ['', 'zzz', '8cfc092ea2b64bf08df257ff4dd640c7', '8cfc092e-a2b6-4bf0-8df2-57ff4dd640c7/x'])
      expect(parseVmUuid(text)).toBeNull()
  })
})
