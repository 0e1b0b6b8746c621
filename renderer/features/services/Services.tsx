// Services: what customers pay for, and the VM behind each. Only linked services are automated.
import { IconLink } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { Button } from '../../components/Button.tsx'
import { Skeleton } from '../../components/EmptyState.tsx'
import { Icon } from '../../components/Icon.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { GoneSwitch, MirrorAge, MirrorEmpty, SyncButton } from '../../components/MirrorTools.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Page } from '../../components/Page.tsx'
import { SidePanel, Split } from '../../components/SidePanel.tsx'
import { DataTable } from '../../components/table/DataTable.tsx'
import { useDialogs } from '../../lib/dialogs.tsx'
import { count } from '../../lib/formatSize.ts'
import { useMirror } from '../../lib/mirror.ts'
import { useToday } from '../../lib/overdue.ts'
import { useRead } from '../../lib/queries.ts'
import { useTableAddress } from '../../lib/tableAddress.ts'
import { serviceColumns, serviceFields } from './columns.tsx'
import type { ServiceRow } from './columns.tsx'
import { ServiceDetails } from './ServiceDetails.tsx'
import { Suggestions } from './Suggestions.tsx'

const views = [
  { name: 'Active without a VM', filter: 'status:active link:none' },
  { name: 'Linked', filter: 'link:linked' },
  { name: 'Suspended', filter: 'status:suspended' },
  { name: 'Pending', filter: 'status:pending' },
  { name: 'Held', filter: 'hold:no' },
]
const noRows: readonly ServiceRow[] = []

export function Services() {
  const { filter, open, onFilter, onOpen, close } = useTableAddress()
  const [gone, setGone] = useState(false)
  const dialogs = useDialogs()
  const today = useToday()
  const { page, error, beyond } = useMirror('billing.services', filter, gone)
  const suggestions = useRead('links.suggest', {}).data ?? []
  const holds = useRead('holds.list', {}).data
  const holdOf = useMemo(() => new Map(holds?.map((hold) => [hold.serviceId, hold.kind])), [holds])
  const columns = useMemo(() => serviceColumns(today, holdOf), [today, holdOf])
  const fields = useMemo(() => serviceFields(holdOf), [holdOf])
  const rows = page?.rows ?? noRows
  const opened = rows.find((row) => String(row.id) === open)
  return (
    <Page
      title="Services"
      filled
      age={<MirrorAge asOf={page?.asOf} />}
      actions={
        <>
          <Button
            icon={<Icon of={IconLink} />}
            kind={suggestions.some((suggestion) => suggestion.obvious) ? 'primary' : 'default'}
            onClick={() => {
              dialogs.open('Suggested links', (closeDialog) => <Suggestions close={closeDialog} />, 760)
            }}
          >
            {suggestions.length === 0 ? 'Suggested links' : count(suggestions.length, 'suggested link')}
          </Button>
          <SyncButton />
        </>
      }
    >
      {page === undefined ? (
        error === null ? (
          <Skeleton lines={10} />
        ) : (
          <ErrorNotice error={error} />
        )
      ) : (
        <Split
          main={
            <DataTable
              id="services"
              label="services"
              rows={rows}
              rowKey={(row) => String(row.id)}
              columns={columns}
              filterFields={fields}
              filter={filter}
              onFilter={onFilter}
              views={views}
              sort={[{ id: 'id', desc: false }]}
              openKey={open}
              onOpen={(row) => {
                onOpen(String(row.id))
              }}
              rowClass={(row) => (row.gone ? 'dim' : '')}
              tools={<GoneSwitch value={gone} onChange={setGone} />}
              renderSummary={(shown) => (
                <>
                  {count(shown.length, 'service')} · {shown.filter((row) => row.vm !== null).length.toLocaleString()} linked
                  {beyond > 0 && ` · ${beyond.toLocaleString()} more: filter by words to find them`}
                </>
              )}
              empty={<MirrorEmpty what="services" />}
            />
          }
          side={
            opened === undefined ? null : (
              <SidePanel title={<MiddleCut text={opened.productName ?? 'Service'} />} note={`#${String(opened.id)}`} onClose={close}>
                <ServiceDetails service={opened} />
              </SidePanel>
            )
          }
        />
      )}
    </Page>
  )
}
