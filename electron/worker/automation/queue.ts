// The queue as the operator works it: approve, cancel, retry, mark as resolved.
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { holdOf, putHold } from '../../../db/repositories/holds.ts'
import { listIntents, openIntentOf, type Intent, type IntentState } from '../../../db/repositories/intents.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { IntentId } from '../../../shared/domain/ids.ts'
import type { Context } from '../context.ts'
import type { IntentLog } from './intentLog.ts'
import type { AutomationBilling } from './peers.ts'
import type { Planner } from './planner.ts'
import type { PolicyStore } from './policyStore.ts'
import type { Runner } from './runner.ts'
import { decisionOf, policyOrDefault } from './steps.ts'

type IntentRow = MethodOutput<'intents.list'>[number]
const defaultLimit = 1_000
/** The steps of a purge from which there is no way back. */
const mayHaveDeleted: ReadonlySet<string> = new Set(['delete', 'leftovers', 'status'])

export class Queue {
  readonly #context: Context
  readonly #log: IntentLog
  readonly #planner: Planner
  readonly #policies: PolicyStore
  readonly #billing: AutomationBilling
  readonly #runner: Runner

  constructor(parts: { context: Context; log: IntentLog; planner: Planner; policies: PolicyStore; billing: AutomationBilling; runner: Runner }) {
    this.#context = parts.context
    this.#log = parts.log
    this.#planner = parts.planner
    this.#policies = parts.policies
    this.#billing = parts.billing
    this.#runner = parts.runner
  }

  list(query: { state?: IntentState | undefined; limit?: number | undefined } = {}): IntentRow[] {
    return listIntents(this.#context.db.orm, { ...(query.state === undefined ? {} : { state: query.state }), limit: query.limit ?? defaultLimit }).map((intent) => this.#view(intent))
  }

  /** Reads the facts again first: throws `intent.facts-changed` when they no longer hold, `intent.wrong-state` when it is past approval. */
  async approve(id: IntentId, confirm?: string): Promise<IntentRow> {
    const intent = this.#log.get(id)
    if (intent.state === 'approved') return this.row(id)
    if (intent.state !== 'planned') throw this.#wrongState(intent, 'approved')
    const isFinal = intent.kind === 'terminate' || intent.kind === 'purge'
    if (isFinal && confirm !== intent.vmName) {
      throw new Failure('intent.confirm-needed', `To ${intent.kind} ${intent.vmName}, its name must be typed${confirm === undefined ? '' : `; “${confirm}” is another`}.`, `Give it as it is: ${intent.vmName}.`)
    }
    await this.#billing.refreshService(intent.serviceId)
    const planned = this.#planner.decideAll(policyOrDefault(this.#policies), intent.serviceId)[0]
    if (planned?.decision.kind !== decisionOf[intent.kind]) {
      const why = planned?.decision.reason ?? 'The service is not linked any more.'
      throw new Failure('intent.facts-changed', `The facts have changed since this was planned: ${why}`, 'It is taken off the queue in the next pass; nothing was sent.')
    }
    this.#log.change(intent, { state: 'approved', approvedBy: 'operator' }, { actor: 'operator', action: 'intent.approved', why: planned.decision.reason })
    return this.row(id)
  }

  /** What the operator cancels is left as it is for today (a no-stop hold), so that it is not planned again at once; giving back needs none. */
  cancel(id: IntentId): IntentRow {
    const intent = this.#log.get(id)
    const why = 'Cancelled by the operator.'
    if (intent.state === 'done' || intent.state === 'failed' || intent.state === 'cancelled') throw this.#wrongState(intent, 'cancelled')
    this.#context.db.transaction(() => {
      const { orm } = this.#context.db
      if (intent.kind !== 'unsuspend' && holdOf(orm, intent.serviceId) === null && this.#billing.connected()) {
        putHold(orm, { serviceId: intent.serviceId, kind: 'no-stop', until: this.#billing.today(), why: `Cancelled in the queue: ${intent.kind}.`, by: 'operator', createdAt: this.#context.clock.now() })
        this.#context.changed('holds')
      }
      // What is being carried out ends between two of its steps, and says so itself then.
      if (this.#runner.breakOff(id, why)) this.#log.change(intent, {}, { actor: 'operator', action: 'intent.cancel-asked', why })
      else this.#log.change(intent, { state: 'cancelled', step: 'finished' }, { actor: 'operator', action: 'intent.cancelled', why })
    })
    return this.row(id)
  }

  /** Takes a failed intent up again from its beginning; a purge that has come to the deletion from there, for its VM may be gone already. */
  retry(id: IntentId): IntentRow {
    const intent = this.#log.get(id)
    if (intent.state !== 'failed') throw this.#wrongState(intent, 'retried')
    const other = openIntentOf(this.#context.db.orm, intent.serviceId)
    if (other) throw new Failure('intent.wrong-state', `There is a newer intent (${other.kind}) for this service already.`, 'Mark this one as resolved instead.')
    const begin = intent.kind === 'purge' && mayHaveDeleted.has(intent.step) ? { state: 'executing' as const } : { state: 'approved' as const, step: 'recheck' }
    this.#log.change(
      intent,
      { ...begin, attempts: 0, nextAttemptAt: null, error: null, approvedBy: 'operator', waitingSince: null },
      { actor: 'operator', action: 'intent.retried', why: 'Tried again by the operator.' },
    )
    return this.row(id)
  }

  /** The operator has dealt with a failed intent himself. */
  resolve(id: IntentId): IntentRow {
    const intent = this.#log.get(id)
    if (intent.state !== 'failed') throw this.#wrongState(intent, 'marked as resolved')
    this.#log.change(intent, { state: 'done', step: 'resolved' }, { actor: 'operator', action: 'intent.resolved', why: 'Dealt with by the operator.' })
    return this.row(id)
  }

  row(id: IntentId): IntentRow {
    const intent = listIntents(this.#context.db.orm, { id, limit: 1 })[0]
    if (!intent) throw new Failure('intent.unknown', 'That intent is not known.', 'Look at the queue again.')
    return this.#view(intent)
  }

  #wrongState(intent: Intent, verb: string): Failure {
    return new Failure('intent.wrong-state', `This intent is ${intent.state}; it cannot be ${verb}.`, 'Look at the queue again: it has moved on.')
  }

  #view(intent: Intent & { customerName: string | null; nodeName: string | null }): IntentRow {
    const { mode } = policyOrDefault(this.#policies).policy
    return {
      id: intent.id,
      kind: intent.kind,
      serviceId: intent.serviceId,
      customerName: intent.customerName,
      nodeId: intent.nodeId,
      node: intent.nodeName ?? intent.nodeId,
      name: intent.vmName,
      uuid: intent.uuid,
      state: intent.state,
      step: intent.step,
      reason: intent.reason,
      waitsForApproval: intent.state === 'planned' && intent.kind !== 'unsuspend' && (intent.needsApproval || mode !== 'auto'),
      approvedBy: intent.approvedBy,
      attempts: intent.attempts,
      error: intent.error ?? null,
      createdAt: intent.createdAt,
      updatedAt: intent.updatedAt,
      finishedAt: intent.finishedAt,
    }
  }
}
