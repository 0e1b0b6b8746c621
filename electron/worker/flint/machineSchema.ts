// What Flint says of one VM in full (disks, interfaces) and of its snapshots, and how it becomes ours.
import { z } from 'zod'
import { childNamed, childrenNamed, parseXml, type XmlElement } from './xml.ts'
import { readVmRow, type FlintVm } from './schema.ts'

/** Where a disk's bytes are; `unknown` where neither a volume nor a file is named (a network disk, an empty drive). */
export type DiskSource =
  | { readonly kind: 'volume'; readonly pool: string; readonly volume: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'empty' }
  | { readonly kind: 'unknown' }

export interface FlintDisk {
  readonly device: 'disk' | 'cdrom' | 'other'
  /** `vda`, `hdc` … */
  readonly target: string
  readonly source: DiskSource
  /** The files below it, as far as libvirt shows them: of a running VM only. */
  readonly backingFiles: readonly string[]
}

export interface FlintNic {
  readonly mac: string
  /** The network or bridge; empty when neither is named. */
  readonly source: string
  readonly model: string
  /** The name of its network filter; null without one. */
  readonly filter: string | null
}

export interface FlintMachine extends FlintVm {
  readonly maximumMemoryKiB: number
  readonly disks: readonly FlintDisk[]
  readonly nics: readonly FlintNic[]
  /** False: the definition could not be read, so that the disks are not known for certain. */
  readonly isDefinitionRead: boolean
  /** False: nobody can press its power button, so that no guest hears a stop or a reboot. Flint makes its VMs so. Null: not known. */
  readonly hasAcpi: boolean | null
  readonly xml: string
}

export interface FlintSnapshot {
  readonly name: string
  readonly description: string
  /** `running`, `shutoff`, `paused` …: what the VM was then, and becomes again by a revert. */
  readonly state: string
  /** UTC milliseconds. */
  readonly createdAt: number
}

function sourceOf(source: XmlElement | undefined): DiskSource {
  if (source === undefined) return { kind: 'empty' }
  const { pool, volume, file, dev } = source.attributes
  if (pool !== undefined && volume !== undefined) return { kind: 'volume', pool, volume }
  const path = file ?? dev
  return path === undefined || path === '' ? { kind: 'unknown' } : { kind: 'file', path }
}

function backingFilesOf(disk: XmlElement): string[] {
  const files: string[] = []
  for (let layer = childNamed(disk, 'backingStore'); layer !== undefined; layer = childNamed(layer, 'backingStore')) {
    const source = sourceOf(childNamed(layer, 'source'))
    if (source.kind === 'file') files.push(source.path)
  }
  return files
}

function readDisk(disk: XmlElement): FlintDisk {
  const device = disk.attributes['device'] ?? 'disk'
  return {
    device: device === 'disk' || device === 'cdrom' ? device : 'other',
    target: childNamed(disk, 'target')?.attributes['dev'] ?? '',
    source: sourceOf(childNamed(disk, 'source')),
    backingFiles: backingFilesOf(disk),
  }
}

function readNic(nic: XmlElement): FlintNic {
  const source = childNamed(nic, 'source')?.attributes ?? {}
  return {
    mac: childNamed(nic, 'mac')?.attributes['address'] ?? '',
    source: source['network'] ?? source['bridge'] ?? source['dev'] ?? '',
    model: childNamed(nic, 'model')?.attributes['type'] ?? '',
    filter: childNamed(nic, 'filterref')?.attributes['filter'] ?? null,
  }
}

const detail = z.object({
  max_memory_kb: z.number().nonnegative().catch(0),
  xml: z.string().catch(''),
  disks: z
    .array(z.object({ source_path: z.string().catch(''), target_dev: z.string().catch(''), device: z.string().catch('disk') }))
    .nullish()
    .catch([]),
})

/** One VM in full; null when it has no usable UUID or name. The definition is believed before Flint's own list of disks, which omits volumes. */
export function readMachine(raw: unknown): FlintMachine | null {
  const vm = readVmRow(raw)
  const parsed = detail.safeParse(raw)
  if (vm === null || !parsed.success) return null
  const { max_memory_kb: maximumMemoryKiB, xml, disks } = parsed.data
  const domain = parseXml(xml)
  const devices = domain?.name === 'domain' ? childNamed(domain, 'devices') : undefined
  if (domain && devices !== undefined) {
    const features = childNamed(domain, 'features')
    return {
      ...vm,
      maximumMemoryKiB,
      xml,
      isDefinitionRead: true,
      hasAcpi: features !== undefined && childNamed(features, 'acpi') !== undefined,
      disks: childrenNamed(devices, 'disk').map(readDisk),
      nics: childrenNamed(devices, 'interface').map(readNic),
    }
  }
  const shown = (disks ?? []).map((disk): FlintDisk => ({
    device: disk.device === 'disk' || disk.device === 'cdrom' ? disk.device : 'other',
    target: disk.target_dev,
    source: disk.source_path === '' ? { kind: 'unknown' } : { kind: 'file', path: disk.source_path },
    backingFiles: [],
  }))
  return { ...vm, maximumMemoryKiB, xml, isDefinitionRead: false, hasAcpi: null, disks: shown, nics: [] }
}

const snapshotRow = z.object({
  name: z.string().min(1),
  state: z.string().catch('unknown'),
  creation_ts: z.number().catch(0),
  description: z.string().nullish().catch(''),
})

export function readSnapshot(raw: unknown): FlintSnapshot | null {
  const parsed = snapshotRow.safeParse(raw)
  if (!parsed.success) return null
  const { name, state, creation_ts: seconds, description } = parsed.data
  return { name, state, createdAt: seconds * 1_000, description: description ?? '' }
}

/** Null when it is no list, or when a row of it has no name: a snapshot that is not seen would make a delete lie. */
export function readSnapshots(raw: unknown): FlintSnapshot[] | null {
  if (raw === null) return []
  if (!Array.isArray(raw)) return null
  const rows = raw.map(readSnapshot)
  const known = rows.filter((row) => row !== null)
  return known.length === rows.length ? known : null
}
