// The book of notices: each row's changes, its end with an entry in the record, and the rows as they are shown.
import {
  countNotices,
  listNotices,
  noticeById,
  updateNotice,
  type Notice,
  type NoticeChange,
  type NoticeQuery,
} from '../../../db/repositories/notices.ts'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { noticeStates } from '../../../shared/contract/notices.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { Audit } from '../audit/audit.ts'
import type { Context } from '../context.ts'

type NoticeRow = MethodOutput<'notices.list'>[number]

export interface NoticeEnd extends NoticeChange {
  readonly state: 'sent' | 'failed' | 'uncertain' | 'withdrawn'
}

export class NoticeBook {
  readonly #context: Context
  readonly #audit: Audit

  constructor(context: Context, audit: Audit) {
    this.#context = context
    this.#audit = audit
  }

  list(query: NoticeQuery): NoticeRow[] {
    return listNotices(this.#context.db.orm, query).map(
      ({ suspensionId: _suspension, intentId: _intent, eventKey: _key, error, ...row }) => ({ ...row, error: error ?? null }),
    )
  }

  counts(): MethodOutput<'notices.settings'>['counts'] {
    const counts = countNotices(this.#context.db.orm)
    return Object.fromEntries(noticeStates.map((state) => [state, counts.get(state) ?? 0])) as MethodOutput<'notices.settings'>['counts']
  }

  change(id: number, change: NoticeChange): void {
    updateNotice(this.#context.db.orm, id, { ...change, updatedAt: this.#context.clock.now() })
    this.#context.changed('notices')
  }

  /** The end of a notice, with its entry in the record, in one transaction. */
  end(notice: Notice, change: NoticeEnd, why: string, actor = 'rule'): void {
    this.#context.db.transaction(() => {
      this.change(notice.id, { ...change, nextAttemptAt: null })
      this.#record(notice, `notice.${change.state}`, why, actor)
    })
  }

  /** Whether it still waits: the operator may have withdrawn it meanwhile. */
  stillWaits(id: number): boolean {
    return noticeById(this.#context.db.orm, id)?.state === 'queued'
  }

  /** Queues one that failed, or that may or may not have gone out, once more. Throws `notices.unknown`, `notices.wrong-state`. */
  requeue(id: number): NoticeRow {
    const notice = this.#get(id)
    if (notice.state !== 'failed' && notice.state !== 'uncertain') throw this.#wrongState(notice, 'sent again')
    this.#context.db.transaction(() => {
      this.change(id, { state: 'queued', attempts: 0, nextAttemptAt: null, error: null })
      this.#record(notice, 'notice.retried', 'Sent again by the operator.', 'operator')
    })
    return this.#row(id)
  }

  /** Throws `notices.unknown`, `notices.wrong-state`. */
  withdraw(id: number): void {
    const notice = this.#get(id)
    if (notice.state === 'sent' || notice.state === 'sending' || notice.state === 'withdrawn') throw this.#wrongState(notice, 'withdrawn')
    const message = 'Withdrawn by the operator.'
    this.end(notice, { state: 'withdrawn', error: { code: 'notices.withdrawn', message } }, message, 'operator')
  }

  #record(notice: Notice, action: string, why: string, actor: string): void {
    const { id, kind, channel, eventKey, serviceId } = notice
    this.#audit.append({ actor, action, serviceId, why, detail: { notice: id, kind, channel, event: eventKey } })
  }

  #get(id: number): Notice {
    const notice = noticeById(this.#context.db.orm, id)
    if (!notice) throw new Failure('notices.unknown', 'That notice is not known.', 'Look at the list again.')
    return notice
  }

  #row(id: number): NoticeRow {
    const row = this.list({ id, limit: 1 })[0]
    if (!row) throw new Failure('notices.unknown', 'That notice is not known.', 'Look at the list again.')
    return row
  }

  #wrongState(notice: Notice, verb: string): Failure {
    return new Failure(
      'notices.wrong-state',
      `This notice is ${notice.state}; it cannot be ${verb}.`,
      'Look at the list again: it has moved on.',
    )
  }
}
