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
import type { TablerIcon } from '@tabler/icons-react'
import { useSyncExternalStore } from 'react'
import { Icon } from '../components/Icon.tsx'
import { consoleTabs } from '../lib/consoleTabs.ts'
import { useRead } from '../lib/queries.ts'
import { Brand } from './Brand.tsx'

function Count({ of }: { readonly of: number | undefined }) {
  return of === undefined || of === 0 ? null : <span className="side-count">{of.toLocaleString()}</span>
}

type Screen = '/' | '/nodes' | '/vms' | '/capacity' | '/activity' | '/consoles' | '/customers' | '/services' | '/invoices' | '/tickets' | '/plans' | '/leaks' | '/settings'

interface SideItemProps {
  readonly to: Screen
  readonly name: string
  readonly icon: TablerIcon
  /** How many there are, where that helps. */
  readonly of?: number | undefined
}

function SideItem({ to, name, icon, of }: SideItemProps) {
  return (
    <Link className="side-item" to={to} activeOptions={{ exact: to === '/' }} title={name}>
      <Icon of={icon} />
      <span>{name}</span>
      <Count of={of} />
    </Link>
  )
}

export function Sidebar({ folded, onFold }: { readonly folded: boolean; readonly onFold: (folded: boolean) => void }) {
  const nodes = useRead('nodes.list', {}).data
  const rows = useRead('billing.status', {}).data?.rows
  const automation = useRead('automation.status', {}).data
  const leaks = useRead('leaks.list', {}).data?.rows.length
  const ticketsWaiting = useRead('billing.tickets', { filter: 'turn:you', limit: 1 }).data?.total
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
      <SideItem to="/" name="Overview" icon={IconLayoutDashboard} />
      <div className="side-gap" />
      <SideItem to="/nodes" name="Nodes" icon={IconServer2} of={nodes?.length} />
      <SideItem to="/vms" name="VMs" icon={IconDeviceDesktop} of={vms} />
      <SideItem to="/capacity" name="Capacity" icon={IconChartAreaLine} />
      <SideItem to="/activity" name="Activity" icon={IconHistory} />
      <SideItem to="/consoles" name="Consoles" icon={IconTerminal2} of={openConsoles} />
      <div className="side-gap" />
      <SideItem to="/customers" name="Customers" icon={IconUsers} of={rows?.['customers']} />
      <SideItem to="/services" name="Services" icon={IconBox} of={rows?.['services']} />
      <SideItem to="/invoices" name="Invoices" icon={IconReceipt} />
      <SideItem to="/tickets" name="Tickets" icon={IconMessages} of={ticketsWaiting} />
      <SideItem to="/plans" name="Plans" icon={IconTag} />
      <SideItem to="/leaks" name="Leaks" icon={IconDroplet} of={leaks} />
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
      <SideItem to="/settings" name="Settings" icon={IconSettings} />
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
