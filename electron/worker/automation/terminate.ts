// The steps of a termination: recheck, the vault record, a final snapshot. The VM stays defined and off until it is purged or restored.
import { listAuditRows } from '../../../db/repositories/audit.ts'
import type { Intent } from '../../../db/repositories/intents.ts'
import { insertVaultEntry, openVaultEntry } from '../../../db/repositories/vault.ts'
import { addDays } from '../../../shared/domain/calendar.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import { recheck, refOf, type StepTools } from './steps.ts'

/** As they are stored, in their order; what the screens draw of them is tested against this. */
export const terminateSteps = ['recheck', 'snapshot', 'finished'] as const
const timelineEntries = 1_000

/** Carries a termination on from whatever step it is in. Throws NoLongerSo or a Failure. */
export async function carryOutTermination(tools: StepTools, begun: Intent): Promise<Intent> {
  const { context, log, mutex } = tools
  let intent = begun
  for (;;) {
    switch (intent.step) {
      case 'recheck':
        intent = await mutex.run(intent.nodeId, () => keepRecord(tools, intent))
        break
      case 'snapshot': {
        await mutex.run(intent.nodeId, async () => {
          await recheck(tools, intent)
          const entry = openVaultEntry(context.db.orm, intent.serviceId)
          if (!entry) throw new Failure('vault.unknown', 'The record of this termination is missing.', 'Cancel it and let it be proposed anew.')
          await tools.machines.finalSnapshot(refOf(intent), entry.snapshotName)
        })
        return log.step(
          intent,
          { state: 'done', step: 'finished', error: null, nextAttemptAt: null },
          { action: 'intent.done', why: 'Terminated: recorded, a final snapshot made; the VM stays off until it is purged or restored.' },
        )
      }
      default:
        throw new Error(`termination ${intent.id} has an unknown step ${intent.step}`)
    }
  }
}

async function keepRecord(tools: StepTools, intent: Intent): Promise<Intent> {
  const { context, log } = tools
  const { orm } = context.db
  const { planned } = await recheck(tools, intent)
  const definition = await tools.machines.describe(refOf(intent))
  const today = tools.billing.today()
  const purgeOn = addDays(today, planned.policy.retentionDays)
  return log.step(
    intent,
    { state: 'executing', step: 'snapshot', error: null },
    { action: 'vm.terminated', why: planned.decision.reason, detail: { purgeOn } },
    () => {
      if (openVaultEntry(orm, intent.serviceId)) return
      insertVaultEntry(orm, {
        serviceId: intent.serviceId,
        nodeId: intent.nodeId,
        uuid: intent.uuid,
        vmName: intent.vmName,
        terminatedAt: context.clock.now(),
        purgeOn,
        snapshotName: `final-${intent.serviceId}-${today.replaceAll('-', '')}`,
        definition,
        record: {
          decision: planned.decision,
          facts: planned.service.facts,
          customerName: planned.service.customerName,
          productName: planned.service.productName,
          timeline: listAuditRows(orm, { serviceId: intent.serviceId, limit: timelineEntries }).map((row) => ({ at: row.at, actor: row.actor, action: row.action, why: row.why })),
        },
        restoredAt: null,
        purgedAt: null,
        leftovers: null,
      })
    },
  )
}
