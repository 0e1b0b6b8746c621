// Capacity over time of real looks at simulated nodes: what is sampled, asked, told, and how much more fits.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Audit } from '../../electron/worker/audit/audit.ts'
import { CapacityOverTime } from '../../electron/worker/capacity/capacityOverTime.ts'
import { Failure } from '../../shared/domain/failure.ts'
import type { NodeId } from '../../shared/domain/ids.ts'
import { methods, type MethodName, type MethodOutput } from '../../shared/contract/index.ts'
import { FlintWorld, vmSeed } from '../helpers/flintWorld.ts'
import { until } from '../helpers/until.ts'

const minuteMs = 60_000
let now = Math.floor(Date.now() / minuteMs) * minuteMs
let world: FlintWorld
let capacity: CapacityOverTime
let nodeId: NodeId

beforeEach(async () => {
  world = new FlintWorld({}, { now: () => now })
  capacity = new CapacityOverTime(world.context, world.nodes, new Audit(world.context))
  capacity.start()
  const node = await world.simulate({ cpuCores: 8, memoryKiB: 8 * 1_048_576, vms: [vmSeed(1), vmSeed(2), vmSeed(3, { state: 'Shutoff' })] })
  nodeId = (await world.enrol(node)).id
})
afterEach(async () => {
  await capacity.stop()
  await world.end()
})

/** As it would be answered over the line. */
function checked<M extends MethodName>(method: M, answer: unknown): MethodOutput<M> {
  return methods[method].output.parse(answer) as MethodOutput<M>
}

async function lookEachMinute(times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    now += minuteMs
    expect(await world.nodes.look(nodeId)).toEqual({ ok: true })
  }
}

test('what looks see of a node and its VMs is drawn, with the sum of the VMs’ CPU and what is promised', async () => {
  await lookEachMinute(5)
  const range = { from: now - 3_600_000, to: now + minuteMs }
  const ofNode = checked('capacity.history', await capacity.handlers['capacity.history']({ scope: { kind: 'node', nodeId }, ...range }))
  expect(ofNode).toMatchObject({ bucketMs: minuteMs, level: 'minute', of: 1, simulatedUntil: null })
  const last = <T>(column: readonly T[] | undefined): T | undefined => column?.findLast((value) => value !== null)
  expect(last(ofNode.metrics['memoryTotal']?.avg)).toBe(8 * 1_048_576)
  expect(last(ofNode.metrics['memoryCommitted']?.avg)).toBe(2 * 1_048_576)
  expect(last(ofNode.metrics['memoryDefined']?.avg)).toBe(3 * 1_048_576)
  expect(last(ofNode.metrics['vmsRunning']?.avg)).toBe(2)
  expect(ofNode.seen.filter((seen) => seen === 1).length).toBeGreaterThanOrEqual(5)
  const cpuOfNode = last(ofNode.metrics['cpu']?.avg) ?? 0
  let sum = 0
  for (const number of [1, 2, 3]) {
    const ofVm = checked(
      'capacity.history',
      await capacity.handlers['capacity.history']({ scope: { kind: 'vm', ...world.ref(nodeId, number) }, ...range }),
    )
    sum += last(ofVm.metrics['cpu']?.avg) ?? 0
    expect(last(ofVm.metrics['memory']?.avg)).toBe(number === 3 ? 0 : 1_048_576)
  }
  expect(sum).toBeCloseTo(cpuOfNode, 0)
  const top = checked('capacity.top', await capacity.handlers['capacity.top']({ nodeId, ...range, limit: 10 }))
  expect(top.map(({ name }) => name).sort()).toEqual(['vps-1', 'vps-2', 'vps-3'])
  expect(top.at(-1)?.name).toBe('vps-3')
})

test('while a node is out of reach nothing is drawn of it', async () => {
  await lookEachMinute(3)
  now += 10 * minuteMs
  await lookEachMinute(3)
  const range = { from: now - 15 * minuteMs, to: now + minuteMs }
  const { seen, metrics } = await capacity.handlers['capacity.history']({ scope: { kind: 'node', nodeId }, ...range })
  const gap = seen.slice(seen.indexOf(1), seen.lastIndexOf(1)).filter((one) => one === 0).length
  expect(gap).toBe(10)
  expect(metrics['memoryUsed']?.avg.filter((value) => value === null).length).toBeGreaterThanOrEqual(gap)
})

test('how much more fits is what runs out first, counted by every VM that is defined', async () => {
  await lookEachMinute(1)
  await until('the volumes were read', async () => {
    const { nodes } = await capacity.handlers['capacity.outlook']({})
    return nodes[0]?.diskProvisionedBytes
  })
  const outlook = checked('capacity.outlook', await capacity.handlers['capacity.outlook']({}))
  expect(outlook.nodes[0]?.ratios).toMatchObject({ memoryRunning: 0.25, memoryDefined: 0.375, vcpuRunning: 0.5, vcpuDefined: 0.75 })
  expect(outlook.nodes[0]?.disk).toMatchObject({ kind: 'unknown' })
  const business = outlook.plans.find(({ id }) => id === 'business')
  expect(business).toMatchObject({ source: 'preset', total: 1, nodes: [{ nodeId, count: 1, limit: 'memory' }] })
  await capacity.handlers['capacity.setSettings']({ ...outlook.settings, overcommit: { vcpu: 4, memory: 2, disk: 1 } })
  const roomier = await capacity.handlers['capacity.outlook']({})
  expect(roomier.plans.find(({ id }) => id === 'business')?.total).toBe(3)
})

test('a threshold is told while it is exceeded, and no more once it was raised', async () => {
  const { thresholds, overcommit } = await capacity.handlers['capacity.settings']({})
  await lookEachMinute(1)
  expect(await capacity.handlers['capacity.alerts']({})).toEqual([])
  await capacity.handlers['capacity.setSettings']({ overcommit, thresholds: { ...thresholds, committed: 25 } })
  await lookEachMinute(1)
  const alerts = checked('capacity.alerts', await capacity.handlers['capacity.alerts']({}))
  expect(alerts).toMatchObject([{ nodeId, kind: 'committed', value: 25, limit: 25, since: now }])
  expect(alerts[0]?.message).toContain('25 % of its memory')
  expect(world.topics).toContain('capacity')
  await lookEachMinute(2)
  expect(await capacity.handlers['capacity.alerts']({})).toEqual(alerts)
  await capacity.handlers['capacity.setSettings']({ overcommit, thresholds: { ...thresholds, committed: null } })
  expect(await capacity.handlers['capacity.alerts']({})).toEqual([])
  await lookEachMinute(1)
  expect(await capacity.handlers['capacity.alerts']({})).toEqual([])
})

test('a span that is none, and a VM that has none, are answered plainly', async () => {
  let code = ''
  try {
    await capacity.handlers['capacity.history']({ scope: { kind: 'fleet' }, from: now, to: now })
  } catch (error) {
    code = error instanceof Failure ? error.code : 'not a failure'
  }
  expect(code).toBe('capacity.invalid-range')
  const unknown = await capacity.handlers['capacity.history']({
    scope: { kind: 'vm', ...world.ref(nodeId, 77) },
    from: now - minuteMs,
    to: now,
  })
  expect(unknown).toMatchObject({ of: 0, seen: [0] })
})
