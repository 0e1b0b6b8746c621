// An operator's own deletion of a VM: refused for protected ones, confirmed by its name, recorded with what was left behind.
import { linkOfVm } from '../../../db/repositories/links.ts'
import { marksOf } from '../../../db/repositories/vmMarks.ts'
import type { ServiceId, VmRef } from '../../../shared/domain/ids.ts'
import { vanished, type Deletion, type DeletionPlan } from '../nodes/deletion.ts'
import type { OperatorHand } from '../nodes/power.ts'
import { requireConfirmed, type OperationTools } from './tools.ts'

export class Deletions {
  readonly #tools: OperationTools
  readonly #deletion: Deletion
  readonly #hand: Pick<OperatorHand, 'forceAfterSeconds'>
  readonly #unlink: (serviceId: ServiceId) => void

  /** @param unlink takes the link of a service away, recorded */
  constructor(
    tools: OperationTools,
    deletion: Deletion,
    hand: Pick<OperatorHand, 'forceAfterSeconds'>,
    unlink: (serviceId: ServiceId) => void,
  ) {
    this.#tools = tools
    this.#deletion = deletion
    this.#hand = hand
    this.#unlink = unlink
  }

  /** What would be deleted, from fresh looks. Throws `vm.unknown`, why the node cannot be believed. */
  async plan(ref: VmRef): Promise<DeletionPlan & { isProtected: boolean }> {
    const plan = await this.#deletion.plan(ref)
    if (plan === null) throw vanished()
    return { ...plan, isProtected: marksOf(this.#tools.context.db.orm, ref).isProtected }
  }

  /** Starts a job whose result is a `DeletionResult`. Throws `confirm.needed`, `vm.protected`, `vm.busy`, `vm.unknown`. */
  start(ref: VmRef, confirm: string, withDisks: boolean): { jobId: string } {
    const { context } = this.#tools
    const name = this.#tools.vmName(ref)
    requireConfirmed(confirm, name)
    this.#tools.refuseProtected(ref, 'deleted')
    this.#tools.refuseBusy(ref)
    return context.jobs.start('vm', `Delete ${this.#tools.title(ref)}`, async (progress) => {
      this.#tools.recordVm(ref, 'vm.deletion-begun', { withDisks })
      const result = await this.#deletion.run(
        ref,
        confirm,
        { forceAfterSeconds: this.#hand.forceAfterSeconds(ref), wantDisks: withDisks },
        progress,
      )
      context.db.transaction(() => {
        this.#tools.recordVm(ref, 'vm.deleted', { ...result })
      })
      const link = linkOfVm(context.db.orm, ref)
      if (link !== null) this.#unlink(link.serviceId)
      context.changed('vms', 'storage')
      return result
    })
  }
}
