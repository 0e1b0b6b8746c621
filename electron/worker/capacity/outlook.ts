// How each node stands and where it is going: what is promised against what there is, days until full, how much more fits.
import type { Database } from '../../../db/open.ts'
import { allNodes } from '../../../db/repositories/nodes.ts'
import { SampleRows, type Series } from '../../../db/repositories/samples.ts'
import { soldSizes } from '../../../db/repositories/soldSizes.ts'
import { nodeCapacity } from '../../../shared/contract/nodes.ts'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { forecastFull, type Forecast } from '../../../shared/domain/capacity/forecast.ts'
import { headroom, type Room } from '../../../shared/domain/capacity/headroom.ts'
import { levels, resolutionFor } from '../../../shared/domain/capacity/levels.ts'
import { nodeMetrics, rollUp, type NodeMetric, type Point } from '../../../shared/domain/capacity/points.ts'
import type { NodeId } from '../../../shared/domain/ids.ts'
import { vmPlans } from '../../../shared/domain/vmPlans.ts'
import type { Capacity } from '../nodes/capacity.ts'
import { pointsUntilNow } from './history.ts'
import type { CapacitySettings } from './settings.ts'

type Outlook = MethodOutput<'capacity.outlook'>
type Plan = Outlook['plans'][number]

const dayMs = 86_400_000
/** A forecast looks back so far: longer ago the shop was another one. */
const forecastDays = 60
const kibibytesInMebibyte = 1024
const bytesInGibibyte = 1_073_741_824

const indexOf = (metric: NodeMetric): number => nodeMetrics.indexOf(metric)

function usageOf(points: readonly Point[], metric: NodeMetric): { at: number; used: number }[] {
  return points.flatMap((point) => {
    const spread = point.values[indexOf(metric)]
    // A day counts at its middle.
    return spread === null || spread === undefined ? [] : [{ at: point.at + dayMs / 2, used: spread.avg }]
  })
}

/** Days until a node's disk is full, and until its memory is promised in full. */
export function forecastsOf(
  db: Database,
  series: Series | null,
  capacity: Capacity | null,
  nowMs: number,
): { disk: Forecast; memory: Forecast } {
  if (series === null || capacity === null) return { disk: { kind: 'unknown', overDays: 0 }, memory: { kind: 'unknown', overDays: 0 } }
  const from = Math.floor(nowMs / dayMs - forecastDays) * dayMs
  const points = pointsUntilNow(db, new SampleRows(db), [series], 3, from, nowMs + dayMs).get(series.id) ?? []
  return {
    disk: forecastFull(usageOf(points, 'diskUsed'), capacity.storageTotalBytes, nowMs),
    memory: forecastFull(usageOf(points, 'memoryCommitted'), capacity.memoryTotalKiB, nowMs),
  }
}

export function capacityOfNode(stored: unknown): Capacity | null {
  return nodeCapacity.safeParse(stored).data ?? null
}

function ratio(part: number | null, whole: number): number | null {
  return part === null || whole <= 0 ? null : part / whole
}

export function outlookOf(
  db: Database,
  settings: CapacitySettings,
  provisioned: (nodeId: NodeId) => number | null,
  nowMs: number,
): Outlook {
  const rows = new SampleRows(db)
  const nodes = allNodes(db.orm).map((node) => ({ node, capacity: capacityOfNode(node.capacity), series: rows.find(node.id, '') }))
  const rooms = nodes.flatMap(({ node, capacity }) =>
    capacity === null ? [] : [{ nodeId: node.id, room: roomOf(capacity, provisioned(node.id)) }],
  )
  return {
    settings,
    nodes: nodes.map(({ node, capacity, series }) => {
      const disk = provisioned(node.id)
      return {
        nodeId: node.id,
        name: node.name,
        ratios: {
          memoryRunning: capacity === null ? null : ratio(capacity.memoryCommittedKiB, capacity.memoryTotalKiB),
          memoryDefined: capacity === null ? null : ratio(capacity.memoryDefinedKiB, capacity.memoryTotalKiB),
          vcpuRunning: capacity === null ? null : ratio(capacity.vcpusCommitted, capacity.cpuCores),
          vcpuDefined: capacity === null ? null : ratio(capacity.vcpusDefined, capacity.cpuCores),
          diskProvisioned: capacity === null ? null : ratio(disk, capacity.storageTotalBytes),
        },
        diskProvisionedBytes: disk,
        ...forecastsOf(db, series, capacity, nowMs),
        cpu: series === null ? [] : sparkline(db, series, nowMs),
      }
    }),
    plans: sizes(db).map((size) => {
      const wanted = { vcpus: size.vcpus, memoryKiB: size.memoryMiB * kibibytesInMebibyte, diskBytes: size.diskGiB * bytesInGibibyte }
      const fits = rooms.map(({ nodeId, room }) => ({ nodeId, ...headroom(room, wanted, settings.overcommit) }))
      return { ...size, total: fits.reduce((sum, { count }) => sum + count, 0), nodes: fits }
    }),
  }
}

/** Where it is not known what volumes were promised, what they take is the least that is promised. */
function roomOf(capacity: Capacity, provisionedBytes: number | null): Room {
  return {
    cores: capacity.cpuCores,
    vcpusDefined: capacity.vcpusDefined,
    memoryTotalKiB: capacity.memoryTotalKiB,
    memoryDefinedKiB: capacity.memoryDefinedKiB,
    diskTotalBytes: capacity.storageTotalBytes,
    diskProvisionedBytes: Math.max(capacity.storageUsedBytes, provisionedBytes ?? 0),
  }
}

/** The shop's products whose machine is known, then the app's own sizes. */
function sizes(db: Database): Omit<Plan, 'total' | 'nodes'>[] {
  return [
    ...soldSizes(db.orm).map((size) => ({ ...size, id: `product-${String(size.id)}`, source: 'product' as const })),
    ...vmPlans.map(({ id, name, vcpus, memoryMiB, diskGiB }) => ({ id, name, source: 'preset' as const, vcpus, memoryMiB, diskGiB })),
  ]
}

function sparkline(db: Database, series: Series, nowMs: number): (number | null)[] {
  const bucketMs = 1_800_000
  const toMs = Math.ceil(nowMs / bucketMs) * bucketMs
  const points = pointsUntilNow(db, new SampleRows(db), [series], 1, toMs - dayMs, toMs).get(series.id) ?? []
  return Array.from({ length: dayMs / bucketMs }, (_, index) => {
    const at = toMs - dayMs + index * bucketMs
    const spreads = points.filter((point) => point.at >= at && point.at < at + bucketMs).flatMap((point) => point.values[0] ?? [])
    return spreads.length === 0 ? null : spreads.reduce((sum, { avg }) => sum + avg, 0) / spreads.length
  })
}

/** The VMs of a series list with their average and peak CPU and memory over a range, most CPU first. */
export function consumersOf(
  db: Database,
  series: readonly Series[],
  range: { fromMs: number; toMs: number; nowMs: number },
): { series: Series; cpuAverage: number | null; cpuPeak: number | null; memoryKiB: number; vcpus: number }[] {
  const { level } = resolutionFor(range.fromMs, range.toMs, range.nowMs, series.length)
  const { ms } = levels[level] ?? levels[3]
  const bySeries = pointsUntilNow(db, new SampleRows(db), series, level, Math.floor(range.fromMs / ms) * ms, range.toMs)
  return series
    .flatMap((one) => {
      const seen = rollUp(range.fromMs, bySeries.get(one.id) ?? [])
      const [cpu, memory, vcpus] = seen?.values ?? []
      if (seen === null) return []
      return [
        {
          series: one,
          cpuAverage: cpu?.avg ?? null,
          cpuPeak: cpu?.max ?? null,
          memoryKiB: Math.round(memory?.avg ?? 0),
          vcpus: Math.round(vcpus?.max ?? 0),
        },
      ]
    })
    .sort((a, b) => (b.cpuAverage ?? -1) - (a.cpuAverage ?? -1))
}
