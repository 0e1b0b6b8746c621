// Today's plan: every linked service, the state it is in, what would be done, and why.
import { IconBan, IconClock, IconHandStop, IconLink, IconPlayerPlay, IconTrashX } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { EmptyState, Skeleton } from '../../components/EmptyState.tsx'
import { ExplainRules } from '../../components/estate/ExplainRules.tsx'
import { FactList } from '../../components/estate/FactList.tsx'
import { NodeLink, ServiceLink } from '../../components/estate/links.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Facts } from '../../components/Panel.tsx'
import { SidePanel, Split } from '../../components/SidePanel.tsx'
import type { DataColumn } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/DataTable.tsx'
import { Tag } from '../../components/Tag.tsx'
import type { Tone } from '../../components/Tag.tsx'
import type { FilterFields } from '../../lib/filter.ts'
import { count } from '../../lib/formatSize.ts'
import { useRead } from '../../lib/queries.ts'
import { useTableAddress } from '../../lib/tableAddress.ts'
import { decisionName, guardName, serviceStateName } from '../../lib/words.ts'

type PlanRow = MethodOutput<'automation.plan'>[number]

const looks: Record<PlanRow['decision'], { tone: Tone; icon: typeof IconBan }> = {
  suspend: { tone: 'warn', icon: IconBan },
  unsuspend: { tone: 'ok', icon: IconPlayerPlay },
  'propose-termination': { tone: 'bad', icon: IconTrashX },
  hold: { tone: 'accent', icon: IconHandStop },
  none: { tone: 'off', icon: IconClock },
}

const columns: readonly DataColumn<PlanRow>[] = [
  { id: 'name', header: 'VM', widthPx: 170, grow: true, value: (row) => row.name, cell: (row) => <MiddleCut text={row.name} /> },
  { id: 'node', header: 'Node', widthPx: 76, value: (row) => row.node, cell: (row) => <NodeLink nodeId={row.nodeId} name={row.node} /> },
  {
    id: 'customer',
    header: 'Customer',
    widthPx: 130,
    value: (row) => row.customerName,
    cell: (row) => <MiddleCut text={row.customerName ?? '–'} />,
  },
  {
    id: 'service',
    header: 'Service',
    widthPx: 76,
    hidden: true,
    value: (row) => row.serviceId,
    cell: (row) => <ServiceLink id={row.serviceId} />,
  },
  { id: 'state', header: 'State', widthPx: 104, value: (row) => serviceStateName(row.state) },
  {
    id: 'decision',
    header: 'Decision',
    widthPx: 124,
    value: (row) => decisionName(row.decision),
    cell: (row) => <Tag {...looks[row.decision]} word={decisionName(row.decision)} />,
  },
  {
    id: 'reason',
    header: 'Because',
    widthPx: 270,
    grow: true,
    value: (row) => row.reason,
    cell: (row) => (
      <span className="muted" title={row.reason}>
        {row.reason}
      </span>
    ),
  },
  {
    id: 'held',
    header: 'Held by',
    widthPx: 96,
    value: (row) => row.blockedBy.join(', ') || null,
    cell: (row) =>
      row.blockedBy.length === 0 ? (
        <span className="faint">–</span>
      ) : (
        <span className="warn" title={row.blockedBy.map(guardName).join('\n')}>
          {row.blockedBy.join(', ')}
        </span>
      ),
  },
]

const fields: FilterFields<PlanRow> = {
  words: (row) => [row.name, row.node, row.customerName, row.productName, row.reason, row.serviceId],
  keys: {
    decision: (row) => decisionName(row.decision),
    state: (row) => serviceStateName(row.state),
    node: (row) => row.node,
    customer: (row) => row.customerName,
  },
}

const views = [
  { name: 'Something is due', filter: '-decision:nothing' },
  { name: 'Overdue', filter: 'state:overdue' },
  { name: 'In grace', filter: 'state:"in grace"' },
  { name: 'Contradictions', filter: 'state:contradiction' },
]
const noRows: readonly PlanRow[] = []

function dueAmong(rows: readonly PlanRow[]): number {
  return rows.filter((row) => row.decision !== 'none').length
}

export function Plan() {
  const { filter, open, onFilter, onOpen, close } = useTableAddress()
  const plan = useRead('automation.plan', {})
  const rows = plan.data ?? noRows
  const opened = rows.find((row) => String(row.serviceId) === open)
  if (plan.data === undefined) return plan.error === null ? <Skeleton lines={10} /> : <ErrorNotice error={plan.error} />
  return (
    <Split
      main={
        <DataTable
          id="plan"
          label="linked services"
          rows={rows}
          rowKey={(row) => String(row.serviceId)}
          columns={columns}
          filterFields={fields}
          filter={filter}
          onFilter={onFilter}
          views={views}
          sort={[{ id: 'decision', desc: true }]}
          openKey={open}
          onOpen={(row) => {
            onOpen(String(row.serviceId))
          }}
          renderSummary={(shown) =>
            `${count(shown.length, 'linked service')} · ${String(dueAmong(shown))} with something due. Nothing is sent from here.`
          }
          empty={
            <EmptyState
              icon={IconLink}
              title="No service is linked to a VM"
              action={
                <Link className="button primary" to="/services">
                  Link services
                </Link>
              }
            >
              Automation decides only about linked services. Confirm the suggested links, or choose VMs by hand.
            </EmptyState>
          }
        />
      }
      side={
        opened === undefined ? null : (
          <SidePanel title={<MiddleCut text={opened.name} />} note={opened.node} onClose={close}>
            <Facts
              rows={[
                ['Service', <ServiceLink key="service" id={opened.serviceId} />],
                ['Customer', opened.customerName ?? '–'],
                ['Product', opened.productName ?? '–'],
                ['State', serviceStateName(opened.state)],
                ['Decision', <Tag key="decision" {...looks[opened.decision]} word={decisionName(opened.decision)} />],
                ['Because', opened.reason],
                ['Held by', opened.blockedBy.length === 0 ? 'nothing' : opened.blockedBy.map(guardName).join(', ')],
              ]}
            />
            <div className="sub-head">Why this, why not that</div>
            <ExplainRules serviceId={opened.serviceId} />
            <div className="sub-head">Facts</div>
            <FactList facts={opened.facts} />
          </SidePanel>
        )
      }
    />
  )
}
