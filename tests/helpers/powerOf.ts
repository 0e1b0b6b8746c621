// A power action by the operator's hand, as the contract's vms.power does it, waited for.
import { Power, type PowerWish } from '../../electron/worker/nodes/power.ts'
import type { Job } from '../../shared/contract/index.ts'
import { asId, type NodeId, type VmUuid } from '../../shared/domain/ids.ts'
import type { AutomationWorld } from './automationWorld.ts'

/** Finds the VM by name in the whole fleet, acts, and answers the job as it ended. */
export async function powerOf(world: AutomationWorld, vmName: string, action: PowerWish['action'], options: { why?: string; days?: number; force?: boolean } = {}): Promise<Job> {
  const { context, nodes, automation } = world
  const row = context.db.sqlite.prepare('select node_id, uuid from vms where name = ?').get(vmName) as { node_id: string; uuid: string } | undefined
  if (!row) throw new Error(`no VM ${vmName} was observed`)
  const power = new Power(context, nodes, automation.hand, { pollMs: 10 })
  const { jobId } = power.start({ ref: { nodeId: asId<NodeId>(row.node_id), uuid: asId<VmUuid>(row.uuid) }, action, ...options })
  return context.jobs.wait(jobId)
}
