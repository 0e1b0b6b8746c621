// Watches the thresholds of each node as it is looked at: raised when exceeded for a while, over when well below again.
import { alertsOfNode, putAlert, removeAlert, storedAlerts } from '../../../db/repositories/capacityAlerts.ts'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import type { Forecast } from '../../../shared/domain/capacity/forecast.ts'
import {
  alertKinds,
  nextAlert,
  quiet,
  type AlertKind,
  type AlertState,
  type Threshold,
} from '../../../shared/domain/capacity/thresholds.ts'
import type { NodeId } from '../../../shared/domain/ids.ts'
import type { Context } from '../context.ts'
import type { Capacity } from '../nodes/capacity.ts'
import { readCapacitySettings } from './settings.ts'

const minuteMs = 60_000
/** How long a threshold must be exceeded, and how far it must be left again: percent, or days. */
const patience: { readonly [K in AlertKind]: { readonly holdMs: number; readonly margin: number } } = {
  cpu: { holdMs: 10 * minuteMs, margin: 10 },
  memory: { holdMs: 5 * minuteMs, margin: 5 },
  committed: { holdMs: 0, margin: 2 },
  disk: { holdMs: 2 * minuteMs, margin: 3 },
  full: { holdMs: 0, margin: 4 },
}

type Values = { readonly [K in AlertKind]: number | null }

function share(part: number, whole: number): number | null {
  return whole > 0 ? (part / whole) * 100 : null
}

/** Each threshold's value: percent of what there is, and days until a disk is full. */
export function valuesOf(capacity: Capacity, disk: Forecast): Values {
  return {
    cpu: share(capacity.cpuPercentOfVms / 100, capacity.cpuCores),
    memory: share(capacity.memoryUsedKiB, capacity.memoryTotalKiB),
    committed: share(capacity.memoryCommittedKiB, capacity.memoryTotalKiB),
    disk: share(capacity.storageUsedBytes, capacity.storageTotalBytes),
    full: daysOf(disk),
  }
}

/** Steady is as far as days can be. */
function daysOf(disk: Forecast): number | null {
  switch (disk.kind) {
    case 'full':
      return disk.days
    case 'now':
      return 0
    case 'steady':
      return 3_650
    case 'unknown':
      return null
  }
}

export class Alerts {
  readonly #context: Context
  /** What is not raised yet, by node and kind: a restart begins the wait anew. */
  readonly #pending = new Map<string, AlertState>()

  constructor(context: Context) {
    this.#context = context
  }

  list(): MethodOutput<'capacity.alerts'> {
    return storedAlerts(this.#context.db.orm).map((alert) => ({
      ...alert,
      message: messageOf(alert.node, alert.kind, alert.value, alert.limit),
    }))
  }

  /** Takes what a look saw of a node. */
  watch(nodeId: NodeId, values: Values): void {
    const { db, clock } = this.#context
    const { thresholds } = readCapacitySettings(db.orm)
    const raised = new Map(alertsOfNode(db.orm, nodeId).map((alert) => [alert.kind, alert]))
    let isChanged = false
    for (const kind of alertKinds) {
      const limit = thresholds[kind]
      const value = values[kind]
      const key = `${nodeId}/${kind}`
      const stored = raised.get(kind)
      const before: AlertState = stored === undefined ? (this.#pending.get(key) ?? quiet) : { kind: 'raised', since: stored.since }
      const after = limit === null ? quiet : nextAlert(before, thresholdOf(kind, limit), value, clock.now())
      if (after.kind === 'pending') this.#pending.set(key, after)
      else this.#pending.delete(key)
      if (after.kind === 'raised' && limit !== null) {
        const shown = value ?? stored?.value ?? limit
        if (stored !== undefined && Math.round(stored.value) === Math.round(shown) && stored.limit === limit) continue
        putAlert(db.orm, { nodeId, kind, since: after.since, value: shown, limit })
        isChanged = true
      } else if (stored !== undefined) {
        removeAlert(db.orm, nodeId, kind)
        isChanged = true
      }
    }
    if (isChanged) this.#context.changed('capacity')
  }
}

function thresholdOf(kind: AlertKind, limit: number): Threshold {
  return { limit, ...patience[kind], direction: kind === 'full' ? 'below' : 'above' }
}

function messageOf(node: string, kind: AlertKind, value: number, limit: number): string {
  const percent = `${String(Math.round(value))} %`
  switch (kind) {
    case 'cpu':
      return `${node}: its VMs use ${percent} of its cores (told from ${String(limit)} %).`
    case 'memory':
      return `${node}: ${percent} of its memory is used (told from ${String(limit)} %).`
    case 'committed':
      return `${node}: running VMs were promised ${percent} of its memory (told from ${String(limit)} %).`
    case 'disk':
      return `${node}: ${percent} of its disk is used (told from ${String(limit)} %).`
    case 'full':
      return value <= 0
        ? `${node}: its disk is full.`
        : `${node}: its disk is full in ${String(Math.round(value))} days if it goes on like this.`
  }
}
