// The fleet's capacity: its past, where each node is going, how much more fits, who uses most, and what runs short.
import { IconAdjustments, IconServer2 } from '@tabler/icons-react'
import { Age } from '../../components/Age.tsx'
import { Button } from '../../components/Button.tsx'
import { Headroom } from '../../components/capacity/Headroom.tsx'
import { HistoryPanel } from '../../components/capacity/HistoryPanel.tsx'
import { LoadLine } from '../../components/capacity/LoadLine.tsx'
import { ForecastWords } from '../../components/capacity/NodeOutlook.tsx'
import { TopConsumers } from '../../components/capacity/TopConsumers.tsx'
import { EmptyState, Skeleton } from '../../components/EmptyState.tsx'
import { NodeLink } from '../../components/estate/links.tsx'
import { Icon } from '../../components/Icon.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Page } from '../../components/Page.tsx'
import { Panel } from '../../components/Panel.tsx'
import { ratioWords, type Outlook } from '../../components/capacity/capacityWords.ts'
import { useDialogs } from '../../lib/dialogs.tsx'
import { useRead } from '../../lib/queries.ts'
import { CapacityAlerts } from './CapacityAlerts.tsx'
import { CapacityLimits } from './CapacityLimits.tsx'

export function Capacity() {
  const nodes = useRead('nodes.list', {})
  const outlook = useRead('capacity.outlook', {})
  const dialogs = useDialogs()
  const seen = (nodes.data ?? []).flatMap((node) => (node.lastSeenAt === null ? [] : [node.lastSeenAt]))
  const cores = new Map((nodes.data ?? []).map((node) => [node.id, node.capacity?.cpuCores ?? 0]))
  const settings = outlook.data?.settings
  return (
    <Page
      title="Capacity"
      age={seen.length > 0 && <Age of="nodes" at={Math.min(...seen)} staleAfterMs={2 * 60_000} />}
      actions={
        <Button
          icon={<Icon of={IconAdjustments} />}
          disabled={settings === undefined}
          onClick={() => {
            if (settings !== undefined)
              dialogs.open('Limits and thresholds', (close) => <CapacityLimits settings={settings} onDone={close} />, 560)
          }}
        >
          Limits
        </Button>
      }
    >
      <ErrorNotice error={nodes.error ?? outlook.error} />
      {nodes.data?.length === 0 ? (
        <EmptyState icon={IconServer2} title="No node is connected">
          Add one under Nodes: what is seen of it from then on is drawn here.
        </EmptyState>
      ) : (
        <>
          <CapacityAlerts />
          <HistoryPanel scope={{ kind: 'fleet' }} name="fleet" />
          <section className="grid wide-narrow capacity-below">
            <div className="stack">
              <Panel title="Nodes" note="promised to physical: of running VMs, of all">
                {outlook.data === undefined ? <Skeleton lines={3} /> : <NodesTable outlook={outlook.data} cores={cores} />}
              </Panel>
              <TopConsumers />
            </div>
            <Panel title="More that fit" note="and what runs out first">
              {outlook.data === undefined ? <Skeleton lines={6} /> : <Headroom outlook={outlook.data} />}
            </Panel>
          </section>
        </>
      )}
    </Page>
  )
}

function NodesTable({ outlook, cores }: { readonly outlook: Outlook; readonly cores: ReadonlyMap<string, number> }) {
  return (
    <div className="panel-scroll">
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">CPU, 24 h</th>
            <th scope="col" className="end">
              Memory
            </th>
            <th scope="col" className="end">
              vCPU
            </th>
            <th scope="col" className="end">
              Disk
            </th>
            <th scope="col">Disk full in</th>
          </tr>
        </thead>
        <tbody>
          {outlook.nodes.map((node) => (
            <tr key={node.nodeId}>
              <td>
                <NodeLink nodeId={node.nodeId} name={node.name} />
              </td>
              <td>
                <LoadLine values={node.cpu} cores={cores.get(node.nodeId) ?? 0} label={node.name} />
              </td>
              <td className="end">
                {ratioWords(node.ratios.memoryRunning)}
                <br />
                <span className="muted small">{ratioWords(node.ratios.memoryDefined)}</span>
              </td>
              <td className="end">
                {ratioWords(node.ratios.vcpuRunning)}
                <br />
                <span className="muted small">{ratioWords(node.ratios.vcpuDefined)}</span>
              </td>
              <td className="end">{ratioWords(node.ratios.diskProvisioned)}</td>
              <td>
                <ForecastWords forecast={node.disk} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
