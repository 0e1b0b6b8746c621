// A node's memory, vCPU and disk: used, committed, physical.
import type { NodeRow } from '../../components/estate/states.tsx'
import { Meter } from '../../components/Meter.tsx'
import { Facts } from '../../components/Panel.tsx'
import { count, formatMemory, formatOf, formatPercent } from '../../lib/formatSize.ts'

export function NodeMeters({ node }: { readonly node: NodeRow }) {
  const { capacity } = node
  if (capacity === null) return <p className="panel-body muted">Not seen yet: {count(node.vms, 'VM')} known.</p>
  return (
    <Facts
      rows={[
        ['VMs', `${String(capacity.vmsRunning)} running of ${String(capacity.vmsTotal)}`],
        [
          'Memory',
          <div key="memory">
            <Meter
              label="Memory"
              used={capacity.memoryUsedKiB}
              committed={capacity.memoryCommittedKiB}
              physical={capacity.memoryTotalKiB}
              text={formatOf(capacity.memoryCommittedKiB * 1024, capacity.memoryTotalKiB * 1024)}
            />
            <span className="muted small">
              {formatMemory(capacity.memoryUsedKiB)} used · {formatMemory(capacity.memoryDefinedKiB)} if all ran
            </span>
          </div>,
        ],
        [
          'vCPU',
          <div key="vcpu">
            <Meter
              label="vCPU"
              used={Math.min(capacity.cpuPercentOfVms / 100, capacity.cpuCores)}
              committed={capacity.vcpusCommitted}
              physical={capacity.cpuCores}
              text={`${String(capacity.vcpusCommitted)} of ${count(capacity.cpuCores, 'core')}`}
            />
            <span className="muted small">
              VMs use {formatPercent(capacity.cpuPercentOfVms)} of one core · {capacity.vcpusDefined} if all ran
            </span>
          </div>,
        ],
        [
          'Disk',
          <Meter
            key="disk"
            label="Disk"
            used={capacity.storageUsedBytes}
            physical={capacity.storageTotalBytes}
            text={formatOf(capacity.storageUsedBytes, capacity.storageTotalBytes)}
          />,
        ],
      ]}
    />
  )
}
