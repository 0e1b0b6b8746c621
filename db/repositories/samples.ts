// Samples over time: minutes row by row, coarser points in packed blocks. Every read says how many rows it took.
import type BetterSqlite3 from 'better-sqlite3'
import { levels } from '../../shared/domain/capacity/levels.ts'
import { packPoints, unpackPoints, type Scales } from '../../shared/domain/capacity/pointCodec.ts'
import type { Minute, Point } from '../../shared/domain/capacity/points.ts'
import type { NodeId, VmUuid } from '../../shared/domain/ids.ts'
import type { Database } from '../open.ts'

export interface Series {
  readonly id: number
  readonly nodeId: NodeId
  /** Empty: the node itself. */
  readonly uuid: VmUuid | ''
  readonly simulatedUntil: number | null
}

type Statement = BetterSqlite3.Statement

const minuteMs = 60_000
const mebibyte = 1 / 1_048_576
/** CPU to a tenth of a percent, memory to a KiB, disks to a MiB, counts to a hundredth: in the order of `nodeMetrics`. */
const nodeScales: Scales = [10, 1, 1, 1, 1, mebibyte, mebibyte, mebibyte, 1, 1, 1, 100, 100]
/** In the order of `vmMetrics`. */
const vmScales: Scales = [10, 1, 1, 100, mebibyte]

function scalesOf(series: Pick<Series, 'uuid'>): Scales {
  return series.uuid === '' ? nodeScales : vmScales
}

const seriesColumns = 'id, node_id as nodeId, uuid, simulated_until as simulatedUntil'

/** Bound to one database: its statements are prepared once. */
export class SampleRows {
  readonly #db: Database
  readonly #statements = new Map<string, Statement>()
  /** How many rows of samples were read since this was made. */
  rowsRead = 0

  constructor(db: Database) {
    this.#db = db
  }

  #prepared(sql: string): Statement {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const made = this.#db.sqlite.prepare(sql)
    this.#statements.set(sql, made)
    return made
  }

  all(): Series[] {
    return this.#prepared(`select ${seriesColumns} from sample_series`).all() as Series[]
  }

  find(nodeId: NodeId, uuid: VmUuid | ''): Series | null {
    return (
      (this.#prepared(`select ${seriesColumns} from sample_series where node_id = ? and uuid = ?`).get(nodeId, uuid) as
        Series | undefined) ?? null
    )
  }

  /** The nodes' own. */
  ofNodes(): Series[] {
    return this.#prepared(`select ${seriesColumns} from sample_series where uuid = '' order by node_id`).all() as Series[]
  }

  /** The VMs', of one node or all. */
  ofVms(nodeId: NodeId | null): Series[] {
    return this.#prepared(`select ${seriesColumns} from sample_series where uuid <> '' and (? is null or node_id = ?)`).all(
      nodeId,
      nodeId,
    ) as Series[]
  }

  /** Made where it is not there yet; null when its node is not enrolled. */
  ensure(nodeId: NodeId, uuid: VmUuid | ''): Series | null {
    this.#prepared('insert into sample_series (node_id, uuid) select id, ? from nodes where id = ? on conflict do nothing').run(
      uuid,
      nodeId,
    )
    return this.find(nodeId, uuid)
  }

  markSimulated(series: Series, until: number): void {
    this.#prepared('update sample_series set simulated_until = ? where id = ?').run(until, series.id)
  }

  minute(series: Series, minute: number): Minute | null {
    const row = this.#prepared('select slots, points from sample_minutes where minute = ? and series_id = ?').get(minute, series.id) as
      { slots: number; points: Uint8Array } | undefined
    if (row === undefined) return null
    const point = unpackPoints(row.points, minute * minuteMs, minuteMs, scalesOf(series))[0]
    return point === undefined ? null : { slots: row.slots, point }
  }

  putMinute(series: Series, minute: number, { slots, point }: Minute): void {
    this.#prepared(
      'insert into sample_minutes (minute, series_id, slots, points) values (?, ?, ?, ?) on conflict do update set slots = excluded.slots, points = excluded.points',
    ).run(minute, series.id, slots, Buffer.from(packPoints([point], minute * minuteMs, minuteMs, scalesOf(series))))
  }

  firstMinute(): number | null {
    return (this.#prepared('select min(minute) from sample_minutes').pluck().get() as number | null) ?? null
  }

  /** The points of some series at a level, by series, in order of time; from and until (not included) in UTC milliseconds. */
  points(seriesList: readonly Series[], level: number, fromMs: number, toMs: number): Map<number, Point[]> {
    return level === 0 ? this.#minutes(seriesList, fromMs, toMs) : this.#blocks(seriesList, level, fromMs, toMs)
  }

  /** Puts points of one series into its blocks, in place of what stood there at the same times. */
  putPoints(series: Series, level: number, points: readonly Point[]): void {
    const spanMs = blockSpanMs(level)
    const byBlock = new Map<number, Point[]>()
    for (const point of points) {
      const block = Math.floor(point.at / spanMs)
      byBlock.set(block, [...(byBlock.get(block) ?? []), point])
    }
    const write = this.#prepared(
      'insert into sample_blocks (series_id, level, block, points) values (?, ?, ?, ?) on conflict do update set points = excluded.points',
    )
    for (const [block, added] of byBlock) {
      const merged = new Map(
        (this.#blocks([series], level, block * spanMs, (block + 1) * spanMs).get(series.id) ?? []).map((point) => [point.at, point]),
      )
      for (const point of added) merged.set(point.at, point)
      const ordered = [...merged.values()].sort((a, b) => a.at - b.at)
      write.run(series.id, level, block, Buffer.from(packPoints(ordered, block * spanMs, levels[level]?.ms ?? minuteMs, scalesOf(series))))
    }
  }

  /** Takes away what is older than an instant at a level; blocks go when all of them is. */
  removeBefore(level: number, beforeMs: number): void {
    if (level === 0) this.#prepared('delete from sample_minutes where minute < ?').run(Math.floor(beforeMs / minuteMs))
    else this.#prepared('delete from sample_blocks where level = ? and block < ?').run(level, Math.floor(beforeMs / blockSpanMs(level)))
  }

  #minutes(seriesList: readonly Series[], fromMs: number, toMs: number): Map<number, Point[]> {
    const bySeries = new Map(seriesList.map((series) => [series.id, series]))
    const found = new Map<number, Point[]>()
    // Minute by minute, series by series: each is one step down the tree, whatever else the minute holds.
    const rows = this.#prepared(
      `with recursive at(minute) as (select ? union all select minute + 1 from at where minute + 1 < ?)
         select s.minute, s.series_id as seriesId, s.points from at cross join json_each(?) as wanted cross join sample_minutes as s
         where s.minute = at.minute and s.series_id = wanted.value`,
    ).iterate(Math.floor(fromMs / minuteMs), Math.ceil(toMs / minuteMs), JSON.stringify([...bySeries.keys()])) as IterableIterator<{
      minute: number
      seriesId: number
      points: Uint8Array
    }>
    for (const row of rows) {
      this.rowsRead += 1
      const series = bySeries.get(row.seriesId)
      if (series !== undefined) add(found, row.seriesId, unpackPoints(row.points, row.minute * minuteMs, minuteMs, scalesOf(series)))
    }
    return found
  }

  #blocks(seriesList: readonly Series[], level: number, fromMs: number, toMs: number): Map<number, Point[]> {
    const spanMs = blockSpanMs(level)
    const found = new Map<number, Point[]>()
    const read = this.#prepared(
      'select block, points from sample_blocks where series_id = ? and level = ? and block between ? and ? order by block',
    )
    for (const series of seriesList) {
      const rows = read.all(series.id, level, Math.floor(fromMs / spanMs), Math.floor((toMs - 1) / spanMs)) as {
        block: number
        points: Uint8Array
      }[]
      for (const row of rows) {
        this.rowsRead += 1
        const points = unpackPoints(row.points, row.block * spanMs, levels[level]?.ms ?? minuteMs, scalesOf(series))
        add(
          found,
          series.id,
          points.filter((point) => point.at >= fromMs && point.at < toMs),
        )
      }
    }
    return found
  }
}

function blockSpanMs(level: number): number {
  const { ms, blockPoints } = levels[level] ?? levels[3]
  return ms * blockPoints
}

function add(found: Map<number, Point[]>, seriesId: number, points: readonly Point[]): void {
  const known = found.get(seriesId)
  if (known === undefined) found.set(seriesId, [...points])
  else known.push(...points)
}
