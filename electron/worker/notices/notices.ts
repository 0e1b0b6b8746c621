// Notices as a whole: queued with the events that they tell of, sent by a loop of their own, which nothing that acts ever waits for.
import { installationId } from '../../../db/repositories/installation.ts'
import { dueNotices, forgetPauses, noticesInState, type Notice, type NoticeChannel } from '../../../db/repositories/notices.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { Automation } from '../automation/automation.ts'
import type { PlannedService } from '../automation/planner.ts'
import { policyOrDefault } from '../automation/steps.ts'
import type { Billing } from '../billing/billing.ts'
import type { Context } from '../context.ts'
import { ChannelRest } from './channelRest.ts'
import { Delivery, type DeliveryOptions } from './delivery.ts'
import { NoticeBook } from './noticeBook.ts'
import { NoticeQueue } from './noticeQueue.ts'
import { SendProblem } from './sendProblem.ts'
import { loadSettings, type NoticeSettings } from './settings.ts'

const passEveryMs = 60_000
const mostAttempts = 8
const firstPauseMs = 5 * 60_000
const longestPauseMs = 6 * 3_600_000
/** After this a notice that could not be sent is of no use to anybody. */
const longestWaitMs = 7 * 24 * 3_600_000
const channels: readonly NoticeChannel[] = ['mail', 'ticket']
const unexpected = { code: 'internal', message: 'Something unexpected went wrong; the log has the details.' }
const leftBehind = {
  code: 'notices.outcome-unknown',
  message: 'The worker ended while this was being sent: it may or may not have gone out.',
  hint: 'Look into the sent mail or the tickets, or ask the customer; then send it again or withdraw it.',
}

/** Tells of something that a payment would undo. */
function isUnlessPaid(kind: Notice['kind']): boolean {
  return kind === 'before-suspension' || kind === 'before-termination' || kind === 'terminated' || kind === 'before-purge'
}

export class Notices {
  readonly delivery: Delivery
  readonly book: NoticeBook
  readonly rest = new ChannelRest()
  readonly #context: Context
  readonly #billing: Billing
  readonly #automation: Automation
  readonly #queue: NoticeQueue
  /** What this process is sending now: any other row that says so was left by one that died. */
  readonly #inHand = new Set<number>()
  readonly #closing = new AbortController()
  #running: Promise<void> | null = null
  #timer: NodeJS.Timeout | null = null
  #isStarted = false
  #hasNew = false

  constructor(context: Context, billing: Billing, automation: Automation, options: DeliveryOptions = {}) {
    this.#context = context
    this.#billing = billing
    this.#automation = automation
    this.#queue = new NoticeQueue(context)
    this.book = new NoticeBook(context, automation.audit)
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
   * Ends between two notices. What a process that never started its loop has queued is tried once before, within `flushMs`: a worker that
   * lives for one pass only would otherwise never send anything.
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

  /** The settings were changed, or the operator asks: whatever rests or waits for its next attempt is tried now. */
  tryNow(): void {
    this.rest.endAll()
    forgetPauses(this.#context.db.orm)
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
  quietBecause(settings: NoticeSettings): string | null {
    if (!settings.enabled) return 'Notices are switched off.'
    if (settings.mail === null && settings.ticket === null) return 'No way of sending is set up.'
    if (!this.#billing.connected()) return 'Billing is not connected, so nobody’s address is known.'
    if (policyOrDefault(this.#automation.policies).policy.mode === 'observe') return 'The mode is observe: nothing is sent.'
    return null
  }

  async #pass(): Promise<void> {
    this.#settleLeftBehind()
    const settings = this.#settingsInForce()
    if (!settings.enabled) return
    this.#settle(() => this.#queue.warn(settings, this.#planned(), this.#billing.today()))
    await Promise.all(channels.map((channel) => this.#work(channel)))
  }

  async #work(channel: NoticeChannel): Promise<void> {
    const { clock, db } = this.#context
    if (this.rest.isResting(channel, clock.now())) return
    for (const notice of dueNotices(db.orm, channel, clock.now())) {
      if (this.#closing.signal.aborted) return
      const settings = this.#settingsInForce()
      if (!settings.enabled || settings[channel] === null) return
      if (!(await this.#send(notice, settings))) return
    }
  }

  /** One notice; false when its whole channel is to rest. */
  async #send(notice: Notice, settings: NoticeSettings): Promise<boolean> {
    try {
      if (isUnlessPaid(notice.kind)) await this.#readFresh(notice)
      const reason = this.#queue.notTrueBecause(notice, this.#planned(notice)[0] ?? null, this.#billing.today())
      if (!this.book.stillWaits(notice.id)) return true
      if (reason !== null) {
        this.book.end(notice, { state: 'withdrawn', error: { code: 'notices.not-true', message: reason } }, reason)
        return true
      }
      const letter = this.delivery.prepare(notice, settings)
      this.#inHand.add(notice.id)
      this.book.change(notice.id, { state: 'sending', recipient: letter.recipient, subject: letter.message.subject, error: null })
      const { reference } = await this.delivery.send(notice, letter, this.#closing.signal)
      const sent = { sentAt: this.#context.clock.now(), reference, error: null, attempts: notice.attempts + 1 }
      this.book.end(notice, { state: 'sent', ...sent }, `Told by ${notice.channel}.`)
      this.rest.end(notice.channel)
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

  /** What becomes of a notice that was not sent; false when its whole channel is to rest. */
  #account(notice: Notice, error: unknown): boolean {
    const attempts = notice.attempts + 1
    if (!(error instanceof SendProblem)) {
      this.#context.log.error({ err: error, notice: notice.id }, 'a notice failed unexpectedly')
      this.book.end(notice, { state: 'uncertain', error: unexpected, attempts }, 'It may or may not have gone out.')
      return true
    }
    const now = this.#context.clock.now()
    const failure = error.failure.body()
    const isOfChannel = error.scope === 'channel'
    const pauseMs = Math.min(firstPauseMs * 2 ** (attempts - 1), longestPauseMs)
    const nextAttemptAt = isOfChannel ? this.#rest(notice.channel, failure) : now + pauseMs
    const givesUp = now - notice.createdAt > longestWaitMs || (!isOfChannel && attempts >= mostAttempts)
    if (error.outcome === 'unknown') this.book.end(notice, { state: 'uncertain', error: failure, attempts }, failure.message)
    else if (error.outcome === 'refused') this.book.end(notice, { state: 'failed', error: failure, attempts }, failure.message)
    else if (givesUp) this.book.end(notice, { state: 'failed', error: failure, attempts }, `Given up: ${failure.message}`)
    else this.book.change(notice.id, { state: 'queued', error: failure, attempts, nextAttemptAt })
    return !isOfChannel
  }

  #rest(channel: NoticeChannel, failure: ReturnType<Failure['body']>): number {
    const nextAttemptAt = this.rest.begin(channel, failure, this.#context.clock.now())
    this.#context.log.warn({ channel, code: failure.code, nextAttemptAt }, 'notices rest')
    return nextAttemptAt
  }

  /** What a process that died was sending may have gone out: it is shown, and not sent a second time by itself. */
  #settleLeftBehind(): void {
    for (const notice of noticesInState(this.#context.db.orm, 'sending')) {
      if (this.#inHand.has(notice.id)) continue
      this.book.end(notice, { state: 'uncertain', error: leftBehind, attempts: notice.attempts + 1 }, leftBehind.message)
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
