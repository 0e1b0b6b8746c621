// Deletes a VM in the order that works with a Flint that lies about it: off, no snapshots, deleted, proved gone, and what was left behind.
import { knownVmUuids } from '../../../db/repositories/vms.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { VmRef } from '../../../shared/domain/ids.ts'
import type { Context } from '../context.ts'
import type { FlintSnapshot } from '../flint/machines.ts'
import type { JobProgress } from '../jobs/jobs.ts'
import { decideDisks, isWithinReach, viewDisks, volumeKey, type DiskView } from './disks.ts'
import type { Nodes } from './nodes.ts'
import { isDeafToStop } from './powerButton.ts'
import { waitForState } from './stateWait.ts'
import { readMachines, readPools, volumePaths } from './storageView.ts'

export interface DeletionPlan {
  readonly name: string
  readonly state: string
  readonly disks: readonly DiskView[]
  readonly snapshots: readonly FlintSnapshot[]
  /** Whether the disks may go with it. */
  readonly withDisks: boolean
  /** Why they may not; empty when they may. */
  readonly keepReasons: readonly string[]
  /** Disks that are files to the VM and volumes to libvirt: Flint removes such a file without a word to libvirt. */
  readonly filesInPools: readonly { readonly pool: string; readonly volume: string }[]
}

/** Something of the VM that is still there. */
export interface Leftover {
  readonly kind: 'volume' | 'file'
  readonly pool: string | null
  readonly name: string
  readonly path: string | null
  /** Null where Flint cannot see it: it lies outside every pool. */
  readonly capacityBytes: number | null
}

export interface DeletionResult {
  readonly name: string
  readonly withDisks: boolean
  readonly keepReasons: readonly string[]
  readonly snapshotsDeleted: readonly string[]
  readonly leftovers: readonly Leftover[]
}

export interface DeletionOptions {
  /** Between two looks, in milliseconds. */
  readonly pollMs?: number | undefined
  /** How long a forced stop and the proof of absence are waited for, in milliseconds. */
  readonly followMs?: number | undefined
  /** VMs that this console knows to be built on a file of the node's library, by its name. */
  readonly builtOn?: ((nodeId: VmRef['nodeId']) => ReadonlyMap<string, readonly string[]>) | undefined
}

export type DeletionProgress = Pick<JobProgress, 'signal' | 'report'>

/** Each step reads first and may be called again: what is so already is success. All throw why the node cannot be believed. */
export class Deletion {
  readonly #context: Context
  readonly #nodes: Nodes
  readonly #pollMs: number
  readonly #followMs: number
  readonly #builtOn: NonNullable<DeletionOptions['builtOn']>

  constructor(context: Context, nodes: Nodes, options: DeletionOptions = {}) {
    this.#context = context
    this.#nodes = nodes
    this.#pollMs = options.pollMs ?? 1_000
    this.#followMs = options.followMs ?? 60_000
    this.#builtOn = options.builtOn ?? (() => new Map())
  }

  /** What a deletion would do, from fresh looks; null when the VM is gone already, proved on a healthy node. */
  async plan(ref: VmRef, signal?: AbortSignal): Promise<DeletionPlan | null> {
    if ((await this.#nodes.readVm(ref)).kind === 'gone') return null
    const client = await this.#nodes.client(ref.nodeId)
    const [{ machines, unreadable }, pools, snapshots] = await Promise.all([
      readMachines(client, knownVmUuids(this.#context.db.orm, ref.nodeId), signal),
      readPools(client, signal),
      client.machines.snapshots(ref.uuid, { signal }),
    ])
    const machine = machines.find((known) => known.uuid === ref.uuid)
    if (!machine) throw unreadable === 0 ? vanished() : unreadableVm()
    const volumes = volumePaths(pools)
    const decision = decideDisks({
      machine,
      others: machines.filter((known) => known.uuid !== ref.uuid),
      unreadable,
      volumes,
      unlisted: pools.filter((pool) => pool.problem !== null).map((pool) => pool.name),
      builtOn: this.#builtOn(ref.nodeId),
    })
    const disks = viewDisks(machine, volumes)
    const files = new Set(disks.filter((disk) => disk.source.kind === 'file' && isWithinReach(disk)).map((disk) => disk.path))
    return {
      name: machine.name,
      state: machine.state,
      disks,
      snapshots,
      withDisks: decision.withDisks,
      keepReasons: decision.reasons,
      filesInPools: pools.flatMap((pool) =>
        pool.volumes.filter((volume) => files.has(volume.path)).map((volume) => ({ pool: pool.name, volume: volume.name })),
      ),
    }
  }

  /**
   * Off, as read from its state: stopped by ACPI, forced after `forceAfterSeconds` (0, or a VM without ACPI: at once). A paused VM is not off. `gone`: there is
   * nothing to stop. Throws `vm.still-running`, and what `sendAction` throws but for an answer that did not come: the state tells.
   */
  async ensureOff(ref: VmRef, forceAfterSeconds: number, progress: DeletionProgress): Promise<'already' | 'stopped' | 'forced' | 'gone'> {
    const reading = await this.#nodes.readVm(ref)
    if (reading.kind === 'gone') return 'gone'
    if (reading.state === 'shutoff') return 'already'
    const canObey = reading.state === 'running' || reading.state === 'shutting-down'
    if (forceAfterSeconds > 0 && canObey && !(await isDeafToStop(this.#nodes, ref))) {
      progress.report(`Stopping ${reading.name}`)
      await this.#send(ref, 'stop')
      if (await this.#becomesOff(ref, forceAfterSeconds * 1_000, progress)) return 'stopped'
    }
    progress.signal.throwIfAborted()
    progress.report(`Switching ${reading.name} off`)
    await this.#send(ref, 'force-stop')
    if (await this.#becomesOff(ref, this.#followMs, progress)) return 'forced'
    throw new Failure(
      'vm.still-running',
      `${reading.name} still runs after it was switched off by force.`,
      'Look at the VM with virsh on the node.',
    )
  }

  /** No snapshot is left, as read from the list afterwards. The names of those that were deleted now. Throws `snapshot.remains`. */
  async deleteSnapshots(ref: VmRef, progress: DeletionProgress): Promise<string[]> {
    if ((await this.#nodes.readVm(ref)).kind === 'gone') return []
    const { machines } = await this.#nodes.client(ref.nodeId)
    const found = await machines.snapshots(ref.uuid)
    const deleted: string[] = []
    // The newest first: one that others grew from is the last to go.
    const order = [...found].sort((a, b) => b.createdAt - a.createdAt)
    for (const [index, snapshot] of order.entries()) {
      progress.signal.throwIfAborted()
      progress.report(`Deleting the snapshot ${snapshot.name}`, index, order.length)
      if ((await outliving(() => machines.deleteSnapshot(ref.uuid, snapshot.name))) !== 'already') deleted.push(snapshot.name)
    }
    if (found.length === 0) return deleted
    const left = await machines.snapshots(ref.uuid)
    if (left.length > 0) {
      const names = left.map((snapshot) => snapshot.name).join(', ')
      throw new Failure(
        'snapshot.remains',
        `Snapshots are still there: ${names}.`,
        'A VM that has snapshots cannot be deleted. Try again, or delete them with virsh on the node.',
      )
    }
    return deleted
  }

  /**
   * Deletes the VM itself and proves it gone. Only what is off and has no snapshot is sent a delete. Whether the disks go along is decided
   * anew here, and only if `wantDisks`; with `must` nothing is deleted unless they may (`vm.disks-must-stay`). Throws `vm.not-off`, `snapshot.remains`, `vm.name-changed`, `vm.still-there`.
   * @param expectedName the name that the operator has typed
   */
  async deleteVm(
    ref: VmRef,
    expectedName: string,
    wantDisks: boolean | 'must',
    progress: DeletionProgress,
  ): Promise<{ outcome: 'already' | 'deleted'; withDisks: boolean; keepReasons: readonly string[] }> {
    const plan = await this.plan(ref, progress.signal)
    if (plan === null) return { outcome: 'already', withDisks: false, keepReasons: [] }
    if (plan.name !== expectedName) {
      throw new Failure(
        'vm.name-changed',
        `The VM is called ${plan.name} now, not ${expectedName}: nothing was deleted.`,
        'Look at it again.',
      )
    }
    if (plan.state !== 'shutoff')
      throw new Failure('vm.not-off', `${plan.name} is ${plan.state}: only a VM that is off is deleted.`, 'Stop it first.')
    if (plan.snapshots.length > 0)
      throw new Failure(
        'snapshot.remains',
        `${plan.name} has snapshots: it cannot be deleted before they are.`,
        'Delete the snapshots first.',
      )
    if (wantDisks === 'must' && !plan.withDisks) throw disksMustStay(plan)
    progress.signal.throwIfAborted()
    const withDisks = wantDisks !== false && plan.withDisks
    progress.report(`Deleting ${plan.name}${withDisks ? ' and its disks' : ''}`)
    const { machines } = await this.#nodes.client(ref.nodeId)
    const answer = await outliving(() => machines.delete(ref.uuid, withDisks))
    // Flint removes the files first, even of a VM that it then leaves. Where no answer came, the VM's absence tells that it did.
    const files = withDisks ? plan.filesInPools : []
    if (answer !== 'unknown') await this.#forgetFiles(ref, files)
    await this.#proveGone(ref, plan.name, progress)
    if (answer === 'unknown') await this.#forgetFiles(ref, files)
    return { outcome: 'deleted', withDisks, keepReasons: plan.keepReasons }
  }

  /**
   * What of these disks, and of what bears the VM's name, is still there. A file that no pool lists cannot be seen: it is listed unless Flint
   * was asked to delete it.
   */
  async leftovers(
    nodeId: VmRef['nodeId'],
    vmName: string,
    disks: readonly DiskView[],
    withDisks = true,
    signal?: AbortSignal,
  ): Promise<Leftover[]> {
    const client = await this.#nodes.client(nodeId)
    const pools = await readPools(client, signal)
    const keys = new Set(disks.flatMap((disk) => (disk.source.kind === 'volume' ? [volumeKey(disk.source.pool, disk.source.volume)] : [])))
    const paths = new Set(disks.flatMap((disk) => (disk.path === null ? [] : [disk.path])))
    const found = pools.flatMap((pool) =>
      pool.volumes
        .filter((volume) => keys.has(volumeKey(pool.name, volume.name)) || paths.has(volume.path) || bearsName(volume.name, vmName))
        .map((volume): Leftover => ({
          kind: 'volume',
          pool: pool.name,
          name: volume.name,
          path: volume.path,
          capacityBytes: volume.capacityBytes,
        })),
    )
    const seen = new Set(found.map((leftover) => leftover.path))
    const unseen = disks.filter(
      (disk) => disk.path !== null && !seen.has(disk.path) && disk.source.kind === 'file' && !(withDisks && isWithinReach(disk)),
    )
    return [
      ...found,
      ...unseen.map((disk): Leftover => ({
        kind: 'file',
        pool: null,
        name: fileName(disk.path ?? ''),
        path: disk.path,
        capacityBytes: null,
      })),
    ]
  }

  /** The whole of it, for an operator's own deletion. A VM that is gone already is `vm.unknown`. */
  async run(
    ref: VmRef,
    expectedName: string,
    options: { forceAfterSeconds: number; wantDisks: boolean },
    progress: DeletionProgress,
  ): Promise<DeletionResult> {
    const plan = await this.plan(ref, progress.signal)
    if (plan === null) throw vanished()
    if (plan.name !== expectedName) {
      throw new Failure(
        'vm.name-changed',
        `The VM is called ${plan.name} now, not ${expectedName}: nothing was deleted.`,
        'Look at it again.',
      )
    }
    await this.ensureOff(ref, options.forceAfterSeconds, progress)
    const snapshotsDeleted = await this.deleteSnapshots(ref, progress)
    const { withDisks, keepReasons } = await this.deleteVm(ref, expectedName, options.wantDisks, progress)
    progress.report('Looking for what was left behind')
    const leftovers = await this.leftovers(ref.nodeId, plan.name, plan.disks, withDisks)
    return { name: plan.name, withDisks, keepReasons, snapshotsDeleted, leftovers }
  }

  /**
   * Lets libvirt forget the volumes whose files Flint has just removed: over one that is listed and gone Flint breaks off whenever it lists the
   * pool, and when it is to make a VM. That it fails takes nothing back; the pool says then what is wrong with it.
   */
  async #forgetFiles(ref: VmRef, files: DeletionPlan['filesInPools']): Promise<void> {
    const { library } = await this.#nodes.client(ref.nodeId)
    for (const { pool, volume } of files) {
      try {
        await library.deleteVolume(pool, volume)
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        this.#context.log.warn({ nodeId: ref.nodeId, pool, volume, code: error.code }, 'a deleted file is still listed in its pool')
      }
    }
  }

  /** A 404 between two looks at a node that is well: `readVm` asks its health before and after. */
  async #proveGone(ref: VmRef, name: string, progress: DeletionProgress): Promise<void> {
    progress.report(`Making sure that ${name} is gone`)
    const { reached } = await waitForState({
      read: async () => ({ state: (await this.#nodes.readVm(ref)).kind }),
      wanted: 'gone',
      timeoutMs: Math.min(this.#followMs, 10_000),
      pollMs: this.#pollMs,
      // What was sent cannot be taken back: the proof is worth waiting for.
      signal: new AbortController().signal,
      onRead: () => undefined,
    })
    if (reached) return
    throw new Failure(
      'vm.still-there',
      `Flint said that ${name} was deleted, and it is still there.`,
      'Its disks may be gone already: do not start it. Look at it with virsh on the node (virsh undefine says why it cannot go).',
    )
  }

  async #becomesOff(ref: VmRef, timeoutMs: number, progress: DeletionProgress): Promise<boolean> {
    const { reached } = await waitForState({
      read: async () => {
        const reading = await this.#nodes.readVm(ref)
        return { state: reading.kind === 'gone' ? 'shutoff' : reading.state }
      },
      wanted: 'shutoff',
      timeoutMs,
      pollMs: this.#pollMs,
      signal: progress.signal,
      onRead: (state, elapsedMs) => {
        progress.report(`Waiting until it is off; it is ${state} now`, Math.round(elapsedMs / 1_000), Math.ceil(timeoutMs / 1_000))
      },
    })
    return reached
  }

  async #send(ref: VmRef, action: 'stop' | 'force-stop'): Promise<void> {
    await outliving(() => this.#nodes.sendAction(ref, action))
  }
}

/** A connection that broke after sending is no failure yet: what is read afterwards will tell. */
async function outliving<T>(act: () => Promise<T>): Promise<T | 'unknown'> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof Failure && error.code === 'node.no-answer') return 'unknown'
    throw error
  }
}

/** `<name>-disk-0.qcow2`, `<name>-cloudinit.iso`: what Flint names after a VM. */
function bearsName(volume: string, vmName: string): boolean {
  return volume.startsWith(`${vmName}-disk-`) || volume === `${vmName}-cloudinit.iso`
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

export function disksMustStay(plan: Pick<DeletionPlan, 'name' | 'keepReasons'>): Failure {
  return new Failure(
    'vm.disks-must-stay',
    `The disks of ${plan.name} cannot be deleted: ${plan.keepReasons.join('; ')}.`,
    'Nothing was deleted. Remove what stands in the way first.',
  )
}

export function vanished(): Failure {
  return new Failure('vm.unknown', 'The node knows no such VM (any more).', 'Refresh the list.')
}

function unreadableVm(): Failure {
  return new Failure(
    'node.invalid-answer',
    'The node cannot show that VM in full just now.',
    'Try again; if it stays so, look at Flint’s log on the node.',
  )
}
