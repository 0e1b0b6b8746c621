// How many more VMs of a size fit on a node, and which of its parts is the first to run out.

export interface Size {
  readonly vcpus: number
  readonly memoryKiB: number
  readonly diskBytes: number
}

/** What a node has, and what is promised already to every VM that is defined there. */
export interface Room {
  readonly cores: number
  readonly vcpusDefined: number
  readonly memoryTotalKiB: number
  readonly memoryDefinedKiB: number
  readonly diskTotalBytes: number
  readonly diskProvisionedBytes: number
}

/** How far each part may be promised more than once: 1 is not at all. */
export interface Overcommit {
  readonly vcpu: number
  readonly memory: number
  readonly disk: number
}

export type Limit = 'vcpu' | 'memory' | 'disk'

/** Whole VMs; `limit` is what runs out first, null for a size that needs nothing. */
export function headroom(room: Room, size: Size, overcommit: Overcommit): { readonly count: number; readonly limit: Limit | null } {
  const parts: readonly (readonly [Limit, number, number])[] = [
    ['memory', room.memoryTotalKiB * overcommit.memory - room.memoryDefinedKiB, size.memoryKiB],
    ['vcpu', room.cores * overcommit.vcpu - room.vcpusDefined, size.vcpus],
    ['disk', room.diskTotalBytes * overcommit.disk - room.diskProvisionedBytes, size.diskBytes],
  ]
  let count = Number.POSITIVE_INFINITY
  let limit: Limit | null = null
  for (const [part, left, needed] of parts) {
    if (needed <= 0) continue
    const fits = Math.max(0, Math.floor(left / needed))
    if (fits < count) {
      count = fits
      limit = part
    }
  }
  return limit === null ? { count: 0, limit: null } : { count, limit }
}
