// What nodes did, newest first, as far back as this console has read it.
import { IconHistory } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { Instant } from '../Age.tsx'
import { Button } from '../Button.tsx'
import { EmptyState, Skeleton } from '../EmptyState.tsx'
import { NodeLink } from './links.tsx'
import { MiddleCut } from '../MiddleCut.tsx'
import { ErrorNotice } from '../Note.tsx'
import type { DataColumn } from '../table/columns.ts'
import { DataTable } from '../table/DataTable.tsx'
import type { FilterFields } from '../../lib/filter.ts'
import { useRead } from '../../lib/queries.ts'

type Row = MethodOutput<'activity.list'>[number]

const columns: readonly DataColumn<Row>[] = [
  {
    id: 'at',
    header: 'When',
    widthPx: 150,
    value: (row) => row.at,
    csv: (row) => new Date(row.at).toISOString(),
    cell: (row) => <Instant at={row.at} />,
  },
  {
    id: 'node',
    header: 'Node',
    widthPx: 100,
    value: (row) => row.nodeName,
    cell: (row) => <NodeLink nodeId={row.nodeId} name={row.nodeName} />,
  },
  { id: 'action', header: 'Flint says', widthPx: 180, value: (row) => row.action },
  { id: 'target', header: 'Of', widthPx: 180, grow: true, value: (row) => row.target, cell: (row) => <MiddleCut text={row.target} /> },
  { id: 'status', header: 'Outcome', widthPx: 90, value: (row) => row.status },
  {
    id: 'message',
    header: 'In its words',
    widthPx: 260,
    grow: true,
    value: (row) => row.message,
    cell: (row) => <span title={row.message}>{row.message}</span>,
  },
]

const fields: FilterFields<Row> = {
  words: (row) => [row.nodeName, row.action, row.target, row.message],
  keys: { node: (row) => row.nodeName, vm: (row) => row.target, action: (row) => row.action, status: (row) => row.status },
}
const pageRows = 500

export function ActivityTable({ nodeId }: { readonly nodeId?: string }) {
  const [filter, setFilter] = useState('')
  const [before, setBefore] = useState<{ readonly at: number; readonly id: number } | null>(null)
  const activity = useRead(
    'activity.list',
    { limit: pageRows, ...(nodeId === undefined ? {} : { nodeId }), ...(before === null ? {} : { before }) },
    { keepPrevious: true },
  )
  const rows = useMemo(() => activity.data ?? [], [activity.data])
  if (activity.data === undefined) return activity.error === null ? <Skeleton /> : <ErrorNotice error={activity.error} />
  const oldest = rows.at(-1)
  return (
    <DataTable
      id={nodeId === undefined ? 'activity' : 'node-activity'}
      label="events"
      rows={rows}
      rowKey={(row) => String(row.id)}
      columns={columns}
      filterFields={fields}
      filter={filter}
      onFilter={setFilter}
      sort={[{ id: 'at', desc: true }]}
      tools={
        <>
          {before !== null && (
            <Button
              onClick={() => {
                setBefore(null)
              }}
            >
              Newest
            </Button>
          )}
          {rows.length === pageRows && oldest !== undefined && (
            <Button
              onClick={() => {
                setBefore({ at: oldest.at, id: oldest.id })
              }}
            >
              Older
            </Button>
          )}
        </>
      }
      empty={
        <EmptyState icon={IconHistory} title="Nothing yet">
          Flint keeps its last 50 events in memory and forgets them when it restarts. They are read every half minute and kept here.
        </EmptyState>
      }
    />
  )
}
