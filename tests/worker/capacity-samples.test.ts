// Samples over time in a real database: minutes, roll-ups, late and repeated ones, gaps, retention, a VM that is made again.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { insertNode, deleteNode } from '../../db/repositories/nodes.ts'
import { SampleRows } from '../../db/repositories/samples.ts'
import { moveVm, tablesThatMove } from '../../db/repositories/vmMove.ts'
import { openDatabase } from '../../db/open.ts'
import { historyOf } from '../../electron/worker/capacity/history.ts'
import { Sampler } from '../../electron/worker/capacity/sampler.ts'
import type { Context } from '../../electron/worker/context.ts'
import { Jobs } from '../../electron/worker/jobs/jobs.ts'
import { MemorySecretStore } from '../../electron/worker/secrets/store.ts'
import type { Topic } from '../../shared/contract/index.ts'
import { nodeMetrics, type Sample } from '../../shared/domain/capacity/points.ts'
import { asId, type NodeId, type VmUuid } from '../../shared/domain/ids.ts'
import { recordedLog } from '../helpers/recordedLog.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
/** Midnight, UTC. */
const start = Date.UTC(2026, 0, 10)
const nodeId = asId<NodeId>('node-1')
const vm = asId<VmUuid>('00000000-0000-4000-8000-000000000001')
const remade = asId<VmUuid>('00000000-0000-4000-8000-000000000002')

let now = start
let dataDir: string
let context: Context
let sampler: Sampler
const topics: Topic[] = []

beforeEach(() => {
  now = start
  dataDir = mkdtempSync(join(tmpdir(), 'flint-samples-'))
  const { log } = recordedLog()
  const clock = { now: () => now }
  context = {
    db: openDatabase(join(dataDir, 'console.sqlite')),
    clock,
    secrets: new MemorySecretStore(),
    log,
    jobs: new Jobs({ emit: () => undefined, now: clock.now, unexpected: () => undefined }),
    dataDir,
    changed: (...changed) => topics.push(...changed),
  }
  for (const name of ['node-1', 'node-2']) {
    insertNode(context.db.orm, { id: asId<NodeId>(name), name, url: `http://${name}`, createdAt: now, state: 'ok', findings: [] })
  }
  sampler = new Sampler(context)
})
afterEach(() => {
  context.db.close()
  rmSync(dataDir, { recursive: true, force: true })
})

function sampleOf(cpu: number): Sample {
  return nodeMetrics.map((name) => (name === 'cpu' ? cpu : 1_000))
}

/** A look every 15 s from one instant to another, written every minute. */
function look(fromMs: number, toMs: number, cpuAt: (at: number) => number, of: NodeId = nodeId): void {
  for (let at = fromMs; at < toMs; at += 15_000) {
    now = at
    sampler.take(of, '', at, sampleOf(cpuAt(at)))
    if (at % minuteMs === 45_000) sampler.flush()
  }
  now = toMs
  sampler.flush()
}

function cpuOf(fromMs: number, toMs: number, ids: readonly NodeId[] = [nodeId]) {
  const rows = new SampleRows(context.db)
  const series = ids.flatMap((id) => rows.find(id, '') ?? [])
  const history = historyOf(context.db, series, { fromMs, toMs, nowMs: now })
  return { ...history, cpu: history.points.map((point) => point?.values[0] ?? null) }
}

test('an hour is drawn minute by minute, as it was seen', () => {
  look(start, start + hourMs, (at) => (((at - start) / minuteMs) % 2 < 1 ? 10 : 30))
  const { cpu, bucketMs, level } = cpuOf(start, start + hourMs)
  expect({ bucketMs, level }).toEqual({ bucketMs: minuteMs, level: 0 })
  expect(cpu).toHaveLength(60)
  expect(cpu[0]).toEqual({ min: 10, avg: 10, max: 10 })
  expect(cpu[1]).toEqual({ min: 30, avg: 30, max: 30 })
})

test('a peak of one look is kept at every level, and a pause is a gap in each', () => {
  const peakAt = start + 90 * minuteMs + 15_000
  look(start, start + 3 * hourMs, (at) => (at === peakAt ? 777 : 20))
  look(start + 6 * hourMs, start + 30 * hourMs, () => 20)
  for (const span of [dayMs + 6 * hourMs, 7 * dayMs, 30 * dayMs, 365 * dayMs]) {
    const { cpu, bucketMs } = cpuOf(now - span, now)
    expect(Math.max(...cpu.map((spread) => spread?.max ?? 0)), `${String(span / dayMs)} days`).toBe(777)
    if (bucketMs <= 3 * hourMs) expect(cpu.slice(cpu.findIndex((spread) => spread !== null)).includes(null)).toBe(true)
  }
})

test('samples that come late, twice or in disorder end in the same picture', () => {
  const other = asId<NodeId>('node-2')
  const cpuAt = (at: number): number => (at / 15_000) % 7
  look(start, start + 2 * hourMs, cpuAt)
  now = start
  const late: number[] = []
  for (let at = start; at < start + 2 * hourMs; at += 15_000) {
    now = at + 1_000
    if ((at / 15_000) % 5 === 0) late.push(at)
    else for (let time = 0; time < 2; time += 1) sampler.take(other, '', at, sampleOf(cpuAt(at)))
    if (at % minuteMs === 45_000) sampler.flush()
  }
  now = start + 2 * hourMs
  sampler.flush()
  for (const at of late.toReversed()) sampler.take(other, '', at, sampleOf(cpuAt(at)))
  sampler.flush()
  sampler.flush()
  for (const span of [2 * hourMs, 7 * dayMs, 30 * dayMs]) {
    const expected = cpuOf(now - span, now).cpu
    const found = cpuOf(now - span, now, [other]).cpu
    expect(found.map((spread) => [spread?.min, spread?.max])).toEqual(expected.map((spread) => [spread?.min, spread?.max]))
    // Averages are kept to a tenth of a percent; taken in two turns they are rounded twice.
    for (const [index, spread] of found.entries()) expect(Math.abs((spread?.avg ?? 0) - (expected[index]?.avg ?? 0))).toBeLessThan(0.11)
  }
})

test('a late sample mends what was rolled up already', () => {
  look(start, start + 5 * hourMs, () => 10)
  const rows = new SampleRows(context.db)
  sampler.take(nodeId, '', start + hourMs + 7_000, sampleOf(500))
  sampler.flush()
  const series = rows.find(nodeId, '')
  if (series === null) throw new Error('there is a series')
  for (const level of [1, 2]) {
    const points = rows.points([series], level, start, start + 5 * hourMs).get(series.id) ?? []
    expect(points.find(({ at }) => at === start + hourMs)?.values[0]?.max, `level ${String(level)}`).toBe(500)
  }
})

test('minutes go after a day, quarters after a month; days stay, and so does the peak', () => {
  look(start, start + hourMs, () => 42)
  look(start + 40 * dayMs, start + 40 * dayMs + hourMs, () => 5)
  const rows = new SampleRows(context.db)
  const series = rows.find(nodeId, '')
  if (series === null) throw new Error('there is a series')
  const at = (level: number): number => (rows.points([series], level, start, start + hourMs).get(series.id) ?? []).length
  expect([at(0), at(1), at(2)]).toEqual([0, 0, 1])
  expect(rows.points([series], 3, start, start + dayMs).get(series.id)?.[0]?.values[0]?.max).toBe(42)
  expect(cpuOf(now - 365 * dayMs, now).cpu.filter((spread) => spread !== null)).toHaveLength(2)
})

test('what was written survives a restart, and a day that was closed over is rolled up afterwards', () => {
  look(start, start + 20 * minuteMs, () => 10)
  sampler.stop()
  now = start + 3 * dayMs
  sampler = new Sampler(context)
  sampler.flush()
  const { cpu } = cpuOf(start - dayMs, now)
  expect(cpu.filter((spread) => spread !== null).length).toBeGreaterThan(0)
  expect(cpuOf(now - 365 * dayMs, now).cpu.filter((spread) => spread !== null)).toHaveLength(1)
})

test('the fleet is the sum of its nodes, and says how many were seen', () => {
  look(start, start + hourMs, () => 10)
  look(start + 30 * minuteMs, start + hourMs, () => 5, asId<NodeId>('node-2'))
  const fleet = cpuOf(start, start + hourMs, [nodeId, asId<NodeId>('node-2')])
  expect(fleet.cpu[10]).toEqual({ min: 10, avg: 10, max: 10 })
  expect(fleet.cpu[40]).toEqual({ min: 15, avg: 15, max: 15 })
  expect([fleet.seen[10], fleet.seen[40]]).toEqual([1, 2])
})

test('a fleet of which one node was out of sight for a while is a gap, not a smaller fleet', () => {
  const other = asId<NodeId>('node-2')
  look(start, start + hourMs, () => 10)
  look(start, start + 20 * minuteMs, () => 5, other)
  look(start + 30 * minuteMs, start + 50 * minuteMs, () => 5, other)
  const fleet = cpuOf(start, start + hourMs, [nodeId, other])
  expect([fleet.cpu[10]?.avg, fleet.cpu[25], fleet.cpu[40]?.avg, fleet.cpu[55]?.avg]).toEqual([15, null, 15, 10])
  expect([fleet.seen[10], fleet.seen[25], fleet.seen[55]]).toEqual([2, 1, 1])
})

test('samples from another clock do no harm: far ahead and long past are left out', () => {
  look(start, start + 10 * minuteMs, () => 10)
  sampler.take(nodeId, '', now + 10 * dayMs, sampleOf(900))
  sampler.take(nodeId, '', now - 3 * dayMs, sampleOf(900))
  sampler.flush()
  expect(Math.max(...cpuOf(now - 7 * dayMs, now + 20 * dayMs).cpu.map((spread) => spread?.max ?? 0))).toBe(10)
})

test('the samples of a VM that is made again move to it, and those of a node that is removed go with it', () => {
  for (const uuid of [vm, remade]) {
    now = start + (uuid === vm ? 0 : 30 * minuteMs)
    for (let minute = 0; minute < 20; minute += 1)
      sampler.take(nodeId, uuid, now + minute * minuteMs - 19 * minuteMs, [uuid === vm ? 70 : 5, 1024, 1, 1])
    sampler.flush()
  }
  expect(tablesThatMove(context.db)).toContain('sample_series')
  const rows = new SampleRows(context.db)
  const before = rows.find(nodeId, vm)
  context.db.transaction(() => {
    moveVm(context.db, nodeId, vm, remade)
  })
  expect(rows.find(nodeId, vm)).toBeNull()
  const after = rows.find(nodeId, remade)
  expect(after?.id).toBe(before?.id)
  if (after === null) throw new Error('the VM has its samples')
  expect(
    historyOf(context.db, [after], { fromMs: start - hourMs, toMs: now, nowMs: now }).points.filter((point) => point !== null),
  ).toHaveLength(20)
  // What it is told of next goes on under the same series.
  sampler.take(nodeId, remade, now, [9, 1024, 1, 1])
  sampler.flush()
  expect(rows.find(nodeId, remade)?.id).toBe(before?.id)
  deleteNode(context.db.orm, nodeId)
  expect(rows.all()).toEqual([])
  expect(context.db.sqlite.prepare('select count(*) from sample_blocks').pluck().get()).toBe(0)
})
