// The record: every act with who, what, why and what was observed; can be verified.
import { useNavigate, useSearch } from '@tanstack/react-router'
import { IconHistory, IconShieldCheck } from '@tabler/icons-react'
import { useCallback } from 'react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { Instant } from '../../components/Age.tsx'
import { Button } from '../../components/Button.tsx'
import { EmptyState, Skeleton } from '../../components/EmptyState.tsx'
import { FactList } from '../../components/estate/FactList.tsx'
import { ServiceLink } from '../../components/estate/links.tsx'
import { Icon } from '../../components/Icon.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Facts } from '../../components/Panel.tsx'
import { SidePanel, Split } from '../../components/SidePanel.tsx'
import type { DataColumn } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/DataTable.tsx'
import type { FilterFields } from '../../lib/filter.ts'
import { formatExact } from '../../lib/formatTime.ts'
import { useAct, useRead } from '../../lib/queries.ts'
import { tellDone, tellFailure } from '../../lib/tell.tsx'
import { actionWords } from '../../lib/words.ts'

type AuditRow = MethodOutput<'audit.list'>[number]

const mostEntries = 20_000
const dash = <span className="faint">–</span>

const columns: readonly DataColumn<AuditRow>[] = [
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
  {
    id: 'hash',
    header: 'Hash',
    widthPx: 160,
    hidden: true,
    value: (row) => row.hash,
    cell: (row) => <span className="mono">{row.hash.slice(0, 16)}</span>,
  },
]

const fields: FilterFields<AuditRow> = {
  words: (row) => [row.actor, row.action, actionWords(row.action), row.vm, row.node, row.why, row.serviceId],
  keys: {
    who: (row) => row.actor,
    what: (row) => `${row.action} ${actionWords(row.action)}`,
    vm: (row) => row.vm,
    node: (row) => row.node,
    service: (row) => row.serviceId,
  },
}

/** The seals of the tables are for the verification, not for the eye. */
function withoutSeals({ seals: _seals, ...detail }: AuditRow['detail']): AuditRow['detail'] {
  return detail
}

export function RecordTab() {
  const { filter = '', open } = useSearch({ from: '/automation/$tab' })
  const navigate = useNavigate({ from: '/automation/$tab' })
  const audit = useRead('audit.list', { limit: mostEntries })
  const verify = useAct('audit.verify')
  const opened = audit.data?.find((row) => String(row.seq) === open)
  const close = useCallback(() => {
    void navigate({ search: ({ open: _open, ...rest }) => rest, replace: true })
  }, [navigate])
  if (audit.data === undefined) return audit.error === null ? <Skeleton lines={10} /> : <ErrorNotice error={audit.error} />
  return (
    <Split
      main={
        <DataTable
          id="record"
          label="entries"
          rows={audit.data}
          rowKey={(row) => String(row.seq)}
          columns={columns}
          filterFields={fields}
          filter={filter}
          onFilter={(next) => {
            void navigate({ search: (current) => ({ ...current, filter: next }), replace: true })
          }}
          views={[
            { name: 'By hand', filter: 'who:operator' },
            { name: 'By rule', filter: 'who:rule' },
            { name: 'Guards', filter: 'what:guard' },
            { name: 'Policy', filter: 'what:policy' },
          ]}
          sort={[{ id: 'seq', desc: true }]}
          openKey={open}
          onOpen={(row) => {
            void navigate({ search: (current) => ({ ...current, open: String(row.seq) }), replace: true })
          }}
          tools={
            <Button
              icon={<Icon of={IconShieldCheck} />}
              busy={verify.isPending}
              onClick={() => {
                verify.mutate(
                  {},
                  {
                    onSuccess: ({ ok, entries, firstBad }) => {
                      if (ok)
                        tellDone(
                          'The record is whole',
                          `${entries.toLocaleString()} entries, each fits the one before; the newest fits the keychain.`,
                        )
                      else
                        tellFailure('The record is not whole', {
                          code: 'audit.broken',
                          message: firstBad === null ? 'Its end is missing.' : `Entry ${String(firstBad)} does not fit the one before it.`,
                          hint: 'Keep a copy of the data folder before doing anything else.',
                        })
                    },
                    onError: (error) => {
                      tellFailure('The record could not be verified', error)
                    },
                  },
                )
              }}
            >
              Verify
            </Button>
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
            <FactList facts={withoutSeals(opened.detail)} />
          </SidePanel>
        )
      }
    />
  )
}
