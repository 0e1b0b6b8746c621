// What the parts of operations share: their surroundings, a VM as known, and the refusals that every destructive act needs.
import { nodeOf } from '../../../db/repositories/nodes.ts'
import { marksOf } from '../../../db/repositories/vmMarks.ts'
import { vmOf } from '../../../db/repositories/vms.ts'
import { linkOfVm } from '../../../db/repositories/links.ts'
import { openIntentOf } from '../../../db/repositories/intents.ts'
import { openReinstalls } from '../../../db/repositories/reinstalls.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { NodeId, VmRef } from '../../../shared/domain/ids.ts'
import type { Audit, AuditEntry } from '../audit/audit.ts'
import type { Context } from '../context.ts'
import type { Nodes } from '../nodes/nodes.ts'

export class OperationTools {
  readonly context: Context
  readonly nodes: Nodes
  readonly #audit: Audit

  constructor(context: Context, nodes: Nodes, audit: Audit) {
    this.context = context
    this.nodes = nodes
    this.#audit = audit
  }

  /** Throws `node.unknown`. */
  nodeName(nodeId: NodeId): string {
    return this.nodes.row(nodeId).name
  }

  /** The VM's name as last seen. Throws `vm.unknown`. */
  vmName(ref: VmRef): string {
    const vm = vmOf(this.context.db.orm, ref)
    if (vm === null) throw new Failure('vm.unknown', 'That VM is not known on that node.', 'Refresh the VMs, then choose one of the list.')
    return vm.name
  }

  /** `node/vm`, for titles. */
  title(ref: VmRef): string {
    return `${this.nodeName(ref.nodeId)}/${this.vmName(ref)}`
  }

  /** Appends to the record. */
  record(entry: Omit<AuditEntry, 'actor' | 'why'> & { readonly why?: string }): void {
    this.#audit.append({ actor: 'operator', why: 'By the operator.', ...entry })
  }

  recordVm(ref: VmRef, action: string, detail: Record<string, unknown>, why?: string): void {
    const serviceId = linkOfVm(this.context.db.orm, ref)?.serviceId ?? null
    this.record({
      action,
      ...ref,
      vmName: vmOf(this.context.db.orm, ref)?.name ?? null,
      serviceId,
      detail,
      ...(why === undefined ? {} : { why }),
    })
  }

  recordNode(nodeId: NodeId, action: string, detail: Record<string, unknown>): void {
    this.record({ action, nodeId, detail: { node: nodeOf(this.context.db.orm, nodeId)?.name ?? nodeId, ...detail } })
  }

  /** Throws `vm.protected`. */
  refuseProtected(ref: VmRef, act: string): void {
    if (!marksOf(this.context.db.orm, ref).isProtected) return
    throw new Failure('vm.protected', `${this.vmName(ref)} is protected: it is not ${act}.`, 'Take the protection off first, on its page.')
  }

  /** Throws `vm.busy` while automation or a reinstallation works on the VM. */
  refuseBusy(ref: VmRef): void {
    const { orm } = this.context.db
    const link = linkOfVm(orm, ref)
    const intent = link === null ? null : openIntentOf(orm, link.serviceId)
    if (intent !== null && (intent.state === 'executing' || intent.state === 'verifying')) {
      throw new Failure(
        'vm.busy',
        `Automation is working on ${this.vmName(ref)} (${intent.kind}).`,
        'Wait until that has ended, or cancel it under Automation.',
      )
    }
    if (openReinstalls(orm).some((row) => row.nodeId === ref.nodeId && (row.oldUuid === ref.uuid || row.newUuid === ref.uuid))) {
      throw new Failure('vm.busy', `${this.vmName(ref)} is being reinstalled.`, 'Wait until that has ended, or take it up again under VMs.')
    }
  }
}

/** Throws `confirm.needed` unless exactly the name was typed. */
export function requireConfirmed(typed: string | undefined, name: string): void {
  if (typed === name) return
  throw new Failure('confirm.needed', `To confirm, “${name}” has to be typed; nothing was done.`, 'Type it exactly as shown.')
}
