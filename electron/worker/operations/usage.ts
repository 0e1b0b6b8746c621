// Who uses what on a node: pure look-ups over its VMs in full.
import type { FlintMachine } from '../flint/machines.ts'
import { pathOf, type VolumePaths } from '../nodes/disks.ts'

export interface StoredVolume {
  readonly pool: string
  readonly name: string
  readonly path: string
}

/** How a VM uses a volume: as a disk, in its drive, or as what its disk is layered on. */
export type Use = 'disk' | 'cd' | 'base'

export function usesOf(volume: StoredVolume, machines: readonly FlintMachine[], volumes: VolumePaths): { vm: string; use: Use }[] {
  return machines.flatMap((machine) =>
    machine.disks.flatMap((disk): { vm: string; use: Use }[] => {
      const { source } = disk
      const isIt =
        (source.kind === 'volume' && source.pool === volume.pool && source.volume === volume.name) ||
        pathOf(source, volumes) === volume.path
      if (isIt) return [{ vm: machine.name, use: disk.device === 'disk' ? 'disk' : 'cd' }]
      return disk.backingFiles.includes(volume.path) ? [{ vm: machine.name, use: 'base' }] : []
    }),
  )
}

/** The names of the VMs that use it in any way, once each. */
export function usersOf(volume: StoredVolume, machines: readonly FlintMachine[], volumes: VolumePaths): string[] {
  return [...new Set(usesOf(volume, machines, volumes).map(({ vm }) => vm))]
}

/** Networks by the names of the VMs on them. */
export function networkUsers(network: string, machines: readonly FlintMachine[]): string[] {
  return machines.filter((machine) => machine.nics.some((nic) => nic.source === network)).map((machine) => machine.name)
}

/** The names of VMs with an interface behind a filter. */
export function filterUsers(name: string, machines: readonly FlintMachine[]): string[] {
  return machines.filter((vm) => vm.nics.some((nic) => nic.filter === name)).map((vm) => vm.name)
}
