// The steps of a purge, in the order that really works: decided anew, snapshots, the VM, proof of absence, what was left behind, status.
import { deleteLink } from '../../../db/repositories/links.ts'
import type { Intent } from '../../../db/repositories/intents.ts'
import { suspensionInForce, updateSuspension } from '../../../db/repositories/suspensions.ts'
import { openVaultEntry, updateVaultEntry } from '../../../db/repositories/vault.ts'
import { Failure, type FailureBody } from '../../../shared/domain/failure.ts'
import { NoLongerSo, recheck, refOf, statusOf, type StepTools } from './steps.ts'

/** As they are stored, in their order; what the screens draw of them is tested against this. */
export const purgeSteps = ['recheck', 'snapshots', 'delete', 'leftovers', 'status', 'finished'] as const

/** Carries a purge on from whatever step it is in. Throws NoLongerSo or a Failure. */
export async function carryOutPurge(tools: StepTools, begun: Intent): Promise<Intent> {
  const { context, log, mutex, machines } = tools
  const { orm } = context.db
  const progress = { signal: tools.signal, report: () => undefined }
  let intent = begun
  for (;;) {
    switch (intent.step) {
      case 'recheck':
      case 'snapshots':
        intent = await mutex.run(intent.nodeId, async () => {
          await recheckPurge(tools, intent)
          const deleting = await log.step(intent, { state: 'executing', step: 'snapshots', error: null }, { action: 'vm.snapshots-delete-sent', why: 'A VM that has snapshots cannot be deleted.' })
          const names = await machines.deletion.deleteSnapshots(refOf(intent), progress)
          return log.step(deleting, { step: 'delete' }, { action: 'vm.snapshots-gone', why: 'Read from the list afterwards.', detail: { names } })
        })
        break
      case 'delete':
        intent = await mutex.run(intent.nodeId, async () => {
          const reading = await tools.nodes.readVm(refOf(intent))
          if (reading.kind === 'present') {
            await recheckPurge(tools, intent)
            await log.step(intent, { state: 'executing', step: 'delete', error: null }, { action: 'vm.delete-sent', why: intent.reason })
            const { withDisks, keepReasons } = await machines.deletion.deleteVm(refOf(intent), intent.vmName, true, progress)
            return log.step(
              intent,
              { state: 'verifying', step: 'leftovers', evidence: { ...intent.evidence, withDisks } },
              { action: 'vm.seen-gone', why: 'Its own look-up on a healthy node finds nothing.', detail: { withDisks, keepReasons } },
            )
          }
          return log.step(intent, { state: 'verifying', step: 'leftovers' }, { action: 'vm.seen-gone', why: 'It was gone already.' })
        })
        break
      case 'leftovers': {
        const entry = openVaultEntry(orm, intent.serviceId)
        const leftovers = await machines.leftovers(intent.nodeId, intent.vmName, entry?.definition, intent.evidence['withDisks'] === true)
        intent = await log.step(intent, { step: 'status' }, { action: 'vm.leftovers', why: leftovers.length === 0 ? 'Nothing was left behind.' : `${leftovers.length} left behind.`, detail: { leftovers } }, () => {
          if (entry) updateVaultEntry(orm, entry.id, { purgedAt: context.clock.now(), leftovers })
        })
        break
      }
      case 'status':
        return finish(tools, intent, await writeStatus(tools, intent))
      default:
        throw new Error(`purge ${intent.id} has an unknown step ${intent.step}`)
    }
  }
}

/** A payment, a hold, a start, a restore or another reason cancels it. */
async function recheckPurge(tools: StepTools, intent: Intent): Promise<void> {
  await recheck(tools, intent)
  const entry = openVaultEntry(tools.context.db.orm, intent.serviceId)
  if (!entry || entry.uuid !== intent.uuid || entry.nodeId !== intent.nodeId) throw new NoLongerSo('Its termination was taken back.')
  if (tools.billing.today() < entry.purgeOn) throw new NoLongerSo(`It is kept until ${entry.purgeOn}.`)
}

/** Only a service that is still overdue, as read now, is cancelled in Paymenter; trials are left alone there, and what had ended says so already. */
async function writeStatus(tools: StepTools, intent: Intent): Promise<FailureBody | null> {
  await tools.billing.refreshService(intent.serviceId)
  const planned = tools.planner.decideAll(tools.policies.current(), intent.serviceId)[0]
  if (planned?.policy.writeStatus !== true || planned.decision.state !== 'overdue') return null
  await tools.log.step(intent, { step: 'status' }, { action: 'billing.status-sent', why: 'The VM is gone; Paymenter is told.', detail: { status: 'cancelled' } })
  try {
    await tools.billing.setServiceStatus(intent.serviceId, 'cancelled')
    return null
  } catch (error) {
    if (error instanceof Failure && error.code === 'billing.forbidden') return error.body()
    throw error
  }
}

async function finish(tools: StepTools, intent: Intent, statusFailure: FailureBody | null): Promise<Intent> {
  const { orm } = tools.context.db
  const status = statusOf(tools, intent)
  return tools.log.step(
    intent,
    { state: 'done', step: 'finished', error: statusFailure, nextAttemptAt: null },
    { action: 'intent.done', why: 'Purged: the VM is proved gone.', detail: { status } },
    () => {
      const suspension = suspensionInForce(orm, intent.serviceId)
      if (suspension) updateSuspension(orm, suspension.id, { endedAt: tools.context.clock.now(), endedBy: 'purged' })
      deleteLink(orm, intent.serviceId)
    },
  )
}
