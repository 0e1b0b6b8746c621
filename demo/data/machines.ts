// The nodes and their VMs: one for most services, some for none, and a few that are not what they should be.
import type { VmSeed } from '../flint/node.ts'
import type { MachineSize } from './catalog.ts'
import { PROFESSIONAL, STARTER } from './catalog.ts'
import type { Dice } from './random.ts'
import type { Sale } from './sales.ts'
import { OFF_SINCE_DAYS, SLOW_OVERDUE_DAYS, STUBBORN_OVERDUE_DAYS } from './sales.ts'

const NODE_NAMES = ['blr-1', 'blr-2', 'hyd-1', 'bom-1', 'maa-1', 'del-1']
const OPERATORS_OWN = ['monitoring', 'build-runner', 'backup-target', 'win-test']
const OWN_NAMES = ['mail-server', 'shop-db', 'game-lobby']
const GUESTS = ['Debian GNU/Linux 12 (bookworm)', 'Ubuntu 24.04.3 LTS', 'AlmaLinux 9.6 (Sage Margay)']
const GIB_IN_KIB = 1024 * 1024
const GIB_IN_BYTES = 1024 ** 3
/** A guest on its way through updates: it obeys a stop, later than anybody waits. */
const SLOW_STOP_MS = 180_000

export interface NodeData {
  name: string
  /** 64 hex characters. */
  key: string
  passphrase: string
  cpuCores: number
  memoryKiB: number
  storageBytes: number
  vms: VmSeed[]
}

export interface Placement {
  node: string
  name: string
  uuid: string
}

export interface Machines {
  nodes: NodeData[]
  /** By the service's id. */
  placements: Map<number, Placement>
}

/** Roles that have no machine. */
export function hasMachine(sale: Sale): boolean {
  return sale.role !== 'pending-order' && sale.role !== 'without-machine' && sale.role !== 'ended'
}

/** Spreads the services' machines, and those of nobody, over the nodes in turn. */
export function makeMachines(
  nodeCount: number,
  sold: readonly { sale: Sale; serviceId: number }[],
  ownCount: number,
  dice: Dice,
): Machines {
  const nodes: NodeData[] = Array.from({ length: nodeCount }, (_, index) => ({
    name: NODE_NAMES[index] ?? `node-${index + 1}`,
    key: dice.hex(32),
    passphrase: `demo-${dice.hex(6)}`,
    cpuCores: 0,
    memoryKiB: 0,
    storageBytes: 0,
    vms: [],
  }))
  const placements = new Map<number, Placement>()
  let next = 0
  const place = (makeVm: (nodeIndex: number) => VmSeed): Placement => {
    const index = next++ % nodeCount
    const node = nodes[index]
    if (!node) throw new Error('An estate needs a node')
    const vm = makeVm(index)
    node.vms.push(vm)
    return { node: node.name, name: vm.name, uuid: vm.uuid }
  }
  let misnamed = 0
  const withMachine = sold.filter((entry) => hasMachine(entry.sale)).sort((left, right) => left.serviceId - right.serviceId)
  for (const { sale, serviceId } of withMachine) {
    const ownName = OWN_NAMES[misnamed] ?? `machine-${serviceId}`
    if (sale.role === 'misnamed') misnamed += 1
    const name = sale.role === 'misnamed' ? ownName : `vps-${serviceId}-${sale.offer.slug}`
    placements.set(serviceId, place((index) => serviceVm(name, sale, index, next, dice)))
  }
  for (let own = 0; own < ownCount; own += 1) {
    const name = OPERATORS_OWN[own] ?? `internal-${own + 1}`
    place((index) => ({ ...baseVm(name, STARTER.size, index, next, dice), state: own % 4 === 3 ? 'Shutoff' : 'Running' }))
  }
  for (const node of nodes) fit(node)
  return { nodes, placements }
}

function baseVm(name: string, size: MachineSize, nodeIndex: number, number: number, dice: Dice): VmSeed {
  const address = `10.${20 + (nodeIndex % 200)}.${Math.floor(number / 250) % 250}.${2 + (number % 250)}`
  return {
    name,
    uuid: dice.uuid(),
    ...size,
    state: 'Running',
    // A guest without an agent says nothing about itself.
    ...(dice.chance(0.8) ? { ipAddresses: [address], osInfo: dice.pick(GUESTS) } : {}),
  }
}

function serviceVm(name: string, sale: Sale, nodeIndex: number, number: number, dice: Dice): VmSeed {
  const size = sale.role === 'larger-than-plan' ? { ...PROFESSIONAL.size, diskGiB: sale.offer.size.diskGiB } : sale.offer.size
  const vm = baseVm(name, size, nodeIndex, number, dice)
  const isOverdue = sale.role === 'overdue'
  const isOff = sale.role === 'paid-but-off' || (isOverdue && (sale.expiredDays ?? 0) >= OFF_SINCE_DAYS)
  return {
    ...vm,
    state: isOff ? 'Shutoff' : 'Running',
    ...(sale.role === 'stubborn' || (isOverdue && sale.expiredDays === STUBBORN_OVERDUE_DAYS) ? { stubborn: true } : {}),
    ...(isOverdue && sale.expiredDays === SLOW_OVERDUE_DAYS ? { slowStopMs: SLOW_STOP_MS } : {}),
  }
}

function powerOfTwo(wanted: number, smallest: number): number {
  return Math.max(smallest, 2 ** Math.ceil(Math.log2(Math.max(1, wanted))))
}

/** Gives a node the size that its VMs need: memory and disk in powers of two, with room to spare. */
function fit(node: NodeData): void {
  const memoryGiB = node.vms.reduce((sum, vm) => sum + vm.memoryKiB, 0) / GIB_IN_KIB
  const diskGiB = node.vms.reduce((sum, vm) => sum + vm.diskGiB, 0)
  node.memoryKiB = powerOfTwo(memoryGiB * 1.15 + 8, 64) * GIB_IN_KIB
  node.cpuCores = Math.max(16, node.memoryKiB / GIB_IN_KIB / 4)
  node.storageBytes = powerOfTwo(diskGiB * 1.2 + 100, 1024) * GIB_IN_BYTES
}
