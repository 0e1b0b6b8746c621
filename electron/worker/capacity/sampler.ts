// Takes what every look at a node saw as samples: gathered by minute in memory, written once a minute, rolled up as periods end.
import { SampleRows, type Series } from '../../../db/repositories/samples.ts'
import { levels } from '../../../shared/domain/capacity/levels.ts'
import { minuteOf, withSample, type Minute, type Sample } from '../../../shared/domain/capacity/points.ts'
import type { NodeId, VmUuid } from '../../../shared/domain/ids.ts'
import type { Context } from '../context.ts'
import { RollUps } from './rollUps.ts'

const minuteMs = 60_000
const flushEveryMs = 20_000

interface Gathered {
  readonly nodeId: NodeId
  readonly uuid: VmUuid | ''
  readonly samples: { readonly at: number; readonly sample: Sample }[]
}

export class Sampler {
  readonly #context: Context
  readonly #rows: SampleRows
  readonly #rollUps: RollUps
  /** What is not written yet, by series. */
  #gathered = new Map<string, Gathered>()
  #timer: NodeJS.Timeout | null = null
  /** Something was written of which nobody was told. */
  #isUntold = false

  constructor(context: Context) {
    this.#context = context
    this.#rows = new SampleRows(context.db)
    this.#rollUps = new RollUps(context.db, this.#rows)
  }

  start(): void {
    this.#timer ??= setInterval(() => {
      this.#onTime()
    }, flushEveryMs)
    this.#timer.unref()
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
    this.flush()
  }

  /** One value for each metric of a node (`uuid` empty) or a VM, as seen at an instant. Late ones and repeated ones do no harm. */
  take(nodeId: NodeId, uuid: VmUuid | '', at: number, sample: Sample): void {
    const key = `${nodeId}/${uuid}`
    const known = this.#gathered.get(key)
    if (known === undefined) this.#gathered.set(key, { nodeId, uuid, samples: [{ at, sample }] })
    else known.samples.push({ at, sample })
  }

  /** Writes all that was gathered, and rolls up what has ended. `quietly`: for one who reads right after, nobody else is told yet. */
  flush(quietly = false): void {
    const { db, clock } = this.#context
    const gathered = this.#gathered
    this.#gathered = new Map()
    const now = clock.now()
    db.transaction(() => {
      const late: { series: Series; at: number }[] = []
      for (const { nodeId, uuid, samples } of gathered.values()) {
        const series = this.#rows.ensure(nodeId, uuid)
        if (series === null) continue
        for (const at of this.#write(series, samples, now)) if (this.#rollUps.isRolled(at)) late.push({ series, at })
      }
      this.#rollUps.run(now)
      for (const { series, at } of late) this.#rollUps.again(series, at)
    })
    this.#isUntold ||= gathered.size > 0
    if (!this.#isUntold || quietly) return
    this.#isUntold = false
    this.#context.changed('capacity')
  }

  #onTime(): void {
    try {
      this.flush()
    } catch (error) {
      this.#context.log.error({ err: error }, 'samples could not be written')
    }
  }

  /** The instants of the minutes that it changed. What is older than minutes are kept for is left out. */
  #write(series: Series, samples: Gathered['samples'], now: number): number[] {
    const oldest = Math.floor((now - levels[0].keepMs) / levels[1].ms + 1) * levels[1].ms
    const minutes = new Map<number, Minute | null>()
    for (const { at, sample } of samples) {
      if (at < oldest || at > now + minuteMs) continue
      const minute = minuteOf(at)
      const before = minutes.has(minute) ? (minutes.get(minute) ?? null) : this.#rows.minute(series, minute)
      minutes.set(minute, withSample(before, at, sample))
    }
    for (const [minute, content] of minutes) if (content !== null) this.#rows.putMinute(series, minute, content)
    return [...minutes.keys()].map((minute) => minute * minuteMs)
  }
}
