// Which disks of a VM may go with it: none that is a CD image of the library, none that another VM needs, and none on a guess.
import type { FlintVolume } from '../flint/library.ts'
import type { DiskSource, FlintDisk, FlintMachine } from '../flint/machines.ts'

/** Flint's own folder: the only files that its delete removes besides volumes of a pool. */
const libraryFolder = '/var/lib/flint/images'

/** Where volumes lie: path by `pool/name`. */
export type VolumePaths = ReadonlyMap<string, string>

export interface DiskView {
  readonly device: FlintDisk['device']
  readonly target: string
  readonly source: DiskSource
  /** Where it lies on the node; null when that is not known. */
  readonly path: string | null
}

export interface DiskDecision {
  /** Whether Flint may be asked to delete the disks with the VM. */
  readonly withDisks: boolean
  /** Why not, in the operator's words; empty when it may. */
  readonly reasons: readonly string[]
}

export function volumeKey(pool: string, volume: string): string {
  return `${pool}/${volume}`
}

export function pathOf(source: DiskSource, volumes: VolumePaths): string | null {
  if (source.kind === 'file') return source.path
  if (source.kind === 'volume') return volumes.get(volumeKey(source.pool, source.volume)) ?? null
  return null
}

/** By every name under which a VM's definition may mean a volume: `volume pool/name`, and `file path`. */
export type VolumesByName = ReadonlyMap<string, FlintVolume>

export function volumesByName(pools: readonly { readonly name: string; readonly volumes: readonly FlintVolume[] }[]): VolumesByName {
  return new Map(
    pools.flatMap((pool) =>
      pool.volumes.flatMap((volume) => [
        [`volume ${volumeKey(pool.name, volume.name)}`, volume] as const,
        [`file ${volume.path}`, volume] as const,
      ]),
    ),
  )
}

/** Bytes promised to the disks of a VM, each volume once; null where one of them is not among the volumes: nothing is told on a guess. */
export function promisedBytes(disks: readonly DiskSource[], volumes: VolumesByName): number | null {
  const own = new Set<FlintVolume>()
  for (const disk of disks) {
    const volume =
      disk.kind === 'volume'
        ? volumes.get(`volume ${volumeKey(disk.pool, disk.volume)}`)
        : disk.kind === 'file'
          ? volumes.get(`file ${disk.path}`)
          : undefined
    if (volume === undefined || volume.capacityBytes <= 0) return null
    own.add(volume)
  }
  return [...own].reduce((sum, volume) => sum + volume.capacityBytes, 0)
}

export function viewDisks(machine: FlintMachine, volumes: VolumePaths): DiskView[] {
  return machine.disks
    .filter((disk) => disk.source.kind !== 'empty')
    .map((disk) => ({ device: disk.device, target: disk.target, source: disk.source, path: pathOf(disk.source, volumes) }))
}

/** The CD that Flint wrote for this VM alone, with its first-boot settings. */
function isOwnSeed(vmName: string, disk: Pick<DiskView, 'device' | 'path'>): boolean {
  return disk.device === 'cdrom' && disk.path === `${libraryFolder}/${vmName}-cloudinit.iso`
}

/** Whether Flint's delete would remove it. */
export function isWithinReach(disk: DiskView): boolean {
  if (disk.source.kind === 'volume') return true
  return disk.path?.startsWith(libraryFolder) === true
}

/** Every name under which a source may be known, so that a volume and its file are seen to be one. */
function namesOf(source: DiskSource, volumes: VolumePaths): string[] {
  if (source.kind === 'volume') {
    const path = volumes.get(volumeKey(source.pool, source.volume))
    return [`volume ${volumeKey(source.pool, source.volume)}`, ...(path === undefined ? [] : [`file ${path}`])]
  }
  return source.kind === 'file' ? [`file ${source.path}`] : []
}

export interface DiskFacts {
  readonly machine: FlintMachine
  /** Every other VM of the node, in full. */
  readonly others: readonly FlintMachine[]
  /** VMs of the node that could not be read, and so may use anything. */
  readonly unreadable: number
  readonly volumes: VolumePaths
  /** Pools whose volumes could not be listed, and so may be known by names that are not seen here. */
  readonly unlisted: readonly string[]
  /** VMs that this console knows to be built on a file, by its name. */
  readonly builtOn: ReadonlyMap<string, readonly string[]>
}

/** Pure: the same facts, the same decision. */
export function decideDisks(facts: DiskFacts): DiskDecision {
  const { machine, others, volumes } = facts
  const reasons: string[] = []
  if (!machine.isDefinitionRead) reasons.push('its definition cannot be read, so that its disks are not known for certain')
  if (facts.unreadable > 0) reasons.push(`${facts.unreadable} other VM(s) of the node could not be read and may share a disk`)
  for (const pool of facts.unlisted) reasons.push(`what the pool ${pool} holds cannot be listed, so that who shares a disk of it is not known`)
  for (const disk of viewDisks(machine, volumes)) {
    const name = disk.path ?? (disk.source.kind === 'volume' ? volumeKey(disk.source.pool, disk.source.volume) : disk.target)
    if (disk.source.kind === 'unknown') reasons.push(`where its disk ${disk.target} lies is not known`)
    if (disk.device !== 'disk' && !isOwnSeed(machine.name, disk)) reasons.push(`${name} is a CD image, which others may use`)
    const user = others.find((other) => uses(other, disk.source, volumes))
    if (user) reasons.push(`${name} is used by ${user.name} too`)
    const file = name.slice(name.lastIndexOf('/') + 1)
    const built = (facts.builtOn.get(file) ?? []).filter((other) => other !== machine.name)
    if (!user && built.length > 0) reasons.push(`${name} is what ${built.join(', ')} was built on`)
  }
  return { withDisks: reasons.length === 0, reasons }
}

function uses(machine: FlintMachine, source: DiskSource, volumes: VolumePaths): boolean {
  const wanted = new Set(namesOf(source, volumes))
  return machine.disks.some(
    (disk) =>
      namesOf(disk.source, volumes).some((name) => wanted.has(name)) || disk.backingFiles.some((path) => wanted.has(`file ${path}`)),
  )
}
