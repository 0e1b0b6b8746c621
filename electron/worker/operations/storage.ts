// A node's storage: pools, volumes with who uses them, and the images that VMs are made from.
import type { z } from 'zod'
import { vmNamesByImage } from '../../../db/repositories/vmMarks.ts'
import { knownVmUuids } from '../../../db/repositories/vms.ts'
import type { imageRow, storageView, volumeRow } from '../../../shared/contract/storage.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { NodeId } from '../../../shared/domain/ids.ts'
import type { FlintClient } from '../flint/client.ts'
import { libraryPool, type FlintVolume } from '../flint/library.ts'
import type { FlintMachine } from '../flint/machines.ts'
import type { VolumePaths } from '../nodes/disks.ts'
import { readMachines, readPools, volumePaths, type PoolView } from '../nodes/storageView.ts'
import { requireConfirmed, type OperationTools } from './tools.ts'
import { usersOf, usesOf } from './usage.ts'

export type StorageView = z.output<typeof storageView>
type VolumeRow = z.output<typeof volumeRow>
export type ImageRow = z.output<typeof imageRow>

interface Seen {
  readonly client: FlintClient
  readonly pools: readonly PoolView[]
  readonly machines: readonly FlintMachine[]
  readonly unreadable: number
  readonly paths: VolumePaths
  readonly builtOn: ReadonlyMap<string, readonly string[]>
}

const gibibyte = 1_073_741_824

export class Storage {
  readonly #tools: OperationTools

  constructor(tools: OperationTools) {
    this.#tools = tools
  }

  /** A fresh look. Throws why the node cannot be believed. */
  async list(nodeId: NodeId): Promise<StorageView> {
    const observedAt = this.#tools.context.clock.now()
    const seen = await this.#see(nodeId)
    return {
      pools: seen.pools.map(({ volumes, ...pool }) => ({
        ...pool,
        volumes: volumes.map((volume) => volumeRowOf(volume, pool.name, seen)),
      })),
      unreadableVms: seen.unreadable,
      observedAt,
    }
  }

  /** Every image of the library with the VMs that depend on it; the disks of VMs, which Flint lists too, are named as such. */
  async images(nodeId: NodeId): Promise<{ images: ImageRow[]; unreadableVms: number }> {
    const seen = await this.#see(nodeId)
    const images = (await seen.client.library.images()).map((image): ImageRow => {
      const uses = usesOf({ pool: libraryPool, name: image.name, path: image.path }, seen.machines, seen.paths)
      const named = (use: string) => [...new Set(uses.filter((known) => known.use === use).map(({ vm }) => vm))]
      return {
        ...image,
        builtOn: [...new Set([...named('base'), ...(seen.builtOn.get(image.name) ?? [])])].sort(),
        inDriveOf: named('cd'),
        diskOf: named('disk')[0] ?? null,
      }
    })
    return { images, unreadableVms: seen.unreadable }
  }

  async createPool(nodeId: NodeId, name: string, path: string): Promise<void> {
    const client = await this.#believable(nodeId)
    await client.library.createPool(name, path)
    this.#done(nodeId, 'storage.pool-created', { name, path })
  }

  async createVolume(nodeId: NodeId, pool: string, name: string, sizeGiB: number): Promise<void> {
    const client = await this.#believable(nodeId)
    await client.library.createVolume(pool, name, sizeGiB)
    this.#done(nodeId, 'storage.volume-created', { pool, name, sizeGiB })
  }

  /** Throws `storage.unknown-volume`, `storage.shrink`, `storage.in-use` while a VM that is not off has it. */
  async resizeVolume(nodeId: NodeId, pool: string, name: string, sizeGiB: number): Promise<void> {
    const seen = await this.#see(nodeId)
    const volume = volumeIn(seen, pool, name)
    if (sizeGiB * gibibyte <= volume.capacityBytes)
      throw new Failure(
        'storage.shrink',
        `${name} is ${Math.ceil(volume.capacityBytes / gibibyte)} GB already: a volume only grows.`,
        'Give a larger size.',
      )
    const users = usersOf({ pool, name, path: volume.path }, seen.machines, seen.paths)
    const active = seen.machines.find((machine) => users.includes(machine.name) && machine.state !== 'shutoff')
    if (active)
      throw new Failure(
        'storage.in-use',
        `${active.name} has ${name} open.`,
        'Stop the VM first: a disk is not resized under a running guest.',
      )
    await seen.client.library.resizeVolume(pool, name, sizeGiB)
    this.#done(nodeId, 'storage.volume-resized', { pool, name, sizeGiB, before: volume.capacityBytes })
  }

  /** Throws `confirm.needed`, `storage.in-use`, `storage.unproved`, `storage.still-there`. */
  async deleteVolume(nodeId: NodeId, pool: string, name: string, confirm: string): Promise<void> {
    requireConfirmed(confirm, name)
    const seen = await this.#see(nodeId)
    const volume = volumeIn(seen, pool, name)
    const row = volumeRowOf(volume, pool, seen)
    if (row.usedBy.length > 0)
      throw new Failure('storage.in-use', `${name} is used by ${row.usedBy.join(', ')}.`, 'Delete those VMs first, or leave it.')
    refuseUnproved(seen, name)
    await seen.client.library.deleteVolume(pool, name)
    await this.#proveGone(seen.client, pool, name)
    this.#done(nodeId, 'storage.volume-deleted', { pool, name, path: volume.path, capacityBytes: volume.capacityBytes })
  }

  /** Throws `confirm.needed`, `image.is-a-disk`, `image.in-drive`, `image.breaks` unless `breaks` is the number of VMs that it breaks, `storage.unproved`. */
  async deleteImage(nodeId: NodeId, name: string, confirm: string, breaks: number): Promise<void> {
    requireConfirmed(confirm, name)
    const { images } = await this.images(nodeId)
    const seen = await this.#see(nodeId)
    const image = images.find((known) => known.name === name)
    if (!image) throw new Failure('image.unknown', `The node has no image named ${name} (any more).`, 'Look at the list again.')
    if (image.diskOf !== null) throw new Failure('image.is-a-disk', `${name} is the disk of ${image.diskOf}.`, 'Delete that VM instead.')
    if (image.inDriveOf.length > 0)
      throw new Failure(
        'image.in-drive',
        `${name} is in the drive of ${image.inDriveOf.join(', ')}, which would not start again.`,
        'Leave it as long as those VMs are there.',
      )
    if (image.builtOn.length !== breaks) {
      throw new Failure(
        'image.breaks',
        `${image.builtOn.length} VM(s) are built on ${name} and break without it: ${image.builtOn.join(', ')}.`,
        'Their disks hold only what differs from the image. Leave it, or confirm with how many VMs break.',
      )
    }
    refuseUnproved(seen, name)
    await seen.client.library.deleteImage(name)
    await this.#proveGone(seen.client, libraryPool, name)
    this.#done(nodeId, 'image.deleted', { name, sizeBytes: image.sizeBytes, broke: image.builtOn })
  }

  async #see(nodeId: NodeId): Promise<Seen> {
    const client = await this.#believable(nodeId)
    const { orm } = this.#tools.context.db
    const [pools, { machines, unreadable }] = await Promise.all([readPools(client), readMachines(client, knownVmUuids(orm, nodeId))])
    return { client, pools, machines, unreadable, paths: volumePaths(pools), builtOn: vmNamesByImage(orm, nodeId) }
  }

  async #believable(nodeId: NodeId): Promise<FlintClient> {
    const client = await this.#tools.nodes.client(nodeId)
    await client.believable({ now: true })
    return client
  }

  async #proveGone(client: FlintClient, pool: string, name: string): Promise<void> {
    const volumes = await client.library.volumes(pool)
    if (volumes.some((volume) => volume.name === name))
      throw new Failure(
        'storage.still-there',
        `Flint said that ${name} was deleted, and it is still there.`,
        'Look at the pool with virsh on the node.',
      )
  }

  #done(nodeId: NodeId, action: string, detail: Record<string, unknown>): void {
    this.#tools.recordNode(nodeId, action, detail)
    this.#tools.context.changed('storage')
  }
}

function volumeIn(seen: Seen, pool: string, name: string): FlintVolume {
  const volume = seen.pools.find((known) => known.name === pool)?.volumes.find((known) => known.name === name)
  if (!volume) throw new Failure('storage.unknown-volume', `The pool ${pool} has no volume ${name} (any more).`, 'Look at the list again.')
  return volume
}

/** A VM that cannot be read may use anything. */
function refuseUnproved(seen: Seen, name: string): void {
  if (seen.unreadable === 0) return
  throw new Failure(
    'storage.unproved',
    `${seen.unreadable} VM(s) of the node cannot be read and may use ${name}: it is not deleted.`,
    'Try again when the node shows all its VMs.',
  )
}

/** What a volume is. Only one that looks like a VM's disk, or lies outside the image library, can be an orphan: an image may just be unused. */
function volumeRowOf(volume: FlintVolume, pool: string, seen: Seen): VolumeRow {
  const uses = usesOf({ pool, name: volume.name, path: volume.path }, seen.machines, seen.paths)
  const built = pool === libraryPool ? (seen.builtOn.get(volume.name) ?? []) : []
  const usedBy = [...new Set([...uses.map(({ vm }) => vm), ...built])].sort()
  const row = { name: volume.name, path: volume.path, capacityBytes: volume.capacityBytes, usedBy }
  if (uses.some(({ use }) => use === 'disk')) return { ...row, kind: 'disk' }
  if (uses.some(({ use }) => use === 'cd')) return { ...row, kind: 'cd' }
  const isImage = usedBy.length > 0 || (pool === libraryPool && !/-disk-\d+\.qcow2$|-cloudinit\.iso$/.test(volume.name))
  if (isImage) return { ...row, kind: 'image' }
  return { ...row, kind: seen.unreadable > 0 ? 'unproved' : 'orphan' }
}
