// Every change of an intent: the row and its audit entry in one transaction, on the disk before anything is sent.
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

  /** Applies a change and records it; on the disk when it returns. `also` runs in the same transaction. */
  change(intent: Intent, change: IntentChange, record: IntentRecord | null, also?: () => void): Intent {
    this.#context.db.transaction(() => {
      this.#apply(intent, change, record, also)
    })
    return this.#changed(intent.id)
  }

  /**
   * As `change`, for what is being carried out: it resolves once it is on the disk, for which many intents wait together. A step that is not
   * recorded for itself is not waited for: it may be taken twice, so losing it to a power cut does no harm.
   */
  async step(intent: Intent, change: IntentChange, record: IntentRecord | null, also?: () => void): Promise<Intent> {
    const { db } = this.#context
    db.note(() => {
      this.#apply(intent, change, record, also)
    })
    const changed = this.#changed(intent.id)
    if (record !== null || also !== undefined) await db.onDisk()
    return changed
  }

  #apply(intent: Intent, change: IntentChange, record: IntentRecord | null, also: (() => void) | undefined): void {
    const now = this.#context.clock.now()
    const finished = change.state !== undefined && finalStates.has(change.state)
    updateIntent(this.#context.db.orm, intent.id, { ...change, updatedAt: now, ...(finished ? { finishedAt: now } : {}) })
    // First the change: the entry carries the seals as they are with it.
    also?.()
    if (record) this.#append(intent, record)
    for (const listener of this.#listeners) listener(intent, change)
  }

  #changed(id: IntentId): Intent {
    this.#context.changed('intents', 'vms')
    return this.get(id)
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
