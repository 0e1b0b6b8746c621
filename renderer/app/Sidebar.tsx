// The way to every screen, with counts where they help.
import { Link, useMatchRoute } from '@tanstack/react-router'
import {
  IconBolt,
  IconBox,
  IconDroplet,
  IconMessages,
  IconChartAreaLine,
  IconDeviceDesktop,
  IconHistory,
  IconLayoutDashboard,
  IconLayoutSidebarLeftCollapse,
  IconLayoutSidebarLeftExpand,
  IconReceipt,
  IconReportMoney,
  IconServer2,
  IconSettings,
  IconTag,
  IconTerminal2,
  IconUsers,
} from '@tabler/icons-react'
import { useSyncExternalStore } from 'react'
import { Icon } from '../components/Icon.tsx'
import { consoleTabs } from '../lib/consoleTabs.ts'
import { useRead } from '../lib/queries.ts'
import { Brand } from './Brand.tsx'

function Count({ of }: { readonly of: number | undefined }) {
  return of === undefined || of === 0 ? null : <span className="side-count">{of.toLocaleString()}</span>
}

export function Sidebar({ folded, onFold }: { readonly folded: boolean; readonly onFold: (folded: boolean) => void }) {
  const nodes = useRead('nodes.list', {}).data
  const rows = useRead('billing.status', {}).data?.rows
  const automation = useRead('automation.status', {}).data
  const leaks = useRead('leaks.list', {}).data?.rows.length
  const openConsoles = useSyncExternalStore(consoleTabs.subscribe, consoleTabs.view).tabs.length
  const matchRoute = useMatchRoute()
  const inReports = matchRoute({ to: '/reports/$report' }) !== false
  const vms = nodes?.reduce((sum, node) => sum + node.vms, 0)
  return (
    <nav className="side" aria-label="Screens">
      <div className="brand">
        <Brand />
        <span>Flint Console</span>
      </div>
      <Link className="side-item" to="/" activeOptions={{ exact: true }} title="Overview">
        <Icon of={IconLayoutDashboard} />
        <span>Overview</span>
      </Link>
      <div className="side-gap" />
      <Link className="side-item" to="/nodes" title="Nodes">
        <Icon of={IconServer2} />
        <span>Nodes</span>
        <Count of={nodes?.length} />
      </Link>
      <Link className="side-item" to="/vms" title="VMs">
        <Icon of={IconDeviceDesktop} />
        <span>VMs</span>
        <Count of={vms} />
      </Link>
      <Link className="side-item" to="/capacity" title="Capacity">
        <Icon of={IconChartAreaLine} />
        <span>Capacity</span>
      </Link>
      <Link className="side-item" to="/activity" title="Activity">
        <Icon of={IconHistory} />
        <span>Activity</span>
      </Link>
      <Link className="side-item" to="/consoles" title="Consoles">
        <Icon of={IconTerminal2} />
        <span>Consoles</span>
        <Count of={openConsoles} />
      </Link>
      <div className="side-gap" />
      <Link className="side-item" to="/customers" title="Customers">
        <Icon of={IconUsers} />
        <span>Customers</span>
        <Count of={rows?.['customers']} />
      </Link>
      <Link className="side-item" to="/services" title="Services">
        <Icon of={IconBox} />
        <span>Services</span>
        <Count of={rows?.['services']} />
      </Link>
      <Link className="side-item" to="/invoices" title="Invoices">
        <Icon of={IconReceipt} />
        <span>Invoices</span>
      </Link>
      <Link className="side-item" to="/tickets" title="Tickets">
        <Icon of={IconMessages} />
        <span>Tickets</span>
      </Link>
      <Link className="side-item" to="/plans" title="Plans">
        <Icon of={IconTag} />
        <span>Plans</span>
      </Link>
      <Link className="side-item" to="/leaks" title="Leaks">
        <Icon of={IconDroplet} />
        <span>Leaks</span>
        <Count of={leaks} />
      </Link>
      <div className="side-gap" />
      <Link
        className="side-item"
        to="/automation/$tab"
        params={{ tab: 'queue' }}
        activeOptions={{ includeSearch: false }}
        title="Automation"
      >
        <Icon of={IconBolt} />
        <span>Automation</span>
        {automation !== undefined && automation.waiting > 0 && (
          <span className="side-count need">{automation.waiting.toLocaleString()} waiting</span>
        )}
        {automation !== undefined && automation.waiting === 0 && automation.failed > 0 && (
          <span className="side-count need">{automation.failed.toLocaleString()} failed</span>
        )}
      </Link>
      <Link
        className="side-item"
        to="/reports/$report"
        params={{ report: 'overview' }}
        activeOptions={{ includeSearch: false }}
        {...(inReports ? { 'aria-current': 'page' as const } : {})}
        title="Reports"
      >
        <Icon of={IconReportMoney} />
        <span>Reports</span>
      </Link>
      <div className="side-push" />
      <Link className="side-item" to="/settings" title="Settings">
        <Icon of={IconSettings} />
        <span>Settings</span>
      </Link>
      <button
        type="button"
        className="side-item"
        aria-label={folded ? 'Unfold the sidebar' : 'Fold the sidebar'}
        title={folded ? 'Unfold the sidebar' : 'Fold the sidebar'}
        onClick={() => {
          onFold(!folded)
        }}
      >
        <Icon of={folded ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse} />
        <span>Fold</span>
      </button>
    </nav>
  )
}
