// Every address of the app and the screen behind it; screens are loaded when they are first opened.
import { createHashHistory, createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { ConsolesRoute } from '../features/consoles/ConsolesRoute.tsx'
import { Overview } from '../features/overview/Overview.tsx'
import { automationTabs } from '../lib/automationTabs.ts'
import { reportSearch } from '../lib/reportSearch.ts'
import { reportTabs } from '../lib/reportTabs.ts'
import { Frame } from './Frame.tsx'
import { RouteFailed, RouteUnknown } from './RouteFailed.tsx'

/** What a table's address holds: its filter, and the row whose details are open. */
export interface TableSearch {
  filter?: string
  open?: string
}

/** A word that looks like a number arrives as one. */
function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}

function tableSearch(search: Record<string, unknown>): TableSearch {
  const found: TableSearch = {}
  const filter = textOf(search['filter'])
  const open = textOf(search['open'])
  if (filter !== null && filter !== '') found.filter = filter
  if (open !== null && open !== '') found.open = open
  return found
}

const root = createRootRoute({ component: Frame, notFoundComponent: RouteUnknown, errorComponent: RouteFailed })

const overview = createRoute({ getParentRoute: () => root, path: '/', component: Overview })
const nodes = createRoute({
  getParentRoute: () => root,
  path: '/nodes',
  component: lazyRouteComponent(() => import('../features/nodes/Nodes.tsx'), 'Nodes'),
})
const node = createRoute({
  getParentRoute: () => root,
  path: '/nodes/$nodeId',
  component: lazyRouteComponent(() => import('../features/nodes/NodePage.tsx'), 'NodePage'),
})
const nodePart = createRoute({
  getParentRoute: () => root,
  path: '/nodes/$nodeId/$part',
  component: lazyRouteComponent(() => import('../features/nodes/NodePartPage.tsx'), 'NodePartPage'),
})
const capacity = createRoute({
  getParentRoute: () => root,
  path: '/capacity',
  component: lazyRouteComponent(() => import('../features/capacity/Capacity.tsx'), 'Capacity'),
})
const activity = createRoute({
  getParentRoute: () => root,
  path: '/activity',
  component: lazyRouteComponent(() => import('../features/activity/Activity.tsx'), 'Activity'),
})
const vms = createRoute({
  getParentRoute: () => root,
  path: '/vms',
  validateSearch: tableSearch,
  component: lazyRouteComponent(() => import('../features/vms/Vms.tsx'), 'Vms'),
})
const vm = createRoute({
  getParentRoute: () => root,
  path: '/vms/$nodeId/$uuid',
  component: lazyRouteComponent(() => import('../features/vms/VmPage.tsx'), 'VmPage'),
})
const customers = createRoute({
  getParentRoute: () => root,
  path: '/customers',
  validateSearch: tableSearch,
  component: lazyRouteComponent(() => import('../features/customers/Customers.tsx'), 'Customers'),
})
const customer = createRoute({
  getParentRoute: () => root,
  path: '/customers/$id',
  component: lazyRouteComponent(() => import('../features/customers/CustomerPage.tsx'), 'CustomerPage'),
})
const tickets = createRoute({
  getParentRoute: () => root,
  path: '/tickets',
  validateSearch: tableSearch,
  component: lazyRouteComponent(() => import('../features/tickets/Tickets.tsx'), 'Tickets'),
})
const leaks = createRoute({
  getParentRoute: () => root,
  path: '/leaks',
  validateSearch: tableSearch,
  component: lazyRouteComponent(() => import('../features/leaks/Leaks.tsx'), 'Leaks'),
})
const underived = createRoute({
  getParentRoute: () => root,
  path: '/underived',
  validateSearch: tableSearch,
  component: lazyRouteComponent(() => import('../features/underived/Underived.tsx'), 'Underived'),
})
const services = createRoute({
  getParentRoute: () => root,
  path: '/services',
  validateSearch: tableSearch,
  component: lazyRouteComponent(() => import('../features/services/Services.tsx'), 'Services'),
})
const invoices = createRoute({
  getParentRoute: () => root,
  path: '/invoices',
  validateSearch: tableSearch,
  component: lazyRouteComponent(() => import('../features/invoices/Invoices.tsx'), 'Invoices'),
})
const plans = createRoute({
  getParentRoute: () => root,
  path: '/plans',
  validateSearch: tableSearch,
  component: lazyRouteComponent(() => import('../features/plans/Plans.tsx'), 'Plans'),
})
const automation = createRoute({
  getParentRoute: () => root,
  path: '/automation/$tab',
  validateSearch: tableSearch,
  beforeLoad: ({ params }) => {
    if (!automationTabs.some((tab) => tab === params.tab)) throw redirect({ to: '/automation/$tab', params: { tab: 'queue' } })
  },
  component: lazyRouteComponent(() => import('../features/automation/Automation.tsx'), 'Automation'),
})
const reports = createRoute({
  getParentRoute: () => root,
  path: '/reports/$report',
  validateSearch: reportSearch,
  beforeLoad: ({ params }) => {
    if (!reportTabs.some((tab) => tab === params.report)) throw redirect({ to: '/reports/$report', params: { report: 'overview' } })
  },
  component: lazyRouteComponent(() => import('../features/reports/Reports.tsx'), 'Reports'),
})
const consoles = createRoute({ getParentRoute: () => root, path: '/consoles', component: ConsolesRoute })
const consoleWindow = createRoute({
  getParentRoute: () => root,
  path: '/console-window/$nodeId/$uuid',
  component: lazyRouteComponent(() => import('../features/consoles/ConsoleWindow.tsx'), 'ConsoleWindow'),
})
const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyRouteComponent(() => import('../features/settings/Settings.tsx'), 'Settings'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    overview,
    nodes,
    node,
    nodePart,
    capacity,
    activity,
    vms,
    vm,
    customers,
    customer,
    tickets,
    leaks,
    underived,
    services,
    invoices,
    plans,
    automation,
    reports,
    consoles,
    consoleWindow,
    settings,
  ]),
  history: createHashHistory(),
  defaultPreload: 'intent',
  defaultPendingMs: 400,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
