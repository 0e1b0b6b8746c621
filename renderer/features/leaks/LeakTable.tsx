// The leaks as a table: what it is, of whom, what is at stake, and what would end it.
import { useNavigate } from '@tanstack/react-router'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { formatDecimal } from '../../../shared/domain/money.ts'
import { Instant } from '../../components/Age.tsx'
import { Amount } from '../../components/Amount.tsx'
import { StatusForm } from '../../components/billing/StatusForm.tsx'
import { Button } from '../../components/Button.tsx'
import { HoldForm } from '../../components/estate/HoldForm.tsx'
import { leakLooks } from '../../components/estate/leakLooks.ts'
import { CustomerLink, ServiceLink, VmLink } from '../../components/estate/links.tsx'
import { usePower } from '../../components/estate/usePower.tsx'
import type { DataColumn } from '../../components/table/columns.ts'
import { Tag } from '../../components/Tag.tsx'
import { useDialogs } from '../../lib/dialogs.tsx'
import type { FilterFields } from '../../lib/filter.ts'
import { formatMemory } from '../../lib/formatSize.ts'
import { useRead } from '../../lib/queries.ts'
import { LinkLeak } from './LinkLeak.tsx'

export type LeakRow = MethodOutput<'leaks.list'>['rows'][number]

const dash = <span className="faint">–</span>

/** What is said of a VM whose name and state stand beside it. */
function restOf({ message, name }: LeakRow): string {
  const said = [`${String(name)} runs. `, `${String(name)} is off. `, `${String(name)} `].find((start) => message.startsWith(start)) ?? ''
  return message.slice(said.length, said.length + 1).toUpperCase() + message.slice(said.length + 1)
}

export const leakColumns: readonly DataColumn<LeakRow>[] = [
  { id: 'kind', header: 'Leak', widthPx: 148, value: (row) => row.kind, cell: (row) => <Tag {...leakLooks[row.kind]} /> },
  {
    id: 'customer',
    header: 'Customer',
    widthPx: 140,
    grow: true,
    value: (row) => row.customerName,
    cell: (row) => (row.customerId === null ? dash : <CustomerLink id={row.customerId} name={row.customerName} />),
  },
  { id: 'service', header: 'Service', widthPx: 76, value: (row) => row.serviceId, cell: (row) => (row.serviceId === null ? dash : <ServiceLink id={row.serviceId} />) },
  {
    id: 'vm',
    header: 'VM',
    widthPx: 170,
    value: (row) => row.name,
    cell: (row) => (row.nodeId === null || row.uuid === null || row.name === null ? dash : <VmLink nodeId={row.nodeId} uuid={row.uuid} name={row.name} />),
  },
  {
    id: 'money',
    header: 'Money',
    widthPx: 100,
    end: true,
    value: (row) => row.money?.amountMinor ?? null,
    csv: (row) => (row.money === null ? null : `${formatDecimal(row.money)} ${row.money.currency}`),
    cell: (row) => <Amount money={row.money} />,
  },
  {
    id: 'memory',
    header: 'Memory',
    widthPx: 84,
    end: true,
    value: (row) => row.memoryKiB,
    cell: (row) => (row.memoryKiB === null || row.memoryKiB === 0 ? dash : formatMemory(row.memoryKiB)),
  },
  { id: 'why', header: 'What', widthPx: 240, grow: true, value: (row) => row.message, cell: (row) => <span className="muted cut-end" title={row.message}>{restOf(row)}</span> },
  { id: 'seen', header: 'VM seen', widthPx: 100, end: true, hidden: true, value: (row) => row.observedAt, cell: (row) => <Instant at={row.observedAt} /> },
]

export const leakFields: FilterFields<LeakRow> = {
  words: (row) => [row.customerName, row.productName, row.name, row.node, row.serviceId, row.message],
  keys: { kind: (row) => row.kind, customer: (row) => row.customerName, plan: (row) => row.productName, node: (row) => row.node, status: (row) => row.status },
}

const verbs: Record<LeakRow['acts'][number], string> = { plan: 'See the plan', start: 'Start', stop: 'Stop', hold: 'Hold', link: 'Link', status: 'Set status', spec: 'Machine', look: 'Look' }

/** The usual way out as a button; `all`: every way. */
export function LeakActs({ leak, all = false }: { readonly leak: LeakRow; readonly all?: boolean }) {
  const dialogs = useDialogs()
  const navigate = useNavigate()
  const power = usePower()
  const vm = useRead('vms.list', {}, { enabled: all }).data?.find((one) => one.nodeId === leak.nodeId && one.uuid === leak.uuid)
  const go = (act: LeakRow['acts'][number]): void => {
    const { serviceId } = leak
    const of = leak.customerName ?? leak.productName ?? 'this service'
    if (act === 'link') dialogs.open(serviceId === null ? `A service for ${leak.name?.slice(0, 60) ?? ''}` : `A VM for service #${String(serviceId)}`, (close) => <LinkLeak leak={leak} close={close} />, 640)
    else if (act === 'hold' && serviceId !== null) dialogs.open(`Hold service #${String(serviceId)}`, (close) => <HoldForm serviceId={serviceId} of={of} close={close} />)
    else if (act === 'status' && serviceId !== null)
      dialogs.open(`Status of service #${String(serviceId)}`, (close) => (
        <StatusForm service={{ id: serviceId, status: leak.status ?? '', productName: leak.productName, customerName: leak.customerName }} close={close} />
      ))
    else if ((act === 'start' || act === 'stop') && vm !== undefined) power(vm, act)
    else if (act === 'plan') void navigate({ to: '/automation/$tab', params: { tab: 'plan' }, search: serviceId === null ? {} : { open: String(serviceId) } })
    else if (act === 'spec') void navigate({ to: '/plans', search: leak.productName === null ? {} : { filter: `product:"${leak.productName.slice(0, 60)}"` } })
    else if (leak.nodeId !== null && leak.uuid !== null) void navigate({ to: '/vms/$nodeId/$uuid', params: { nodeId: leak.nodeId, uuid: leak.uuid } })
    else if (serviceId !== null) void navigate({ to: '/services', search: { open: String(serviceId) } })
  }
  const acts = all ? leak.acts : leak.acts.slice(0, 1)
  return (
    <span className="row wrapping">
      {acts.map((act, index) => (
        <Button
          key={act}
          kind={all && index === 0 ? 'primary' : 'default'}
          aria-label={`${verbs[act]}: ${leak.name ?? `service ${String(leak.serviceId ?? '')}`}`.slice(0, 160)}
          onClick={() => {
            go(act)
          }}
        >
          {verbs[act]}
        </Button>
      ))}
    </span>
  )
}
