// What the disks of VMs were promised, over time: read sparingly from simulated nodes, and not told where it is not known.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { SimulatedFlintNode } from '../../demo/flint/node.ts'
import { Audit } from '../../electron/worker/audit/audit.ts'
import { CapacityOverTime } from '../../electron/worker/capacity/capacityOverTime.ts'
import { methods } from '../../shared/contract/index.ts'
import type { NodeId } from '../../shared/domain/ids.ts'
import { FlintWorld, vmSeed } from '../helpers/flintWorld.ts'
import { until } from '../helpers/until.ts'

const minuteMs = 60_000
const gibibyte = 1_073_741_824
const pool = 'flint-image-library'
let now = Math.floor(Date.now() / minuteMs) * minuteMs
let world: FlintWorld
let capacity: CapacityOverTime

beforeEach(() => {
  world = new FlintWorld({}, { now: () => now })
  capacity = new CapacityOverTime(world.context, world.nodes, new Audit(world.context))
  capacity.start()
})
afterEach(async () => {
  await capacity.stop()
  await world.end()
})

/** For each minute in which the VM was seen, from an instant until now, in GiB; null: it was seen, and this was not known. */
async function promisedSince(from: number, nodeId: NodeId, number: number): Promise<(number | null)[]> {
  const scope = { kind: 'vm' as const, ...world.ref(nodeId, number) }
  const answer = methods['capacity.history'].output.parse(
    await capacity.handlers['capacity.history']({ scope, from, to: now + minuteMs }),
  )
  return (answer.metrics['diskProvisioned']?.avg ?? [])
    .filter((_, index) => (answer.seen[index] ?? 0) > 0)
    .map((bytes) => (bytes === null ? null : bytes / gibibyte))
}

/** Looks every 15 seconds until the newest minute shows this. */
async function lookUntil(nodeId: NodeId, number: number, promisedGiB: number | null): Promise<void> {
  await until(`VM ${String(number)} shows ${String(promisedGiB)} GiB`, async () => {
    now += 15_000
    expect(await world.nodes.look(nodeId)).toEqual({ ok: true })
    return (await promisedSince(Math.floor(now / minuteMs) * minuteMs, nodeId, number)).at(-1) === promisedGiB
  })
}

function definitionsRead(node: SimulatedFlintNode): string[] {
  return node.requests.filter(({ method, path }) => method === 'GET' && /^\/api\/vms\/[0-9a-f-]{36}$/.test(path)).map(({ path }) => path)
}

test('the disks of a VM are drawn as they were promised, and as they grow; one that lies outside of the pools is not known', async () => {
  const node = await world.simulate({ vms: [vmSeed(1), vmSeed(2, { state: 'Shutoff', diskGiB: 25 }), vmSeed(3, { origin: 'file' })] })
  const { id: nodeId } = await world.enrol(node)
  const begin = now
  await lookUntil(nodeId, 1, 10)
  await lookUntil(nodeId, 2, 25)
  expect((await promisedSince(begin, nodeId, 3)).every((value) => value === null)).toBe(true)

  const client = await world.nodes.client(nodeId)
  await client.library.resizeVolume(pool, 'vps-2-disk-0.qcow2', 40)
  now += 11 * minuteMs
  await lookUntil(nodeId, 2, 40)
  const values = (await promisedSince(begin, nodeId, 2)).filter((value) => value !== null)
  expect([values[0], values.at(-1)]).toEqual([25, 40])
  expect(values).toEqual(values.toSorted((a, b) => a - b))
})

test('a disk that is attached to a running VM counts with the others, and no more once the VM was off', async () => {
  const node = await world.simulate({ vms: [vmSeed(1)] })
  const { id: nodeId } = await world.enrol(node)
  await lookUntil(nodeId, 1, 10)
  const client = await world.nodes.client(nodeId)
  await client.library.createVolume(pool, 'extra.qcow2', 3)
  await client.machines.attachDisk(world.ref(nodeId, 1).uuid, `/var/lib/flint/images/extra.qcow2`, 'vdb')
  now += 61 * minuteMs
  await lookUntil(nodeId, 1, 13)
  node.vm('vps-1')?.forceStop()
  await lookUntil(nodeId, 1, 10)
})

test('the disk of a VM that is made later is known within minutes; one outside of the pools makes no more of it', async () => {
  const node = await world.simulate({ vms: [vmSeed(1)] })
  const { id: nodeId } = await world.enrol(node)
  await lookUntil(nodeId, 1, 10)
  node.addVm(vmSeed(2, { diskGiB: 7 }))
  node.addVm(vmSeed(3, { origin: 'file' }))
  const madeAt = now
  await lookUntil(nodeId, 2, 7)
  expect(now - madeAt).toBeLessThan(3 * minuteMs)
  const lists = (): number => node.requests.filter(({ path }) => path.endsWith(`${pool}/volumes`)).length
  const before = lists()
  for (let look = 0; look < 16; look += 1) {
    now += 15_000
    expect(await world.nodes.look(nodeId)).toEqual({ ok: true })
  }
  expect(lists() - before).toBeLessThanOrEqual(1)
})

test('while a pool cannot be listed there is a gap, never nothing; what was known before stays', async () => {
  const node = await world.simulate({ vms: [vmSeed(1)] })
  const { id: nodeId } = await world.enrol(node)
  const begin = now
  await lookUntil(nodeId, 1, 10)
  node.faults.inactivePools = [pool]
  now += 11 * minuteMs
  await lookUntil(nodeId, 1, null)
  now += 2 * minuteMs
  expect(await world.nodes.look(nodeId)).toEqual({ ok: true })
  node.faults.inactivePools = []
  now += 11 * minuteMs
  await lookUntil(nodeId, 1, 10)
  const values = await promisedSince(begin, nodeId, 1)
  expect(new Set(values)).toEqual(new Set([10, null]))
  expect(values.slice(values.indexOf(10), values.lastIndexOf(10))).toContain(null)
})

test('a look reads four definitions at most, and none again within the hour', async () => {
  const numbers = Array.from({ length: 10 }, (_, index) => index + 1)
  const node = await world.simulate({ vms: numbers.map((number) => vmSeed(number)) })
  const { id: nodeId } = await world.enrol(node)
  await until('the first four were read', () => definitionsRead(node).length >= 4)
  now += 15_000
  expect(definitionsRead(node)).toHaveLength(4)
  for (const number of numbers) await lookUntil(nodeId, number, 10)
  expect(new Set(definitionsRead(node)).size).toBe(10)
  now += 50 * minuteMs
  for (let look = 0; look < 3; look += 1) expect(await world.nodes.look(nodeId)).toEqual({ ok: true })
  expect(definitionsRead(node)).toHaveLength(10)
  now += 15 * minuteMs
  await until('they were read again', async () => {
    now += 15_000
    await world.nodes.look(nodeId)
    return definitionsRead(node).length === 20
  })
})

test('a node that lets its definitions wait holds up no other', async () => {
  const [slow, quick] = [await world.simulate({ vms: [vmSeed(1)] }), await world.simulate({ hostname: 'kvm-b', vms: [vmSeed(2)] })]
  const slowId = (await world.enrol(slow)).id
  const quickId = (await world.enrol(quick)).id
  await lookUntil(slowId, 1, 10)
  now += 61 * minuteMs
  expect(await world.nodes.look(slowId)).toEqual({ ok: true })
  slow.faults.hangMs = 3_000
  const before = performance.now()
  await lookUntil(quickId, 2, 10)
  expect(performance.now() - before).toBeLessThan(2_500)
})
