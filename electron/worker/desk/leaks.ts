// The leak board as it stands now: facts of the database put before the pure rules, with the names that a person needs.
import { orphanServices, orphanVms, vcpusOfLinked } from '../../../db/repositories/leakFacts.ts'
import { listSpecs } from '../../../db/repositories/productSpecs.ts'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { leaksOf, type Leak } from '../../../shared/domain/leaks.ts'
import type { Automation } from '../automation/automation.ts'
import { policyOrDefault } from '../automation/steps.ts'
import type { Billing } from '../billing/billing.ts'
import type { Context } from '../context.ts'

type LeakRow = MethodOutput<'leaks.list'>['rows'][number]
type Names = Pick<LeakRow, 'customerId' | 'customerName' | 'productId' | 'productName' | 'status' | 'node' | 'name' | 'observedAt'>

const nobody: Names = { customerId: null, customerName: null, productId: null, productName: null, status: null, node: null, name: null, observedAt: null }

function rowOf(leak: Leak, names: Names): LeakRow {
  const { vm, acts, ...rest } = leak
  return { ...rest, ...names, acts: [...acts], nodeId: vm?.nodeId ?? null, uuid: vm?.uuid ?? null }
}

/** Nothing while no billing is connected: then nothing is known to be unpaid. */
export function leakRows(context: Pick<Context, 'db'>, automation: Automation, billing: Billing): LeakRow[] {
  if (!billing.connected()) return []
  const { orm } = context.db
  const specs = new Map(listSpecs(orm).map((spec) => [spec.productId, spec]))
  const vcpus = vcpusOfLinked(orm)
  const suggestions = automation.links.suggest()
  const fitting = (fits: (row: (typeof suggestions)[number]) => boolean): number => suggestions.filter(fits).length
  const linked = automation.planner.decideAll(policyOrDefault(automation.policies))
  const services = orphanServices(orm)
  const vms = orphanVms(orm)
  const namesOfService = new Map<number, Names>()
  for (const { service } of linked) {
    namesOfService.set(service.serviceId, {
      customerId: service.facts.customerId,
      customerName: service.customerName,
      productId: service.facts.productId,
      productName: service.productName,
      status: service.facts.status,
      node: service.nodeName,
      name: service.vmName,
      observedAt: service.vmObservedAt,
    })
  }
  for (const { serviceId, customerId, customerName, productId, productName, status } of services) {
    namesOfService.set(serviceId, { ...nobody, customerId, customerName, productId, productName, status })
  }
  const namesOfVm = new Map(vms.map((vm) => [`${vm.nodeId}/${vm.uuid}`, { ...nobody, node: vm.node, name: vm.name, observedAt: vm.observedAt }]))
  const leaks = leaksOf(
    linked.map(({ service, decision }) => ({
      serviceId: service.serviceId,
      nodeId: service.nodeId,
      uuid: service.uuid,
      vmName: service.vmName,
      memoryKiB: service.memoryKiB,
      vcpus: vcpus.get(service.serviceId) ?? 0,
      quantity: service.quantity,
      state: decision.state,
      reason: decision.reason,
      facts: service.facts,
      spec: service.facts.productId === null ? null : (specs.get(service.facts.productId) ?? null),
    })),
    services.map(({ priceMinor, currency, ...service }) => ({
      ...service,
      price: priceMinor === null ? null : { amountMinor: priceMinor, currency },
      suggestions: fitting((row) => row.serviceId === service.serviceId),
    })),
    vms.map((vm) => ({ ...vm, suggestions: fitting((row) => row.nodeId === vm.nodeId && row.uuid === vm.uuid) })),
    billing.today(),
  )
  return leaks.map((leak) => rowOf(leak, (leak.serviceId === null ? namesOfVm.get(`${leak.vm?.nodeId ?? ''}/${leak.vm?.uuid ?? ''}`) : namesOfService.get(leak.serviceId)) ?? nobody))
}
