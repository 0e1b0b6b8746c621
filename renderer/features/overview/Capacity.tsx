// The nodes' capacity under each other: used, committed, physical.
import { IconServer2 } from '@tabler/icons-react'
import { EmptyState, Skeleton } from '../../components/EmptyState.tsx'
import { NodeLink } from '../../components/estate/links.tsx'
import type { NodeRow } from '../../components/estate/states.tsx'
import { NodeState } from '../../components/estate/states.tsx'
import { Age } from '../../components/Age.tsx'
import { LoadLine } from '../../components/capacity/LoadLine.tsx'
import { Meter } from '../../components/Meter.tsx'
import { certaintyWords, forecastTone, fullInWords, soonest, type NodeOutlook } from '../../components/capacity/capacityWords.ts'
import { formatOf } from '../../lib/formatSize.ts'
import { useRead } from '../../lib/queries.ts'

const staleNodeMs = 2 * 60_000

export function Capacity({ nodes, loading }: { readonly nodes: readonly NodeRow[]; readonly loading: boolean }) {
  const outlook = useRead('capacity.outlook', {}).data
  if (loading) return <Skeleton lines={3} />
  if (nodes.length === 0) {
    return (
      <EmptyState icon={IconServer2} title="No node is connected">
        Add one under Nodes: its address and its key.
      </EmptyState>
    )
  }
  return (
    <div className="panel-scroll">
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">State</th>
            <th scope="col" className="end">
              VMs running
            </th>
            <th scope="col">Memory: used, committed, of physical</th>
            <th scope="col" className="end">
              vCPU
            </th>
            <th scope="col">CPU, 24 h</th>
            <th scope="col">Disk</th>
            <th scope="col" className="end">
              Full in
            </th>
            <th scope="col" className="end">
              Seen
            </th>
          </tr>
        </thead>
        <tbody>
          {nodes.map((node) => (
            <tr key={node.id} className={node.state === 'ok' ? '' : 'stale'}>
              <td>
                <NodeLink nodeId={node.id} name={node.name} />
              </td>
              <td>
                <NodeState node={node} />
              </td>
              <CapacityCells node={node} outlook={outlook?.nodes.find((one) => one.nodeId === node.id)} />
              <td className="end">
                <Age at={node.lastSeenAt} staleAfterMs={staleNodeMs} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** Disk or memory, whichever is the sooner; how sure that is stands on hover. */
function FullIn({ outlook }: { readonly outlook: NodeOutlook }) {
  const { of, forecast } = soonest(outlook)
  return (
    <span className={forecastTone(forecast) ?? ''} title={`${of}: ${certaintyWords(forecast)}`}>
      {fullInWords(forecast)}
      {forecast.kind !== 'unknown' && forecast.kind !== 'steady' && <span className="muted small"> {of}</span>}
    </span>
  )
}

function CapacityCells({ node, outlook }: { readonly node: NodeRow; readonly outlook: NodeOutlook | undefined }) {
  const { capacity } = node
  if (capacity === null) {
    return (
      <>
        <td className="end">–</td>
        <td className="faint">not seen yet</td>
        <td className="end">–</td>
        <td className="faint">–</td>
        <td className="faint">–</td>
        <td className="end">–</td>
      </>
    )
  }
  return (
    <>
      <td className="end">
        {capacity.vmsRunning} of {capacity.vmsTotal}
      </td>
      <td>
        <Meter
          label={`Memory of ${node.name}`}
          used={capacity.memoryUsedKiB}
          committed={capacity.memoryCommittedKiB}
          physical={capacity.memoryTotalKiB}
          text={formatOf(capacity.memoryCommittedKiB * 1024, capacity.memoryTotalKiB * 1024)}
        />
      </td>
      <td className="end">
        {capacity.vcpusCommitted} of {capacity.cpuCores}
      </td>
      <td>
        <LoadLine values={outlook?.cpu ?? []} cores={capacity.cpuCores} label={node.name} />
      </td>
      <td>
        <Meter
          label={`Disk of ${node.name}`}
          used={capacity.storageUsedBytes}
          physical={capacity.storageTotalBytes}
          text={formatOf(capacity.storageUsedBytes, capacity.storageTotalBytes)}
        />
      </td>
      <td className="end">{outlook === undefined ? '–' : <FullIn outlook={outlook} />}</td>
    </>
  )
}
