// Capacity over time: graphs, what is promised, how much more fits, when it will be full, thresholds.
import { z } from 'zod'
import { instant, method, nodeId, nothing, vmUuid } from './define.ts'

const capacityScope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('fleet') }),
  z.object({ kind: z.literal('node'), nodeId }),
  z.object({ kind: z.literal('vm'), nodeId, uuid: vmUuid }),
])

const column = z.array(z.number().nullable())

const capacityHistory = z.object({
  /** When the first bucket begins. */
  from: instant,
  /** The length of one bucket, in milliseconds; all begin at whole multiples of it. */
  bucketMs: z.number().int().positive(),
  /** How finely the samples that were read are kept. */
  level: z.enum(['minute', 'quarter', 'hour', 'day']),
  /**
   * By metric (`nodeMetrics`, or `vmMetrics` of a VM), a value for each bucket; null is a gap. CPU in percent of one core, memory in KiB, disks
   * in bytes. Of a fleet, lowest and highest are sums of the nodes' own: the true ones lie within.
   */
  metrics: z.record(z.string(), z.object({ min: column, avg: column, max: column })),
  /** How many nodes (or VMs) were seen in each bucket. */
  seen: z.array(z.number().int()),
  /** How many there are. */
  of: z.number().int(),
  /** What lies before was made up for the demonstration; null: everything was seen. */
  simulatedUntil: instant.nullable(),
  /** How many stored rows the answer took. */
  rowsRead: z.number().int(),
})

export const forecast = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('full'),
    days: z.number(),
    soonest: z.number(),
    latest: z.number().nullable(),
    perDay: z.number(),
    overDays: z.number(),
  }),
  z.object({ kind: z.literal('now') }),
  z.object({ kind: z.literal('steady'), perDay: z.number(), overDays: z.number() }),
  z.object({ kind: z.literal('unknown'), overDays: z.number() }),
])

const nodeOutlook = z.object({
  nodeId,
  name: z.string(),
  /** Promised to physical, 1 = all of it; null where it is not known. */
  ratios: z.object({
    memoryRunning: z.number().nullable(),
    memoryDefined: z.number().nullable(),
    vcpuRunning: z.number().nullable(),
    vcpuDefined: z.number().nullable(),
    diskProvisioned: z.number().nullable(),
  }),
  /** Sizes promised to all volumes, in bytes; null while they have not been read. */
  diskProvisionedBytes: z.number().nullable(),
  /** Of disks used (per day: bytes), and of memory promised to running VMs (per day: KiB). */
  disk: forecast,
  memory: forecast,
  /** CPU of the VMs in percent of one core over the last 24 hours, half an hour each; null is a gap. */
  cpu: column,
})

const capacityPlan = z.object({
  id: z.string(),
  name: z.string(),
  /** A product of the shop whose machine is known, or one of the app's own sizes. */
  source: z.enum(['product', 'preset']),
  vcpus: z.number(),
  memoryMiB: z.number(),
  diskGiB: z.number(),
  /** How many more fit in all, each whole on one node; nodes that were never seen are left out. */
  total: z.number().int(),
  nodes: z.array(z.object({ nodeId, count: z.number().int(), limit: z.enum(['vcpu', 'memory', 'disk']).nullable() })),
})

const ratio = z.number().min(0.1).max(20)
const percent = z.number().min(1).max(1_000)

export const capacitySettings = z.object({
  /** How far each part may be promised more than once, for the headroom: 1 is not at all. */
  overcommit: z.object({ vcpu: ratio, memory: ratio, disk: ratio }),
  /** When it is told: percent of what there is physically, days until it is full; null is never. */
  thresholds: z.object({
    cpu: percent.nullable(),
    memory: percent.nullable(),
    committed: percent.nullable(),
    disk: percent.nullable(),
    full: z.number().min(1).max(365).nullable(),
  }),
})

const capacityAlert = z.object({
  nodeId,
  node: z.string(),
  kind: z.enum(['cpu', 'memory', 'committed', 'disk', 'full']),
  since: instant,
  /** As last measured: percent, or days. */
  value: z.number(),
  limit: z.number(),
  message: z.string(),
})

const consumer = z.object({
  nodeId,
  node: z.string(),
  uuid: vmUuid,
  name: z.string(),
  /** Percent of one vCPU over the range; null where no CPU was measured. */
  cpuAverage: z.number().nullable(),
  cpuPeak: z.number().nullable(),
  /** Of those, in KiB, on average over the range. */
  memoryKiB: z.number(),
  vcpus: z.number(),
})

export const capacityMethods = {
  /** At most about 400 points over a range, with the lowest and highest of each. */
  'capacity.history': method(z.object({ scope: capacityScope, from: instant, to: instant }), capacityHistory),
  /** How the nodes stand, when they will be full, and how much more fits. */
  'capacity.outlook': method(nothing, z.object({ nodes: z.array(nodeOutlook), plans: z.array(capacityPlan), settings: capacitySettings })),
  /** The VMs that used the most CPU over a range, on one node or all; those of most use first. */
  'capacity.top': method(
    z.object({ nodeId: nodeId.optional(), from: instant, to: instant, limit: z.number().int().min(1).max(100).default(10) }),
    z.array(consumer),
  ),
  /** Thresholds that are exceeded now. */
  'capacity.alerts': method(nothing, z.array(capacityAlert)),
  'capacity.settings': method(nothing, capacitySettings),
  'capacity.setSettings': method(capacitySettings, capacitySettings),
}
