// Billing: the connection to Paymenter, the mirror that is kept up to date, and the few things that are asked of it afresh.
import type { z } from 'zod'
import { recordServiceDay } from '../../../db/repositories/serviceRecord.ts'
import { BillingMirror, type MirroredList } from '../../../db/repositories/billingMirror.ts'
import {
  beginSyncRun,
  finishSyncRun,
  lastCompleteRun,
  lastRunAt,
  storeConnection,
  storedConnection,
  storedPageSize,
  storePageSize,
  watermarkOf,
  type StoredConnection,
  type SyncKind,
} from '../../../db/repositories/billingSync.ts'
import { closePass, openPass, type PassProgress } from '../../../db/repositories/mirrorPasses.ts'
import type { billingProbe } from '../../../shared/contract/billing.ts'
import { dayOf, type Day } from '../../../shared/domain/calendar.ts'
import { Failure, type FailureBody } from '../../../shared/domain/failure.ts'
import type { ServiceId } from '../../../shared/domain/ids.ts'
import type { Context } from '../context.ts'
import type { JobProgress } from '../jobs/jobs.ts'
import { PaymenterClient, type PaymenterClientOptions } from '../paymenter/client.ts'
import { connectBilling, probeBilling, tokenSecret, type ConnectInput } from './connect.ts'
import { Mirror } from './mirror.ts'
import { ageOf, mirroredNames, mirrorStatus, type BillingStatus, type SyncResult } from './mirrorStatus.ts'
import { isRequired, learnPermission, missingLists, missingOf, type MissingList } from './missing.ts'
import { nextPageSize, usualPageSize } from './pageSize.ts'
import { probePermissions, type ProbeResult } from './probe.ts'
import { refreshService, setServiceStatus } from './refresh.ts'
import { abandonable, Schedule } from './schedule.ts'
import { SyncRun, type SyncOutcome } from './syncRun.ts'

export type { BillingStatus, SyncResult }

export interface BillingOptions {
  /** Other bounds of time and size for requests than the usual ones. */
  readonly http?: PaymenterClientOptions['http']
  readonly incrementalEveryMs?: number
}

interface Session {
  readonly client: PaymenterClient
  readonly mirror: Mirror
}

const fullEveryMs = 24 * 60 * 60_000
/** A full pass that failed is not repeated sooner. */
const fullAgainAfterMs = 30 * 60_000
/** An interrupted pass is gone on with for so long; then it is begun anew. */
const resumableForMs = 6 * 60 * 60_000
/** A full pass that is read by schedule leaves the server alone for as long as each page took it, at most so long. */
const longestPauseMs = 5_000

export class Billing {
  readonly #context: Context
  readonly #options: BillingOptions
  readonly #rows: BillingMirror
  #session: Promise<Session> | null = null
  #running: { kind: SyncKind; controller: AbortController; end: Promise<SyncResult> } | null = null
  readonly #queues = new Map<ServiceId, Promise<unknown>>()
  readonly #schedule: Schedule
  #started = false

  constructor(context: Context, options: BillingOptions = {}) {
    this.#context = context
    this.#options = options
    this.#rows = new BillingMirror(context.db)
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

  /** Ends what is under way and waits for it. */
  async stop(): Promise<void> {
    this.#started = false
    this.#schedule.cancel()
    await this.#endSync(new Failure('worker.closing', 'The worker is closing.'))
    await Promise.allSettled(this.#queues.values())
    await this.#closeSession()
  }

  connected(): boolean {
    return storedConnection(this.#context.db.orm) !== null
  }

  connection(): StoredConnection | null {
    return storedConnection(this.#context.db.orm)
  }

  /** Paymenter's own zone. Throws `billing.not-connected`. */
  timeZone(): string {
    return this.#connection().timeZone
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
    await this.#closeSession()
    if (this.#started) this.#schedule.next(0)
    this.#context.changed('billing', 'system')
    return connection
  }

  /** Forgets the address and the key; the mirror stays readable. */
  async disconnect(): Promise<void> {
    this.#schedule.cancel()
    await this.#endSync(new Failure('billing.not-connected', 'Billing was disconnected.'))
    await this.#closeSession()
    await this.#context.secrets.delete(tokenSecret)
    storeConnection(this.#context.db.orm, null)
    this.#context.changed('billing', 'system')
  }

  status(): BillingStatus {
    return mirrorStatus(this.#context.db.orm, { syncing: this.#running !== null, rows: this.#rowCounts(), nextSyncAt: this.#schedule.nextAt, fullEveryMs })
  }

  /** What a list lacks to be shown; null when the key may view it as far as is known. */
  missing(list: MirroredList): MissingList | null {
    return missingOf(this.connection(), list)
  }

  /** Asks the connected Paymenter what the key may do now, and keeps the answer. Throws Failures. */
  async permissions(): Promise<Pick<ProbeResult, 'permissions' | 'costs'>> {
    const told = await this.withClient(probePermissions)
    const connection = this.#connection()
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
    this.#connection()
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
    const end = this.#sync(kind, controller.signal, options).finally(() => {
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
    return work((await this.#openSession()).client)
  }

  /** Lends the client and the mirror that it fills. Throws `billing.not-connected`. */
  async withSession<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return work(await this.#openSession())
  }

  // ── syncing ────────────────────────────────────────────────────────────────────────────────────────────────────

  async #sync(kind: SyncKind, signal: AbortSignal, options: { gently?: boolean; report?: JobProgress['report'] }): Promise<SyncResult> {
    const { orm } = this.#context.db
    const progress = kind === 'full' ? this.#progressToGoOnWith() : []
    const startedAt = progress[0]?.passStartedAt ?? this.#now()
    const started = performance.now()
    const runId = beginSyncRun(orm, kind, startedAt)
    let outcome: SyncOutcome = { changed: 0, gone: 0, errors: [], counts: {}, complete: false, tooHeavy: false, slowestPageMs: null, permissions: new Map() }
    let requests = 0
    let clockOffsetMs: number | null = null
    const resultOf = (): SyncResult => {
      const { changed, gone, errors } = outcome
      const seconds = Math.round(performance.now() - started) / 1_000
      return { kind, requests, rows: this.#rowCounts(), changed, gone, seconds, errors, missing: missingLists(this.connection()) }
    }
    try {
      const session = await this.#openSession()
      const { client } = session
      const requestsBefore = client.requests
      if (kind === 'full') client.forgetRefusals()
      const perPage = progress[0]?.perPage ?? storedPageSize(orm) ?? usualPageSize
      const run = new SyncRun({
        kind,
        client,
        mirror: session.mirror,
        db: this.#context.db,
        now: () => this.#now(),
        perPage,
        passStartedAt: startedAt,
        progress,
        notViewable: new Set(mirroredNames.filter((list) => this.missing(list) !== null)),
        pauseMs: options.gently === true ? (lastDurationMs) => Math.min(lastDurationMs, longestPauseMs) : undefined,
        signal,
        report: options.report ?? (() => undefined),
      })
      outcome = run.outcome
      try {
        await run.run()
      } finally {
        requests = client.requests - requestsBefore
        clockOffsetMs = client.clockOffsetMs
      }
      for (const [permission, verdict] of outcome.permissions) learnPermission(orm, permission, verdict)
      // A pass that came to its end, also to a bad one, is over; what it has read is kept.
      if (kind === 'full') closePass(orm)
      const size = nextPageSize(perPage, { kind, ...outcome })
      if (size !== perPage) storePageSize(orm, size)
      if (outcome.errors.some((error) => error.code === 'billing.unauthorized')) await this.#closeSession()
      return resultOf()
    } catch (error) {
      outcome.complete = false
      outcome.errors.push({ ...failureBody(error), resource: 'billing' })
      throw error
    } finally {
      const result = resultOf()
      finishSyncRun(orm, runId, { finishedAt: this.#now(), complete: outcome.complete, clockOffsetMs, counts: outcome.counts, result })
      if (outcome.complete) this.#recordDay(clockOffsetMs)
      this.#context.log.info({ ...result, errors: result.errors.map(({ resource, code }) => `${resource}: ${code}`) }, 'billing sync')
    }
  }

  /** The lists of a pass that was interrupted not long ago; those of an older one are forgotten. */
  #progressToGoOnWith(): PassProgress[] {
    const { orm } = this.#context.db
    const progress = openPass(orm)
    const first = progress[0]
    if (first === undefined || Math.abs(this.#now() - first.passStartedAt) < resumableForMs) return progress
    closePass(orm)
    return []
  }

  /** How many rows there are, by list; what was never read for want of a permission is left out. */
  #rowCounts(): Record<string, number> {
    const rows: Record<string, number> = this.#rows.counts()
    for (const { resource } of missingLists(this.connection())) if (rows[resource] === 0) delete rows[resource]
    return rows
  }

  /** Every service as it is today, for revenue's history: by the server's clock, which stamps its rows. */
  #recordDay(clockOffsetMs: number | null): void {
    try {
      recordServiceDay(this.#context.db, dayOf(this.#now() + (clockOffsetMs ?? 0), this.timeZone()), this.#now())
    } catch (error) {
      this.#context.log.error({ err: error }, 'the day could not be recorded')
    }
  }

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
    const isDue = isOlder(lastCompleteRun(orm, 'full')?.startedAt ?? null, fullEveryMs)
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

  // ── the session: one client and one mirror for a connection ────────────────────────────────────────────────────

  #now(): number {
    return this.#context.clock.now()
  }

  #connection(): StoredConnection {
    const connection = this.connection()
    if (connection === null) throw new Failure('billing.not-connected', 'No Paymenter is connected.', 'Connect one first: “Connect Paymenter”, or billing connect.')
    return connection
  }

  async #openSession(): Promise<Session> {
    this.#session ??= this.#newSession().catch((error: unknown) => {
      this.#session = null
      throw error
    })
    return this.#session
  }

  async #newSession(): Promise<Session> {
    const { url, timeZone } = this.#connection()
    const token = await this.#context.secrets.get(tokenSecret)
    if (token === null) {
      throw new Failure('billing.not-connected', 'Paymenter’s key is not in the keychain any more.', 'Connect Paymenter again with its key; the mirror and the links stay.')
    }
    const { log } = this.#context
    const now = (): number => this.#now()
    return { client: new PaymenterClient({ baseUrl: url, token, log, now, http: this.#options.http }), mirror: new Mirror(this.#context.db, timeZone, now) }
  }

  async #closeSession(): Promise<void> {
    const session = this.#session
    this.#session = null
    const open = await session?.catch(() => null)
    await open?.client.close()
  }

  /** What is asked about one service goes one after the other. */
  async #inTurn(id: ServiceId, work: (session: Session) => Promise<void>): Promise<void> {
    const before = this.#queues.get(id) ?? Promise.resolve()
    const mine = before.catch(() => undefined).then(async () => work(await this.#openSession()))
    this.#queues.set(id, mine)
    try {
      await mine
    } finally {
      if (this.#queues.get(id) === mine) this.#queues.delete(id)
      this.#context.changed('billing')
    }
  }
}

function failureBody(error: unknown): FailureBody {
  return error instanceof Failure ? error.body() : { code: 'internal', message: 'Something unexpected went wrong; the log has the details.' }
}
