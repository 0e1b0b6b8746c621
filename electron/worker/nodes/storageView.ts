// What a node stores, read as a whole: its pools, their volumes, and every VM in full, so that who uses what can be said.
import { Failure } from '../../../shared/domain/failure.ts'
import type { VmUuid } from '../../../shared/domain/ids.ts'
import { together } from '../../../shared/domain/together.ts'
import type { FlintClient } from '../flint/client.ts'
import type { FlintPool, FlintVolume } from '../flint/library.ts'
import type { FlintMachine } from '../flint/machines.ts'
import { volumeKey, type VolumePaths } from './disks.ts'

export interface PoolView extends FlintPool {
  readonly volumes: readonly FlintVolume[]
  /** Why its volumes could not be listed; null when they were. */
  readonly problem: string | null
}

const lookUpsAtOnce = 4

/** Why a pool's volumes may be unknown while the node is well: it is not active, is gone by now, or Flint breaks off over a file of it. */
const unlistedCodes: ReadonlySet<string> = new Set(['node.unhealthy', 'storage.unknown-pool', 'storage.list-broken'])

/** Every pool with its volumes. One that cannot be listed says so. Throws why the node cannot be believed. */
export async function readPools(client: FlintClient, signal?: AbortSignal): Promise<PoolView[]> {
  const pools = await client.library.pools({ signal })
  return Promise.all(
    pools.map(async (pool) => {
      try {
        return { ...pool, volumes: await client.library.volumes(pool.name, { signal }), problem: null }
      } catch (error) {
        if (!(error instanceof Failure) || !unlistedCodes.has(error.code)) throw error
        return { ...pool, volumes: [], problem: [error.message, error.hint].filter((words) => words !== undefined).join(' ') }
      }
    }),
  )
}

export function volumePaths(pools: readonly PoolView[]): VolumePaths {
  return new Map(pools.flatMap((pool) => pool.volumes.map((volume) => [volumeKey(pool.name, volume.name), volume.path] as const)))
}

/** Every VM of a node in full; those that could not be read, or that its list leaves out, are counted in `unreadable`. */
export async function readMachines(
  client: FlintClient,
  known: readonly VmUuid[],
  signal?: AbortSignal,
): Promise<{ machines: FlintMachine[]; unreadable: number }> {
  // A node that is not to be believed says why; the list of such a one fails with less.
  const [{ host }, list] = await together(client.believable({ signal, now: true }), client.listVms({ signal }))
  const waiting = [...new Set([...list.vms.map((vm) => vm.uuid), ...known])]
  const machines: FlintMachine[] = []
  let failed = 0
  const worker = async (): Promise<void> => {
    for (let uuid = waiting.shift(); uuid !== undefined; uuid = waiting.shift()) {
      try {
        const machine = await client.machines.machine(uuid, { signal })
        if (machine !== null) machines.push(machine)
      } catch (error) {
        signal?.throwIfAborted()
        if (!(error instanceof Failure)) throw error
        failed += 1
      }
    }
  }
  await Promise.all(Array.from({ length: lookUpsAtOnce }, worker))
  const unseen = Math.max(0, host.totalVms - machines.length)
  return { machines, unreadable: Math.max(failed, unseen) }
}
