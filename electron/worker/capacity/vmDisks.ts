// What the disks of each VM were promised: a few definitions are read with each look, for Flint's list of VMs does not name their disks.
import { Failure } from '../../../shared/domain/failure.ts'
import type { NodeId, VmRef, VmUuid } from '../../../shared/domain/ids.ts'
import type { Context } from '../context.ts'
import type { DiskSource } from '../flint/machines.ts'
import type { FlintVm } from '../flint/schema.ts'
import { promisedBytes } from '../nodes/disks.ts'
import type { Nodes } from '../nodes/nodes.ts'
import type { Provisioned } from './provisioned.ts'

/** A definition seldom changes; one that could not be read is tried again sooner. */
const readEveryMs = 60 * 60_000
const retryEveryMs = 10 * 60_000
/** Older than that it is not said. */
const keptMs = 3 * 60 * 60_000
/** So many with a look, one after another: a poll is never much heavier, and a node with hundreds of VMs is through within the hour. */
const mostOfLook = 4

interface Definition {
  readonly at: number
  /** As seen when it was read: what was attached while a VM ran is gone with its next power-off. */
  readonly isOff: boolean
  /** Null: it could not be read. */
  readonly disks: readonly DiskSource[] | null
}

type Seen = Pick<FlintVm, 'uuid' | 'state'>

export class VmDisks {
  readonly #context: Context
  readonly #nodes: Nodes
  readonly #definitions = new Map<NodeId, Map<VmUuid, Definition>>()
  readonly #closing = new AbortController()
  /** Nodes that are read now: a slow one is asked nothing more meanwhile, and holds no other. */
  readonly #running = new Map<NodeId, Promise<void>>()

  readonly #volumes: Pick<Provisioned, 'volumesOf' | 'lacks'>

  constructor(context: Context, nodes: Nodes, volumes: Pick<Provisioned, 'volumesOf' | 'lacks'>) {
    this.#context = context
    this.#nodes = nodes
    this.#volumes = volumes
  }

  /** Takes which VMs a look saw: forgets the others, and reads in the background a few definitions that are due. */
  take(nodeId: NodeId, seen: readonly Seen[]): void {
    const known = this.#of(nodeId)
    const present = new Set(seen.map(({ uuid }) => uuid))
    for (const uuid of known.keys()) if (!present.has(uuid)) known.delete(uuid)
    if (this.#running.has(nodeId)) return
    const now = this.#context.clock.now()
    const due = seen
      .filter((vm) => isDue(known.get(vm.uuid), vm, now))
      .sort((a, b) => (known.get(a.uuid)?.at ?? 0) - (known.get(b.uuid)?.at ?? 0))
      .slice(0, mostOfLook)
    if (due.length === 0) return
    const reading = this.#readAll(nodeId, due).finally(() => this.#running.delete(nodeId))
    this.#running.set(nodeId, reading)
  }

  /** Bytes promised to a VM's disks; null where its disks, or one of their volumes, are not known. */
  bytesOf({ nodeId, uuid }: VmRef): number | null {
    const known = this.#of(nodeId).get(uuid)
    if (known === undefined || known.disks === null || Math.abs(this.#context.clock.now() - known.at) > keptMs) return null
    return promisedBytes(known.disks, this.#volumes.volumesOf(nodeId))
  }

  /** The same, after it was read where it is not known yet. */
  async read(ref: VmRef): Promise<number | null> {
    if (!this.#of(ref.nodeId).has(ref.uuid)) await this.#readAll(ref.nodeId, [{ uuid: ref.uuid, state: 'unknown' }])
    return this.bytesOf(ref)
  }

  async stop(): Promise<void> {
    this.#closing.abort()
    await Promise.all(this.#running.values())
  }

  async #readAll(nodeId: NodeId, seen: readonly Seen[]): Promise<void> {
    for (const vm of seen) {
      if (this.#closing.signal.aborted) return
      const disks = await this.#disksOf(nodeId, vm.uuid)
      this.#of(nodeId).set(vm.uuid, { at: this.#context.clock.now(), isOff: isOff(vm), disks })
      if (disks !== null && promisedBytes(disks, this.#volumes.volumesOf(nodeId)) === null) this.#volumes.lacks(nodeId)
    }
  }

  /** CDs are no disks of it: an image in a drive belongs to the library. */
  async #disksOf(nodeId: NodeId, uuid: VmUuid): Promise<DiskSource[] | null> {
    try {
      const client = await this.#nodes.client(nodeId)
      const machine = await client.machines.machine(uuid, { signal: this.#closing.signal })
      if (machine === null || !machine.isDefinitionRead) return null
      return machine.disks.filter(({ device }) => device === 'disk').map(({ source }) => source)
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#tell(error, nodeId, uuid)
      return null
    }
  }

  #tell(error: unknown, nodeId: NodeId, uuid: VmUuid): void {
    const what = { err: error, nodeId, uuid }
    if (error instanceof Failure) this.#context.log.debug(what, 'the disks of a VM could not be read')
    else this.#context.log.error(what, 'the disks of a VM could not be read, unexpectedly')
  }

  #of(nodeId: NodeId): Map<VmUuid, Definition> {
    const known = this.#definitions.get(nodeId)
    if (known !== undefined) return known
    const made = new Map<VmUuid, Definition>()
    this.#definitions.set(nodeId, made)
    return made
  }
}

function isOff({ state }: Seen): boolean {
  return state === 'shutoff'
}

function isDue(known: Definition | undefined, seen: Seen, now: number): boolean {
  if (known === undefined || known.isOff !== isOff(seen)) return true
  return Math.abs(now - known.at) > (known.disks === null ? retryEveryMs : readEveryMs)
}
