// Linking an orphan: what fits it first, with reasons; else anything that is free, chosen by hand.
import { Select } from '@mantine/core'
import { useState } from 'react'
import { Button } from '../../components/Button.tsx'
import { ErrorNotice, Note } from '../../components/Note.tsx'
import { useAct, useRead } from '../../lib/queries.ts'
import { tellDone } from '../../lib/tell.tsx'
import type { LeakRow } from './LeakTable.tsx'

interface Choice {
  readonly serviceId: number
  readonly nodeId: string
  readonly uuid: string
  readonly label: string
}

export function LinkLeak({ leak, close }: { readonly leak: LeakRow; readonly close: () => void }) {
  const suggestions = useRead('links.suggest', {}).data ?? []
  const leaks = useRead('leaks.list', {}).data?.rows ?? []
  const confirm = useAct('links.confirm')
  const [chosen, setChosen] = useState<string | null>(null)
  const ofService = leak.serviceId !== null
  const fitting = suggestions.filter((row) => (ofService ? row.serviceId === leak.serviceId : row.nodeId === leak.nodeId && row.uuid === leak.uuid))
  const free = leaks.flatMap((other): Choice[] => {
    if (ofService && other.kind === 'vm-without-service' && other.nodeId !== null && other.uuid !== null && leak.serviceId !== null) {
      return [{ serviceId: leak.serviceId, nodeId: other.nodeId, uuid: other.uuid, label: `${other.node ?? '?'}/${other.name ?? other.uuid}` }]
    }
    if (!ofService && other.kind === 'service-without-vm' && other.nodeId === null && other.serviceId !== null && leak.nodeId !== null && leak.uuid !== null) {
      return [{ serviceId: other.serviceId, nodeId: leak.nodeId, uuid: leak.uuid, label: `#${String(other.serviceId)} ${other.customerName ?? ''}, ${other.productName ?? ''}`.slice(0, 120) }]
    }
    return []
  })
  const link = (choice: Omit<Choice, 'label'>): void => {
    confirm.mutate(
      { serviceId: choice.serviceId, nodeId: choice.nodeId, uuid: choice.uuid },
      {
        onSuccess: (row) => {
          tellDone(`Service #${String(row.serviceId)} is linked to ${row.name.slice(0, 60)}`)
          close()
        },
      },
    )
  }
  const picked = free.find((choice) => `${String(choice.serviceId)}/${choice.nodeId}/${choice.uuid}` === chosen)
  return (
    <div className="stack">
      <p className="wrap">
        {leak.message} From then on the service’s unpaid invoices may stop the VM, and its payment starts it.
      </p>
      {fitting.map((row) => (
        <Note
          key={`${String(row.serviceId)}/${row.nodeId}/${row.uuid}`}
          tone="accent"
          title={`#${String(row.serviceId)} ${row.customerName?.slice(0, 60) ?? ''} → ${row.node}/${row.name.slice(0, 80)}`}
          action={
            <Button
              kind="primary"
              busy={confirm.isPending}
              onClick={() => {
                link(row)
              }}
            >
              Link
            </Button>
          }
        >
          <p className="muted">{row.reason}</p>
        </Note>
      ))}
      <div className="row end">
        <Select
          label={ofService ? 'Another VM' : 'Another service'}
          description={ofService ? 'VMs that no service is linked to' : 'Active services without a VM'}
          style={{ flex: 1 }}
          searchable
          limit={50}
          nothingFoundMessage="Nothing free fits"
          data={free.map((choice) => ({ value: `${String(choice.serviceId)}/${choice.nodeId}/${choice.uuid}`, label: choice.label }))}
          value={chosen}
          onChange={setChosen}
        />
      </div>
      <ErrorNotice error={confirm.error} />
      <div className="dialog-actions">
        <Button onClick={close}>Close</Button>
        <Button
          disabled={picked === undefined}
          busy={confirm.isPending}
          onClick={() => {
            if (picked !== undefined) link(picked)
          }}
        >
          Link the chosen one
        </Button>
      </div>
    </div>
  )
}
