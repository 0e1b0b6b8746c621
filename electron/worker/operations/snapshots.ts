// Snapshots by the operator: made, reverted to, deleted; each proved by a later look where there is something to see.
import { linkOfVm } from '../../../db/repositories/links.ts'
import { suspensionInForce } from '../../../db/repositories/suspensions.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { VmRef } from '../../../shared/domain/ids.ts'
import type { FlintSnapshot } from '../flint/machines.ts'
import { requireConfirmed, type OperationTools } from './tools.ts'

export class Snapshots {
  readonly #tools: OperationTools

  constructor(tools: OperationTools) {
    this.#tools = tools
  }

  /** Starts a job; its result is the snapshot. */
  create(ref: VmRef, name: string, description: string): { jobId: string } {
    this.#tools.refuseBusy(ref)
    return this.#tools.context.jobs.start('vm', `Snapshot ${name} of ${this.#tools.title(ref)}`, async (progress) => {
      progress.report('Making the snapshot; a running guest stands still meanwhile')
      const { machines } = await this.#tools.nodes.client(ref.nodeId)
      await this.#believe(ref)
      const made = await this.#created(ref, name, () => machines.createSnapshot(ref.uuid, name, description))
      this.#tools.recordVm(ref, 'snapshot.created', { name, state: made.state })
      this.#tools.context.changed('vms', 'machines')
      return { ...made }
    })
  }

  /** Starts a job. What the VM wrote since is lost. Throws `confirm.needed`, `vm.busy`; the job `snapshot.unknown`, `snapshot.would-start`. */
  revert(ref: VmRef, name: string, confirm: string): { jobId: string } {
    requireConfirmed(confirm, this.#tools.vmName(ref))
    this.#tools.refuseBusy(ref)
    return this.#tools.context.jobs.start('vm', `Revert ${this.#tools.title(ref)} to ${name}`, async (progress) => {
      progress.report('Looking at the snapshot')
      await this.#believe(ref)
      const { machines } = await this.#tools.nodes.client(ref.nodeId)
      const snapshot = (await machines.snapshots(ref.uuid)).find((known) => known.name === name)
      if (!snapshot) throw new Failure('snapshot.unknown', `There is no snapshot named “${name}” (any more).`, 'Look at the list again.')
      this.#refuseStart(ref, snapshot)
      progress.signal.throwIfAborted()
      progress.report('Reverting')
      this.#tools.recordVm(ref, 'snapshot.reverting', { name, takenAt: snapshot.createdAt })
      await machines.revert(ref.uuid, name)
      const reading = await this.#tools.nodes.readVm(ref)
      const state = reading.kind === 'present' ? reading.state : 'gone'
      this.#tools.recordVm(ref, 'snapshot.reverted', { name, state })
      this.#tools.context.changed('vms', 'machines')
      return { name, state }
    })
  }

  /** Starts a job. `confirm` is the snapshot's name. */
  remove(ref: VmRef, name: string, confirm: string): { jobId: string } {
    requireConfirmed(confirm, name)
    this.#tools.refuseBusy(ref)
    return this.#tools.context.jobs.start('vm', `Delete the snapshot ${name} of ${this.#tools.title(ref)}`, async (progress) => {
      progress.report('Deleting the snapshot')
      await this.#believe(ref)
      const { machines } = await this.#tools.nodes.client(ref.nodeId)
      await machines.deleteSnapshot(ref.uuid, name)
      const remains = (await machines.snapshots(ref.uuid)).some((known) => known.name === name)
      if (remains)
        throw new Failure('snapshot.remains', `The snapshot ${name} is still there.`, 'Try again, or delete it with virsh on the node.')
      this.#tools.recordVm(ref, 'snapshot.deleted', { name })
      this.#tools.context.changed('vms', 'machines')
      return { name }
    })
  }

  /** A node that may be believed and has the VM. */
  async #believe(ref: VmRef): Promise<void> {
    if ((await this.#tools.nodes.readVm(ref)).kind === 'gone')
      throw new Failure('vm.unknown', 'The node knows no such VM (any more).', 'Refresh the list.')
  }

  /** An answer that did not come is no failure when the list shows the snapshot. */
  async #created(ref: VmRef, name: string, create: () => Promise<FlintSnapshot>): Promise<FlintSnapshot> {
    try {
      return await create()
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'node.no-answer') throw error
      const { machines } = await this.#tools.nodes.client(ref.nodeId)
      const seen = (await machines.snapshots(ref.uuid)).find((known) => known.name === name)
      if (seen) return seen
      throw error
    }
  }

  /** A snapshot of a running VM starts it: a customer who is suspended would be given back without having paid. */
  #refuseStart(ref: VmRef, snapshot: FlintSnapshot): void {
    const link = linkOfVm(this.#tools.context.db.orm, ref)
    if (link === null || snapshot.state !== 'running' || suspensionInForce(this.#tools.context.db.orm, link.serviceId) === null) return
    throw new Failure(
      'snapshot.would-start',
      `${link.vmName} is suspended, and was running when ${snapshot.name} was made: reverting would start it.`,
      'Start it by hand first (that asks for how long), or choose a snapshot that was made while it was off.',
    )
  }
}
