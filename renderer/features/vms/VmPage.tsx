// One VM on a page of its own.
import { Link, useParams } from '@tanstack/react-router'
import { IconDeviceDesktopOff } from '@tabler/icons-react'
import { Age } from '../../components/Age.tsx'
import { HistoryPanel } from '../../components/capacity/HistoryPanel.tsx'
import { EmptyState, Skeleton } from '../../components/EmptyState.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Page } from '../../components/Page.tsx'
import { useRead } from '../../lib/queries.ts'
import { useFleet } from './fleet.ts'
import { VmDetails } from './VmDetails.tsx'

export function VmPage() {
  const { nodeId, uuid } = useParams({ from: '/vms/$nodeId/$uuid' })
  const vms = useRead('vms.list', { nodeId })
  const vm = useFleet(vms.data).find((row) => row.uuid === uuid)
  if (vm === undefined) {
    return (
      <Page title="VM" parent={<Link to="/vms">VMs</Link>}>
        <ErrorNotice error={vms.error} />
        {vms.data === undefined ? (
          <Skeleton />
        ) : (
          <EmptyState
            icon={IconDeviceDesktopOff}
            title="This VM is not known here"
            action={
              <Link className="button" to="/vms">
                VMs
              </Link>
            }
          >
            It may be gone from its node, or the node was removed.
          </EmptyState>
        )}
      </Page>
    )
  }
  return (
    <Page
      title={vm.name.slice(0, 120)}
      parent={<Link to="/vms">VMs</Link>}
      age={<Age at={vm.observedAt} of="seen" staleAfterMs={2 * 60_000} />}
    >
      <div className="vm-page">
        <div className="panel page-panel">
          <VmDetails vm={vm} />
        </div>
        <HistoryPanel key={`${vm.nodeId}/${vm.uuid}`} scope={{ kind: 'vm', nodeId: vm.nodeId, uuid: vm.uuid }} name={vm.name} />
      </div>
    </Page>
  )
}
