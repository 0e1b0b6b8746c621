// What a node has, what is used and what is promised, from one look at it.
import type { z } from 'zod'
import type { nodeCapacity } from '../../../shared/contract/nodes.ts'
import type { FlintVm } from '../flint/schema.ts'
import type { Look } from './look.ts'

export type Capacity = z.output<typeof nodeCapacity>

/** A VM in these states holds its memory. */
const holdsMemory: ReadonlySet<FlintVm['state']> = new Set(['running', 'paused', 'shutting-down', 'crashed'])

function memoryOf(vms: readonly FlintVm[]): number {
  return vms.reduce((sum, vm) => sum + vm.memoryKiB, 0)
}

function vcpusOf(vms: readonly FlintVm[]): number {
  return vms.reduce((sum, vm) => sum + vm.vcpus, 0)
}

export function capacityOf(look: Look, observedAt: number): Capacity {
  const all = [...look.listed, ...look.lookedUp]
  const active = all.filter((vm) => holdsMemory.has(vm.state))
  return {
    observedAt,
    hostname: look.host.hostname,
    cpuCores: look.resources.cpuCores,
    memoryTotalKiB: look.resources.memoryTotalKiB,
    memoryUsedKiB: Math.max(0, look.resources.memoryTotalKiB - look.resources.memoryFreeKiB),
    memoryCommittedKiB: memoryOf(active),
    memoryDefinedKiB: memoryOf(all),
    vcpusCommitted: vcpusOf(active),
    vcpusDefined: vcpusOf(all),
    storageTotalBytes: look.resources.storageTotalBytes,
    storageUsedBytes: look.resources.storageUsedBytes,
    vmsRunning: all.filter((vm) => vm.state === 'running').length,
    vmsTotal: Math.max(look.host.totalVms, all.length),
    cpuPercentOfVms: look.listed.reduce((sum, vm) => sum + vm.cpuPercent, 0),
  }
}
