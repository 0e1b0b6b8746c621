// The leak board: where machines run without pay, or pay comes without a machine, each with what is at stake and what would end it. Pure.
import type { Day } from './calendar.ts'
import { holdInForce, isOff, type ServiceFacts } from './decide.ts'
import type { CustomerId, NodeId, ProductId, ServiceId, VmUuid } from './ids.ts'
import { multiplyMoney, type Money } from './money.ts'
import type { ProductSpec } from './productSpec.ts'
import type { ServiceState } from './serviceState.ts'

export const leakKinds = ['unpaid-running', 'paid-off', 'status-contradicts', 'vm-larger', 'service-without-vm', 'vm-without-service'] as const
export type LeakKind = (typeof leakKinds)[number]

/** `plan`: automation's plan for it; `spec`: the product's machine; `status`: its status in Paymenter; `link`: a VM or a service for it. */
export const leakActs = ['plan', 'start', 'stop', 'hold', 'link', 'status', 'spec', 'look'] as const
export type LeakAct = (typeof leakActs)[number]

export interface Leak {
  /** The same leak has the same key as long as it lasts. */
  readonly key: string
  readonly kind: LeakKind
  readonly message: string
  /** What a billing period of the service is worth; null where no money is known. */
  readonly money: Money | null
  /** Memory that is held, paid for and not used, or beyond what is paid for. */
  readonly memoryKiB: number | null
  /** The first one is the usual way. */
  readonly acts: readonly LeakAct[]
  readonly serviceId: ServiceId | null
  readonly vm: { readonly nodeId: NodeId; readonly uuid: VmUuid } | null
}

export interface LinkedForLeaks {
  readonly serviceId: ServiceId
  readonly nodeId: NodeId
  readonly uuid: VmUuid
  readonly vmName: string
  readonly memoryKiB: number
  readonly vcpus: number
  readonly quantity: number
  readonly state: ServiceState
  readonly reason: string
  readonly facts: ServiceFacts
  /** The product's machine; null while nobody has said what it is. */
  readonly spec: ProductSpec | null
}

export interface LooseService {
  readonly serviceId: ServiceId
  readonly customerId: CustomerId | null
  readonly productId: ProductId | null
  readonly status: string
  readonly price: Money | null
  readonly quantity: number
  /** VMs that would fit. */
  readonly suggestions: number
}

export interface LooseVm {
  readonly nodeId: NodeId
  readonly uuid: VmUuid
  readonly name: string
  readonly state: string
  readonly memoryKiB: number
  readonly suggestions: number
}

const unpaid: ReadonlySet<ServiceState> = new Set(['overdue', 'suspended-by-hand', 'trial-ended', 'ended'])

function worth(price: Money | null, quantity: number): Money | null {
  return price === null ? null : multiplyMoney(price, quantity)
}

/** What billing and the VM say against each other: at most one of these holds. */
function drift(service: LinkedForLeaks, today: Day): Leak | null {
  const { facts, state, vmName } = service
  const { vm } = facts
  const money = worth(facts.price, service.quantity)
  const of = { serviceId: service.serviceId, vm: { nodeId: service.nodeId, uuid: service.uuid }, money, memoryKiB: service.memoryKiB }
  const leak = (kind: LeakKind, message: string, acts: readonly LeakAct[]): Leak => ({ ...of, key: `${kind}/${service.serviceId}`, kind, message, acts })
  if (vm?.gone === true) {
    if (facts.status !== 'active' || facts.gone) return null
    return { ...leak('service-without-vm', `Its VM ${vmName} does not exist any more, and Paymenter goes on charging for it.`, ['link', 'status']), memoryKiB: null }
  }
  if (vm === null || vm.state === 'unknown') return null
  const hold = holdInForce(facts.hold, today)
  const off = isOff(vm.state)
  if (unpaid.has(state) && !off) return hold?.kind === 'no-stop' ? null : leak('unpaid-running', `${vmName} runs. ${service.reason}`, ['plan', 'stop', 'hold'])
  if (off && (state === 'paid-up' || (state === 'in-grace' && facts.status === 'active'))) {
    if (hold?.kind === 'no-start') return null
    return leak('paid-off', `${vmName} is off. ${service.reason}`, facts.suspension === null ? ['start', 'hold'] : ['plan', 'start', 'hold'])
  }
  if (facts.status === 'suspended' && !off) return leak('status-contradicts', `Paymenter shows it as suspended, and ${vmName} runs. ${service.reason}`, ['status', 'stop', 'plan'])
  if (facts.status === 'active' && state === 'overdue' && off) return leak('status-contradicts', `${vmName} is off for want of payment, and Paymenter shows it as active. ${service.reason}`, ['plan', 'status'])
  return null
}

/** A VM with more than its product stands for. */
function larger(service: LinkedForLeaks): Leak | null {
  const { spec, facts } = service
  if (spec === null || facts.vm === null || facts.vm.gone) return null
  const parts = Math.max(1, service.quantity)
  const memoryKiB = service.memoryKiB - spec.memoryMiB * 1_024 * parts
  const vcpus = service.vcpus - spec.vcpus * parts
  if (memoryKiB <= 0 && vcpus <= 0) return null
  const more = [
    ...(vcpus > 0 ? [`${service.vcpus} vCPU instead of ${spec.vcpus * parts}`] : []),
    ...(memoryKiB > 0 ? [`${Math.round(service.memoryKiB / 1_024)} MB of memory instead of ${spec.memoryMiB * parts}`] : []),
  ]
  return {
    key: `vm-larger/${service.serviceId}`,
    kind: 'vm-larger',
    message: `${service.vmName} has ${more.join(' and ')}.`,
    money: worth(facts.price, service.quantity),
    memoryKiB: Math.max(0, memoryKiB),
    acts: ['look', 'spec'],
    serviceId: service.serviceId,
    vm: { nodeId: service.nodeId, uuid: service.uuid },
  }
}

function withoutVm(service: LooseService): Leak | null {
  if (service.status !== 'active') return null
  const fits = service.suggestions === 0 ? 'No VM fits it by its name.' : service.suggestions === 1 ? 'One VM fits it by its name.' : `${service.suggestions} VMs fit it by their names.`
  return {
    key: `service-without-vm/${service.serviceId}`,
    kind: 'service-without-vm',
    message: `Active, and no VM is linked to it. ${fits}`,
    money: worth(service.price, service.quantity),
    memoryKiB: null,
    acts: ['link', 'status'],
    serviceId: service.serviceId,
    vm: null,
  }
}

function withoutService(vm: LooseVm): Leak {
  const held = isOff(vm.state as Parameters<typeof isOff>[0]) ? 'is off, and takes up its disk' : 'runs'
  const fits = vm.suggestions === 0 ? 'No service fits it by its name.' : vm.suggestions === 1 ? 'One service fits it by its name.' : `${vm.suggestions} services fit it.`
  return {
    key: `vm-without-service/${vm.nodeId}/${vm.uuid}`,
    kind: 'vm-without-service',
    message: `${vm.name} ${held}, and no service pays for it. ${fits}`,
    money: null,
    memoryKiB: vm.memoryKiB,
    acts: ['link', 'look'],
    serviceId: null,
    vm: { nodeId: vm.nodeId, uuid: vm.uuid },
  }
}

/** Every leak, by kind, the largest stake first. Deterministic. */
export function leaksOf(linked: readonly LinkedForLeaks[], services: readonly LooseService[], vms: readonly LooseVm[], today: Day): Leak[] {
  const found = [...linked.flatMap((service) => [drift(service, today), larger(service)]), ...services.map(withoutVm), ...vms.map(withoutService)]
  return found
    .filter((leak) => leak !== null)
    .sort(
      (a, b) =>
        leakKinds.indexOf(a.kind) - leakKinds.indexOf(b.kind) ||
        (b.money?.amountMinor ?? 0) - (a.money?.amountMinor ?? 0) ||
        (b.memoryKiB ?? 0) - (a.memoryKiB ?? 0) ||
        (a.key < b.key ? -1 : 1),
    )
}
