// Holds: the exceptions in force, with their end, reason and author.
import { Link } from '@tanstack/react-router'
import { IconHandStop, IconTrash } from '@tabler/icons-react'
import { useMemo } from 'react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { Instant } from '../../components/Age.tsx'
import { IconButton } from '../../components/Button.tsx'
import { EmptyState, Skeleton } from '../../components/EmptyState.tsx'
import { ServiceLink } from '../../components/estate/links.tsx'
import { HoldTag } from '../../components/estate/states.tsx'
import { Icon } from '../../components/Icon.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import type { DataColumn } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/DataTable.tsx'
import type { FilterFields } from '../../lib/filter.ts'
import { formatDay } from '../../lib/formatTime.ts'
import { useMinute } from '../../lib/now.ts'
import { useAct, useRead } from '../../lib/queries.ts'
import { useTableAddress } from '../../lib/tableAddress.ts'
import { tellFailure } from '../../lib/tell.tsx'

type HoldRow = MethodOutput<'holds.list'>[number]

const fields: FilterFields<HoldRow> = {
  words: (row) => [row.customerName, row.why, row.by, row.serviceId],
  keys: { kind: (row) => row.kind, by: (row) => row.by, until: (row) => row.until },
}
const noRows: readonly HoldRow[] = []

function columnsFor(nowMs: number): readonly DataColumn<HoldRow>[] {
  return [
    { id: 'service', header: 'Service', widthPx: 90, value: (row) => row.serviceId, cell: (row) => <ServiceLink id={row.serviceId} /> },
    {
      id: 'customer',
      header: 'Customer',
      widthPx: 170,
      grow: true,
      value: (row) => row.customerName,
      cell: (row) => <MiddleCut text={row.customerName ?? '–'} />,
    },
    { id: 'kind', header: 'Hold', widthPx: 124, value: (row) => row.kind, cell: (row) => <HoldTag kind={row.kind} /> },
    {
      id: 'until',
      header: 'Until',
      widthPx: 120,
      end: true,
      value: (row) => row.until,
      cell: (row) => (row.until === null ? <span className="warn">without an end</span> : formatDay(row.until, nowMs)),
    },
    { id: 'why', header: 'Why', widthPx: 260, grow: true, value: (row) => row.why, cell: (row) => <span title={row.why}>{row.why}</span> },
    { id: 'by', header: 'Who', widthPx: 120, value: (row) => row.by, cell: (row) => <MiddleCut text={row.by} /> },
    {
      id: 'created',
      header: 'Since',
      widthPx: 120,
      end: true,
      value: (row) => row.createdAt,
      csv: (row) => new Date(row.createdAt).toISOString(),
      cell: (row) => <Instant at={row.createdAt} />,
    },
  ]
}

export function Holds() {
  const { filter, onFilter } = useTableAddress()
  const holds = useRead('holds.list', {})
  const remove = useAct('holds.remove')
  const now = useMinute()
  const columns = useMemo(() => columnsFor(now), [now])
  if (holds.data === undefined) return holds.error === null ? <Skeleton /> : <ErrorNotice error={holds.error} />
  return (
    <DataTable
      id="holds"
      label="holds"
      rows={holds.data.length === 0 ? noRows : holds.data}
      rowKey={(row) => String(row.serviceId)}
      columns={columns}
      filterFields={fields}
      filter={filter}
      onFilter={onFilter}
      views={[{ name: 'Without an end', filter: 'until:none' }]}
      sort={[{ id: 'until', desc: false }]}
      renderRowActions={(row) => (
        <IconButton
          label={`Remove the hold of service ${String(row.serviceId)}`}
          icon={<Icon of={IconTrash} />}
          onClick={() => {
            remove.mutate(
              { serviceId: row.serviceId },
              {
                onError: (error) => {
                  tellFailure('The hold could not be removed', error)
                },
              },
            )
          }}
        />
      )}
      empty={
        <EmptyState
          icon={IconHandStop}
          title="No holds"
          action={
            <Link className="button" to="/services">
              Services
            </Link>
          }
        >
          A hold keeps one customer running, or one VM off, whatever the rules say. Open a service to add one.
        </EmptyState>
      }
    />
  )
}
