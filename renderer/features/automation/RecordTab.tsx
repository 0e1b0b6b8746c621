// The record: every act with who, what, why and what was observed; can be verified.
import { IconHistory } from '@tabler/icons-react'
import { useMemo } from 'react'
import { Instant } from '../../components/Age.tsx'
import { EmptyState, Skeleton } from '../../components/EmptyState.tsx'
import { FactList } from '../../components/estate/FactList.tsx'
import { ServiceLink } from '../../components/estate/links.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Facts } from '../../components/Panel.tsx'
import { SidePanel, Split } from '../../components/SidePanel.tsx'
import type { DataColumn } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/DataTable.tsx'
import { count } from '../../lib/formatSize.ts'
import { valueOfTerm } from '../../lib/filterTerms.ts'
import { formatExact } from '../../lib/formatTime.ts'
import { useRead } from '../../lib/queries.ts'
import { useCustomerNames } from '../../lib/serviceNames.ts'
import { useTableAddress } from '../../lib/tableAddress.ts'
import { actionWords } from '../../lib/words.ts'
import { RecordChoices } from './RecordChoices.tsx'
import { exportedEntry, recordFields, withoutSeals } from './recordRows.ts'
import type { RecordRow } from './recordRows.ts'
import { VerifyButton } from './VerifyRecord.tsx'

const mostEntries = 20_000
const beyondWords = 'All of one service: service:12. The whole record: flint-console audit list --json'
const dash = <span className="faint">–</span>

const columns: readonly DataColumn<RecordRow>[] = [
  { id: 'seq', header: 'No.', widthPx: 70, value: (row) => row.seq },
  {
    id: 'at',
    header: 'When',
    widthPx: 120,
    value: (row) => row.at,
    csv: (row) => new Date(row.at).toISOString(),
    cell: (row) => <Instant at={row.at} />,
  },
  { id: 'actor', header: 'Who', widthPx: 100, value: (row) => row.actor, cell: (row) => <MiddleCut text={row.actor} /> },
  { id: 'action', header: 'What', widthPx: 180, value: (row) => row.action, cell: (row) => actionWords(row.action) },
  {
    id: 'vm',
    header: 'VM',
    widthPx: 190,
    grow: true,
    value: (row) => row.vm,
    cell: (row) => (row.vm === null ? dash : <MiddleCut text={row.vm} />),
  },
  {
    id: 'service',
    header: 'Service',
    widthPx: 78,
    value: (row) => row.serviceId,
    cell: (row) => (row.serviceId === null ? dash : <ServiceLink id={row.serviceId} />),
  },
  {
    id: 'why',
    header: 'Why',
    widthPx: 300,
    grow: true,
    value: (row) => row.why,
    cell: (row) => (
      <span className="muted" title={row.why.slice(0, 500)}>
        {row.why}
      </span>
    ),
  },
  { id: 'node', header: 'Node', widthPx: 90, hidden: true, value: (row) => row.node },
  { id: 'customer', header: 'Customer', widthPx: 140, hidden: true, value: (row) => row.customer },
  {
    id: 'hash',
    header: 'Hash',
    widthPx: 160,
    hidden: true,
    value: (row) => row.hash,
    cell: (row) => <span className="mono">{row.hash.slice(0, 16)}</span>,
  },
]

/** The newest entries; when those are not all and one service is asked for, that service's own. Undefined until they are read. */
function useRecord(filter: string): { rows: readonly RecordRow[] | undefined; error: Error | null; isCut: boolean } {
  const newest = useRead('audit.list', { limit: mostEntries })
  const isCut = newest.data !== undefined && newest.data.length >= mostEntries
  const serviceId = Number(valueOfTerm(filter, 'service'))
  const isAsked = isCut && Number.isSafeInteger(serviceId) && serviceId > 0
  const ofService = useRead('audit.list', isAsked ? { serviceId, limit: mostEntries } : { limit: mostEntries }, { enabled: isAsked })
  const customers = useCustomerNames()
  const entries = isAsked && ofService.data !== undefined ? ofService.data : newest.data
  const rows = useMemo(
    () => entries?.map((entry) => ({ ...entry, customer: entry.serviceId === null ? null : (customers.get(entry.serviceId) ?? null) })),
    [entries, customers],
  )
  return { rows, error: newest.error, isCut: isCut && !isAsked }
}

export function RecordTab() {
  const { filter, open, onFilter, onOpen, close } = useTableAddress()
  const { rows, error, isCut } = useRecord(filter)
  const opened = rows?.find((row) => String(row.seq) === open)
  const evidence = opened === undefined ? {} : withoutSeals(opened.detail)
  const show = (seq: number): void => {
    onOpen(String(seq))
  }
  if (rows === undefined) return error === null ? <Skeleton lines={10} /> : <ErrorNotice error={error} />
  return (
    <Split
      main={
        <DataTable
          id="record"
          label="entries"
          rows={rows}
          rowKey={(row) => String(row.seq)}
          columns={columns}
          filterFields={recordFields}
          jsonOf={exportedEntry}
          filter={filter}
          onFilter={onFilter}
          views={[
            { name: 'By hand', filter: 'who:operator' },
            { name: 'By rule', filter: 'who:rule' },
            { name: 'Guards', filter: 'what:guard' },
            { name: 'Policy', filter: 'what:policy' },
          ]}
          sort={[{ id: 'seq', desc: true }]}
          openKey={open}
          onOpen={(row) => {
            show(row.seq)
          }}
          tools={
            <>
              <RecordChoices rows={rows} filter={filter} onFilter={onFilter} />
              <VerifyButton rows={rows} onShow={show} />
            </>
          }
          renderSummary={(shown) =>
            `${shown.length.toLocaleString()} of ${count(rows.length, 'entry', 'entries')}${isCut ? `, the newest. ${beyondWords}` : ''}`
          }
          empty={
            <EmptyState icon={IconHistory} title="Nothing is recorded yet">
              Links, policy, holds, approvals and every act of automation are written here before they happen.
            </EmptyState>
          }
        />
      }
      side={
        opened === undefined ? null : (
          <SidePanel title={actionWords(opened.action)} note={`no. ${String(opened.seq)}`} onClose={close}>
            <Facts
              rows={[
                ['When', formatExact(opened.at)],
                ['Who', opened.actor],
                [
                  'What',
                  <span key="action" className="mono">
                    {opened.action}
                  </span>,
                ],
                ['VM', opened.vm ?? '–'],
                ['Node', opened.node ?? '–'],
                ['Customer', opened.customer ?? '–'],
                ['Service', opened.serviceId === null ? '–' : <ServiceLink key="service" id={opened.serviceId} />],
                ['Why', opened.why === '' ? '–' : opened.why],
                [
                  'Hash',
                  <span key="hash" className="mono">
                    {opened.hash}
                  </span>,
                ],
              ]}
            />
            <div className="sub-head">Evidence and what was observed</div>
            {Object.keys(evidence).length === 0 ? <p className="panel-body muted">Nothing besides.</p> : <FactList facts={evidence} />}
          </SidePanel>
        )
      }
    />
  )
}
