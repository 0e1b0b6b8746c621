// Capacity over time as a whole: fed by every look at a node, asked by charts, and telling when something runs short.
import { storedAlerts, removeAlert } from '../../../db/repositories/capacityAlerts.ts'
import { nodeNames } from '../../../db/repositories/names.ts'
import { SampleRows, type Series } from '../../../db/repositories/samples.ts'
import { vmNames } from '../../../db/repositories/vms.ts'
import type { MethodOutput, MethodParsedInput } from '../../../shared/contract/index.ts'
import { levels } from '../../../shared/domain/capacity/levels.ts'
import { nodeMetrics, vmMetrics, type Sample } from '../../../shared/domain/capacity/points.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import { asId, type NodeId } from '../../../shared/domain/ids.ts'
import type { Audit } from '../audit/audit.ts'
import type { Context } from '../context.ts'
import type { FlintVm } from '../flint/schema.ts'
import type { Capacity } from '../nodes/capacity.ts'
import { vmRefOf } from '../nodes/handlers.ts'
import type { Nodes } from '../nodes/nodes.ts'
import type { SeenNode } from '../nodes/observations.ts'
import type { Handlers } from '../rpc/handlers.ts'
import { Alerts, valuesOf } from './alerts.ts'
import { historyOf } from './history.ts'
import { consumersOf, forecastsOf, outlookOf } from './outlook.ts'
import { Provisioned } from './provisioned.ts'
import { Sampler } from './sampler.ts'
import { readCapacitySettings, saveCapacitySettings } from './settings.ts'
import { simulateHistory } from './simulatedHistory.ts'
import { VmDisks } from './vmDisks.ts'

type Forecasts = ReturnType<typeof forecastsOf>
export type CapacityHandlers = Pick<
  Handlers,
  'capacity.history' | 'capacity.outlook' | 'capacity.top' | 'capacity.alerts' | 'capacity.settings' | 'capacity.setSettings'
>

const forecastEveryMs = 10 * 60_000
const longestRangeMs = 20 * 366 * 86_400_000

/** In the order of `nodeMetrics`. */
function nodeSample(capacity: Capacity, provisionedBytes: number | null): Sample {
  return [
    capacity.cpuPercentOfVms,
    capacity.memoryUsedKiB,
    capacity.memoryCommittedKiB,
    capacity.memoryDefinedKiB,
    capacity.memoryTotalKiB,
    capacity.storageUsedBytes,
    provisionedBytes,
    capacity.storageTotalBytes,
    capacity.cpuCores,
    capacity.vcpusCommitted,
    capacity.vcpusDefined,
    capacity.vmsRunning,
    capacity.vmsTotal,
  ]
}

/** In the order of `vmMetrics`. */
function vmSample(vm: FlintVm, cpuWasMeasured: boolean, diskBytes: number | null): Sample {
  const holdsMemory = vm.state !== 'shutoff' && vm.state !== 'unknown'
  return [cpuWasMeasured ? vm.cpuPercent : null, holdsMemory ? vm.memoryKiB : 0, vm.vcpus, vm.state === 'running' ? 1 : 0, diskBytes]
}

export class CapacityOverTime {
  readonly sampler: Sampler
  readonly #context: Context
  readonly #audit: Audit
  readonly #alerts: Alerts
  readonly #provisioned: Provisioned
  readonly #vmDisks: VmDisks
  /** Forecasts read weeks of points: they are made now and then. */
  readonly #forecasts = new Map<NodeId, { readonly at: number; readonly forecasts: Forecasts }>()
  #isStarted = false
  #isClosing = false
  #simulating: Promise<void> = Promise.resolve()

  constructor(context: Context, nodes: Nodes, audit: Audit) {
    this.#context = context
    this.#audit = audit
    this.sampler = new Sampler(context)
    this.#alerts = new Alerts(context)
    this.#provisioned = new Provisioned(context, nodes)
    this.#vmDisks = new VmDisks(context, nodes, this.#provisioned)
    nodes.onSeen((seen) => {
      this.#take(seen)
    })
  }

  /** From now on what looks see is kept. A process that lives for one command keeps nothing. */
  start(): void {
    this.#isStarted = true
    this.sampler.start()
  }

  /** Gives the demonstration a past, marked as made up. Ends when the nodes have theirs; the VMs' follow. */
  async simulate(): Promise<void> {
    const { db, clock } = this.#context
    const { vms } = await simulateHistory(db, Math.floor(clock.now() / 60_000) * 60_000, {
      provisionedOf: (nodeId) => this.#provisioned.read(nodeId),
      diskOf: (ref) => this.#vmDisks.read(ref),
      isClosing: () => this.#isClosing,
    })
    this.#simulating = this.#tellAfter(vms)
  }

  /** Writes what was gathered. */
  async stop(): Promise<void> {
    this.#isClosing = true
    await Promise.all([this.#provisioned.stop(), this.#vmDisks.stop(), this.#simulating])
    if (this.#isStarted) this.sampler.stop()
    this.#isStarted = false
  }

  readonly handlers: CapacityHandlers = {
    'capacity.history': (input) => this.#history(input),
    'capacity.outlook': () => {
      const { db, clock } = this.#context
      return outlookOf(db, readCapacitySettings(db.orm), (nodeId) => this.#provisioned.lastOf(nodeId), clock.now())
    },
    'capacity.top': (input) => this.#top(input),
    'capacity.alerts': () => this.#alerts.list(),
    'capacity.settings': () => readCapacitySettings(this.#context.db.orm),
    'capacity.setSettings': (settings) => this.#setSettings(settings),
  }

  async #tellAfter(work: Promise<void>): Promise<void> {
    await work
    this.#context.changed('capacity')
  }

  #take(seen: SeenNode): void {
    if (!this.#isStarted) return
    const { nodeId, at, capacity } = seen
    this.sampler.take(nodeId, '', at, nodeSample(capacity, this.#provisioned.bytesOf(nodeId)))
    this.#vmDisks.take(nodeId, [...seen.listed, ...seen.lookedUp])
    const diskOf = ({ uuid }: FlintVm): number | null => this.#vmDisks.bytesOf({ nodeId, uuid })
    for (const vm of seen.listed) this.sampler.take(nodeId, vm.uuid, at, vmSample(vm, true, diskOf(vm)))
    for (const vm of seen.lookedUp) this.sampler.take(nodeId, vm.uuid, at, vmSample(vm, vm.state === 'shutoff', diskOf(vm)))
    this.#alerts.watch(nodeId, valuesOf(capacity, this.#forecastsOf(nodeId, capacity).disk))
  }

  #forecastsOf(nodeId: NodeId, capacity: Capacity): Forecasts {
    const { db, clock } = this.#context
    const now = clock.now()
    const known = this.#forecasts.get(nodeId)
    if (known !== undefined && Math.abs(now - known.at) < forecastEveryMs) return known.forecasts
    const forecasts = forecastsOf(db, new SampleRows(db).find(nodeId, ''), capacity, now)
    this.#forecasts.set(nodeId, { at: now, forecasts })
    return forecasts
  }

  #history({ scope, from, to }: MethodParsedInput<'capacity.history'>): MethodOutput<'capacity.history'> {
    requireRange(from, to)
    const { db, clock } = this.#context
    if (this.#isStarted) this.sampler.flush(true)
    const rows = new SampleRows(db)
    const series = seriesOf(rows, scope)
    const history = historyOf(db, series, { fromMs: from, toMs: to, nowMs: clock.now() })
    const names: readonly string[] = scope.kind === 'vm' ? vmMetrics : nodeMetrics
    const simulated = series.flatMap((one) => (one.simulatedUntil !== null && one.simulatedUntil > from ? [one.simulatedUntil] : []))
    return {
      from: history.fromMs,
      bucketMs: history.bucketMs,
      level: (levels[history.level] ?? levels[3]).name,
      metrics: Object.fromEntries(
        names.map((name, index) => [
          name,
          {
            min: history.points.map((point) => point?.values[index]?.min ?? null),
            avg: history.points.map((point) => point?.values[index]?.avg ?? null),
            max: history.points.map((point) => point?.values[index]?.max ?? null),
          },
        ]),
      ),
      seen: [...history.seen],
      of: series.length,
      simulatedUntil: simulated.length === 0 ? null : Math.max(...simulated),
      rowsRead: history.rowsRead,
    }
  }

  #top({ nodeId, from, to, limit }: MethodParsedInput<'capacity.top'>): MethodOutput<'capacity.top'> {
    requireRange(from, to)
    const { db, clock } = this.#context
    if (this.#isStarted) this.sampler.flush(true)
    const series = new SampleRows(db).ofVms(nodeId === undefined ? null : asId<NodeId>(nodeId))
    const nodes = nodeNames(db.orm)
    const vms = vmNames(db.orm)
    return consumersOf(db, series, { fromMs: from, toMs: to, nowMs: clock.now() })
      .flatMap(({ series: { nodeId: node, uuid }, ...use }) => {
        const name = vms.get(`${node}/${uuid}`)
        return name === undefined ? [] : [{ nodeId: node, node: nodes.get(node) ?? '', uuid, name, ...use }]
      })
      .slice(0, limit)
  }

  #setSettings(settings: MethodParsedInput<'capacity.setSettings'>): MethodOutput<'capacity.setSettings'> {
    const { db } = this.#context
    db.transaction(() => {
      saveCapacitySettings(db.orm, settings)
      // What was told by another limit is told anew by the next look, if it still holds.
      for (const alert of storedAlerts(db.orm)) removeAlert(db.orm, alert.nodeId, alert.kind)
      this.#audit.append({
        actor: 'operator',
        action: 'capacity.settings-changed',
        why: 'Limits and thresholds of capacity were changed.',
        detail: { ...settings },
      })
    })
    this.#context.changed('capacity')
    return readCapacitySettings(db.orm)
  }
}

function seriesOf(rows: SampleRows, scope: MethodParsedInput<'capacity.history'>['scope']): Series[] {
  switch (scope.kind) {
    case 'fleet':
      return rows.ofNodes()
    case 'node':
      return one(rows.find(asId<NodeId>(scope.nodeId), ''))
    case 'vm': {
      const ref = vmRefOf(scope.nodeId, scope.uuid)
      return one(rows.find(ref.nodeId, ref.uuid))
    }
  }
}

function one(series: Series | null): Series[] {
  return series === null ? [] : [series]
}

/** Throws `capacity.invalid-range`. */
function requireRange(from: number, to: number): void {
  if (to > from && to - from <= longestRangeMs) return
  throw new Failure(
    'capacity.invalid-range',
    'That is not a span of time.',
    'Choose an end after the beginning, at most twenty years later.',
  )
}
