// Every change of an intent: the row and its audit entry in one transaction, committed before anything is sent.
import type { Intent } from '../../../db/repositories/intents.ts'
import { insertIntent, intentById, updateIntent } from '../../../db/repositories/intents.ts'
import { Failure, type FailureBody } from '../../../shared/domain/failure.ts'
import type { IntentId } from '../../../shared/domain/ids.ts'
import type { Audit } from '../audit/audit.ts'
import type { Context } from '../context.ts'

export interface IntentChange {
  readonly state?: Intent['state']
  readonly step?: string
  readonly waitingSince?: number | null
  readonly error?: FailureBody | null
  readonly attempts?: number
  readonly nextAttemptAt?: number | null
  readonly approvedBy?: string
  readonly needsApproval?: boolean
  readonly reason?: string
  readonly evidence?: Record<string, unknown>
}

export interface IntentRecord {
  readonly actor?: string
  readonly action: string
  readonly why: string
  readonly detail?: Record<string, unknown>
}

const finalStates: ReadonlySet<string> = new Set(['done', 'failed', 'cancelled'])

export class IntentLog {
  readonly #context: Context
  readonly #audit: Audit
  readonly #listeners: ((intent: Intent, change: IntentChange) => void)[] = []

  constructor(context: Context, audit: Audit) {
    this.#context = context
    this.#audit = audit
  }

  /** Has a listener called within the transaction of every change, after it was made. It must not throw. */
  listen(listener: (intent: Intent, change: IntentChange) => void): void {
    this.#listeners.push(listener)
  }

  get(id: IntentId): Intent {
    const intent = intentById(this.#context.db.orm, id)
    if (!intent) throw new Failure('intent.unknown', 'That intent is not known.', 'Look at the queue again.')
    return intent
  }

  create(intent: Intent, actor: string): Intent {
    this.#context.db.transaction(() => {
      insertIntent(this.#context.db.orm, intent)
      this.#append(intent, { actor, action: 'intent.planned', why: intent.reason, detail: { kind: intent.kind, evidence: intent.evidence, policyVersion: intent.policyVersion } })
    })
    this.#context.changed('intents')
    return intent
  }

  /** Applies a change and records it. `also` runs in the same transaction. */
  change(intent: Intent, change: IntentChange, record: IntentRecord | null, also?: () => void): Intent {
    const now = this.#context.clock.now()
    const finished = change.state !== undefined && finalStates.has(change.state)
    // A step that is not recorded for itself may be taken twice: losing it to a power cut does no harm, so the disk is not waited for.
    const { db } = this.#context
    const mayBeLost = record === null && also === undefined && !finished
    const work = (): void => {
      updateIntent(db.orm, intent.id, { ...change, updatedAt: now, ...(finished ? { finishedAt: now } : {}) })
      if (record) this.#append(intent, record)
      also?.()
      for (const listener of this.#listeners) listener(intent, change)
    }
    if (mayBeLost) db.note(work)
    else db.transaction(work)
    this.#context.changed('intents', 'vms')
    return this.get(intent.id)
  }

  #append(intent: Intent, record: IntentRecord): void {
    this.#audit.append({
      actor: record.actor ?? 'rule',
      action: record.action,
      serviceId: intent.serviceId,
      nodeId: intent.nodeId,
      uuid: intent.uuid,
      vmName: intent.vmName,
      why: record.why,
      detail: { intent: intent.id, ...record.detail },
    })
  }
}
