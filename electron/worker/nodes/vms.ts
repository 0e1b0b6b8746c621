// The fleet as last observed, each VM with the service, customer and hold that belong to it.
import type { z } from 'zod'
import { fleet, type FleetRow } from '../../../db/repositories/vms.ts'
import { vmState, type vmRow } from '../../../shared/contract/vms.ts'
import type { Day } from '../../../shared/domain/calendar.ts'
import type { FailureBody } from '../../../shared/domain/failure.ts'
import type { NodeId } from '../../../shared/domain/ids.ts'
import type { Context } from '../context.ts'
import type { Nodes } from './nodes.ts'

export type VmRow = z.output<typeof vmRow>

export class Vms {
  readonly #context: Context
  readonly #nodes: Nodes
  readonly #today: () => Day | null

  /** @param today in Paymenter's time zone; null while that is not known: then every hold is shown as in force */
  constructor(context: Context, nodes: Nodes, today: () => Day | null) {
    this.#context = context
    this.#nodes = nodes
    this.#today = today
  }

  /** What is known now; asks no node. */
  list(nodeId?: NodeId): VmRow[] {
    const today = this.#today()
    return fleet(this.#context.db.orm, nodeId).map((row) => toRow(row, today))
  }

  /** A fresh look at every node, or one; those that failed are named, and their VMs are unknown. Throws `node.unknown`. */
  async refresh(nodeId?: NodeId): Promise<{ vms: VmRow[]; failed: { nodeId: NodeId; name: string; error: FailureBody }[] }> {
    const looks = await this.#nodes.lookAtAll(nodeId)
    const failed = looks.flatMap((look) =>
      look.error === null ? [] : [{ nodeId: look.nodeId, name: look.name, error: { ...look.error } }],
    )
    return { vms: this.list(nodeId), failed }
  }
}

/** The state as it may be shown: unknown unless the node's last look could be believed and saw this VM. The stored one stays for automation. */
function shownState(row: FleetRow): VmRow['state'] {
  const { node, vm } = row
  if (node.state !== 'ok' || (node.lastSeenAt !== null && vm.observedAt < node.lastSeenAt)) return 'unknown'
  return vmState.safeParse(vm.state).data ?? 'unknown'
}

function toRow(row: FleetRow, today: Day | null): VmRow {
  const { vm, node, hold } = row
  const state = shownState(row)
  const holds = hold !== null && (hold.until === null || today === null || hold.until >= today)
  return {
    nodeId: vm.nodeId,
    nodeName: node.name,
    uuid: vm.uuid,
    name: vm.name,
    state,
    memoryKiB: vm.memoryKiB,
    vcpus: vm.vcpus,
    cpuPercent: state === 'unknown' ? null : vm.cpuPercent,
    cpuTimeSeconds: vm.cpuTimeSeconds,
    ipAddresses: vm.ipAddresses,
    observedAt: vm.observedAt,
    service:
      row.service === null
        ? null
        : {
            id: row.service.id,
            status: row.service.status ?? 'unknown',
            productName: row.productName,
            customerId: row.service.customerId,
            customerName: row.customerName,
            paidUntil: row.service.expiresOn,
          },
    hold: holds ? hold.kind : null,
    suspended: row.suspended,
    tags: row.tags,
    note: row.note,
    isProtected: row.isProtected,
  }
}
