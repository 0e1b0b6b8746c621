// A node's volumes and what they were promised in all: read now and then, for Flint's figures of a host do not say it.
import type { NodeId } from '../../../shared/domain/ids.ts'
import type { Context } from '../context.ts'
import type { Nodes } from '../nodes/nodes.ts'
import { volumesByName, type VolumesByName } from '../nodes/disks.ts'
import { readPools } from '../nodes/storageView.ts'

const readEveryMs = 10 * 60_000
/** Sooner where a volume is missing: that of a VM that was just made. */
const soonestMs = 60_000
/** Older than that it is not said. */
const keptMs = 40 * 60_000

interface Reading {
  readonly at: number
  readonly bytes: number | null
  readonly volumes: VolumesByName
}

const noVolumes: VolumesByName = new Map()

export class Provisioned {
  readonly #context: Context
  readonly #nodes: Nodes
  readonly #read = new Map<NodeId, Reading>()
  /** Nodes of which a VM has a volume that was not there when they were read. */
  readonly #lacking = new Set<NodeId>()
  readonly #closing = new AbortController()
  readonly #running = new Set<Promise<void>>()

  constructor(context: Context, nodes: Nodes) {
    this.#context = context
    this.#nodes = nodes
  }

  /** Bytes promised to all volumes; null where not all pools could be listed, or not lately. When it is time, reads in the background. */
  bytesOf(nodeId: NodeId): number | null {
    const now = this.#context.clock.now()
    const known = this.#read.get(nodeId)
    if (known === undefined || Math.abs(now - known.at) > (this.#lacking.has(nodeId) ? soonestMs : readEveryMs)) {
      this.#lacking.delete(nodeId)
      this.#read.set(nodeId, { at: now, bytes: known?.bytes ?? null, volumes: known?.volumes ?? noVolumes })
      const reading = this.#readNow(nodeId).finally(() => this.#running.delete(reading))
      this.#running.add(reading)
    }
    return known === undefined || Math.abs(now - known.at) > keptMs ? null : known.bytes
  }

  /** As last read, those of pools that could be listed; none where that was not lately. */
  volumesOf(nodeId: NodeId): VolumesByName {
    const known = this.#read.get(nodeId)
    return known === undefined || Math.abs(this.#context.clock.now() - known.at) > keptMs ? noVolumes : known.volumes
  }

  /** A VM has a volume that is not among them: they are read again before long. */
  lacks(nodeId: NodeId): void {
    this.#lacking.add(nodeId)
  }

  /** Reads it now; null where it cannot be known. */
  async read(nodeId: NodeId): Promise<number | null> {
    await this.#readNow(nodeId)
    return this.lastOf(nodeId)
  }

  /** As last read, without reading. */
  lastOf(nodeId: NodeId): number | null {
    return this.#read.get(nodeId)?.bytes ?? null
  }

  async stop(): Promise<void> {
    this.#closing.abort()
    await Promise.all(this.#running)
  }

  async #readNow(nodeId: NodeId): Promise<void> {
    try {
      const pools = await readPools(await this.#nodes.client(nodeId), this.#closing.signal)
      const bytes = pools.some((pool) => pool.problem !== null)
        ? null
        : pools.reduce((sum, pool) => sum + pool.volumes.reduce((all, volume) => all + volume.capacityBytes, 0), 0)
      this.#read.set(nodeId, { at: this.#context.clock.now(), bytes, volumes: volumesByName(pools) })
    } catch (error) {
      if (this.#closing.signal.aborted) return
      this.#read.set(nodeId, { at: this.#context.clock.now(), bytes: null, volumes: noVolumes })
      this.#context.log.debug({ err: error, nodeId }, 'what volumes were promised could not be read')
    }
  }
}
