// The fleet as its screens show it: each VM as last seen, and whether that stands against what billing says.
import { useMemo } from 'react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import type { StateLeak } from '../../components/estate/leakLooks.ts'
import type { VmRow } from '../../components/estate/states.tsx'
import { useRead } from '../../lib/queries.ts'
import { keyOf } from '../../lib/vmKey.ts'

/** A VM with the leak that is its own state: it runs unpaid, or is off though paid for. */
export type FleetVm = VmRow & { readonly leak: StateLeak | null }

type LeakRow = MethodOutput<'leaks.list'>['rows'][number]

const noVms: readonly VmRow[] = []
const noLeaks: readonly LeakRow[] = []
const stateOfLeak: Readonly<Record<StateLeak, VmRow['state']>> = { 'unpaid-running': 'running', 'paid-off': 'shutoff' }

function isOfState(leak: LeakRow): leak is LeakRow & { readonly kind: StateLeak; readonly nodeId: string; readonly uuid: string } {
  return leak.kind in stateOfLeak && leak.nodeId !== null && leak.uuid !== null
}

/** Joins VMs and the leak board, which are read apart: a leak counts only where the VM still is in the state that it speaks of. */
export function fleetOf(vms: readonly VmRow[], leaks: readonly LeakRow[]): FleetVm[] {
  const kinds = new Map(leaks.filter(isOfState).map((leak) => [keyOf(leak), leak.kind]))
  return vms.map((vm) => {
    const leak = kinds.get(keyOf(vm))
    return { ...vm, leak: leak !== undefined && stateOfLeak[leak] === vm.state ? leak : null }
  })
}

/** VMs with their leaks; the same array as long as neither has changed. */
export function useFleet(vms: readonly VmRow[] = noVms): readonly FleetVm[] {
  const leaks = useRead('leaks.list', {}).data?.rows ?? noLeaks
  return useMemo(() => fleetOf(vms, leaks), [vms, leaks])
}
