// What terminations and purges ask of a VM on its node: its description, a final snapshot, the steps of its deletion.
import { Failure } from '../../../shared/domain/failure.ts'
import type { VmRef } from '../../../shared/domain/ids.ts'
import type { Deletion, Leftover } from '../nodes/deletion.ts'
import type { DiskView } from '../nodes/disks.ts'
import type { Nodes } from '../nodes/nodes.ts'

export interface DescribedMachine {
  readonly machine: unknown
  readonly disks: readonly DiskView[]
}

export class MachinesOfAutomation {
  readonly deletion: Pick<Deletion, 'deleteSnapshots' | 'deleteVm'>
  readonly #nodes: Pick<Nodes, 'client'>
  readonly #deletion: Pick<Deletion, 'plan' | 'leftovers'>

  constructor(nodes: Pick<Nodes, 'client'>, deletion: Deletion) {
    this.#nodes = nodes
    this.#deletion = deletion
    this.deletion = deletion
  }

  /** The VM as its node describes it now, with where its disks lie. */
  async describe(ref: VmRef): Promise<DescribedMachine> {
    const { machines } = await this.#nodes.client(ref.nodeId)
    const [machine, plan] = await Promise.all([machines.machine(ref.uuid), this.#deletion.plan(ref)])
    return { machine, disks: plan?.disks ?? [] }
  }

  /** Makes the snapshot unless it is there; the list proves it. Throws `snapshot.missing` when it does not. */
  async finalSnapshot(ref: VmRef, name: string): Promise<void> {
    const { machines } = await this.#nodes.client(ref.nodeId)
    const isThere = async () => (await machines.snapshots(ref.uuid)).some((snapshot) => snapshot.name === name)
    if (await isThere()) return
    await machines.createSnapshot(ref.uuid, name, 'Before its termination')
    if (await isThere()) return
    throw new Failure('snapshot.missing', `The node said that it made the snapshot ${name}, and its list does not show it.`, 'Look at the VM’s snapshots on the node. It is tried again.')
  }

  /** What of a purged VM is still on its node. `withDisks`: Flint was asked to delete its disks too. */
  async leftovers(nodeId: VmRef['nodeId'], vmName: string, definition: unknown, withDisks: boolean): Promise<Leftover[]> {
    return this.#deletion.leftovers(nodeId, vmName, isDescribed(definition) ? definition.disks : [], withDisks)
  }
}

function isDescribed(value: unknown): value is DescribedMachine {
  return typeof value === 'object' && value !== null && 'disks' in value && Array.isArray(value.disks)
}
