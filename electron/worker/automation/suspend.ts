// The steps of a suspension: recheck, cover, stop, see it off (forced if need be), then Paymenter's status. Every step can be taken twice.
import { takeOutOfVault } from '../../../db/repositories/vault.ts'
import { coverBySuspension, suspensionInForce, updateSuspension } from '../../../db/repositories/suspensions.ts'
import type { Intent } from '../../../db/repositories/intents.ts'
import { isOff } from '../../../shared/domain/decide.ts'
import { Failure, type FailureBody } from '../../../shared/domain/failure.ts'
import type { PlannedService } from './planner.ts'
import { NoLongerSo, recheck, send, statusOf, waitFor, type StepTools } from './steps.ts'

/** As they are stored, in their order; what the screens draw of them is tested against this. */
export const suspendSteps = ['recheck', 'stop', 'wait-off', 'force-stop', 'wait-forced', 'status', 'finished'] as const
const forcedWaitMs = 60_000

/** Opens (or renews) the suspension that covers the VM, in the caller's transaction. */
function cover(tools: StepTools, intent: Intent, planned: PlannedService, change: { stopSentAt: number | null; verifiedAt: number | null }): void {
  coverBySuspension(tools.context.db.orm, {
    serviceId: intent.serviceId,
    nodeId: intent.nodeId,
    uuid: intent.uuid,
    cause: planned.decision.cause ?? 'overdue',
    invoiceIds: [...planned.decision.invoiceIds],
    startedAt: tools.context.clock.now(),
    endedAt: null,
    endedBy: null,
    ...change,
  })
  // Suspended anew, so it was seen running since: what was terminated before is terminated anew too, with a snapshot and days of its own.
  takeOutOfVault(tools.context.db.orm, intent.serviceId, tools.context.clock.now())
}

/** Carries a suspension on from whatever step it is in. Throws NoLongerSo or a Failure; the caller keeps the account. */
export async function carryOutSuspension(tools: StepTools, begun: Intent): Promise<Intent> {
  const { context, log, mutex } = tools
  let intent = begun
  let billingReadAt: number | undefined
  for (;;) {
    switch (intent.step) {
      case 'recheck':
      case 'stop': {
        intent = await mutex.run(intent.nodeId, async () => {
          const { planned, reading } = await recheck(tools, intent)
          const now = context.clock.now()
          billingReadAt = now
          if (isOff(reading.state)) {
            return log.step(
              intent,
              { state: 'verifying', step: 'status', error: null },
              { action: 'vm.already-off', why: 'The VM was off already; nothing was sent.', detail: { state: reading.state } },
              () => {
                cover(tools, intent, planned, { stopSentAt: null, verifiedAt: now })
              },
            )
          }
          const stopping = await log.step(
            intent,
            { state: 'executing', step: 'stop', error: null },
            { action: 'vm.stop-sent', why: planned.decision.reason, detail: { state: reading.state } },
            () => {
              cover(tools, intent, planned, { stopSentAt: now, verifiedAt: null })
            },
          )
          await send(tools, stopping, 'stop')
          return log.step(stopping, { state: 'verifying', step: 'wait-off', waitingSince: now }, null)
        })
        break
      }
      case 'wait-off': {
        const since = intent.waitingSince ?? context.clock.now()
        const policy = tools.planner.decideAll(tools.policies.current(), intent.serviceId)[0]?.policy
        const end = await waitFor(tools, intent, isOff, since + (policy?.forceAfterSeconds ?? 90) * 1_000, billingReadAt)
        intent = await (end.reached ? verified(tools, intent, end.state) : log.step(intent, { state: 'executing', step: 'force-stop' }, null))
        break
      }
      case 'force-stop': {
        intent = await mutex.run(intent.nodeId, async () => {
          const { reading } = await recheck(tools, intent)
          if (isOff(reading.state)) return verified(tools, intent, reading.state)
          const forcing = await log.step(intent, { step: 'force-stop' }, { action: 'vm.force-stop-sent', why: 'The guest did not obey the stop in time.', detail: { state: reading.state } })
          await send(tools, forcing, 'force-stop')
          return log.step(forcing, { state: 'verifying', step: 'wait-forced', waitingSince: context.clock.now() }, null)
        })
        break
      }
      case 'wait-forced': {
        const end = await waitFor(tools, intent, isOff, (intent.waitingSince ?? context.clock.now()) + forcedWaitMs)
        if (!end.reached) {
          await log.step(intent, { step: 'force-stop' }, null)
          throw new Failure('vm.still-running', `${intent.vmName} is ${end.state} a minute after it was forced off.`, 'Look at the node: its libvirt may be stuck. It is tried again.')
        }
        intent = await verified(tools, intent, end.state)
        break
      }
      case 'status':
        return finish(tools, intent, await writeStatus(tools, intent))
      default:
        throw new Error(`suspension ${intent.id} has an unknown step ${intent.step}`)
    }
  }
}

async function verified(tools: StepTools, intent: Intent, state: string): Promise<Intent> {
  return tools.log.step(intent, { state: 'verifying', step: 'status' }, { action: 'vm.seen-off', why: 'Read after the stop.', detail: { state } }, () => {
    const suspension = suspensionInForce(tools.context.db.orm, intent.serviceId)
    if (suspension) updateSuspension(tools.context.db.orm, suspension.id, { verifiedAt: tools.context.clock.now() })
  })
}

/** Sets Paymenter's status where it is ours to set. A missing permission is told, not retried: what was done to the VM stays true. */
async function writeStatus(tools: StepTools, intent: Intent): Promise<FailureBody | null> {
  return tools.mutex.run(intent.nodeId, async () => {
    await tools.billing.refreshService(intent.serviceId)
    const planned = tools.planner.decideAll(tools.policies.current(), intent.serviceId)[0]
    if (planned?.decision.kind === 'unsuspend') throw new NoLongerSo(planned.decision.reason)
    const cause = suspensionInForce(tools.context.db.orm, intent.serviceId)?.cause
    const isOurs = cause === 'overdue' && planned?.decision.state === 'overdue'
    if (!planned?.policy.writeStatus || !isOurs || statusOf(tools, intent) === 'suspended') return null
    await tools.log.step(intent, { step: 'status' }, { action: 'billing.status-sent', why: 'The VM is off; Paymenter is told.', detail: { status: 'suspended' } })
    try {
      await tools.billing.setServiceStatus(intent.serviceId, 'suspended')
      return null
    } catch (error) {
      if (error instanceof Failure && error.code === 'billing.forbidden') return error.body()
      throw error
    }
  })
}

async function finish(tools: StepTools, intent: Intent, statusFailure: FailureBody | null): Promise<Intent> {
  return tools.log.step(
    intent,
    { state: 'done', step: 'finished', error: statusFailure, nextAttemptAt: null },
    {
      action: 'intent.done',
      why: statusFailure === null ? 'Suspended, verified.' : `Suspended, verified; Paymenter’s status was not set: ${statusFailure.message}`,
      detail: { status: statusOf(tools, intent) },
    },
  )
}
