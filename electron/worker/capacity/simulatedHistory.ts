// A believable past for the demonstration's nodes and VMs, marked as made up, so that its graphs are full at first sight.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Database } from '../../../db/open.ts'
import { allNodes } from '../../../db/repositories/nodes.ts'
import { SampleRows } from '../../../db/repositories/samples.ts'
import { writeSetting } from '../../../db/repositories/settings.ts'
import { fleet } from '../../../db/repositories/vms.ts'
import { levels } from '../../../shared/domain/capacity/levels.ts'
import type { Point, Spread } from '../../../shared/domain/capacity/points.ts'
import type { NodeId, VmRef, VmUuid } from '../../../shared/domain/ids.ts'
import type { Capacity } from '../nodes/capacity.ts'
import { capacityOfNode } from './outlook.ts'
import { rolledUntilSetting } from './rollUps.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const oldestDays = 420

interface PastVm {
  readonly nodeId: NodeId
  readonly uuid: VmUuid
  readonly seed: number
  readonly vcpus: number
  readonly memoryKiB: number
  /** Its share of one vCPU on average. */
  readonly meanPercent: number
  readonly bornAt: number
  readonly offSince: number | null
}

/** A number from 0 to 1, the same for the same question. */
function chance(seed: number, turn: number): number {
  const mixed = Math.sin(seed * 12.9898 + turn * 78.233) * 43_758.545
  return mixed - Math.floor(mixed)
}

function seedOf(text: string): number {
  let seed = 7
  for (const character of text) seed = (seed * 31 + (character.codePointAt(0) ?? 0)) % 65_521
  return seed
}

function isRunning(vm: PastVm, at: number): boolean {
  return at >= vm.bornAt && (vm.offSince === null || at < vm.offSince)
}

/** By day and week, with an hour of hard work now and then. */
function loadOf(vm: PastVm, at: number, lengthMs: number): Spread {
  const phase = chance(vm.seed, 1) * 2 * Math.PI
  const daily = Math.sin((at / dayMs) * 2 * Math.PI + phase)
  const weekly = Math.sin((at / (7 * dayMs)) * 2 * Math.PI + phase)
  const turn = Math.floor(at / lengthMs)
  const most = vm.vcpus * 100
  const avg = Math.min(most, vm.meanPercent * (1 + 0.4 * daily + 0.12 * weekly + 0.35 * (chance(vm.seed, turn) - 0.5)))
  const works = chance(vm.seed, Math.floor(at / hourMs)) > 1 - 0.004 * Math.min(24, Math.max(1, lengthMs / hourMs))
  const peak = works ? most * 0.9 : Math.min(most, avg * (1.15 + 0.4 * chance(vm.seed + 1, turn)))
  return { min: avg * (0.55 + 0.3 * chance(vm.seed + 2, turn)), avg, max: Math.max(avg, peak) }
}

const flat = (value: number): Spread => ({ min: value, avg: value, max: value })

function vmPoint(vm: PastVm, diskBytes: number | null, at: number, lengthMs: number): Point {
  const runs = isRunning(vm, at)
  const minutes = lengthMs / minuteMs
  return {
    at,
    minutes,
    values: [
      runs ? loadOf(vm, at, lengthMs) : flat(0),
      flat(runs ? vm.memoryKiB : 0),
      flat(vm.vcpus),
      flat(runs ? 1 : 0),
      diskBytes === null ? null : flat(diskBytes),
    ],
  }
}

/** A node's point from those of its VMs; what it has now it had always. */
function nodePoint(vms: readonly PastVm[], capacity: Capacity, disk: DiskPast, at: number, lengthMs: number): Point {
  let cpu = flat(0)
  let committed = 0
  let defined = 0
  let vcpusRunning = 0
  let vcpusDefined = 0
  let running = 0
  let total = 0
  for (const vm of vms) {
    if (at < vm.bornAt) continue
    total += 1
    defined += vm.memoryKiB
    vcpusDefined += vm.vcpus
    if (!isRunning(vm, at)) continue
    const load = loadOf(vm, at, lengthMs)
    running += 1
    committed += vm.memoryKiB
    vcpusRunning += vm.vcpus
    cpu = { min: cpu.min + load.min, avg: cpu.avg + load.avg, max: cpu.max + (load.avg * 3 + load.max) / 4 }
  }
  const usedShare = capacity.memoryCommittedKiB > 0 ? capacity.memoryUsedKiB / capacity.memoryCommittedKiB : 0.6
  const used = Math.min(
    capacity.memoryTotalKiB,
    committed * usedShare * (0.96 + 0.06 * chance(seedOf(capacity.hostname), Math.floor(at / lengthMs))),
  )
  const growth = growthAt(disk, at)
  return {
    at,
    minutes: lengthMs / minuteMs,
    values: [
      cpu,
      { min: used * 0.97, avg: used, max: Math.min(capacity.memoryTotalKiB, used * 1.03) },
      flat(committed),
      flat(defined),
      flat(capacity.memoryTotalKiB),
      flat(disk.usedBytes * growth * (0.985 + 0.03 * chance(seedOf(capacity.hostname), Math.floor(at / dayMs)))),
      disk.provisionedBytes === null ? null : flat(disk.provisionedBytes * Math.min(1, 0.25 + 0.75 * growth)),
      flat(capacity.storageTotalBytes),
      flat(capacity.cpuCores),
      flat(vcpusRunning),
      flat(vcpusDefined),
      flat(running),
      flat(total),
    ],
  }
}

interface DiskPast {
  readonly usedBytes: number
  readonly provisionedBytes: number | null
  /** Of what is used now, so much came each day. */
  readonly growthPerDay: number
  readonly nowMs: number
}

function growthAt(disk: DiskPast, at: number): number {
  return Math.max(0.18, 1 - (disk.growthPerDay * (disk.nowMs - at)) / dayMs)
}

/** Nobody looked then: the console was closed for some hours nine days ago, and one node was out of reach this morning. */
function wasSeen(nodeIndex: number, at: number, nowMs: number): boolean {
  const ago = nowMs - at
  if (ago > 9 * dayMs && ago < 9 * dayMs + 5 * hourMs) return false
  return nodeIndex !== 1 || ago < 6 * hourMs || ago > 6 * hourMs + 50 * minuteMs
}

/** The times of a level's points from an instant until now, as far back as the level is kept. */
function timesOf(level: number, bornAt: number, nodeIndex: number, nowMs: number): number[] {
  const { ms, keepMs } = levels[level] ?? levels[3]
  const until = Math.floor(nowMs / ms) * ms
  const from = Math.ceil(Math.max(bornAt, nowMs - Math.min(keepMs, oldestDays * dayMs)) / ms) * ms
  const times: number[] = []
  for (let at = from; at < until; at += ms) if (ms >= dayMs || wasSeen(nodeIndex, at, nowMs)) times.push(at)
  return times
}

function pastVms(db: Database, nowMs: number): PastVm[] {
  return fleet(db.orm).map(({ vm }) => {
    const seed = seedOf(vm.uuid)
    const age = 12 + 400 * Math.sqrt(chance(seed, 5))
    const off = vm.state === 'running' ? null : nowMs - (1 + 20 * chance(seed, 6)) * dayMs
    return {
      nodeId: vm.nodeId,
      uuid: vm.uuid,
      seed,
      vcpus: vm.vcpus,
      memoryKiB: vm.memoryKiB,
      meanPercent: Math.max(1.5, (vm.cpuPercent ?? 0) > 0 ? (vm.cpuPercent ?? 0) : 6 * vm.vcpus),
      bornAt: nowMs - Math.max(age, off === null ? 0 : 30) * dayMs,
      offSince: off,
    }
  })
}

interface PresentFacts {
  /** Bytes promised to a node's volumes; null where that is not known. */
  readonly provisionedOf: (nodeId: NodeId) => Promise<number | null>
  /** Bytes promised to a VM's disks; null where that is not known. */
  readonly diskOf: (ref: VmRef) => Promise<number | null>
  readonly isClosing: () => boolean
}

/**
 * Writes the past of every node, then, in turns with other work, that of every VM.
 * @returns ends when the nodes are written; `vms` when all is
 */
export async function simulateHistory(
  db: Database,
  nowMs: number,
  { provisionedOf, diskOf, isClosing }: PresentFacts,
): Promise<{ vms: Promise<void> }> {
  const rows = new SampleRows(db)
  const vms = pastVms(db, nowMs)
  const nodes = allNodes(db.orm)
  for (const [index, node] of nodes.entries()) {
    const capacity = capacityOfNode(node.capacity)
    if (capacity === null) continue
    const provisionedBytes = await provisionedOf(node.id)
    const fullInDays = [170, 48, 640][index % 3] ?? 300
    const free = Math.max(0, capacity.storageTotalBytes - capacity.storageUsedBytes)
    const growthPerDay = Math.min(0.03, free / fullInDays / Math.max(1, capacity.storageUsedBytes))
    const disk = { usedBytes: capacity.storageUsedBytes, provisionedBytes, growthPerDay, nowMs }
    const own = vms.filter((vm) => vm.nodeId === node.id)
    write(db, rows, { nodeId: node.id, uuid: '', index, bornAt: 0 }, nowMs, (at, ms) => nodePoint(own, capacity, disk, at, ms))
    await nextTurn()
  }
  writeSetting(
    db.orm,
    rolledUntilSetting,
    levels.map(({ ms }, level) => (level === 0 ? 0 : Math.floor(nowMs / ms) * ms)),
  )
  const writeVms = async (): Promise<void> => {
    for (const vm of vms) {
      if (isClosing()) return
      const index = nodes.findIndex(({ id }) => id === vm.nodeId)
      const diskBytes = await diskOf(vm)
      write(db, rows, { nodeId: vm.nodeId, uuid: vm.uuid, index, bornAt: vm.bornAt }, nowMs, (at, ms) => vmPoint(vm, diskBytes, at, ms))
      await nextTurn()
    }
  }
  return { vms: writeVms() }
}

interface Written {
  readonly nodeId: NodeId
  readonly uuid: VmUuid | ''
  /** Of its node. */
  readonly index: number
  readonly bornAt: number
}

function write(
  db: Database,
  rows: SampleRows,
  { nodeId, uuid, index, bornAt }: Written,
  nowMs: number,
  pointAt: (at: number, lengthMs: number) => Point,
): void {
  db.transaction(() => {
    const series = rows.ensure(nodeId, uuid)
    if (series === null) return
    rows.markSimulated(series, nowMs)
    for (const [level, { ms }] of levels.entries()) {
      const points = timesOf(level, bornAt, index, nowMs).map((at) => pointAt(at, ms))
      if (level > 0) rows.putPoints(series, level, points)
      else for (const point of points) rows.putMinute(series, Math.floor(point.at / minuteMs), { slots: 0b1001001001, point })
    }
  })
}
