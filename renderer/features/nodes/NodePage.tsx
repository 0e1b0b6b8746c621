// One node on a page of its own: capacity, findings, its VMs.
import { Link, useParams } from '@tanstack/react-router'
import { IconServerOff } from '@tabler/icons-react'
import { Age, Instant } from '../../components/Age.tsx'
import { EmptyState, Skeleton } from '../../components/EmptyState.tsx'
import { HistoryPanel } from '../../components/capacity/HistoryPanel.tsx'
import { NodeOutlook } from '../../components/capacity/NodeOutlook.tsx'
import { TopConsumers } from '../../components/capacity/TopConsumers.tsx'
import { Findings } from '../../components/estate/Findings.tsx'
import { CustomerLink, VmLink } from '../../components/estate/links.tsx'
import { NodeState, VmState } from '../../components/estate/states.tsx'
import type { VmRow } from '../../components/estate/states.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Page } from '../../components/Page.tsx'
import { Facts, Panel } from '../../components/Panel.tsx'
import { formatMemory, formatPercent } from '../../lib/formatSize.ts'
import { useRead } from '../../lib/queries.ts'
import { NodeActions } from './NodeActions.tsx'
import { NodeMeters } from './NodeMeters.tsx'
import { NodeTabs } from './NodeTabs.tsx'
import { ToAccess } from './ToAccess.tsx'

const shownVms = 30

export function NodePage() {
  const { nodeId } = useParams({ from: '/nodes/$nodeId' })
  const nodes = useRead('nodes.list', {})
  const node = nodes.data?.find((row) => row.id === nodeId)
  const vms = useRead('vms.list', { nodeId })
  if (nodes.data === undefined) {
    return (
      <Page title="Node">
        <ErrorNotice error={nodes.error} />
        <Skeleton />
      </Page>
    )
  }
  if (node === undefined) {
    return (
      <Page title="Node">
        <EmptyState
          icon={IconServerOff}
          title="This node is not known here"
          action={
            <Link className="button" to="/nodes">
              Nodes
            </Link>
          }
        >
          It may have been removed.
        </EmptyState>
      </Page>
    )
  }
  const rows = vms.data ?? []
  return (
    <Page
      title={node.name}
      parent={<Link to="/nodes">Nodes</Link>}
      age={<Age at={node.lastSeenAt} of="seen" staleAfterMs={2 * 60_000} />}
      actions={<NodeActions node={node} />}
      tabs={<NodeTabs nodeId={node.id} />}
    >
      <section className="grid wide-narrow">
        <div className="stack">
          {node.problem !== null && <ErrorNotice error={node.problem} action={<ToAccess node={node} />} />}
          {node.findings.length > 0 && (
            <div>
              <Findings findings={node.findings} />
            </div>
          )}
          <HistoryPanel key={node.id} scope={{ kind: 'node', nodeId: node.id }} name={node.name} />
          <TopConsumers nodeId={node.id} />
          <Panel
            title="VMs"
            note={shownVms < rows.length ? `${String(shownVms)} of ${String(rows.length)}` : undefined}
            actions={
              <Link className="link" to="/vms" search={{ filter: `node:${quoted(node.name)}` }}>
                All its VMs
              </Link>
            }
          >
            <VmTable rows={rows.slice(0, shownVms)} />
          </Panel>
        </div>
        <div className="stack">
          <Panel title="Capacity" note={<NodeState node={node} />}>
            <NodeMeters node={node} />
            <div className="sub-head">Node</div>
            <Facts
              rows={[
                [
                  'Address',
                  <span key="url" className="mono">
                    {node.url}
                  </span>,
                ],
                ['Host', node.capacity?.hostname ?? '–'],
                ...(node.location === '' ? [] : [['Location', node.location] as const]),
                ...(node.tags.length === 0 ? [] : [['Tags', node.tags.join(', ')] as const]),
                ['Last seen', <Instant key="seen" at={node.lastSeenAt} />],
                ['Last checked', <Instant key="checked" at={node.checkedAt} />],
                ['Maintenance', node.maintenance ? 'yes: automation stops nothing here' : 'no'],
              ]}
            />
          </Panel>
          <NodeOutlook nodeId={node.id} />
        </div>
      </section>
    </Page>
  )
}

function quoted(name: string): string {
  return /[\s"]/.test(name) ? `"${name.replaceAll('"', '')}"` : name
}

function VmTable({ rows }: { readonly rows: readonly VmRow[] }) {
  if (rows.length === 0) return <p className="panel-body muted">No VM is known on this node.</p>
  return (
    <table className="plain fixed">
      <colgroup>
        <col />
        <col style={{ width: 160 }} />
        <col />
        <col style={{ width: 76 }} />
        <col style={{ width: 66 }} />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">VM</th>
          <th scope="col">State</th>
          <th scope="col">Customer</th>
          <th scope="col" className="end">
            Memory
          </th>
          <th scope="col" className="end">
            CPU
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((vm) => (
          <tr key={vm.uuid}>
            <td>
              <VmLink nodeId={vm.nodeId} uuid={vm.uuid} name={vm.name} />
            </td>
            <td>
              <VmState vm={vm} />
            </td>
            <td>
              {vm.service === null ? (
                <span className="faint">–</span>
              ) : (
                <CustomerLink id={vm.service.customerId} name={vm.service.customerName} />
              )}
            </td>
            <td className="end">{formatMemory(vm.memoryKiB)}</td>
            <td className="end">{vm.cpuPercent === null ? '–' : formatPercent(vm.cpuPercent)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
