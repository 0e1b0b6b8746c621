// One power action for many VMs: a few at a time on each node, so that no node is flooded and a dead one delays only its own.
import type { z } from 'zod'
import { vmOf } from '../../../db/repositories/vms.ts'
import type { bulkResult } from '../../../shared/contract/operations.ts'
import { powerResult } from '../../../shared/contract/vms.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { NodeId, VmRef } from '../../../shared/domain/ids.ts'
import type { GrowingJobProgress, JobProgress } from '../jobs/jobs.ts'
import type { PowerAction } from '../nodes/nodes.ts'
import type { Power, PowerWish } from '../nodes/power.ts'
import { requireConfirmed, type OperationTools } from './tools.ts'

export type BulkResult = z.output<typeof bulkResult>
type BulkRow = BulkResult['rows'][number]
type EndedVm = Omit<BulkRow, 'endedAt'>

export interface BulkWish extends Omit<PowerWish, 'ref'> {
  readonly refs: readonly VmRef[]
  readonly confirm?: string | undefined
}

const atOnceOnOneNode = 2
const verbs: Readonly<Record<PowerAction, string>> = {
  start: 'Start',
  stop: 'Stop',
  'force-stop': 'Force stop',
  reboot: 'Reboot',
  pause: 'Pause',
  resume: 'Resume',
}

export class BulkPower {
  readonly #tools: OperationTools
  readonly #power: Power

  constructor(tools: OperationTools, power: Power) {
    this.#tools = tools
    this.#power = power
  }

  /** Starts a job whose result is a `BulkResult`, which grows while it runs. Throws `confirm.needed`. */
  start(wish: BulkWish): { jobId: string } {
    const refs = [...new Map(wish.refs.map((ref) => [`${ref.nodeId}/${ref.uuid}`, ref])).values()]
    if (wish.action === 'force-stop') requireConfirmed(wish.confirm, `force stop ${refs.length}`)
    const title = `${verbs[wish.action]} ${refs.length === 1 ? '1 VM' : `${refs.length} VMs`}`
    return this.#tools.context.jobs.start('bulk', title, (progress) => this.#run({ ...wish, refs }, progress))
  }

  async #run(wish: BulkWish, progress: GrowingJobProgress): Promise<BulkResult> {
    const byNode = new Map<NodeId, VmRef[]>()
    for (const ref of wish.refs) byNode.set(ref.nodeId, [...(byNode.get(ref.nodeId) ?? []), ref])
    const rows: BulkRow[] = []
    const put = (row: EndedVm): void => {
      rows.push({ ...row, endedAt: this.#tools.context.clock.now() })
      const failed = rows.filter((known) => known.outcome === 'failed').length
      progress.report(`${rows.length} of ${wish.refs.length} ended${failed > 0 ? `, ${failed} failed` : ''}`, rows.length, wish.refs.length)
      progress.partial({ rows: [...rows] })
    }
    const lanes = [...byNode.values()].flatMap((queue) =>
      Array.from({ length: Math.min(atOnceOnOneNode, queue.length) }, () => this.#lane(queue, wish, progress, put)),
    )
    progress.report('Beginning', 0, wish.refs.length)
    await Promise.all(lanes)
    return { rows }
  }

  /** Works a node's queue off; once cancelled, what is left is said to be so. */
  async #lane(queue: VmRef[], wish: BulkWish, progress: JobProgress, put: (row: EndedVm) => void): Promise<void> {
    for (let ref = queue.shift(); ref !== undefined; ref = queue.shift()) {
      const name = vmOf(this.#tools.context.db.orm, ref)?.name ?? ref.uuid
      const base = { ...ref, name, state: null, verified: false, error: null }
      put(progress.signal.aborted ? { ...base, outcome: 'cancelled' } : await this.#one(ref, base, wish, progress))
    }
  }

  async #one(ref: VmRef, base: Omit<EndedVm, 'outcome'>, wish: BulkWish, progress: JobProgress): Promise<EndedVm> {
    const { jobs } = this.#tools.context
    const { action, force, why, days } = wish
    try {
      const { jobId } = this.#power.start({ ref, action, force, why, days })
      const cancel = (): void => {
        jobs.cancel(jobId)
      }
      progress.signal.addEventListener('abort', cancel, { once: true })
      const end = await jobs.wait(jobId)
      progress.signal.removeEventListener('abort', cancel)
      if (end.state === 'cancelled') return { ...base, outcome: 'cancelled', error: end.error }
      const result = powerResult.safeParse(end.result)
      if (end.state === 'done' && result.success)
        return { ...base, outcome: 'done', name: result.data.name, state: result.data.state, verified: result.data.verified }
      return { ...base, outcome: 'failed', error: end.error }
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      return { ...base, outcome: 'failed', error: { ...error.body() } }
    }
  }
}
