// The fleet's filter over the rows of the table; what it folds is kept for as long as the rows are.
import { parseVmFilter, VmTable, type FilterableVm } from '../../../shared/domain/vmFilter.ts'
import { vmWord } from '../../components/estate/states.tsx'
import type { FleetVm } from './fleet.ts'

const tables = new WeakMap<readonly FleetVm[], VmTable>()

/** The word that is shown, and libvirt's own unless the word says more: a suspended VM is not just off. */
function statesOf(vm: FleetVm): string[] {
  const word = vmWord(vm)
  return word === 'suspended' ? [word] : [word, vmWord({ ...vm, leak: null }), vm.state]
}

function toFilterable(vm: FleetVm): FilterableVm {
  return {
    name: vm.name,
    uuid: vm.uuid,
    nodeName: vm.nodeName,
    states: statesOf(vm),
    customerName: vm.service?.customerName ?? null,
    productName: vm.service?.productName ?? null,
    serviceId: vm.service?.id ?? null,
    serviceStatus: vm.service?.status ?? null,
    hold: vm.hold,
    addresses: vm.ipAddresses,
    tags: vm.tags,
    note: vm.note,
    isProtected: vm.isProtected,
    isSuspended: vm.suspended,
    memoryKiB: vm.memoryKiB,
    vcpus: vm.vcpus,
    cpuPercent: vm.cpuPercent,
  }
}

/** The rows that fit, in their order. */
export function selectVms(rows: readonly FleetVm[], text: string): readonly FleetVm[] {
  let table = tables.get(rows)
  if (table === undefined) {
    table = new VmTable(rows.map(toFilterable))
    tables.set(rows, table)
  }
  return table.select(parseVmFilter(text)).flatMap((at) => rows[at] ?? [])
}
