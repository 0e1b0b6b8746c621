// Billing: the connection to Paymenter, the mirror that is kept up to date, and the few things that are asked of it afresh.
import type { z } from 'zod'
import { BillingMirror, type MirroredList } from '../../../db/repositories/billingMirror.ts'
import {
  foundAnEmptyList,
  lastCompleteRun,
  lastRunAt,
  storeConnection,
  storedConnection,
  watermarkOf,
  type StoredConnection,
  type SyncKind,
} from '../../../db/repositories/billingSync.ts'
import { openPass } from '../../../db/repositories/mirrorPasses.ts'
import type { billingProbe } from '../../../shared/contract/billing.ts'
import { dayOf, type Day } from '../../../shared/domain/calendar.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { ServiceId } from '../../../shared/domain/ids.ts'
import type { Context } from '../context.ts'
import type { JobProgress } from '../jobs/jobs.ts'
import type { PaymenterClient, PaymenterClientOptions } from '../paymenter/client.ts'
import { connectBilling, probeBilling, tokenSecret, type ConnectInput } from './connect.ts'
import { ageOf, mirroredNames, mirrorStatus, rowCounts, type BillingStatus, type SyncResult } from './mirrorStatus.ts'
import { isRequired, missingOf, type MissingList } from './missing.ts'
import { probePermissions, type ProbeResult } from './probe.ts'
import { recordedSync } from './recordedSync.ts'
import { refreshService, setServiceStatus } from './refresh.ts'
import { abandonable, Schedule } from './schedule.ts'
import { Sessions, type Session } from './session.ts'

export interface BillingOptions {
  /** Other bounds of time and size for requests than the usual ones. */
  readonly http?: PaymenterClientOptions['http']
  readonly incrementalEveryMs?: number
}

const fullEveryMs = 24 * 60 * 60_000
/** A full pass that failed is not repeated sooner. */
const fullAgainAfterMs = 30 * 60_000

export class Billing {
  readonly #context: Context
  readonly #options: BillingOptions
  readonly #rows: BillingMirror
  readonly #sessions: Sessions
  #running: { kind: SyncKind; controller: AbortController; end: Promise<SyncResult> } | null = null
  readonly #queues = new Map<ServiceId, Promise<unknown>>()
  readonly #schedule: Schedule
  readonly #newsListeners: (() => void)[] = []
  #started = false

  constructor(context: Context, options: BillingOptions = {}) {
    this.#context = context
    this.#options = options
    this.#rows = new BillingMirror(context.db)
    this.#sessions = new Sessions(context, options.http)
    this.#schedule = new Schedule(
      () => this.#now(),
      async () => this.#syncBySchedule(),
    )
  }

  /** Keeps the mirror up to date from now on: what is new every five minutes, everything once a day. */
  start(): void {
    this.#started = true
    if (this.connected()) this.#schedule.next(0)
  }

  /** Has a listener told of every sync that found something new. It must not throw. */
  onNews(listener: () => void): void {
    this.#newsListeners.push(listener)
  }

  readonly #tellNews = (): void => {
    for (const listener of this.#newsListeners) listener()
  }

  /** Ends what is under way and waits for it. */
  async stop(): Promise<void> {
    this.#started = false
    this.#schedule.cancel()
    await this.#endSync(new Failure('worker.closing', 'The worker is closing.'))
    await Promise.allSettled(this.#queues.values())
    await this.#sessions.close()
  }

  connected(): boolean {
    return storedConnection(this.#context.db.orm) !== null
  }

  connection(): StoredConnection | null {
    return storedConnection(this.#context.db.orm)
  }

  /** Paymenter's own zone. Throws `billing.not-connected`. */
  timeZone(): string {
    return this.#sessions.connection().timeZone
  }

  /** Today in Paymenter's zone. Throws `billing.not-connected`. */
  today(): Day {
    return dayOf(this.#now(), this.timeZone())
  }

  async probe(input: ConnectInput): Promise<z.output<typeof billingProbe>> {
    return probeBilling(this.#context, input, this.#options.http)
  }

  /** Probes and saves; what was connected before is left. The first sync begins at once where syncs run by themselves. */
  async connect(input: ConnectInput): Promise<StoredConnection> {
    const connection = await connectBilling(this.#context, input, this.#options.http)
    await this.#endSync(new Failure('billing.reconnected', 'Billing was connected anew.'))
    await this.#sessions.close()
    if (this.#started) this.#schedule.next(0)
    this.#context.changed('billing', 'system')
    return connection
  }

  /** Forgets the address and the key; the mirror stays readable. */
  async disconnect(): Promise<void> {
    this.#schedule.cancel()
    await this.#endSync(new Failure('billing.not-connected', 'Billing was disconnected.'))
    await this.#sessions.close()
    await this.#context.secrets.delete(tokenSecret)
    storeConnection(this.#context.db.orm, null)
    this.#context.changed('billing', 'system')
  }

  status(): BillingStatus {
    return mirrorStatus(this.#context.db.orm, { syncing: this.#running !== null, rows: rowCounts(this.#rows, this.connection()), nextSyncAt: this.#schedule.nextAt, fullEveryMs })
  }

  /** What a list lacks to be shown; null when the key may view it as far as is known. */
  missing(list: MirroredList): MissingList | null {
    return missingOf(this.connection(), list)
  }

  /** Asks the connected Paymenter what the key may do now, and keeps the answer. Throws Failures. */
  async permissions(): Promise<Pick<ProbeResult, 'permissions' | 'costs'>> {
    const told = await this.withClient(probePermissions)
    const connection = this.#sessions.connection()
    storeConnection(this.#context.db.orm, { ...connection, permissions: told.permissions })
    this.#context.changed('billing')
    return told
  }

  /** The beginning of the newest sync that read a list (or services and invoices both) to its end: how old the mirror's word is. */
  asOf(list?: MirroredList): number | null {
    return ageOf(this.#context.db.orm, list)
  }

  /**
   * Brings the mirror up to date; the first time in full. One at a time: a second caller of the same kind is given the running one's result.
   * A full one goes on with a pass that was interrupted; `gently` it leaves the server time for others. What could not be read is in the result's errors. Throws when it could not begin, or was called off.
   */
  async sync(options: { full: boolean; gently?: boolean; signal?: AbortSignal; report?: JobProgress['report'] }): Promise<SyncResult> {
    options.signal?.throwIfAborted()
    this.#sessions.connection()
    const kind: SyncKind = options.full || this.#hasUnreadList() ? 'full' : 'incremental'
    while (this.#running !== null) {
      if (this.#running.kind === kind) return abandonable(this.#running.end, options.signal)
      await abandonable(this.#running.end.catch(() => undefined), options.signal)
    }
    const controller = new AbortController()
    const callOff = (): void => {
      controller.abort(options.signal?.reason)
    }
    options.signal?.addEventListener('abort', callOff, { once: true })
    const parts = { context: this.#context, sessions: this.#sessions, rows: this.#rows, onNews: this.#tellNews }
    const end = recordedSync(parts, kind, { ...options, signal: controller.signal }).finally(() => {
      this.#running = null
      options.signal?.removeEventListener('abort', callOff)
      this.#context.changed('billing')
    })
    this.#running = { kind, controller, end }
    this.#context.changed('billing')
    return end
  }

  /**
   * Reads one service, and every invoice that has or had an item of it and is pending, changed or not yet known, afresh into the mirror.
   * Throws Failures; `billing.service-gone`, with the row marked, when Paymenter says that it does not exist.
   */
  async refreshService(id: ServiceId): Promise<void> {
    await this.#inTurn(id, async ({ client, mirror }) => {
      await refreshService({ client, mirror, db: this.#context.db, now: () => this.#now() }, id)
    })
  }

  /** Sets a service's status in Paymenter and reads it back. Throws Failures (`billing.forbidden` names `services.update`). */
  async setServiceStatus(id: ServiceId, status: 'active' | 'suspended' | 'cancelled'): Promise<void> {
    await this.#inTurn(id, async ({ client, mirror }) => {
      await setServiceStatus({ client, mirror, db: this.#context.db, now: () => this.#now() }, id, status)
    })
  }

  /** Lends the connected Paymenter's client, for what the mirror has no part in. Throws `billing.not-connected`. */
  async withClient<T>(work: (client: PaymenterClient) => Promise<T>): Promise<T> {
    return work((await this.#sessions.open()).client)
  }

  /** Lends the client and the mirror that it fills. Throws `billing.not-connected`. */
  async withSession<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return work(await this.#sessions.open())
  }

  // ── syncing ────────────────────────────────────────────────────────────────────────────────────────────────────

  async #endSync(reason: Failure): Promise<void> {
    const running = this.#running
    if (running === null) return
    running.controller.abort(reason)
    await running.end.catch(() => undefined)
  }

  /** A list that cannot be done without and was never read to its end. */
  #hasUnreadList(): boolean {
    return mirroredNames.some((list) => isRequired(list) && watermarkOf(this.#context.db.orm, list) === null)
  }

  #isFullDue(): boolean {
    const { orm } = this.#context.db
    const isOlder = (at: number | null, ageMs: number): boolean => at === null || Math.abs(this.#now() - at) >= ageMs
    const isDue = isOlder(lastCompleteRun(orm, 'full')?.startedAt ?? null, fullEveryMs) || foundAnEmptyList(orm)
    return isDue && (openPass(orm).length > 0 || isOlder(lastRunAt(orm, 'full'), fullAgainAfterMs))
  }

  async #syncBySchedule(): Promise<void> {
    try {
      // Somebody waits for the first one.
      await this.sync({ full: this.#isFullDue(), gently: !this.#hasUnreadList() })
    } catch (error) {
      if (!(error instanceof Failure)) this.#context.log.error({ err: error }, 'billing sync failed unexpectedly')
    }
    if (this.#started && this.connected()) this.#schedule.next(this.#options.incrementalEveryMs ?? 5 * 60_000)
  }

  #now(): number {
    return this.#context.clock.now()
  }

  /** What is asked about one service goes one after the other. */
  async #inTurn(id: ServiceId, work: (session: Session) => Promise<void>): Promise<void> {
    const before = this.#queues.get(id) ?? Promise.resolve()
    const mine = before.catch(() => undefined).then(async () => work(await this.#sessions.open()))
    this.#queues.set(id, mine)
    try {
      await mine
    } finally {
      if (this.#queues.get(id) === mine) this.#queues.delete(id)
      this.#context.changed('billing')
    }
  }
}
