// Which VM belongs to which service: suggestions with reasons, never more than suggestions.
import type { NodeId, ServiceId, VmUuid } from './ids.ts'

export interface MatchableVm {
  readonly nodeId: NodeId
  readonly uuid: VmUuid
  readonly name: string
}

export interface MatchableService {
  readonly serviceId: ServiceId
  readonly productSlug: string | null
  /** Values of its free properties in Paymenter: one may hold a VM's UUID. */
  readonly properties: readonly string[]
}

export interface Suggestion {
  readonly serviceId: ServiceId
  readonly vm: MatchableVm
  readonly reason: string
  /** Its name is exactly `vps-<service>-<product's slug>` and nothing else fits either of them. */
  readonly obvious: boolean
}

const namePattern = /^vps-([1-9]\d{0,14})(?:-(.*))?$/

/** Suggests links between services and VMs of which neither is linked yet. Deterministic; ordered by service, then VM name. */
export function suggestLinks(services: readonly MatchableService[], vms: readonly MatchableVm[]): Suggestion[] {
  const byId = new Map(services.map((service) => [String(service.serviceId), service]))
  const byProperty = new Map<string, MatchableService[]>()
  for (const service of services) {
    for (const value of service.properties) {
      const key = value.trim().toLowerCase()
      if (/^[0-9a-f-]{36}$/.test(key)) byProperty.set(key, [...(byProperty.get(key) ?? []), service])
    }
  }
  const found: { serviceId: ServiceId; vm: MatchableVm; reason: string; exactName: boolean }[] = []
  for (const vm of vms) {
    const match = namePattern.exec(vm.name)
    const named = match ? byId.get(match[1] ?? '') : undefined
    const ofProperty = byProperty.get(vm.uuid) ?? []
    const exactName = named !== undefined && named.productSlug !== null && match?.[2] === named.productSlug
    for (const service of ofProperty) {
      const reason = 'A property of the service holds the VM’s UUID.'
      if (service === named && exactName) found.push({ serviceId: service.serviceId, vm, reason: `${reason} The VM is named after both, too (${vm.name}).`, exactName })
      else found.push({ serviceId: service.serviceId, vm, reason, exactName: false })
    }
    if (!named || ofProperty.includes(named)) continue
    const reason = exactName
      ? `The VM is named after the service and its product (${vm.name}).`
      : `The VM’s name begins with the service’s number (${vm.name}), but its product is ${named.productSlug ?? 'not known'}.`
    found.push({ serviceId: named.serviceId, vm, reason, exactName })
  }
  const perService = new Map<number, number>()
  const perVm = new Map<string, number>()
  const keyOf = (vm: MatchableVm) => `${vm.nodeId}/${vm.uuid}`
  for (const entry of found) {
    perService.set(entry.serviceId, (perService.get(entry.serviceId) ?? 0) + 1)
    perVm.set(keyOf(entry.vm), (perVm.get(keyOf(entry.vm)) ?? 0) + 1)
  }
  return found
    .map(({ serviceId, vm, reason, exactName }) => ({
      serviceId,
      vm,
      reason,
      obvious: exactName && perService.get(serviceId) === 1 && perVm.get(keyOf(vm)) === 1,
    }))
    .sort((a, b) => a.serviceId - b.serviceId || a.vm.name.localeCompare(b.vm.name, 'en'))
}
