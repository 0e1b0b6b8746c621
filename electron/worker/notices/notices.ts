// Notices as a whole: queued with the events that they tell of, sent by a loop of their own, which nothing that acts ever waits for.
import { installationId } from '../../../db/repositories/installation.ts'
import { countNotices, dueNotices, listNotices, noticeById, noticesInState, updateNotice, type Notice, type NoticeChannel, type NoticeQuery } from '../../../db/repositories/notices.ts'
import { noticeStates } from '../../../shared/contract/notices.ts'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { Failure, type FailureBody } from '../../../shared/domain/failure.ts'
import type { Automation } from '../automation/automation.ts'
import type { PlannedService } from '../automation/planner.ts'
import { policyOrDefault } from '../automation/steps.ts'
import type { Billing } from '../billing/billing.ts'
import type { Context } from '../context.ts'
import { Delivery, type DeliveryOptions } from './delivery.ts'
import { NoticeQueue } from './noticeQueue.ts'
import { SendProblem } from './sendProblem.ts'
import { loadSettings, type NoticeSettings } from './settings.ts'

type NoticeRow = MethodOutput<'notices.list'>[number]

const passEveryMs = 60_000
const mostAttempts = 8
const firstPauseMs = 5 * 60_000
const longestPauseMs = 6 * 3_600_000
/** After this a notice that could not be sent is of no use to anybody. */
const longestWaitMs = 7 * 24 * 3_600_000
const firstRestMs = 60_000
/** A refused login is not tried more often: providers lock accounts for that. */
const firstLoginRestMs = 15 * 60_000
const longestRestMs = 3_600_000
const channels: readonly NoticeChannel[] = ['mail', 'ticket']

interface Trouble {
  readonly since: number
  readonly nextAttemptAt: number
  readonly restMs: number
  readonly error: FailureBody
}

export class Notices {
  readonly delivery: Delivery
  readonly #context: Context
  readonly #billing: Billing
  readonly #automation: Automation
  readonly #queue: NoticeQueue
  readonly #troubles = new Map<NoticeChannel, Trouble>()
  /** What this process is sending now: any other row that says so was left by one that died. */
  readonly #inHand = new Set<number>()
  #closing = new AbortController()
  #running: Promise<void> | null = null
  #timer: NodeJS.Timeout | null = null
  #isStarted = false
  #hasNew = false

  constructor(context: Context, billing: Billing, automation: Automation, options: DeliveryOptions = {}) {
    this.#context = context
    this.#billing = billing
    this.#automation = automation
    this.#queue = new NoticeQueue(context)
    this.delivery = new Delivery(context, billing, installationId(context.db.orm), options)
    automation.onIntentChange((intent, change) => {
      this.#settle(() => this.#queue.intentChanged(this.#settingsInForce(), intent, change))
    })
  }

  start(): void {
    this.#isStarted = true
    this.#schedule(0)
  }

  /**
   * Ends between two notices. What a process that never started its loop has queued is tried once before, within `flushMs`: a worker that runs only
   * for one pass would otherwise never send anything.
   */
  async stop(options: { flushMs: number } = { flushMs: 20_000 }): Promise<void> {
    if (!this.#isStarted && this.#hasNew && options.flushMs > 0) {
      const end = setTimeout(() => this.#closing.abort(), options.flushMs)
      await this.pass().catch((error: unknown) => this.#context.log.error({ err: error }, 'notices could not be sent'))
      clearTimeout(end)
    }
    this.#isStarted = false
    if (this.#timer) clearTimeout(this.#timer)
    this.#closing.abort()
    await this.#running?.catch(() => undefined)
  }

  /** The settings were changed, or the operator asks: what rests is tried now. */
  tryNow(): void {
    this.#troubles.clear()
    this.#context.changed('notices')
    if (this.#isStarted) this.#schedule(0)
  }

  /** Queues what is due today, then sends what waits. One at a time; a second caller is given the running one. */
  async pass(): Promise<void> {
    this.#running ??= this.#pass().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  /** Why nothing goes out, in a sentence; null when it does. */
  quietBecause(settings: NoticeSettings = loadSettings(this.#context.db.orm)): string | null {
    if (!settings.enabled) return 'Notices are switched off.'
    if (settings.mail === null && settings.ticket === null) return 'No way of sending is set up.'
    if (!this.#billing.connected()) return 'Billing is not connected, so nobody’s address is known.'
    if (policyOrDefault(this.#automation.policies).policy.mode === 'observe') return 'The mode is observe: nothing is sent.'
    return null
  }

  troubles(): MethodOutput<'notices.settings'>['troubles'] {
    return [...this.#troubles].map(([channel, { since, nextAttemptAt, error }]) => ({ channel, since, nextAttemptAt, error: { ...error } }))
  }

  counts(): MethodOutput<'notices.settings'>['counts'] {
    const counts = countNotices(this.#context.db.orm)
    return Object.fromEntries(noticeStates.map((state) => [state, counts.get(state) ?? 0])) as MethodOutput<'notices.settings'>['counts']
  }

  list(query: NoticeQuery): NoticeRow[] {
    return listNotices(this.#context.db.orm, query).map(({ suspensionId: _suspension, intentId: _intent, eventKey: _key, error, ...row }) => ({ ...row, error: error ?? null }))
  }

  /** Queues one that failed, or that may or may not have gone out, once more. Throws `notices.unknown`, `notices.wrong-state`. */
  retry(id: number): NoticeRow {
    const notice = this.#get(id)
    if (notice.state !== 'failed' && notice.state !== 'uncertain') throw this.#wrongState(notice, 'sent again')
    this.#change(id, { state: 'queued', attempts: 0, nextAttemptAt: null, error: null })
    this.#automation.audit.append({ actor: 'operator', action: 'notice.retried', serviceId: notice.serviceId, why: 'Sent again by the operator.', detail: { notice: id, kind: notice.kind, channel: notice.channel } })
    this.tryNow()
    return this.#row(id)
  }

  /** Throws `notices.unknown`, `notices.wrong-state`. */
  withdraw(id: number): void {
    const notice = this.#get(id)
    if (notice.state === 'sent' || notice.state === 'sending' || notice.state === 'withdrawn') throw this.#wrongState(notice, 'withdrawn')
    this.#end(notice, 'withdrawn', { error: { code: 'notices.withdrawn', message: 'Withdrawn by the operator.' } }, 'operator', 'Withdrawn by the operator.')
  }

  async #pass(): Promise<void> {
    this.#settleLeftBehind()
    const settings = this.#settingsInForce()
    if (!settings.enabled) return
    this.#settle(() => this.#queue.warn(settings, this.#planned(), this.#billing.today()))
    await Promise.all(channels.map((channel) => this.#work(channel)))
  }

  async #work(channel: NoticeChannel): Promise<void> {
    const trouble = this.#troubles.get(channel)
    if (trouble && this.#context.clock.now() < trouble.nextAttemptAt) return
    for (const notice of dueNotices(this.#context.db.orm, channel, this.#context.clock.now())) {
      if (this.#closing.signal.aborted) return
      const settings = this.#settingsInForce()
      if (!settings.enabled || settings[channel] === null) return
      if (!(await this.#send(notice, settings))) return
    }
  }

  /** One notice; false when its whole channel is to rest. */
  async #send(notice: Notice, settings: NoticeSettings): Promise<boolean> {
    const { clock } = this.#context
    try {
      if (notice.kind === 'before-suspension') await this.#readFresh(notice)
      const reason = this.#queue.notTrueBecause(notice, this.#planned(notice)[0] ?? null, this.#billing.today())
      if (reason !== null) {
        this.#end(notice, 'withdrawn', { error: { code: 'notices.not-true', message: reason } }, 'rule', reason)
        return true
      }
      const letter = await this.delivery.prepare(notice, settings)
      this.#inHand.add(notice.id)
      this.#change(notice.id, { state: 'sending', recipient: letter.recipient, subject: letter.message.subject, error: null })
      const { reference } = await this.delivery.send(notice, letter, this.#closing.signal)
      this.#end(notice, 'sent', { sentAt: clock.now(), reference, error: null, attempts: notice.attempts + 1 }, 'rule', `Told by ${notice.channel}.`)
      this.#troubles.delete(notice.channel)
      return true
    } catch (error) {
      return this.#account(notice, error)
    } finally {
      this.#inHand.delete(notice.id)
    }
  }

  /** Nobody who has paid a minute ago is warned. */
  async #readFresh(notice: Notice): Promise<void> {
    try {
      await this.#billing.refreshService(notice.serviceId)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      if (error.code !== 'billing.service-gone') throw new SendProblem('not-sent', 'message', error)
    }
  }

  #account(notice: Notice, error: unknown): boolean {
    const now = this.#context.clock.now()
    if (!(error instanceof SendProblem)) {
      this.#context.log.error({ err: error, notice: notice.id }, 'a notice failed unexpectedly')
      this.#end(notice, 'uncertain', { error: { code: 'internal', message: 'Something unexpected went wrong; the log has the details.' }, attempts: notice.attempts + 1 }, 'rule', 'It may or may not have gone out.')
      return true
    }
    const failure = error.failure.body()
    const attempts = notice.attempts + 1
    if (error.scope === 'channel') this.#rest(notice.channel, failure)
    if (error.outcome === 'unknown') this.#end(notice, 'uncertain', { error: failure, attempts }, 'rule', failure.message)
    else if (error.outcome === 'refused') this.#end(notice, 'failed', { error: failure, attempts }, 'rule', failure.message)
    else if (now - notice.createdAt > longestWaitMs || (error.scope === 'message' && attempts >= mostAttempts)) this.#end(notice, 'failed', { error: failure, attempts }, 'rule', `Given up: ${failure.message}`)
    else {
      const pauseMs = Math.min(firstPauseMs * 2 ** (attempts - 1), longestPauseMs)
      const nextAttemptAt = error.scope === 'message' ? now + pauseMs : (this.#troubles.get(notice.channel)?.nextAttemptAt ?? now + pauseMs)
      this.#change(notice.id, { state: 'queued', error: failure, attempts, nextAttemptAt })
    }
    return error.scope === 'message'
  }

  #rest(channel: NoticeChannel, error: FailureBody): void {
    const now = this.#context.clock.now()
    const before = this.#troubles.get(channel)
    const first = error.code === 'smtp.unauthorized' || error.code === 'billing.unauthorized' ? firstLoginRestMs : firstRestMs
    const restMs = Math.min(Math.max(first, (before?.restMs ?? 0) * 2), longestRestMs)
    this.#troubles.set(channel, { since: before?.since ?? now, nextAttemptAt: now + restMs, restMs, error })
    this.#context.log.warn({ channel, code: error.code, restMs }, 'notices rest')
    this.#context.changed('notices')
  }

  /** What a process that died was sending may have gone out: it is shown, and not sent a second time by itself. */
  #settleLeftBehind(): void {
    for (const notice of noticesInState(this.#context.db.orm, 'sending')) {
      if (this.#inHand.has(notice.id)) continue
      const message = 'The worker ended while this was being sent: it may or may not have gone out.'
      this.#end(notice, 'uncertain', { error: { code: 'notices.outcome-unknown', message, hint: 'Look into the sent mail or the tickets, or ask the customer; then send it again or withdraw it.' }, attempts: notice.attempts + 1 }, 'rule', message)
    }
  }

  /** Queues something; never in the way of what it tells of. */
  #settle(work: () => number): void {
    try {
      if (work() === 0) return
      this.#hasNew = true
      this.#context.changed('notices')
      if (this.#isStarted) this.#schedule(0)
    } catch (error) {
      this.#context.log.error({ err: error }, 'a notice could not be queued')
    }
  }

  /** The settings; switched off where nothing may go out now. */
  #settingsInForce(): NoticeSettings {
    const settings = loadSettings(this.#context.db.orm)
    return this.quietBecause(settings) === null ? settings : { ...settings, enabled: false }
  }

  #planned(notice?: Notice): PlannedService[] {
    return this.#automation.planner.decideAll(policyOrDefault(this.#automation.policies), notice?.serviceId)
  }

  #change(id: number, change: Parameters<typeof updateNotice>[2]): void {
    updateNotice(this.#context.db.orm, id, { ...change, updatedAt: this.#context.clock.now() })
    this.#context.changed('notices')
  }

  /** The end of a notice, with its entry in the record, in one transaction. */
  #end(notice: Notice, state: 'sent' | 'failed' | 'uncertain' | 'withdrawn', change: Parameters<typeof updateNotice>[2], actor: string, why: string): void {
    this.#context.db.transaction(() => {
      this.#change(notice.id, { ...change, state, nextAttemptAt: null })
      this.#automation.audit.append({ actor, action: `notice.${state}`, serviceId: notice.serviceId, why, detail: { notice: notice.id, kind: notice.kind, channel: notice.channel, event: notice.eventKey } })
    })
  }

  #get(id: number): Notice {
    const notice = noticeById(this.#context.db.orm, id)
    if (!notice) throw new Failure('notices.unknown', 'That notice is not known.', 'Look at the list again.')
    return notice
  }

  #row(id: number): NoticeRow {
    const row = this.list({ id, limit: 1 })[0]
    if (!row) throw new Failure('notices.unknown', 'That notice is not known.')
    return row
  }

  #wrongState(notice: Notice, verb: string): Failure {
    return new Failure('notices.wrong-state', `This notice is ${notice.state}; it cannot be ${verb}.`, 'Look at the list again: it has moved on.')
  }

  #schedule(inMs: number): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      void this.#loop()
    }, inMs)
  }

  async #loop(): Promise<void> {
    try {
      await this.pass()
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#context.log.error({ err: error }, 'notices could not be sent')
    }
    if (this.#isStarted) this.#schedule(passEveryMs)
  }
}
