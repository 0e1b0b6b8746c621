// Reading and acting: each reading method is kept by name and input, and read again when the worker says that one of its topics changed.
import { QueryClient, keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import type { UseMutationResult, UseQueryResult } from '@tanstack/react-query'
import { createContext, use, useSyncExternalStore } from 'react'
import type { MethodInput, MethodName, MethodOutput, Topic } from '../../shared/contract/index.ts'
import type { Connection, LineState } from './connection.ts'

/** The methods that only read, and what makes their answers old. */
const topicsOfMethod = {
  'system.status': ['system', 'nodes', 'billing'],
  'nodes.list': ['nodes', 'vms'],
  'vms.details': ['machines'],
  'vms.reinstalls': ['vms'],
  'storage.list': ['storage'],
  'images.list': ['storage'],
  'networks.list': ['storage', 'machines'],
  'filters.list': ['storage'],
  'activity.list': ['activity'],
  'vms.list': ['vms', 'nodes', 'links', 'holds', 'intents', 'billing'],
  'billing.status': ['billing'],
  'billing.customers': ['billing'],
  'billing.products': ['billing'],
  'billing.plans': ['billing'],
  'billing.services': ['billing', 'links', 'intents'],
  'billing.invoices': ['billing'],
  'links.list': ['links', 'billing', 'nodes'],
  'links.suggest': ['links', 'billing', 'vms'],
  'policy.show': ['policy'],
  'automation.status': ['intents', 'policy', 'guards', 'system'],
  'automation.plan': ['intents', 'policy', 'guards', 'holds', 'links', 'billing', 'vms'],
  'automation.preview': ['intents', 'policy', 'holds', 'links', 'billing', 'vms'],
  'automation.explain': ['intents', 'policy', 'holds', 'links', 'billing', 'vms'],
  'policy.preview': ['intents', 'policy', 'holds', 'links', 'billing', 'vms'],
  'intents.list': ['intents'],
  'vault.list': ['intents', 'vms', 'nodes'],
  'guards.list': ['guards', 'nodes', 'billing'],
  'holds.list': ['holds', 'billing'],
  'audit.list': ['audit'],
  'notices.settings': ['notices', 'policy', 'billing', 'system'],
  'notices.templates': ['notices'],
  'notices.list': ['notices'],
  'automation.findings': ['intents', 'policy', 'holds', 'links', 'billing', 'vms'],
  'billing.tickets': ['billing'],
  'billing.ticket': ['billing'],
  'billing.credits': ['billing'],
  'billing.orders': ['billing'],
  'billing.underived': ['billing'],
  'billing.acts': ['billing'],
  'billing.categories': ['billing'],
  'specs.list': ['specs', 'billing'],
  'leaks.list': ['specs', 'billing', 'links', 'holds', 'intents', 'policy', 'vms'],
  'customers.timeline': ['billing', 'audit', 'activity', 'links'],
  'invoices.window': ['billing'],
  'invoices.unpaid': ['billing'],
  'invoices.ageing': ['billing'],
  'search.find': ['billing', 'vms', 'nodes', 'links'],
  'capacity.history': ['capacity'],
  'capacity.outlook': ['capacity'],
  'capacity.top': ['capacity'],
  'capacity.alerts': ['capacity'],
  'capacity.settings': ['capacity'],
  'reports.mrr': ['billing', 'reports'],
  'reports.cash': ['billing', 'reports'],
  'reports.receivables': ['billing', 'reports'],
  'reports.churn': ['billing', 'reports'],
  'reports.plans': ['billing', 'reports'],
  'reports.nodes': ['billing', 'reports', 'links', 'nodes'],
  'reports.customers': ['billing', 'reports'],
  'reports.cohorts': ['billing', 'reports'],
  'reports.forecast': ['billing', 'reports'],
  'reports.rows': ['billing', 'reports', 'links'],
  'reports.settings': ['reports'],
  'reports.saved': ['reports'],
} as const satisfies Partial<Record<MethodName, readonly Topic[]>>

export type ReadMethod = keyof typeof topicsOfMethod

export const ConnectionContext = createContext<Connection | null>(null)

export function useConnection(): Connection {
  const connection = use(ConnectionContext)
  if (connection === null) throw new Error('there is no connection above this component')
  return connection
}

export function useLineState(): LineState {
  const connection = useConnection()
  return useSyncExternalStore(connection.subscribe, connection.state)
}

function isReadMethod(name: unknown): name is ReadMethod {
  return typeof name === 'string' && name in topicsOfMethod
}

/** The cache of what was read, tied to the line: a `changed` event makes its topics old, a new line makes everything old. */
export function createQueryClient(connection: Connection): QueryClient {
  const queryClient = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: 5 * 60_000,
        retry: false,
        refetchOnWindowFocus: false,
        networkMode: 'always',
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  })
  connection.on('changed', ({ topics }) => {
    void queryClient.invalidateQueries({
      predicate: ({ queryKey: [method] }) => isReadMethod(method) && topicsOfMethod[method].some((topic) => topics.includes(topic)),
    })
  })
  let isFirst = true
  connection.onOpen(() => {
    if (!isFirst) void queryClient.invalidateQueries()
    isFirst = false
  })
  return queryClient
}

/** How a method's answer is asked for, and by what it is kept. */
export function readOf<M extends ReadMethod>(connection: Connection, method: M, input: MethodInput<M>) {
  return { queryKey: [method, input] as const, queryFn: () => connection.call(method, input) }
}

/** Reads a method's answer and keeps it current: what was read stays on screen while it is read again, and when that fails. */
export function useRead<M extends ReadMethod>(
  method: M,
  input: MethodInput<M>,
  options: { enabled?: boolean; keepPrevious?: boolean } = {},
): UseQueryResult<MethodOutput<M>> {
  const connection = useConnection()
  return useQuery<MethodOutput<M>>({
    ...readOf(connection, method, input),
    enabled: options.enabled ?? true,
    ...(options.keepPrevious === true ? { placeholderData: keepPreviousData } : {}),
  })
}

/** Calls a method that does something; the worker's `changed` event brings the result to the screens. */
export function useAct<M extends MethodName>(method: M): UseMutationResult<MethodOutput<M>, Error, MethodInput<M>> {
  const connection = useConnection()
  return useMutation({ mutationKey: [method], mutationFn: (input: MethodInput<M>) => connection.call(method, input) })
}
