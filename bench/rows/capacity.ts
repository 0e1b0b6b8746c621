// `samples-year`: what a year of 50 nodes and 500 VMs takes on the disk, by writing it; `chart-query`: how many rows a year's chart reads.
import { statSync } from 'node:fs'
import { insertNode } from '../../db/repositories/nodes.ts'
import { SampleRows, type Series } from '../../db/repositories/samples.ts'
import { writeSetting } from '../../db/repositories/settings.ts'
import type { Database } from '../../db/open.ts'
import { historyOf } from '../../electron/worker/capacity/history.ts'
import { rolledUntilSetting } from '../../electron/worker/capacity/rollUps.ts'
import { levels } from '../../shared/domain/capacity/levels.ts'
import { nodeMetrics, vmMetrics, type Point } from '../../shared/domain/capacity/points.ts'
import { asId, type NodeId, type VmUuid } from '../../shared/domain/ids.ts'
import type { Row } from '../row.ts'
import { openWorkshop } from '../workshop.ts'

const nodes = 50
const vmsPerNode = 10
const yearMs = 365 * 86_400_000
const mebibyte = 1_048_576

/** Values that jump about as real ones do: nothing is the same twice, and so packs badly. */
function valueOf(metric: string, random: () => number): number {
  if (metric === 'cpu') return random() * 800
  if (metric.startsWith('memory')) return Math.round(random() * 64 * mebibyte)
  if (metric.startsWith('disk')) return Math.round(random() * 4e12)
  return Math.round(random() * 40)
}

/** Sizes that change when somebody changes them; what a VM's disks were promised is one, what those of a whole node were is not. */
function steady(metric: string, metrics: readonly string[]): boolean {
  if (metric === 'diskProvisioned') return metrics === vmMetrics
  return ['memoryTotal', 'diskTotal', 'cores', 'vcpus', 'running', 'memory'].includes(metric)
}

function pointsOf(metrics: readonly string[], level: number, nowMs: number, random: () => number): Point[] {
  const { ms, keepMs } = levels[level] ?? levels[3]
  const base = metrics.map((metric) => valueOf(metric, random))
  const points: Point[] = []
  for (let at = Math.ceil((nowMs - Math.min(keepMs, yearMs)) / ms) * ms; at < nowMs; at += ms) {
    const values = metrics.map((metric, index) => {
      const usual = base[index] ?? 0
      if (steady(metric, metrics)) return { min: usual, avg: usual, max: usual }
      const avg = usual * (0.9 + 0.2 * random())
      return { min: avg * (1 - 0.2 * random()), avg, max: avg * (1 + random()) }
    })
    points.push({ at, minutes: ms / 60_000, values })
  }
  return points
}

/** The same sequence each time. */
function dice(): () => number {
  let state = 12_345
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

/** Every level of every series as it stands after a year, written as the worker writes it. */
function writeYear(db: Database, vms: number, nowMs: number): Series[] {
  const rows = new SampleRows(db)
  const random = dice()
  const all: Series[] = []
  for (let node = 0; node < nodes; node += 1) {
    const nodeId = asId<NodeId>(`node-${String(node)}`)
    db.transaction(() => {
      insertNode(db.orm, { id: nodeId, name: nodeId, url: `http://${nodeId}`, createdAt: nowMs, state: 'ok', findings: [] })
      for (let vm = -1; vm < vms; vm += 1) {
        const uuid = vm === -1 ? '' : asId<VmUuid>(`00000000-0000-4000-8000-${String(node * 100 + vm).padStart(12, '0')}`)
        const series = rows.ensure(nodeId, uuid)
        if (series === null) continue
        if (vm === -1) all.push(series)
        const metrics = vm === -1 ? nodeMetrics : vmMetrics
        for (const point of pointsOf(metrics, 0, nowMs, random)) rows.putMinute(series, point.at / 60_000, { slots: 0b1001001001, point })
        for (const level of [1, 2, 3]) rows.putPoints(series, level, pointsOf(metrics, level, nowMs, random))
      }
    })
  }
  writeSetting(
    db.orm,
    rolledUntilSetting,
    levels.map(({ ms }, level) => (level === 0 ? 0 : Math.floor(nowMs / ms) * ms)),
  )
  return all
}

export const rows: readonly Row[] = [
  {
    name: 'samples-year',
    unit: 'MB',
    goal: 250,
    better: 'lower',
    async measure(tell) {
      using workshop = openWorkshop()
      const { db } = workshop.context
      writeYear(db, vmsPerNode, Date.now())
      db.sqlite.pragma('wal_checkpoint(TRUNCATE)')
      tell(`${String(nodes)} nodes, ${String(nodes * vmsPerNode)} VMs, every level of a year`)
      return Promise.resolve({ value: statSync(db.path).size / 1e6, baseline: null })
    },
  },
  {
    name: 'chart-query',
    unit: 'rows read',
    goal: 2_000,
    better: 'lower',
    async measure(tell) {
      using workshop = openWorkshop()
      const { db } = workshop.context
      // The last moment of a UTC day's last hour: as much as can be is not rolled up yet.
      const nowMs = Math.floor(Date.now() / 86_400_000) * 86_400_000 - 60_000
      const series = writeYear(db, 0, nowMs)
      const year = historyOf(db, series, { fromMs: nowMs - yearMs, toMs: nowMs, nowMs })
      tell(`a year of a fleet of ${String(nodes)} nodes: ${String(year.points.length)} points`)
      if (year.points.filter((point) => point !== null).length < 360 || year.points.length > 400)
        throw new Error('a year has a point for each day')
      return Promise.resolve({ value: year.rowsRead, baseline: null })
    },
  },
]
