// The VMs that used the most CPU over a range, on one node or in the fleet.
import { SegmentedControl } from '@mantine/core'
import type { ReactNode } from 'react'
import { isRange, rangeMs, ranges } from '../../lib/capacityCharts.ts'
import { formatMemory, formatPercent } from '../../lib/formatSize.ts'
import { useClock } from '../../lib/now.ts'
import { useRead } from '../../lib/queries.ts'
import { useRemembered } from '../../lib/remembered.ts'
import { NodeLink, VmLink } from '../estate/links.tsx'
import { Skeleton } from '../EmptyState.tsx'
import { ErrorNotice } from '../Note.tsx'
import { Panel } from '../Panel.tsx'

const shown = 8
const stepMs = 300_000

export function TopConsumers({ nodeId, more }: { readonly nodeId?: string; readonly more?: ReactNode }) {
  const [range, setRange] = useRemembered('top-consumers-range', isRange, '24h')
  const to = useClock((now) => (Math.floor(now / stepMs) + 1) * stepMs)
  const top = useRead(
    'capacity.top',
    { from: to - rangeMs[range], to, limit: shown, ...(nodeId === undefined ? {} : { nodeId }) },
    { keepPrevious: true },
  )
  return (
    <Panel
      title="Top consumers"
      note="CPU, 100 % is one vCPU"
      actions={
        <div className="row">
          {more}
          <SegmentedControl
            aria-label="Range of the top consumers"
            size="xs"
            data={ranges.map((one) => ({ value: one, label: one.replace(/(\d+)/, '$1 ') }))}
            value={range}
            onChange={(value) => {
              if (isRange(value)) setRange(value)
            }}
          />
        </div>
      }
    >
      <ErrorNotice error={top.error} />
      {top.data === undefined && top.error === null && <Skeleton lines={4} />}
      {top.data?.length === 0 && <p className="panel-body muted">No VM was seen in this time.</p>}
      {top.data !== undefined && top.data.length > 0 && (
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">VM</th>
              {nodeId === undefined && <th scope="col">Node</th>}
              <th scope="col" className="end">
                CPU, average
              </th>
              <th scope="col" className="end">
                Peak
              </th>
              <th scope="col" className="end">
                vCPU
              </th>
              <th scope="col" className="end">
                Memory held
              </th>
            </tr>
          </thead>
          <tbody>
            {top.data.map((vm) => (
              <tr key={`${vm.nodeId}/${vm.uuid}`}>
                <td>
                  <VmLink nodeId={vm.nodeId} uuid={vm.uuid} name={vm.name} />
                </td>
                {nodeId === undefined && (
                  <td>
                    <NodeLink nodeId={vm.nodeId} name={vm.node} />
                  </td>
                )}
                <td className="end">{vm.cpuAverage === null ? '–' : formatPercent(vm.cpuAverage)}</td>
                <td className="end">{vm.cpuPeak === null ? '–' : formatPercent(vm.cpuPeak)}</td>
                <td className="end">{vm.vcpus}</td>
                <td className="end">{formatMemory(vm.memoryKiB)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  )
}
