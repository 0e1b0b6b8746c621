// The plan: today's decision for every linked service, with what holds it back. Sends nothing, stores nothing.
import type { MethodOutput } from '../../../shared/contract/index.ts'
import type { Orm } from '../../../db/open.ts'
import { openIntents } from '../../../db/repositories/intents.ts'
import { linkedServices, type LinkedService } from '../../../db/repositories/serviceFacts.ts'
import type { Day } from '../../../shared/domain/calendar.ts'
import { decide, isOff, type Decision } from '../../../shared/domain/decide.ts'
import type { NodeId, ServiceId } from '../../../shared/domain/ids.ts'
import { explain, type ExplainedRule } from '../../../shared/domain/explain.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import { effectivePolicy, type Policy } from '../../../shared/domain/policy.ts'
import { previewDays, type PreviewedDay } from '../../../shared/domain/preview.ts'
import type { Context } from '../context.ts'
import type { GuardKeeper } from './guardKeeper.ts'
import type { AutomationBilling } from './peers.ts'
import type { LoadedPolicy } from './policyStore.ts'

export interface PlannedService {
  readonly service: LinkedService
  readonly policy: Policy
  readonly decision: Decision
}

type PlanRow = MethodOutput<'automation.plan'>[number]

export class Planner {
  readonly #context: Context
  readonly #billing: AutomationBilling
  readonly #guards: GuardKeeper

  constructor(context: Context, billing: AutomationBilling, guards: GuardKeeper) {
    this.#context = context
    this.#billing = billing
    this.#guards = guards
  }

  /** Decides for every linked service, or one, from what is stored now. */
  decideAll(loaded: LoadedPolicy, only?: ServiceId): PlannedService[] {
    if (!this.#billing.connected()) return []
    const today: Day = this.#billing.today()
    return linkedServices(this.#context.db.orm, this.#billing.timeZone(), only).map((service) => {
      const policy = effectivePolicy(loaded.policy, loaded.overrides, service.facts.productId, service.facts.customerId)
      return { service, policy, decision: decide(policy, service.facts, { today }) }
    })
  }

  /** What a policy would suspend today. */
  toSuspend(loaded: LoadedPolicy): PlannedService[] {
    return this.decideAll(loaded).filter((entry) => entry.decision.kind === 'suspend')
  }

  /** The next days as they would be if nobody paid. */
  preview(loaded: LoadedPolicy, days: number): PreviewedDay[] {
    if (!this.#billing.connected()) return []
    const services = this.decideAll(loaded).map(({ service, policy }) => ({ policy, facts: service.facts, quantity: service.quantity, memoryKiB: service.memoryKiB }))
    return previewDays(services, this.#billing.today(), days)
  }

  /** Every rule in its order. Throws `link.unknown` for a service that is not linked. */
  explain(loaded: LoadedPolicy, serviceId: ServiceId): ExplainedRule[] {
    const planned = this.decideAll(loaded, serviceId)[0]
    if (!planned) throw new Failure('link.unknown', `Service ${serviceId} is not linked to a VM.`, 'Automation looks at linked services only: confirm its link first.')
    return explain(planned.policy, planned.service.facts, this.#billing.today())
  }

  /** The plan as it is shown, with the guards that would hold each suspension now. */
  rows(loaded: LoadedPolicy): PlanRow[] {
    const planned = this.decideAll(loaded)
    const guards = this.#guards.evaluate(suspensionsOf(this.#context.db.orm, planned), loaded.policy, nodesOf(planned), { store: false })
    const blocking = this.#guards.blocker(guards)
    return planned.map(({ service, decision }) => ({
      serviceId: service.serviceId,
      customerName: service.customerName,
      productName: service.productName,
      nodeId: service.nodeId,
      node: service.nodeName,
      name: service.vmName,
      uuid: service.uuid,
      state: decision.state,
      decision: decision.kind,
      reason: decision.reason,
      facts: factsForPeople(service, decision),
      blockedBy: decision.kind === 'suspend' || decision.kind === 'propose-termination' ? blocking(service.nodeId, service.serviceId) : [],
    }))
  }
}

/**
 * Suspensions, and terminations that were confirmed, that would begin now; those under way were counted when they began. One that only covers a VM that is off already counts too, for
 * it writes a status.
 */
export function suspensionsOf(orm: Orm, planned: readonly PlannedService[]): { serviceId: ServiceId; nodeId: NodeId }[] {
  const open = openIntents(orm)
  const underWay = new Set(open.filter((intent) => intent.state === 'executing' || intent.state === 'verifying').map((intent) => intent.serviceId))
  const approvedEnds = new Set(open.filter((intent) => intent.state === 'approved' && (intent.kind === 'terminate' || intent.kind === 'purge')).map((intent) => intent.serviceId))
  const begins = ({ service: { serviceId }, decision }: PlannedService): boolean =>
    !underWay.has(serviceId) && (decision.kind === 'suspend' || (decision.kind === 'propose-termination' && approvedEnds.has(serviceId)))
  return planned.filter(begins).map((entry) => ({ serviceId: entry.service.serviceId, nodeId: entry.service.nodeId }))
}

export function nodesOf(planned: readonly PlannedService[]): NodeId[] {
  return [...new Set(planned.map((entry) => entry.service.nodeId))]
}

/** The facts behind a decision in plain values: shown, stored as an intent's evidence. */
export function factsForPeople(service: LinkedService, decision: Decision): Record<string, unknown> {
  const { facts } = service
  return {
    status: facts.status,
    price: facts.price,
    expiresAt: facts.expiresOn,
    overdueOn: decision.overdueOn,
    invoices: facts.invoices.filter((invoice) => invoice.status === 'pending').map((invoice) => ({ id: invoice.id, status: invoice.status, dueAt: invoice.dueOn, createdOn: invoice.createdOn })),
    vmState: facts.vm?.state ?? null,
    vmOff: facts.vm === null ? null : isOff(facts.vm.state),
    vmObservedAt: service.vmObservedAt === null ? null : new Date(service.vmObservedAt).toISOString(),
    suspension: facts.suspension,
    hold: facts.hold,
  }
}

