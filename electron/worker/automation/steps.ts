// What the steps of every intent share: the fresh look at both peers, the wait for a state, sending an action.
import { linkedServices } from '../../../db/repositories/serviceFacts.ts'
import type { Intent } from '../../../db/repositories/intents.ts'
import type { DecisionKind, VmStateFact } from '../../../shared/domain/decide.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { VmRef } from '../../../shared/domain/ids.ts'
import { defaultPolicy } from '../../../shared/domain/policy.ts'
import { together } from '../../../shared/domain/together.ts'
import type { Context } from '../context.ts'
import type { IntentLog } from './intentLog.ts'
import type { MachinesOfAutomation } from './machines.ts'
import type { KeyedMutex } from './mutex.ts'
import type { AutomationBilling, AutomationNodes, PowerAction, VmReading } from './peers.ts'
import type { PlannedService, Planner } from './planner.ts'
import type { LoadedPolicy, PolicyStore } from './policyStore.ts'

export interface StepTools {
  readonly context: Context
  readonly nodes: AutomationNodes
  readonly billing: AutomationBilling
  readonly planner: Planner
  readonly policies: PolicyStore
  readonly log: IntentLog
  readonly machines: MachinesOfAutomation
  readonly mutex: KeyedMutex
  /** How often a VM is read while its state is awaited. */
  readonly pollMs: number
  /** Aborted when the worker closes or sleeps: steps end between two actions. */
  readonly signal: AbortSignal
}

const billingEveryMs = 30_000

/** Which decision an intent of a kind rests on. */
export const decisionOf: Readonly<Record<Intent['kind'], DecisionKind>> = {
  suspend: 'suspend',
  unsuspend: 'unsuspend',
  terminate: 'propose-termination',
  purge: 'propose-termination',
}

/** The intent's facts no longer hold: it ends as cancelled, with the reason. */
export class NoLongerSo extends Error {}

export function refOf(intent: Intent): VmRef {
  return { nodeId: intent.nodeId, uuid: intent.uuid }
}

/** The policy, or the defaults where it cannot be read: giving back goes on, everything else has been stopped before. */
export function policyOrDefault(policies: PolicyStore): LoadedPolicy {
  try {
    return policies.current()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { version: 0, policy: { ...defaultPolicy, mode: 'observe' }, overrides: [] }
  }
}

/**
 * Reads both peers again, at the same time, and decides again: called right before every step that changes something. Throws `NoLongerSo` when the decision is
 * not the intent's kind any more or the VM is not the one that was linked, a Failure when a peer cannot be read.
 */
export async function recheck(tools: StepTools, intent: Intent): Promise<{ planned: PlannedService; reading: VmReading & { kind: 'present' } }> {
  tools.signal.throwIfAborted()
  const [reading] = await together(tools.nodes.readVm(refOf(intent)), tools.billing.refreshService(intent.serviceId))
  if (reading.kind === 'gone') throw new NoLongerSo(`The VM ${intent.vmName} does not exist any more.`)
  if (reading.name !== intent.vmName) throw new NoLongerSo(`The VM is named ${reading.name} now, not ${intent.vmName}: confirm its link again.`)
  const planned = tools.planner.decideAll(policyOrDefault(tools.policies), intent.serviceId)[0]
  if (!planned || planned.service.uuid !== intent.uuid || planned.service.nodeId !== intent.nodeId) throw new NoLongerSo('The service is not linked to this VM any more.')
  if (planned.decision.kind !== decisionOf[intent.kind]) throw new NoLongerSo(planned.decision.reason)
  return { planned, reading }
}

/** Reads the service afresh; throws `NoLongerSo` when it is to be given back instead. */
async function stillSo(tools: StepTools, intent: Intent): Promise<void> {
  await tools.billing.refreshService(intent.serviceId)
  const decision = tools.planner.decideAll(policyOrDefault(tools.policies), intent.serviceId)[0]?.decision
  if (decision?.kind === 'unsuspend') throw new NoLongerSo(decision.reason)
}

/** Sends one action, one step at a time per node. What is recorded before it is sent is `beforeSending`'s business. */
export async function send(tools: StepTools, intent: Intent, action: PowerAction): Promise<void> {
  await tools.nodes.sendAction(refOf(intent), action)
}

/**
 * Reads the VM until `reached` or until `deadlineMs` (this machine's clock) has passed; answers whether it was reached, and the last state. While
 * a guest is awaited to stop, billing is read again too: whoever pays meanwhile need not wait for the end of it. Throws `NoLongerSo`.
 * @param billingReadBefore when this same process last read billing for this intent, by this machine's clock
 */
export async function waitFor(
  tools: StepTools,
  intent: Intent,
  reached: (state: VmStateFact) => boolean,
  deadlineMs: number,
  billingReadBefore = Number.NEGATIVE_INFINITY,
): Promise<{ reached: boolean; state: VmStateFact }> {
  const { clock } = tools.context
  let billingReadAt = billingReadBefore
  for (;;) {
    tools.signal.throwIfAborted()
    if (intent.kind === 'suspend' && clock.now() - billingReadAt >= billingEveryMs) {
      await stillSo(tools, intent)
      billingReadAt = clock.now()
    }
    const reading = await tools.nodes.readVm(refOf(intent))
    if (reading.kind === 'gone') throw new NoLongerSo(`The VM ${intent.vmName} does not exist any more.`)
    if (reached(reading.state)) return { reached: true, state: reading.state }
    if (tools.context.clock.now() >= deadlineMs) return { reached: false, state: reading.state }
    await pause(tools.pollMs, tools.signal)
  }
}

/** Waits, and ends at once when the worker closes. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal.reason instanceof Error ? signal.reason : new Failure('worker.closing', 'The worker is closing.'))
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}

/** The service's status as the mirror has it now. */
export function statusOf(tools: StepTools, intent: Intent): string | null {
  return linkedServices(tools.context.db.orm, tools.billing.timeZone(), intent.serviceId)[0]?.facts.status ?? null
}

