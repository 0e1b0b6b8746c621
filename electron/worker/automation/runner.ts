// One pass: plan, hold back what the guards hold, give back first, then suspend what may be done, and keep the account of every intent.
import { randomUUID } from 'node:crypto'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { finishAutomationRun, insertAutomationRun } from '../../../db/repositories/guardFacts.ts'
import { openIntents, servicesWithFailedIntent, type Intent } from '../../../db/repositories/intents.ts'
import { suspensionsInForce, updateSuspension } from '../../../db/repositories/suspensions.ts'
import { openVaultEntry } from '../../../db/repositories/vault.ts'
import { isOff } from '../../../shared/domain/decide.ts'
import { Failure, type FailureBody } from '../../../shared/domain/failure.ts'
import { asId, type IntentId, type ServiceId } from '../../../shared/domain/ids.ts'
import { withinBusinessHours } from '../../../shared/domain/policy.ts'
import type { JobProgress } from '../jobs/jobs.ts'
import type { GuardKeeper } from './guardKeeper.ts'
import { factsForPeople, nodesOf, suspensionsOf, type PlannedService } from './planner.ts'
import type { LoadedPolicy } from './policyStore.ts'
import { decisionOf, NoLongerSo, policyOrDefault, type StepTools } from './steps.ts'
import { carryOutPurge } from './purge.ts'
import { carryOutSuspension } from './suspend.ts'
import { carryOutTermination } from './terminate.ts'
import { carryOutUnsuspension } from './unsuspend.ts'

type GuardRow = MethodOutput<'guards.list'>[number]
export interface PassResult {
  readonly planned: number
  readonly waiting: number
  readonly done: number
  readonly failed: number
  readonly held: { code: string; node: string | null; reason: string }[]
}
const carriers: Readonly<Record<Intent['kind'], (tools: StepTools, intent: Intent) => Promise<Intent>>> = {
  suspend: carryOutSuspension,
  unsuspend: carryOutUnsuspension,
  terminate: carryOutTermination,
  purge: carryOutPurge,
}

type Outcome = 'done' | 'cancelled' | 'waiting' | 'failed'

const mostAttempts = 5
const suspendBackoffMs = 60_000
const giveBackBackoffMs = 30_000
const longestBackoffMs = 15 * 60_000

/** What deletes in the end: never done by a machine alone. */
function isFinal(kind: Intent['kind']): boolean {
  return kind === 'terminate' || kind === 'purge'
}

export class Runner {
  readonly #tools: Omit<StepTools, 'signal'>
  readonly #guards: GuardKeeper
  readonly #ended: () => void
  /** What is being carried out now. */
  readonly #inHand = new Map<IntentId, { readonly controller: AbortController; readonly end: Promise<Outcome> }>()

  /** @param ended told whenever an intent is done or cancelled */
  constructor(tools: Omit<StepTools, 'signal'>, guards: GuardKeeper, ended: () => void) {
    this.#tools = tools
    this.#guards = guards
    this.#ended = ended
  }

  /** Breaks off an intent that is being carried out; it ends as cancelled between two steps. False when it is not being carried out here. */
  breakOff(id: IntentId, why: string): boolean {
    const carried = this.#inHand.get(id)
    carried?.controller.abort(new NoLongerSo(why))
    return carried !== undefined
  }

  /** Waits until nothing is being carried out. */
  async idle(): Promise<void> {
    await Promise.all([...this.#inHand.values()].map((carried) => carried.end))
  }

  /**
   * @param options.evenBackedOff take up what waits for its next attempt too: somebody asked for this pass
   * @param options.untilDone wait for the ends; otherwise what was begun goes on by itself, so that one slow guest keeps no other node waiting
   */
  async pass(options: { signal: AbortSignal; report: JobProgress['report']; evenBackedOff: boolean; untilDone: boolean }): Promise<PassResult> {
    const { context, policies } = this.#tools
    const { orm } = context.db
    const loaded = this.#loadPolicy()
    const inForce = loaded ?? policyOrDefault(policies)
    this.#settleSeenOff()
    const planned = this.#tools.planner.decideAll(inForce)
    const guards = this.#guards.evaluate(suspensionsOf(orm, planned), inForce.policy, nodesOf(planned))
    const run = insertAutomationRun(orm, context.clock.now())
    options.report('Planning', 0, null)
    this.#reconcile(planned, loaded, inForce)

    const outcomes: Outcome[] = []
    const carryOut = async (intents: readonly Intent[]) => {
      const ends = intents.map((intent) => this.#carryOut(intent, options.signal))
      if (options.untilDone) outcomes.push(...(await Promise.all(ends)))
    }
    const due = (intent: Intent) => options.evenBackedOff || intent.nextAttemptAt === null || intent.nextAttemptAt <= context.clock.now()
    // Another Paymenter's word on who has paid is worth nothing: this guard alone stops giving back too.
    const isKnownBilling = !guards.some((guard) => guard.code === 'billing-changed')
    const givingBack = () => openIntents(orm).filter((intent) => intent.kind === 'unsuspend' && due(intent) && isKnownBilling)

    const first = givingBack()
    if (first.length > 0) options.report(`Giving back ${first.length}`, 0, null)
    await carryOut(first)
    const suspending = openIntents(orm).filter((intent) => intent.kind !== 'unsuspend' && due(intent) && this.#mayBegin(intent, loaded, guards))
    if (suspending.length > 0) options.report(`Suspending ${suspending.length}`, 0, null)
    await carryOut(suspending)

    // What was broken off, or paid meanwhile, is given back in the same pass.
    const broken = new Set(suspending.map((intent) => intent.serviceId))
    const again = this.#tools.planner.decideAll(inForce).filter((entry) => entry.decision.kind === 'unsuspend' && broken.has(entry.service.serviceId))
    if (again.length > 0) {
      this.#reconcile(again, loaded, inForce)
      const ids = new Set(again.map((entry) => entry.service.serviceId))
      await carryOut(givingBack().filter((intent) => ids.has(intent.serviceId)))
    }

    const count = (outcome: Outcome) => outcomes.filter((known) => known === outcome).length
    const result: PassResult = {
      planned: planned.filter((entry) => entry.decision.kind === 'suspend' || entry.decision.kind === 'unsuspend').length,
      waiting: openIntents(orm).length,
      done: count('done'),
      failed: count('failed'),
      held: guards.map((guard) => ({ code: guard.code, node: guard.node, reason: guard.reason })),
    }
    finishAutomationRun(orm, run, context.clock.now(), result)
    context.changed('intents', 'guards', 'vms')
    return result
  }

  #loadPolicy(): LoadedPolicy | null {
    try {
      return this.#tools.policies.current()
    } catch (error) {
      if (error instanceof Failure) return null
      throw error
    }
  }

  /** A suspension whose VM was seen off since (by the poller, after a stop by hand) is verified by that look; an open intent verifies its own. */
  #settleSeenOff(): void {
    const { orm } = this.#tools.context.db
    const ownIntent = new Set(openIntents(orm).map((intent) => intent.serviceId))
    const open = suspensionsInForce(orm).filter((suspension) => suspension.verifiedAt === null && !ownIntent.has(suspension.serviceId))
    const unverified = new Map(open.map((suspension) => [suspension.serviceId, suspension]))
    if (unverified.size === 0) return
    for (const { service } of this.#tools.planner.decideAll(policyOrDefault(this.#tools.policies))) {
      const suspension = unverified.get(service.serviceId)
      const seenAt = service.vmObservedAt
      if (suspension && seenAt !== null && seenAt > suspension.startedAt && service.facts.vm && isOff(service.facts.vm.state)) {
        updateSuspension(orm, suspension.id, { verifiedAt: seenAt })
      }
    }
  }

  /** Brings the open intents in line with the decisions: new ones are planned, those that no longer hold are cancelled; all of it or nothing. */
  #reconcile(planned: readonly PlannedService[], loaded: LoadedPolicy | null, inForce: LoadedPolicy): void {
    this.#tools.context.db.transaction(() => {
      this.#planAndCancel(planned, loaded, inForce)
    })
  }

  #planAndCancel(planned: readonly PlannedService[], loaded: LoadedPolicy | null, inForce: LoadedPolicy): void {
    const { context, log } = this.#tools
    const open = new Map(openIntents(context.db.orm).map((intent) => [intent.serviceId, intent]))
    const failed = servicesWithFailedIntent(context.db.orm)
    const linked = new Set(planned.map((entry) => entry.service.serviceId))
    for (const entry of planned) {
      const { service, decision } = entry
      const wanted = this.#wanted(entry, loaded, inForce)
      const intent = open.get(service.serviceId)
      if (intent) {
        const notBegun = intent.state === 'planned' || intent.state === 'approved'
        if (notBegun && intent.kind !== wanted) {
          log.change(intent, { state: 'cancelled', step: 'finished' }, { action: 'intent.cancelled', why: wanted === null && decision.kind === decisionOf[intent.kind] ? 'The mode is observe: nothing is done.' : decision.reason })
        } else {
          const needsApproval = decision.needsApproval || isFinal(intent.kind)
          if (notBegun && needsApproval !== intent.needsApproval) log.change(intent, { needsApproval }, null)
          continue
        }
      }
      if (wanted === null || (wanted !== 'unsuspend' && failed.has(service.serviceId))) continue
      const now = context.clock.now()
      log.create(
        {
          id: asId<IntentId>(randomUUID()),
          kind: wanted,
          serviceId: service.serviceId,
          nodeId: service.nodeId,
          uuid: service.uuid,
          vmName: service.linkedName,
          state: 'planned',
          step: 'recheck',
          reason: decision.reason,
          evidence: factsForPeople(service, decision),
          policyVersion: inForce.version,
          needsApproval: decision.needsApproval || isFinal(wanted),
          approvedBy: null,
          attempts: 0,
          nextAttemptAt: null,
          waitingSince: null,
          error: null,
          createdAt: now,
          updatedAt: now,
          finishedAt: null,
        },
        'rule',
      )
    }
    if (!this.#tools.billing.connected()) return
    for (const intent of open.values()) {
      const notBegun = intent.state === 'planned' || intent.state === 'approved'
      const isOrphan = notBegun && !linked.has(intent.serviceId) && this.#tools.planner.decideAll(inForce, intent.serviceId).length === 0
      if (isOrphan) log.change(intent, { state: 'cancelled', step: 'finished' }, { action: 'intent.cancelled', why: 'The service is not linked any more.' })
    }
  }

  /** Which intent a decision asks for, in the mode that is in force; null: none. */
  #wanted({ service, decision }: PlannedService, loaded: LoadedPolicy | null, inForce: LoadedPolicy): Intent['kind'] | null {
    const observing = inForce.policy.mode === 'observe'
    if (decision.kind === 'suspend') return loaded === null || observing ? null : 'suspend'
    if (decision.kind === 'propose-termination') return loaded === null || observing ? null : this.#terminationOrPurge(service.serviceId)
    if (decision.kind !== 'unsuspend') return null
    // What this console suspended is given back whatever the mode; what was confirmed as suspended before it came waits for approve or auto.
    return observing && service.facts.suspension?.cause === 'before-console' ? null : 'unsuspend'
  }

  /** A termination first; its purge on the day that the vault says, not before. */
  #terminationOrPurge(serviceId: ServiceId): 'terminate' | 'purge' | null {
    const entry = openVaultEntry(this.#tools.context.db.orm, serviceId)
    if (entry === null) return 'terminate'
    return this.#tools.billing.today() >= entry.purgeOn ? 'purge' : null
  }

  #mayBegin(intent: Intent, loaded: LoadedPolicy | null, guards: readonly GuardRow[]): boolean {
    if (intent.state === 'executing' || intent.state === 'verifying') return true
    if (loaded === null) return false
    const { mode, businessHours } = loaded.policy
    if (intent.state === 'planned' && isFinal(intent.kind)) return false
    if (intent.state === 'planned' && (mode !== 'auto' || intent.needsApproval)) return false
    const now = new Date(this.#tools.context.clock.now())
    if (!withinBusinessHours(businessHours, now.getDay(), now.getHours() * 60 + now.getMinutes())) return false
    return this.#guards.blocking(guards, intent.nodeId, intent.serviceId).length === 0
  }

  /** An intent is carried out once at a time: who asks again is given the same end. */
  #carryOut(intent: Intent, passSignal: AbortSignal): Promise<Outcome> {
    const known = this.#inHand.get(intent.id)
    if (known) return known.end
    const controller = new AbortController()
    const end = this.#stepThrough(intent, passSignal, controller.signal).catch(this.#unaccounted(intent)).then((outcome) => {
      this.#inHand.delete(intent.id)
      // What was broken off may have to be given back now; what waits is looked at in its own time.
      if (outcome === 'done' || outcome === 'cancelled') this.#ended()
      return outcome
    })
    this.#inHand.set(intent.id, { controller, end })
    return end
  }

  /** Not even the account could be kept (a full disk): what was committed last stays true, and the next pass goes on from there. */
  #unaccounted(intent: Intent): (error: unknown) => Outcome {
    return (error) => {
      this.#tools.context.log.error({ err: error, intent: intent.id }, 'the account of an intent could not be kept')
      return 'failed'
    }
  }

  async #stepThrough(intent: Intent, passSignal: AbortSignal, ownSignal: AbortSignal): Promise<Outcome> {
    const tools: StepTools = { ...this.#tools, signal: AbortSignal.any([passSignal, ownSignal]) }
    try {
      const end = await carriers[intent.kind](tools, intent)
      return end.state === 'done' ? 'done' : 'waiting'
    } catch (error) {
      return this.#account(intent.id, error, passSignal)
    }
  }

  /** What becomes of an intent whose step ended otherwise than well. */
  #account(id: IntentId, error: unknown, passSignal: AbortSignal): Outcome {
    const { context, log } = this.#tools
    const intent = log.get(id)
    if (passSignal.aborted) return 'waiting'
    if (error instanceof NoLongerSo) {
      log.change(intent, { state: 'cancelled', step: 'finished', error: null }, { action: 'intent.cancelled', why: error.message })
      return 'cancelled'
    }
    const failure: FailureBody = error instanceof Failure ? error.body() : { code: 'internal', message: 'Something unexpected went wrong; the log has the details.' }
    if (!(error instanceof Failure)) context.log.error({ err: error, intent: id }, 'an intent’s step failed unexpectedly')
    const attempts = intent.attempts + 1
    const isSuspension = intent.kind !== 'unsuspend'
    const backoff = Math.min((isSuspension ? suspendBackoffMs : giveBackBackoffMs) * 2 ** (attempts - 1), longestBackoffMs)
    const givesUp = isSuspension && attempts >= mostAttempts
    log.change(
      intent,
      { error: failure, attempts, nextAttemptAt: givesUp ? null : context.clock.now() + backoff, ...(givesUp ? { state: 'failed' as const } : {}) },
      { action: givesUp ? 'intent.failed' : 'intent.retry-later', why: failure.message, detail: { code: failure.code, attempts, step: intent.step } },
    )
    // A node that is away is waited for, without end: that is no failure of giving back.
    return !isSuspension && failure.code.startsWith('node.') ? 'waiting' : 'failed'
  }
}
