// The operator's own starts and stops of linked VMs: what they mean for automation, so that nothing flaps.
import { deleteHold, holdOf, putHold } from '../../../db/repositories/holds.ts'
import { linkOfVm } from '../../../db/repositories/links.ts'
import { coverBySuspension, suspensionInForce } from '../../../db/repositories/suspensions.ts'
import { takeOutOfVault } from '../../../db/repositories/vault.ts'
import { addDays } from '../../../shared/domain/calendar.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { VmRef } from '../../../shared/domain/ids.ts'
import { defaultPolicy } from '../../../shared/domain/policy.ts'
import type { Audit } from '../audit/audit.ts'
import type { Context } from '../context.ts'
import type { AutomationBilling, PowerAction } from './peers.ts'
import type { PlannedService, Planner } from './planner.ts'
import type { PolicyStore } from './policyStore.ts'
import { policyOrDefault } from './steps.ts'

const defaultDays = 3
const offStates = new Set(['overdue', 'suspended-by-hand', 'trial-ended', 'ended'])

export class OperatorHandOfAutomation {
  readonly #context: Context
  readonly #audit: Audit
  readonly #billing: AutomationBilling
  readonly #planner: Planner
  readonly #policies: PolicyStore

  constructor(context: Context, audit: Audit, billing: AutomationBilling, planner: Planner, policies: PolicyStore) {
    this.#context = context
    this.#audit = audit
    this.#billing = billing
    this.#planner = planner
    this.#policies = policies
  }

  /** How long a guest may take to obey a stop, in seconds. */
  forceAfterSeconds(ref: VmRef): number {
    return this.#planned(ref)?.policy.forceAfterSeconds ?? policyOrDefault(this.#policies).policy.forceAfterSeconds ?? defaultPolicy.forceAfterSeconds
  }

  /**
   * Called before an action is sent. Stopping a customer who is not paid up is an early suspension, ended by payment; stopping a paid one needs a
   * reason (`vm.why-needed`) and sets *no-start*. Starting removes *no-start*; starting a suspended one sets *no-stop* for `days`.
   */
  before(ref: VmRef, action: PowerAction, options: { why?: string | undefined; days?: number | undefined }): void {
    const planned = this.#planned(ref)
    if (!planned) return
    if (action === 'stop' || action === 'force-stop') this.#beforeStop(planned, action, options.why?.trim() ?? '')
    else if (action === 'start' || action === 'resume') this.#beforeStart(planned, action, options.days ?? defaultDays, options.why?.trim() ?? '')
  }

  #planned(ref: VmRef): PlannedService | null {
    const link = linkOfVm(this.#context.db.orm, ref)
    if (!link || !this.#billing.connected()) return null
    return this.#planner.decideAll(policyOrDefault(this.#policies), link.serviceId)[0] ?? null
  }

  #beforeStop({ service, decision }: PlannedService, action: PowerAction, why: string): void {
    const { orm } = this.#context.db
    const now = this.#context.clock.now()
    if (decision.state === 'paid-up') {
      if (why === '') {
        throw new Failure('vm.why-needed', `${service.customerName ?? 'The customer'} has paid for ${service.vmName}. Say why it is stopped.`, 'It then stays off (a no-start hold) until you start it or remove the hold.')
      }
      this.#context.db.transaction(() => {
        putHold(orm, { serviceId: service.serviceId, kind: 'no-start', until: null, why, by: 'operator', createdAt: now })
        this.#record(service, 'vm.operator-stop', why, { action, hold: 'no-start' })
      })
      this.#context.changed('holds', 'vms')
      return
    }
    this.#context.db.transaction(() => {
      coverBySuspension(orm, {
        serviceId: service.serviceId,
        nodeId: service.nodeId,
        uuid: service.uuid,
        cause: 'operator',
        invoiceIds: service.facts.invoices.filter((invoice) => invoice.status === 'pending').map((invoice) => invoice.id),
        startedAt: now,
        stopSentAt: now,
        verifiedAt: null,
        endedAt: null,
        endedBy: null,
      })
      if (holdOf(orm, service.serviceId)?.kind === 'no-stop') deleteHold(orm, service.serviceId)
      this.#record(service, 'vm.operator-stop', why === '' ? 'Stopped by hand before it was due; payment starts it again.' : why, { action, state: decision.state })
    })
    this.#context.changed('holds', 'vms')
  }

  #beforeStart({ service, decision }: PlannedService, action: PowerAction, days: number, why: string): void {
    const { orm } = this.#context.db
    const isSuspended = suspensionInForce(orm, service.serviceId) !== null || offStates.has(decision.state)
    const hold = holdOf(orm, service.serviceId)
    this.#context.db.transaction(() => {
      if (hold?.kind === 'no-start') deleteHold(orm, service.serviceId)
      if (takeOutOfVault(orm, service.serviceId, this.#context.clock.now())) this.#record(service, 'vm.restored', 'Started by hand: its termination is taken back.', { action })
      if (isSuspended && decision.state !== 'paid-up') {
        const until = addDays(this.#billing.today(), days)
        putHold(orm, {
          serviceId: service.serviceId,
          kind: 'no-stop',
          until,
          why: why === '' ? `Started by hand for ${days} ${days === 1 ? 'day' : 'days'}.` : why,
          by: 'operator',
          createdAt: this.#context.clock.now(),
        })
        this.#record(service, 'vm.operator-start', why === '' ? 'Started by hand while suspended.' : why, { action, hold: 'no-stop', until })
      } else {
        this.#record(service, 'vm.operator-start', why === '' ? 'Started by hand.' : why, { action, removedHold: hold?.kind === 'no-start' })
      }
    })
    this.#context.changed('holds', 'vms')
  }

  #record(service: PlannedService['service'], action: string, why: string, detail: Record<string, unknown>): void {
    this.#audit.append({ actor: 'operator', action, serviceId: service.serviceId, nodeId: service.nodeId, uuid: service.uuid, vmName: service.vmName, why, detail })
  }
}
