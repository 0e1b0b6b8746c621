// The leak board: machines without pay and pay without machines, with what is at stake and what ends it.
import { IconCircleCheck, IconLink } from '@tabler/icons-react'
import { leakKinds } from '../../../shared/domain/leaks.ts'
import { Button } from '../../components/Button.tsx'
import { EmptyState, Skeleton } from '../../components/EmptyState.tsx'
import { leakLooks } from '../../components/estate/leakLooks.ts'
import { CustomerLink, ServiceLink, VmLink } from '../../components/estate/links.tsx'
import { BillingStatus } from '../../components/estate/states.tsx'
import { Icon } from '../../components/Icon.tsx'
import { MirrorAge, MirrorEmpty, SyncButton } from '../../components/MirrorTools.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Page } from '../../components/Page.tsx'
import { Facts } from '../../components/Panel.tsx'
import { SidePanel, Split } from '../../components/SidePanel.tsx'
import { DataTable } from '../../components/table/DataTable.tsx'
import { Tag } from '../../components/Tag.tsx'
import { Amount } from '../../components/Amount.tsx'
import { Age } from '../../components/Age.tsx'
import { formatSums } from '../../lib/formatMoney.ts'
import { count, formatMemory } from '../../lib/formatSize.ts'
import { useAct, useRead } from '../../lib/queries.ts'
import { useTableAddress } from '../../lib/tableAddress.ts'
import { tellDone, tellFailure } from '../../lib/tell.tsx'
import { LeakActs, leakColumns, leakFields } from './LeakTable.tsx'
import type { LeakRow } from './LeakTable.tsx'

const views = [
  { name: 'Unpaid and running', filter: 'kind:unpaid-running' },
  { name: 'Paid and off', filter: 'kind:paid-off' },
  { name: 'Services without a VM', filter: 'kind:service-without-vm' },
  { name: 'VMs without a service', filter: 'kind:vm-without-service' },
  { name: 'Larger than the product', filter: 'kind:vm-larger' },
  { name: 'Contradictions', filter: 'kind:status-contradicts' },
]
const noRows: readonly LeakRow[] = []

export function Leaks() {
  const { filter, open, onFilter, onOpen, close } = useTableAddress()
  const read = useRead('leaks.list', {})
  const connected = useRead('billing.status', {}).data?.connection != null
  const rows = read.data?.rows ?? noRows
  const opened = rows.find((row) => row.key === open)
  return (
    <Page
      title="Leaks"
      filled
      age={<MirrorAge asOf={read.data?.asOf} />}
      actions={
        <>
          <ConfirmObvious />
          <SyncButton />
        </>
      }
    >
      {read.data === undefined ? (
        read.error === null ? (
          <Skeleton lines={10} />
        ) : (
          <ErrorNotice error={read.error} />
        )
      ) : (
        <div className="stacked-screen">
          {rows.length > 0 && <Kinds rows={rows} filter={filter} onFilter={onFilter} />}
          <Split
            main={
              <DataTable
                id="leaks"
                label="leaks"
                rows={rows}
                rowKey={(row) => row.key}
                columns={leakColumns}
                filterFields={leakFields}
                filter={filter}
                onFilter={onFilter}
                views={views}
                openKey={open}
                onOpen={(row) => {
                  onOpen(row.key)
                }}
                renderRowActions={(row) => <LeakActs leak={row} />}
                renderSummary={(shown) => `${count(shown.length, 'leak')} · ${formatSums(shown.flatMap((row) => row.money ?? []), 'no money')} a period`}
                empty={
                  connected ? (
                    <EmptyState icon={IconCircleCheck} title="Nothing leaks">
                      Every VM is paid for, every paid service has its VM, and they agree.
                    </EmptyState>
                  ) : (
                    <MirrorEmpty what="services" />
                  )
                }
              />
            }
            side={
              opened === undefined ? null : (
                <SidePanel title={<Tag {...leakLooks[opened.kind]} />} onClose={close}>
                  <Details leak={opened} />
                </SidePanel>
              )
            }
          />
        </div>
      )}
    </Page>
  )
}

function Kinds({ rows, filter, onFilter }: { readonly rows: readonly LeakRow[]; readonly filter: string; readonly onFilter: (filter: string) => void }) {
  return (
    <div className="ageing" role="group" aria-label="Leaks by kind">
      {leakKinds.map((kind) => {
        const own = rows.filter((row) => row.kind === kind)
        const memoryKiB = own.reduce((sum, row) => sum + (row.memoryKiB ?? 0), 0)
        const money = formatSums(own.flatMap((row) => row.money ?? []), '')
        const chosen = filter.trim() === `kind:${kind}`
        return (
          <button
            key={kind}
            type="button"
            aria-pressed={chosen}
            className={own.length === 0 ? 'ageing-part' : `ageing-part ${leakLooks[kind].tone === 'bad' ? 'bad' : 'warn'}`}
            onClick={() => {
              onFilter(chosen ? '' : `kind:${kind}`)
            }}
          >
            <span className="ageing-words">{leakLooks[kind].word}</span>
            <span className="ageing-sum">{own.length.toLocaleString()}</span>
            <span className="ageing-count">{[money, memoryKiB === 0 ? '' : formatMemory(memoryKiB)].filter((part) => part !== '').join(' · ') || '–'}</span>
          </button>
        )
      })}
    </div>
  )
}

function Details({ leak }: { readonly leak: LeakRow }) {
  return (
    <>
      <p className="panel-body wrap">{leak.message}</p>
      <div className="panel-body">
        <LeakActs leak={leak} all />
      </div>
      <Facts
        rows={[
          ...(leak.customerId === null ? [] : [['Customer', <CustomerLink key="customer" id={leak.customerId} name={leak.customerName} />] as const]),
          ...(leak.serviceId === null
            ? []
            : ([
                [
                  'Service',
                  <span key="service">
                    <ServiceLink id={leak.serviceId} /> {leak.productName}
                  </span>,
                ],
                ['Status', <BillingStatus key="status" status={leak.status ?? 'unknown'} />],
              ] as const)),
          ...(leak.nodeId === null || leak.uuid === null || leak.name === null
            ? []
            : ([
                ['VM', <VmLink key="vm" nodeId={leak.nodeId} uuid={leak.uuid} name={leak.name} />],
                ['Node', leak.node ?? '–'],
                ['VM seen', <Age key="seen" at={leak.observedAt} staleAfterMs={2 * 60_000} />],
              ] as const)),
          ['Money', <Amount key="money" money={leak.money} />],
          ['Memory', leak.memoryKiB === null ? '–' : formatMemory(leak.memoryKiB)],
        ]}
      />
    </>
  )
}

function ConfirmObvious() {
  const obvious = (useRead('links.suggest', {}).data ?? []).filter((row) => row.obvious).length
  const confirm = useAct('links.confirmObvious')
  if (obvious === 0) return null
  return (
    <Button
      kind="primary"
      icon={<Icon of={IconLink} />}
      busy={confirm.isPending}
      title="The name fits, and nothing else fits either of them."
      onClick={() => {
        confirm.mutate(
          {},
          {
            onSuccess: (rows) => {
              tellDone(`${count(rows.length, 'link')} confirmed`)
            },
            onError: (error) => {
              tellFailure('The links could not be confirmed', error)
            },
          },
        )
      }}
    >
      Confirm {count(obvious, 'obvious link')}
    </Button>
  )
}
