// Whether a VM's guest can hear a stop at all: Flint defines its VMs without ACPI, and so without a power button.
import { Failure } from '../../../shared/domain/failure.ts'
import type { VmRef } from '../../../shared/domain/ids.ts'
import type { Nodes } from './nodes.ts'

/** True: no guest of it hears a stop or a reboot, only force switches it off. False also where that is not known. */
export async function isDeafToStop(nodes: Nodes, ref: VmRef): Promise<boolean> {
  try {
    const { machines } = await nodes.client(ref.nodeId)
    return (await machines.machine(ref.uuid))?.hasAcpi === false
  } catch (error) {
    if (error instanceof Failure) return false
    throw error
  }
}
