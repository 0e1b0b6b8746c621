// The fleet table's columns and what its filter looks at.
import type { Day } from '../../../shared/domain/calendar.ts'
import { vmFilterKeys } from '../../../shared/domain/vmFilter.ts'
import { Age } from '../../components/Age.tsx'
import { PaidUntil } from '../../components/billing/PaidUntil.tsx'
import { CustomerLink, NodeLink, ServiceLink } from '../../components/estate/links.tsx'
import { BillingStatus, HoldTag, VmState, vmWord } from '../../components/estate/states.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import type { DataColumn } from '../../components/table/columns.ts'
import type { FilterFields } from '../../lib/filter.ts'
import { formatDuration } from '../../lib/formatTime.ts'
import { formatMemory, formatPercent } from '../../lib/formatSize.ts'
import type { FleetVm } from './fleet.ts'
import { selectVms } from './selectVms.ts'

const none = <span className="faint">–</span>

/** `today`: by Paymenter’s calendar. */
export function vmColumns(today: Day): readonly DataColumn<FleetVm>[] {
  return [
    { id: 'name', header: 'VM', widthPx: 180, grow: true, value: (vm) => vm.name, cell: (vm) => <MiddleCut text={vm.name} /> },
    { id: 'node', header: 'Node', widthPx: 74, value: (vm) => vm.nodeName, cell: (vm) => <NodeLink nodeId={vm.nodeId} name={vm.nodeName} /> },
    { id: 'state', header: 'State', widthPx: 168, value: (vm) => vmWord(vm), cell: (vm) => <VmState vm={vm} /> },
    {
      id: 'customer',
      header: 'Customer',
      widthPx: 130,
      grow: true,
      value: (vm) => vm.service?.customerName ?? null,
      cell: (vm) => (vm.service === null ? none : <CustomerLink id={vm.service.customerId} name={vm.service.customerName} />),
    },
    {
      id: 'service',
      header: 'Service',
      widthPx: 76,
      hidden: true,
      value: (vm) => vm.service?.id ?? null,
      cell: (vm) => (vm.service === null ? none : <ServiceLink id={vm.service.id} />),
    },
    {
      id: 'status',
      header: 'Billing',
      widthPx: 120,
      hidden: true,
      value: (vm) => vm.service?.status ?? null,
      cell: (vm) => (vm.service === null ? none : <BillingStatus status={vm.service.status} />),
    },
    {
      id: 'plan',
      header: 'Product',
      widthPx: 130,
      hidden: true,
      value: (vm) => vm.service?.productName ?? null,
      cell: (vm) => (vm.service?.productName == null ? none : <MiddleCut text={vm.service.productName} />),
    },
    { id: 'memory', header: 'Memory', widthPx: 78, end: true, value: (vm) => vm.memoryKiB, cell: (vm) => formatMemory(vm.memoryKiB) },
    { id: 'vcpus', header: 'vCPU', widthPx: 62, end: true, hidden: true, value: (vm) => vm.vcpus },
    {
      id: 'cpu',
      header: 'CPU',
      widthPx: 66,
      end: true,
      value: (vm) => vm.cpuPercent,
      cell: (vm) => (vm.cpuPercent === null ? none : formatPercent(vm.cpuPercent)),
    },
    {
      id: 'paid-until',
      header: 'Paid until',
      widthPx: 104,
      end: true,
      value: (vm) => vm.service?.paidUntil ?? null,
      cell: (vm) => (vm.service === null ? none : <PaidUntil day={vm.service.paidUntil} status={vm.service.status} today={today} />),
    },
    {
      id: 'cpu-time',
      header: 'CPU time',
      widthPx: 100,
      end: true,
      hidden: true,
      value: (vm) => vm.cpuTimeSeconds,
      cell: (vm) => formatDuration(vm.cpuTimeSeconds * 1000),
    },
    {
      id: 'addresses',
      header: 'Addresses',
      widthPx: 130,
      hidden: true,
      value: (vm) => vm.ipAddresses.join(' ') || null,
      cell: (vm) => <span className="mono">{vm.ipAddresses.join(' ')}</span>,
    },
    { id: 'uuid', header: 'UUID', widthPx: 290, hidden: true, value: (vm) => vm.uuid, cell: (vm) => <span className="mono">{vm.uuid}</span> },
    {
      id: 'tags',
      header: 'Tags',
      widthPx: 120,
      hidden: true,
      value: (vm) => vm.tags.join(' ') || null,
      cell: (vm) => (vm.tags.length === 0 ? none : <MiddleCut text={vm.tags.join(' ')} />),
    },
    {
      id: 'note',
      header: 'Note',
      widthPx: 160,
      hidden: true,
      value: (vm) => vm.note || null,
      cell: (vm) => <span title={vm.note}>{vm.note}</span>,
    },
    { id: 'protected', header: 'Protected', widthPx: 90, hidden: true, value: (vm) => (vm.isProtected ? 'protected' : null) },
    {
      id: 'hold',
      header: 'Hold',
      widthPx: 124,
      hidden: true,
      value: (vm) => vm.hold,
      cell: (vm) => (vm.hold === null ? none : <HoldTag kind={vm.hold} />),
    },
    {
      id: 'seen',
      header: 'Seen',
      widthPx: 100,
      end: true,
      hidden: true,
      value: (vm) => vm.observedAt,
      csv: (vm) => new Date(vm.observedAt).toISOString(),
      cell: (vm) => <Age at={vm.observedAt} staleAfterMs={2 * 60_000} />,
    },
  ]
}

export const vmFilterFields: FilterFields<FleetVm> = {
  words: () => [],
  keys: Object.fromEntries(vmFilterKeys.map((key) => [key, () => null])),
  select: selectVms,
}

export const vmViews = [
  { name: 'Unpaid, running', filter: 'state:"unpaid, running"' },
  { name: 'Paid, off', filter: 'state:"paid, off"' },
  { name: 'Running', filter: 'state:running' },
  { name: 'Off', filter: 'state:off' },
  { name: 'Suspended', filter: 'state:suspended' },
  { name: 'Unknown', filter: 'state:unknown' },
  { name: 'Without a service', filter: 'customer:none' },
  { name: 'Running, billing says suspended', filter: 'state:running status:suspended' },
  { name: 'Held', filter: 'is:held' },
  { name: 'Large', filter: 'mem:>=8g' },
  { name: 'Busy', filter: 'cpu:>80' },
  { name: 'Protected', filter: 'is:protected' },
]
