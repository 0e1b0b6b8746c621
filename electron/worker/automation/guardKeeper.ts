// Guards as they stand: evaluated from the figures, kept where they stay until released, and asked before every suspension.
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { cancellationsSince, countLinks, lastAutomationRunAt, mirrorFreshness, newestAutomationRun, paymentHistory, suspensionsBegunSince } from '../../../db/repositories/guardFacts.ts'
import { identityDifferences, storedIdentity, storeIdentity } from '../../../db/repositories/billingIdentity.ts'
import { acceptedFaults, acceptFault } from '../../../db/repositories/recordFaults.ts'
import { acceptRows } from '../../../db/repositories/seal.ts'
import { deleteGuard, insertRelease, putGuard, releasesInForce, storedGuards } from '../../../db/repositories/guards.ts'
import { nodeNames } from '../../../db/repositories/names.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import { evaluateGuards, selfClearing, unreleasable, type GuardCode, type PlannedSuspension } from '../../../shared/domain/guards.ts'
import type { NodeId, ServiceId } from '../../../shared/domain/ids.ts'
import { runLimit, type Policy } from '../../../shared/domain/policy.ts'
import type { Audit } from '../audit/audit.ts'
import type { Context } from '../context.ts'
import type { AutomationNodes } from './peers.ts'

type GuardRow = MethodOutput<'guards.list'>[number]
const releaseMs = 3_600_000
const sealNames = {
  links: 'links were changed outside of this program',
  holds: 'holds were changed outside of this program',
  policy: 'the policy was changed outside of this program',
} as const
const noteSecret = 'automation:last-run'

function brokenFrom(firstBad: number): string {
  return `the record is broken from entry ${firstBad} on`
}

function keyOf(code: string, nodeId: string | null): string {
  return `${code}/${nodeId ?? ''}`
}

export class GuardKeeper {
  readonly #context: Context
  readonly #audit: Audit
  readonly #nodes: AutomationNodes
  /** The first entry of the record that is not as it was written; null while it is whole. */
  #firstBad: number | null = null
  /** The newest run that is noted in the keychain. */
  #notedRun = 0

  constructor(context: Context, audit: Audit, nodes: AutomationNodes) {
    this.#context = context
    this.#audit = audit
    this.#nodes = nodes
  }

  /** Walks the record once: at the start of a worker. Throws the keychain's Failures. */
  async checkRecord(): Promise<void> {
    this.#firstBad = (await this.#audit.verify()).firstBad
  }

  /**
   * Compares the database with the note of its newest run that is kept outside it, and renews the note. A note that is newer than the database
   * stays until the guard that tells so is released. Throws the keychain's Failures.
   */
  async keepNote(): Promise<void> {
    const { db, secrets, clock } = this.#context
    const noted = Number((await secrets.get(noteSecret)) ?? '0')
    const newest = newestAutomationRun(db.orm)
    const isReleased = releasesInForce(db.orm, clock.now()).some((release) => release.code === 'restored')
    if (noted > newest && !isReleased) {
      this.#notedRun = noted
      return
    }
    this.#notedRun = newest
    if (noted !== newest) await secrets.set(noteSecret, String(newest))
  }

  /** Evaluates every guard for what is planned now and stores what holds. A guard that stays keeps its beginning. */
  evaluate(planned: readonly PlannedSuspension[], policy: Policy, linkedNodes: readonly NodeId[], options: { store: boolean } = { store: true }): GuardRow[] {
    const { orm } = this.#context.db
    const nowMs = this.#context.clock.now()
    const startOfDay = new Date(nowMs).setHours(0, 0, 0, 0)
    const names = nodeNames(orm)
    const freshness = mirrorFreshness(orm)
    // Where nothing is linked there is nothing to hold.
    const found = countLinks(orm) === 0 ? [] : evaluateGuards({
      nowMs,
      ...freshness,
      lastRunAt: lastAutomationRunAt(orm),
      nodes: linkedNodes.map((nodeId) => ({ nodeId, name: names.get(nodeId) ?? nodeId, trouble: this.#nodes.trouble(nodeId)?.message ?? null })),
      payments: paymentHistory(orm),
      noteIsNewer: this.#notedRun > newestAutomationRun(orm),
      recordFaults: this.#recordFaults(),
      billingDifferences: this.#billingDifferences(freshness.lastFullAt),
      planned,
      doneToday: suspensionsBegunSince(orm, startOfDay),
      cancelledToday: cancellationsSince(orm, startOfDay),
      limit: runLimit(policy, countLinks(orm)),
    })
    const stored = storedGuards(orm)
    const foundKeys = new Set(found.map((guard) => keyOf(guard.code, guard.nodeId)))
    const staying = stored.filter((guard) => {
      if (foundKeys.has(keyOf(guard.code, guard.nodeId))) return false
      if (selfClearing.has(guard.code as GuardCode)) return false
      return freshness.lastFullAt === null || freshness.lastFullAt <= guard.since
    })
    const since = new Map(stored.map((guard) => [keyOf(guard.code, guard.nodeId), guard.since]))
    const current = [
      ...found.map((guard) => ({
        code: guard.code as string,
        nodeId: guard.nodeId ?? '',
        since: since.get(keyOf(guard.code, guard.nodeId)) ?? nowMs,
        reason: guard.reason,
        figures: { ...guard.figures },
        batch: guard.batch.map(Number),
      })),
      ...staying,
    ].filter((guard) => !this.#isReleasedFor(guard.code, guard.batch))
    if (options.store) this.#store(stored, current)
    return current.map((guard) => this.#row(guard, names))
  }

  /** The codes of the guards that hold back the suspension of a service on a node. */
  blocking(guards: readonly GuardRow[], nodeId: NodeId, serviceId: ServiceId): GuardCode[] {
    return this.blocker(guards)(nodeId, serviceId)
  }

  /** The same for many services: what was released is read once. */
  blocker(guards: readonly GuardRow[]): (nodeId: NodeId, serviceId: ServiceId) => GuardCode[] {
    const releases = guards.length === 0 ? [] : releasesInForce(this.#context.db.orm, this.#context.clock.now())
    const released = new Map(releases.map((release) => [release, new Set<number>(release.batch)]))
    return (nodeId, serviceId) =>
      guards
        .filter((guard) => guard.nodeId === null || guard.nodeId === nodeId)
        .filter((guard) => !releases.some((release) => release.code === guard.code && released.get(release)?.has(serviceId) === true))
        .map((guard) => guard.code)
  }

  /** When billing was last read in full, or null. */
  lastFullAt(): number | null {
    return mirrorFreshness(this.#context.db.orm).lastFullAt
  }

  list(): GuardRow[] {
    const names = nodeNames(this.#context.db.orm)
    return storedGuards(this.#context.db.orm).map((guard) => this.#row(guard, names))
  }

  /** Releases a guard for the services that it was shown with, for an hour. Throws `guard.unknown`, `guard.clears-itself`, `guard.invalid`. */
  release(code: string, by: string, why: string): GuardRow[] {
    const { orm } = this.#context.db
    const matching = storedGuards(orm).filter((guard) => guard.code === code)
    if (matching.length === 0) throw new Failure('guard.unknown', `No guard “${code}” holds now.`, 'Look at the list of guards again.')
    if (unreleasable.has(code as GuardCode)) throw new Failure('guard.clears-itself', `The guard “${code}” cannot be released.`, 'It goes away by itself when its cause does.')
    if (by.trim() === '' || why.trim() === '') throw new Failure('guard.invalid', 'A release needs who and why.', 'Both are kept in the record.')
    const at = this.#context.clock.now()
    this.#context.db.transaction(() => {
      if (code === 'restored') this.#acceptRecord()
      for (const guard of matching) {
        insertRelease(orm, { code, nodeId: guard.nodeId, batch: guard.batch, by: by.trim(), why: why.trim(), at, expiresAt: at + releaseMs })
        deleteGuard(orm, guard.code, guard.nodeId)
        this.#audit.append({ actor: by.trim(), action: 'guard.released', why: why.trim(), detail: { code, figures: guard.figures, services: guard.batch } })
      }
    })
    this.#context.changed('guards')
    return this.list()
  }

  /** The operator has looked: the rows are right as they are, and the record's break is known. */
  #acceptRecord(): void {
    const { orm } = this.#context.db
    acceptRows(orm)
    if (this.#firstBad !== null) acceptFault(orm, brokenFrom(this.#firstBad))
  }

  /** What does not fit the record and was not accepted yet. */
  #recordFaults(): string[] {
    const rows = this.#audit.differingRows().map((kind) => sealNames[kind])
    const broken = this.#firstBad === null ? [] : [brokenFrom(this.#firstBad)]
    const accepted = acceptedFaults(this.#context.db.orm)
    return [...rows, ...broken.filter((fault) => !accepted.includes(fault))]
  }

  /** Taken anew after each full sync in which nothing was different. */
  #billingDifferences(lastFullAt: number | null): string[] {
    const { orm } = this.#context.db
    if (lastFullAt === null) return []
    const identity = storedIdentity(orm)
    const differences = identity === null ? [] : identityDifferences(orm, identity)
    const isReleased = releasesInForce(orm, this.#context.clock.now()).some((release) => release.code === 'billing-changed')
    if ((differences.length === 0 || isReleased) && identity?.fullSyncAt !== lastFullAt) storeIdentity(orm, lastFullAt)
    return isReleased ? [] : differences
  }

  #isReleasedFor(code: string, batch: readonly number[]): boolean {
    const releases = releasesInForce(this.#context.db.orm, this.#context.clock.now()).filter((release) => release.code === code)
    if (releases.length === 0) return false
    const released = new Set(releases.flatMap((release) => release.batch))
    return batch.every((serviceId) => released.has(serviceId))
  }

  #store(stored: readonly { code: string; nodeId: string }[], current: readonly Parameters<typeof putGuard>[1][]): void {
    const { orm } = this.#context.db
    const keep = new Set(current.map((guard) => keyOf(guard.code, guard.nodeId)))
    const known = new Set(stored.map((guard) => keyOf(guard.code, guard.nodeId)))
    this.#context.db.transaction(() => {
      for (const guard of stored) if (!keep.has(keyOf(guard.code, guard.nodeId))) deleteGuard(orm, guard.code, guard.nodeId)
      for (const guard of current) {
        putGuard(orm, guard)
        if (!known.has(keyOf(guard.code, guard.nodeId))) {
          this.#audit.append({ actor: 'rule', action: 'guard.holds', why: guard.reason, detail: { code: guard.code, figures: guard.figures, services: guard.batch } })
        }
      }
    })
    this.#context.changed('guards')
  }

  #row(guard: { code: string; nodeId: string; since: number; reason: string; figures: Record<string, string | number> }, names: Map<NodeId, string>): GuardRow {
    const nodeId = guard.nodeId === '' ? null : (guard.nodeId as NodeId)
    const code = guard.code as GuardCode
    return {
      code,
      nodeId,
      node: nodeId === null ? null : (names.get(nodeId) ?? null),
      since: guard.since,
      reason: guard.reason,
      figures: guard.figures,
      releasable: !unreleasable.has(code),
    }
  }
}
