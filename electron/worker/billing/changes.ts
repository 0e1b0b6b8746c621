// How anything is changed in Paymenter by hand: looked at afresh, compared with what the operator saw, recorded, sent once, and read back.
import { beginAct, finishAct, giveUpOpenActs, type BillingActKind } from '../../../db/repositories/billingActs.ts'
import type { MirroredList } from '../../../db/repositories/billingMirror.ts'
import { storedConnection } from '../../../db/repositories/billingSync.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import { asId, type CustomerId, type ServiceId } from '../../../shared/domain/ids.ts'
import type { Audit } from '../audit/audit.ts'
import type { Context } from '../context.ts'
import type { CreateAnswer, PaymenterClient, Resource, UpdateAnswer } from '../paymenter/client.ts'
import { permissionFor } from '../paymenter/client.ts'
import { forbidden } from '../paymenter/failures.ts'
import type { Billing } from './billing.ts'
import { lists, type Mirror } from './mirror.ts'
import { learnPermission } from './missing.ts'

export interface Session {
  readonly client: PaymenterClient
  readonly mirror: Mirror
}

export interface Change {
  readonly kind: BillingActKind
  readonly rowId: number | null
  readonly customerId: number | null
  /** For the record: the one service that it concerns. */
  readonly serviceId?: number | null | undefined
  /** What is changed, in words: “the due date of invoice 7”. */
  readonly what: string
  readonly before: Record<string, unknown>
  readonly after: Record<string, unknown>
  readonly why: string | undefined
  readonly send: () => Promise<UpdateAnswer | CreateAnswer>
  /** Reads what it led to into the mirror. */
  readonly readBack: (answer: UpdateAnswer | CreateAnswer) => Promise<void>
  /** Whether the mirror shows it now. */
  readonly isSeen: () => boolean
  /** More to be recorded in the same transaction; the answer takes it back when nothing was done. */
  readonly record?: (() => () => void) | undefined
}

/** What was expected is not what is there. */
export function changedMeanwhile(what: string, now: string): Failure {
  return new Failure('billing.changed-meanwhile', `Meanwhile ${what} has changed in Paymenter: it is ${now} now. Nothing was sent.`, 'Look at it again, then decide anew.')
}

export class Changes {
  readonly context: Context
  readonly #billing: Billing
  readonly #audit: Audit
  #turn: Promise<unknown> = Promise.resolve()

  constructor(context: Context, billing: Billing, audit: Audit) {
    this.context = context
    this.#billing = billing
    this.#audit = audit
    if (context.db.damage === null) giveUpOpenActs(context.db.orm, context.clock.now())
  }

  /** The operator's changes go one after the other. Throws `billing.not-connected`. */
  async inTurn<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const mine = this.#turn.catch(() => undefined).then(async () => this.#billing.withSession(work))
    this.#turn = mine
    try {
      return await mine
    } finally {
      this.context.changed('billing')
    }
  }

  /**
   * Reads one row afresh into the mirror. Throws `billing.row-gone`, with the row marked, when Paymenter says that it does not exist;
   * `billing.ambiguous-id` when its address is another row's: where invoices' numbers are bare digits, a number is looked for before the id.
   */
  async read({ client, mirror }: Session, list: MirroredList, id: number, force = false): Promise<void> {
    const ticket = mirror.freshness.ticket()
    const answer = await client.read(lists[list].resource, id, lists[list].includes)
    if (answer.kind === 'present') {
      mirror.storeRow(list, answer.row, answer.included, ticket, force)
      if (answer.hasOwnAddress) return
      throw new Failure(
        'billing.ambiguous-id',
        `Another row than ${lists[list].resource} ${id} answers at its address, for that one’s number is ${id}: a change would be made to the wrong one, so none is sent.`,
        'Change it in Paymenter itself. A number format with letters, like INV-{number}, keeps numbers and ids apart.',
      )
    }
    mirror.markGone(list, id)
    throw new Failure('billing.row-gone', `This does not exist in Paymenter any more (${lists[list].resource} ${id}).`, 'Here it is kept, marked as gone.')
  }

  /** Refuses, before anything is sent, what the key may not do; one that was given the permission since is noticed. */
  async need({ client }: Session, resource: Resource, action: 'update' | 'create', id?: number): Promise<void> {
    const permission = permissionFor(resource, action)
    const { orm } = this.context.db
    if (storedConnection(orm)?.permissions.missing.includes(permission) !== true) return
    const verdict = action === 'create' || id === undefined ? await client.mayCreate(resource) : await client.mayUpdate(resource, id)
    if (verdict === 'missing') throw forbidden(permission, `do this (${permission})`)
    if (verdict === 'granted') learnPermission(orm, permission, 'granted')
  }

  /** Keeps a row as it is in the mirror while it is changed: no page that was asked for before may store it. */
  async holding<T>({ mirror }: Session, list: MirroredList, id: number, work: () => Promise<T>): Promise<T> {
    const release = mirror.freshness.hold(`${list}:${id}`)
    try {
      return await work()
    } finally {
      release()
    }
  }

  /**
   * Records the change, sends it once, and reads back what it led to. Throws the Failure that refused it; `billing.no-answer` when it may or
   * may not have been done; `billing.write-not-seen` when it was accepted and does not show.
   */
  async make(change: Change): Promise<void> {
    const { id, takeBack } = this.#begin(change)
    let answer: UpdateAnswer | CreateAnswer
    try {
      answer = await change.send()
      if (answer.kind === 'gone') throw new Failure('billing.row-gone', `Paymenter says that it does not exist any more: ${change.what} was not changed.`)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      this.context.db.transaction(() => {
        takeBack?.()
        this.#end(change, id, 'refused', error)
      })
      if (error.code === 'billing.forbidden') this.#learnRefusal(error)
      throw error
    }
    let seen = false
    let problem: Failure | null = null
    try {
      await change.readBack(answer)
      seen = change.isSeen()
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      problem = error
    }
    if (seen) {
      this.#end(change, id, 'seen', null)
      return
    }
    const failure = this.#notSeen(change, answer, problem)
    this.#end(change, id, 'unknown', failure)
    throw failure
  }

  #notSeen(change: Change, answer: UpdateAnswer | CreateAnswer, problem: Failure | null): Failure {
    const hint = `Look at ${change.what} in Paymenter before anything else.`
    if (answer.kind === 'unknown') return new Failure('billing.no-answer', `Paymenter did not say whether ${change.what} was changed: ${answer.failure.message}`, hint)
    if (problem !== null) return new Failure('billing.no-answer', `Paymenter accepted the change of ${change.what}, but it could not be read back: ${problem.message}`, hint)
    return new Failure('billing.write-not-seen', `Paymenter accepted the change of ${change.what}, but it does not show.`, hint)
  }

  #begin(change: Change): { id: number; takeBack: (() => void) | undefined } {
    const { db, clock } = this.context
    return db.transaction(() => {
      const customerId = change.customerId === null ? null : asId<CustomerId>(change.customerId)
      const id = beginAct(db.orm, { at: clock.now(), kind: change.kind, rowId: change.rowId, customerId, before: change.before, after: change.after })
      const takeBack = change.record?.()
      this.#note(change, 'billing.change-sent', null)
      return { id, takeBack }
    })
  }

  #end(change: Change, id: number, state: 'seen' | 'refused' | 'unknown', failure: Failure | null): void {
    const { db, clock } = this.context
    db.transaction(() => {
      finishAct(db.orm, id, { state, error: failure?.body() ?? null, finishedAt: clock.now() })
      this.#note(change, `billing.change-${state}`, failure)
    })
  }

  #note({ kind, rowId, customerId, serviceId, before, after, why, what }: Change, action: string, failure: Failure | null): void {
    const detail = { kind, rowId, customerId, before, after, ...(failure === null ? {} : { error: failure.code }) }
    const reason = why === undefined || why.trim() === '' ? `by hand: ${what}` : why.trim()
    this.#audit.append({ actor: 'operator', action, serviceId: serviceId === null || serviceId === undefined ? null : asId<ServiceId>(serviceId), why: reason, detail })
  }

  #learnRefusal(failure: Failure): void {
    const permission = /admin\.([a-z_]+\.[a-z]+)/.exec(failure.hint ?? '')?.[1]
    if (permission !== undefined) learnPermission(this.context.db.orm, permission, 'missing')
  }
}
