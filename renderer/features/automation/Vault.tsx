// The vault: what was terminated, until when it can be restored, and what was left behind of what was purged.
import { IconArchive, IconArrowBackUp, IconCircleDashed, IconClock, IconRestore } from '@tabler/icons-react'
import { useMemo } from 'react'
import { Instant } from '../../components/Age.tsx'
import { Button, IconButton } from '../../components/Button.tsx'
import { EmptyState, Skeleton } from '../../components/EmptyState.tsx'
import { NodeLink, ServiceLink, VmLink } from '../../components/estate/links.tsx'
import { Icon } from '../../components/Icon.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Facts } from '../../components/Panel.tsx'
import { SidePanel, Split } from '../../components/SidePanel.tsx'
import type { DataColumn } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/DataTable.tsx'
import { Tag } from '../../components/Tag.tsx'
import type { Tone } from '../../components/Tag.tsx'
import type { Day } from '../../../shared/domain/calendar.ts'
import { useDialogs } from '../../lib/dialogs.tsx'
import type { FilterFields } from '../../lib/filter.ts'
import { count, formatBytes } from '../../lib/formatSize.ts'
import { formatDay } from '../../lib/formatTime.ts'
import { useMinute } from '../../lib/now.ts'
import { useToday } from '../../lib/overdue.ts'
import { useRead } from '../../lib/queries.ts'
import { useCustomerNames } from '../../lib/serviceNames.ts'
import { useTableAddress } from '../../lib/tableAddress.ts'
import { RestoreForm } from './RestoreForm.tsx'
import { purgeWords, vaultState } from './vaultState.ts'
import type { VaultRow, VaultState } from './vaultState.ts'

type NamedVaultRow = VaultRow & { readonly customer: string | null }

const looks: Record<VaultState, { readonly tone: Tone; readonly icon: typeof IconClock }> = {
  kept: { tone: 'warn', icon: IconClock },
  restored: { tone: 'ok', icon: IconArrowBackUp },
  purged: { tone: 'off', icon: IconCircleDashed },
}

const fields: FilterFields<NamedVaultRow> = {
  words: (row) => [row.name, row.node, row.customer, row.serviceId, row.uuid, row.snapshotName],
  keys: {
    state: vaultState,
    node: (row) => row.node,
    vm: (row) => row.name,
    customer: (row) => row.customer,
    service: (row) => row.serviceId,
  },
}

function keptAmong(rows: readonly VaultRow[]): number {
  return rows.filter((row) => vaultState(row) === 'kept').length
}

const dash = <span className="faint">–</span>
const noRows: readonly VaultRow[] = []

function columnsFor(nowMs: number, today: Day): readonly DataColumn<NamedVaultRow>[] {
  return [
    { id: 'name', header: 'VM', widthPx: 160, grow: true, value: (row) => row.name, cell: (row) => <MiddleCut text={row.name} /> },
    {
      id: 'state',
      header: 'State',
      widthPx: 100,
      value: vaultState,
      cell: (row) => <Tag {...looks[vaultState(row)]} word={vaultState(row)} />,
    },
    {
      id: 'node',
      header: 'Node',
      widthPx: 76,
      value: (row) => row.node,
      cell: (row) => (row.node === null ? dash : <NodeLink nodeId={row.nodeId} name={row.node} />),
    },
    {
      id: 'terminated',
      header: 'Terminated',
      widthPx: 120,
      end: true,
      value: (row) => row.terminatedAt,
      csv: (row) => new Date(row.terminatedAt).toISOString(),
      cell: (row) => <Instant at={row.terminatedAt} />,
    },
    {
      id: 'purge',
      header: 'Purge day',
      widthPx: 164,
      end: true,
      value: (row) => row.purgeOn,
      cell: (row) => (
        <>
          {formatDay(row.purgeOn, nowMs)}
          {vaultState(row) === 'kept' && <span className="muted"> · {purgeWords(row.purgeOn, today)}</span>}
        </>
      ),
    },
    {
      id: 'service',
      header: 'Service',
      widthPx: 80,
      value: (row) => row.serviceId,
      cell: (row) => <ServiceLink id={row.serviceId} />,
    },
    {
      id: 'customer',
      header: 'Customer',
      widthPx: 140,
      value: (row) => row.customer,
      cell: (row) => (row.customer === null ? dash : <MiddleCut text={row.customer} />),
    },
    {
      id: 'leftovers',
      header: 'Left behind',
      widthPx: 96,
      end: true,
      value: (row) => row.leftovers.length,
      cell: (row) => (row.leftovers.length === 0 ? dash : <span className="warn">{row.leftovers.length}</span>),
    },
  ]
}

export function Vault() {
  const { filter, open, onFilter, onOpen, close } = useTableAddress()
  const vault = useRead('vault.list', {})
  const customers = useCustomerNames()
  const now = useMinute()
  const today = useToday()
  const restore = useRestore()
  const columns = useMemo(() => columnsFor(now, today), [now, today])
  const rows = useMemo(
    () => (vault.data ?? noRows).map((row) => ({ ...row, customer: customers.get(row.serviceId) ?? null })),
    [vault.data, customers],
  )
  const opened = rows.find((row) => String(row.id) === open)
  // Beside the details, which have the same button, there is no room for it.
  const restoreAction = (row: NamedVaultRow) =>
    vaultState(row) === 'kept' && (
      <IconButton
        label={`Restore ${row.name.slice(0, 80)}`}
        icon={<Icon of={IconRestore} />}
        onClick={() => {
          restore(row)
        }}
      />
    )
  if (vault.data === undefined) return vault.error === null ? <Skeleton lines={8} /> : <ErrorNotice error={vault.error} />
  return (
    <Split
      main={
        <DataTable
          id="vault"
          label="terminated VMs"
          rows={rows}
          rowKey={(row) => String(row.id)}
          columns={columns}
          filterFields={fields}
          filter={filter}
          onFilter={onFilter}
          views={[
            { name: 'Can be restored', filter: 'state:kept' },
            { name: 'Purged', filter: 'state:purged' },
          ]}
          sort={[{ id: 'terminated', desc: true }]}
          openKey={open}
          onOpen={(row) => {
            onOpen(String(row.id))
          }}
          {...(opened === undefined ? { renderRowActions: restoreAction } : {})}
          renderSummary={(shown) => `${count(shown.length, 'terminated VM')} · ${String(keptAmong(shown))} can be restored`}
          empty={
            <EmptyState icon={IconArchive} title="The vault is empty">
              A terminated VM is kept here, off, with its record and a final snapshot, until its retention ends. Nothing is purged without its
              name being typed.
            </EmptyState>
          }
        />
      }
      side={
        opened === undefined ? null : <VaultDetails row={opened} onRestore={restore} onClose={close} today={today} nowMs={now} />
      }
    />
  )
}

function useRestore(): (row: NamedVaultRow) => void {
  const dialogs = useDialogs()
  return (row) => {
    dialogs.open(`Restore ${row.name.slice(0, 80)}`, (close) => <RestoreForm row={row} customer={row.customer} close={close} />)
  }
}

interface VaultDetailsProps {
  readonly row: NamedVaultRow
  readonly onRestore: (row: NamedVaultRow) => void
  readonly onClose: () => void
  readonly today: Day
  readonly nowMs: number
}

function VaultDetails({ row, onRestore, onClose, today, nowMs }: VaultDetailsProps) {
  const state = vaultState(row)
  return (
    <SidePanel title={<MiddleCut text={row.name} />} note={row.node ?? ''} onClose={onClose}>
      {state === 'kept' && (
        <div className="side-panel-actions">
          <Button
            icon={<Icon of={IconRestore} />}
            onClick={() => {
              onRestore(row)
            }}
          >
            Restore
          </Button>
        </div>
      )}
      <Facts
        rows={[
          ['State', <Tag key="state" {...looks[state]} word={state} />],
          ['VM', state === 'purged' ? row.name : <VmLink key="vm" nodeId={row.nodeId} uuid={row.uuid} name={row.name} />],
          ['Customer', row.customer ?? '–'],
          ['Service', <ServiceLink key="service" id={row.serviceId} />],
          [
            'UUID',
            <span key="uuid" className="mono">
              {row.uuid}
            </span>,
          ],
          ['Terminated', <Instant key="terminated" at={row.terminatedAt} />],
          ['Purge day', `${formatDay(row.purgeOn, nowMs)}${state === 'kept' ? `, ${purgeWords(row.purgeOn, today)}` : ''}`],
          ['Snapshot', <span key="snapshot" className="mono">{row.snapshotName}</span>],
          ...(row.restoredAt === null ? [] : [['Restored', <Instant key="restored" at={row.restoredAt} />] as const]),
          ...(row.purgedAt === null ? [] : [['Purged', <Instant key="purged" at={row.purgedAt} />] as const]),
        ]}
      />
      <div className="sub-head">Left behind</div>
      {row.leftovers.length === 0 ? (
        <p className="panel-body muted">{state === 'purged' ? 'Nothing was found on the node.' : 'Looked for once it is purged.'}</p>
      ) : (
        <ul className="side-list">
          {row.leftovers.map((left) => (
            <li key={`${left.kind}/${left.pool ?? ''}/${left.name}`} title={left.path ?? left.name}>
              <span className="muted">{left.kind}</span>
              <MiddleCut text={left.pool === null ? left.name : `${left.pool}/${left.name}`} />
              {left.capacityBytes !== null && <span className="push">{formatBytes(left.capacityBytes)}</span>}
            </li>
          ))}
        </ul>
      )}
    </SidePanel>
  )
}
