// Links between services and VMs: suggested, confirmed by the operator, one VM a service.
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { deleteLink, insertLink, linkOf, linkOfVm, listLinks, unlinkedServices, unlinkedVms, type LinkView } from '../../../db/repositories/links.ts'
import { openIntentOf } from '../../../db/repositories/intents.ts'
import { linkedServices } from '../../../db/repositories/serviceFacts.ts'
import { coverBySuspension, suspensionInForce } from '../../../db/repositories/suspensions.ts'
import { customerNamesOf, nodeNames, serviceExists, vmNameOf } from '../../../db/repositories/names.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import { isOff } from '../../../shared/domain/decide.ts'
import type { ServiceId, VmRef } from '../../../shared/domain/ids.ts'
import { suggestLinks } from '../../../shared/domain/matching.ts'
import type { Audit } from '../audit/audit.ts'
import type { Context } from '../context.ts'

type LinkRow = MethodOutput<'links.list'>[number]

function rowOf(link: LinkView): LinkRow {
  return {
    serviceId: link.serviceId,
    customerName: link.customerName,
    productName: link.productName,
    nodeId: link.nodeId,
    node: link.nodeName,
    name: link.vmName,
    uuid: link.uuid,
    reason: link.reason,
    obvious: false,
    confirmed: true,
  }
}

export class Links {
  readonly #context: Context
  readonly #audit: Audit

  constructor(context: Context, audit: Audit) {
    this.#context = context
    this.#audit = audit
  }

  list(): LinkRow[] {
    return listLinks(this.#context.db.orm).map(rowOf)
  }

  /** Suggestions that are not confirmed yet. */
  suggest(): LinkRow[] {
    const { orm } = this.#context.db
    const services = unlinkedServices(orm)
    const names = customerNamesOf(orm)
    const nodes = nodeNames(orm)
    return suggestLinks(services, unlinkedVms(orm)).map((suggestion) => ({
      serviceId: suggestion.serviceId,
      customerName: names.get(suggestion.serviceId)?.customerName ?? null,
      productName: names.get(suggestion.serviceId)?.productName ?? null,
      nodeId: suggestion.vm.nodeId,
      node: nodes.get(suggestion.vm.nodeId) ?? '?',
      name: suggestion.vm.name,
      uuid: suggestion.vm.uuid,
      reason: suggestion.reason,
      obvious: suggestion.obvious,
      confirmed: false,
    }))
  }

  /** Throws `link.service-unknown`, `vm.unknown`, `link.exists`. */
  confirm(serviceId: ServiceId, ref: VmRef, reason = 'Confirmed by the operator.'): LinkRow {
    const { orm } = this.#context.db
    if (!serviceExists(orm, serviceId)) throw new Failure('link.service-unknown', `Service ${serviceId} is not in the mirror.`, 'Sync billing, then look at the services.')
    const name = vmNameOf(orm, ref)
    if (name === null) throw new Failure('vm.unknown', 'That VM is not known on that node.', 'Refresh the VMs, then choose one of the list.')
    const known = linkOf(orm, serviceId)
    if (known?.nodeId === ref.nodeId && known.uuid === ref.uuid) return this.#row(serviceId)
    if (known) throw new Failure('link.exists', `Service ${serviceId} is linked to ${known.vmName} already.`, 'Remove that link first: one service has one VM.')
    const other = linkOfVm(orm, ref)
    if (other) throw new Failure('link.exists', `${name} is linked to service ${other.serviceId} already.`, 'Remove that link first: one VM has one service.')
    this.#context.db.transaction(() => {
      insertLink(orm, { serviceId, ...ref, vmName: name, reason, confirmedAt: this.#context.clock.now() })
      this.#audit.append({ actor: 'operator', action: 'link.confirmed', serviceId, ...ref, vmName: name, why: reason })
    })
    this.#context.changed('links', 'vms', 'billing')
    return this.#row(serviceId)
  }

  /** Confirms every suggestion that is the one and only fit; all of them or none. */
  confirmObvious(): LinkRow[] {
    return this.#context.db.transaction(() =>
      this.suggest()
        .filter((suggestion) => suggestion.obvious)
        .map((suggestion) => this.confirm(suggestion.serviceId as ServiceId, { nodeId: suggestion.nodeId, uuid: suggestion.uuid } as VmRef, suggestion.reason)),
    )
  }

  /** The service was suspended before this console came: payment shall start its VM. Throws `link.unknown`, `link.not-suspended`. */
  cover(serviceId: ServiceId, timeZone: string): LinkRow {
    const { orm } = this.#context.db
    const linked = linkedServices(orm, timeZone, serviceId)[0]
    if (!linked) throw this.#unknown(serviceId)
    if (suspensionInForce(orm, serviceId)) return this.#row(serviceId)
    if (linked.facts.vm === null || !isOff(linked.facts.vm.state)) {
      throw new Failure('link.not-suspended', `${linked.vmName} is not off, so nothing suspended it.`, 'Only a VM that is off can be covered.')
    }
    const at = this.#context.clock.now()
    const invoiceIds = linked.facts.invoices.filter((invoice) => invoice.status === 'pending').map((invoice) => invoice.id)
    this.#context.db.transaction(() => {
      coverBySuspension(orm, {
        serviceId,
        nodeId: linked.nodeId,
        uuid: linked.uuid,
        cause: 'before-console',
        invoiceIds,
        startedAt: at,
        stopSentAt: null,
        verifiedAt: linked.vmObservedAt ?? at,
        endedAt: null,
        endedBy: null,
      })
      this.#audit.append({
        actor: 'operator',
        action: 'link.covered',
        serviceId,
        nodeId: linked.nodeId,
        uuid: linked.uuid,
        vmName: linked.vmName,
        why: 'It was suspended before this console came; payment starts it.',
        detail: { invoiceIds },
      })
    })
    this.#context.changed('links', 'vms')
    return this.#row(serviceId)
  }

  /** Throws `link.unknown`; `link.busy` while an action on the VM is under way. */
  remove(serviceId: ServiceId): LinkRow {
    const { orm } = this.#context.db
    const row = this.#row(serviceId)
    const intent = openIntentOf(orm, serviceId)
    if (intent && (intent.state === 'executing' || intent.state === 'verifying')) {
      throw new Failure('link.busy', `${row.name} is being worked on (${intent.kind}).`, 'Wait until that has ended, or cancel it, then remove the link.')
    }
    this.#context.db.transaction(() => {
      deleteLink(orm, serviceId)
      this.#audit.append({ actor: 'operator', action: 'link.removed', serviceId, nodeId: row.nodeId as VmRef['nodeId'], uuid: row.uuid as VmRef['uuid'], vmName: row.name, why: 'Removed by the operator.' })
    })
    this.#context.changed('links', 'vms', 'billing')
    return { ...row, confirmed: false }
  }

  #row(serviceId: ServiceId): LinkRow {
    const link = listLinks(this.#context.db.orm, serviceId)[0]
    if (!link) throw this.#unknown(serviceId)
    return rowOf(link)
  }

  #unknown(serviceId: ServiceId): Failure {
    return new Failure('link.unknown', `Service ${serviceId} is not linked to a VM.`, 'Confirm its link first.')
  }
}
