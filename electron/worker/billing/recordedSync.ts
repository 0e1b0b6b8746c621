// One sync from its beginning to its entry among the syncs: where it goes on, how large its pages are, what came of it, and the day's record of services.
import type { BillingMirror } from '../../../db/repositories/billingMirror.ts'
import { beginSyncRun, finishSyncRun, storedConnection, storedPageSize, storePageSize, type SyncKind } from '../../../db/repositories/billingSync.ts'
import { closePass, openPass, type PassProgress } from '../../../db/repositories/mirrorPasses.ts'
import { recordServiceDay } from '../../../db/repositories/serviceRecord.ts'
import { dayOf } from '../../../shared/domain/calendar.ts'
import { Failure, type FailureBody } from '../../../shared/domain/failure.ts'
import type { Context } from '../context.ts'
import type { JobProgress } from '../jobs/jobs.ts'
import { mirroredNames, rowCounts, type SyncResult } from './mirrorStatus.ts'
import { learnPermission, missingLists, missingOf } from './missing.ts'
import { nextPageSize, usualPageSize } from './pageSize.ts'
import type { Sessions } from './session.ts'
import { SyncRun, type SyncOutcome } from './syncRun.ts'

/** An interrupted pass is gone on with for so long; then it is begun anew. */
const resumableForMs = 6 * 60 * 60_000
/** A full pass that is read by schedule leaves the server alone for as long as each page took it, at most so long. */
const longestPauseMs = 5_000

interface SyncParts {
  readonly context: Context
  readonly sessions: Sessions
  readonly rows: BillingMirror
  /** Told when it has found something new, also where it broke off after that. */
  readonly onNews: () => void
}

interface SyncOptions {
  readonly signal: AbortSignal
  /** Leaves the server time for others. */
  readonly gently?: boolean
  readonly report?: JobProgress['report']
}

/** What could not be read is in the result's errors. Throws when it could not begin, or was called off; that is recorded too. */
export async function recordedSync(parts: SyncParts, kind: SyncKind, options: SyncOptions): Promise<SyncResult> {
  const { context, sessions } = parts
  const { db, clock } = context
  const { orm } = db
  const progress = kind === 'full' ? progressToGoOnWith(context) : []
  const startedAt = progress[0]?.passStartedAt ?? clock.now()
  const started = performance.now()
  const runId = beginSyncRun(orm, kind, startedAt)
  let outcome: SyncOutcome = { changed: 0, gone: 0, errors: [], counts: {}, complete: false, tooHeavy: false, slowestPageMs: null, permissions: new Map() }
  let requests = 0
  let clockOffsetMs: number | null = null
  const resultOf = (): SyncResult => {
    const { changed, gone, errors } = outcome
    const seconds = Math.round(performance.now() - started) / 1_000
    const connection = storedConnection(orm)
    return { kind, requests, rows: rowCounts(parts.rows, connection), changed, gone, seconds, errors, missing: missingLists(connection) }
  }
  try {
    const { client, mirror } = await sessions.open()
    const requestsBefore = client.requests
    if (kind === 'full') client.forgetRefusals()
    const perPage = progress[0]?.perPage ?? storedPageSize(orm) ?? usualPageSize
    const run = new SyncRun({
      kind,
      client,
      mirror,
      db,
      now: () => clock.now(),
      perPage,
      passStartedAt: startedAt,
      progress,
      notViewable: new Set(mirroredNames.filter((list) => missingOf(storedConnection(orm), list) !== null)),
      pauseMs: options.gently === true ? (lastDurationMs) => Math.min(lastDurationMs, longestPauseMs) : undefined,
      signal: options.signal,
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
    if (outcome.errors.some((error) => error.code === 'billing.unauthorized')) await sessions.close()
    return resultOf()
  } catch (error) {
    outcome.complete = false
    outcome.errors.push({ ...failureBody(error), resource: 'billing' })
    throw error
  } finally {
    const result = resultOf()
    finishSyncRun(orm, runId, { finishedAt: clock.now(), complete: outcome.complete, clockOffsetMs, counts: outcome.counts, result })
    if (outcome.complete) recordDay(parts, clockOffsetMs)
    if (outcome.changed > 0 || outcome.gone > 0) parts.onNews()
    context.log.info({ ...result, errors: result.errors.map(({ resource, code }) => `${resource}: ${code}`) }, 'billing sync')
  }
}

/** The lists of a pass that was interrupted not long ago; those of an older one are forgotten. */
function progressToGoOnWith({ db: { orm }, clock }: Context): PassProgress[] {
  const progress = openPass(orm)
  const first = progress[0]
  if (first === undefined || Math.abs(clock.now() - first.passStartedAt) < resumableForMs) return progress
  closePass(orm)
  return []
}

/** Every service as it is today, for revenue's history: by the server's clock, which stamps its rows. */
function recordDay({ context: { db, clock, log }, sessions }: SyncParts, clockOffsetMs: number | null): void {
  try {
    recordServiceDay(db, dayOf(clock.now() + (clockOffsetMs ?? 0), sessions.connection().timeZone), clock.now())
  } catch (error) {
    log.error({ err: error }, 'the day could not be recorded')
  }
}

function failureBody(error: unknown): FailureBody {
  return error instanceof Failure ? error.body() : { code: 'internal', message: 'Something unexpected went wrong; the log has the details.' }
}
