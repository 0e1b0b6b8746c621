// The fleet's rows: a VM whose state stands against what billing says is shown, found and sorted by that.
import { describe, expect, test } from 'vitest'
import type { MethodOutput } from '../../shared/contract/index.ts'
import { asId, type NodeId, type VmUuid } from '../../shared/domain/ids.ts'
import type { LeakKind } from '../../shared/domain/leaks.ts'
import { vmWord, type VmRow } from '../../renderer/components/estate/states.tsx'
import { fleetOf } from '../../renderer/features/vms/fleet.ts'
import { selectVms } from '../../renderer/features/vms/selectVms.ts'

type LeakRow = MethodOutput<'leaks.list'>['rows'][number]

const nodeId = asId<NodeId>('node-1')

function uuidOf(number: number): VmUuid {
  return asId<VmUuid>(`00000000-0000-4000-8000-${String(number).padStart(12, '0')}`)
}

function vm(number: number, state: VmRow['state']): VmRow {
  return {
    nodeId,
    nodeName: 'blr-1',
    uuid: uuidOf(number),
    name: `vps-${String(number)}`,
    state,
    memoryKiB: 1_048_576,
    vcpus: 1,
    cpuPercent: 0,
    cpuTimeSeconds: 0,
    ipAddresses: [],
    observedAt: 0,
    service: null,
    hold: null,
    suspended: false,
    tags: [],
    note: '',
    isProtected: false,
  }
}

function leak(kind: LeakKind, number: number | null): LeakRow {
  return {
    key: `${kind} ${String(number)}`,
    kind,
    message: '',
    money: null,
    memoryKiB: null,
    acts: [],
    serviceId: null,
    customerId: null,
    customerName: null,
    productId: null,
    productName: null,
    status: null,
    nodeId: number === null ? null : nodeId,
    node: null,
    uuid: number === null ? null : uuidOf(number),
    name: null,
    observedAt: null,
  }
}

describe('the fleet with its leaks', () => {
  const fleet = fleetOf(
    [vm(1, 'running'), vm(2, 'shutoff'), vm(3, 'running'), vm(4, 'shutoff'), vm(5, 'running'), vm(6, 'unknown')],
    [
      leak('vm-larger', 1),
      leak('unpaid-running', 1),
      leak('paid-off', 2),
      leak('paid-off', 3),
      leak('unpaid-running', 4),
      leak('vm-without-service', 5),
      leak('unpaid-running', 6),
      leak('service-without-vm', null),
    ],
  )

  test('says of a VM what its state stands against', () => {
    expect(fleet.map(vmWord)).toEqual(['unpaid, running', 'paid, off', 'running', 'off', 'running', 'unknown'])
  })

  test('leaves a VM alone that has changed since its leak was found, and leaks that are not its state', () => {
    expect(fleet.map((row) => row.leak)).toEqual(['unpaid-running', 'paid-off', null, null, null, null])
  })

  test.each([
    ['state:"unpaid, running"', ['vps-1']],
    ['state:unpaid', ['vps-1']],
    ['state:"paid, off"', ['vps-2']],
    ['state:=running', ['vps-1', 'vps-3', 'vps-5']],
    ['state:=off', ['vps-2', 'vps-4']],
    ['state:=shutoff', ['vps-2', 'vps-4']],
  ])('is found by %s', (filter, names) => {
    expect(selectVms(fleet, filter).map(({ name }) => name)).toEqual(names)
  })
})
