// The VM behind a service: linked, suggested, chosen by hand, or let go.
import { Select } from '@mantine/core'
import { useMemo, useState } from 'react'
import { Button } from '../../components/Button.tsx'
import { DialogForm } from '../../components/DialogForm.tsx'
import { NodeLink, VmLink } from '../../components/estate/links.tsx'
import { ErrorNotice, Note } from '../../components/Note.tsx'
import { Facts } from '../../components/Panel.tsx'
import { useDialogs } from '../../lib/dialogs.tsx'
import { useAct, useRead } from '../../lib/queries.ts'
import { tellDone, tellFailure } from '../../lib/tell.tsx'
import type { ServiceRow } from './columns.tsx'

export function LinkOfService({ service }: { readonly service: ServiceRow }) {
  const links = useRead('links.list', {}).data
  const link = links?.find((row) => row.serviceId === service.id)
  const cover = useAct('links.cover')
  const dialogs = useDialogs()
  if (link === undefined) return <NotLinked service={service} />
  return (
    <>
      <Facts
        rows={[
          ['VM', <VmLink key="vm" nodeId={link.nodeId} uuid={link.uuid} name={link.name} />],
          ['Node', <NodeLink key="node" nodeId={link.nodeId} name={link.node} />],
          ['Linked', link.reason],
          [
            'UUID',
            <span key="uuid" className="mono">
              {link.uuid}
            </span>,
          ],
        ]}
      />
      <div className="panel-body row wrapping">
        <Button
          onClick={() => {
            dialogs.open(`Unlink ${link.name.slice(0, 60)}`, (close) => (
              <Unlink serviceId={service.id} name={link.name} of={service.customerName} close={close} />
            ))
          }}
        >
          Unlink
        </Button>
        {service.status === 'suspended' && (
          <Button
            busy={cover.isPending}
            title="It was suspended before this console came: from now on a payment starts its VM."
            onClick={() => {
              cover.mutate(
                { serviceId: service.id },
                {
                  onSuccess: () => {
                    tellDone('Suspension taken over', 'A payment starts its VM.')
                  },
                  onError: (error) => {
                    tellFailure('The suspension could not be taken over', error)
                  },
                },
              )
            }}
          >
            Suspended before this console
          </Button>
        )}
      </div>
    </>
  )
}

function NotLinked({ service }: { readonly service: ServiceRow }) {
  const suggestions = useRead('links.suggest', {}).data ?? []
  const confirm = useAct('links.confirm')
  const dialogs = useDialogs()
  const own = suggestions.filter((row) => row.serviceId === service.id)
  return (
    <div className="panel-body stack tight">
      <p className="muted">Not linked: automation leaves this service alone.</p>
      {own.map((suggestion) => (
        <Note
          key={`${suggestion.nodeId}/${suggestion.uuid}`}
          tone="accent"
          title={`${suggestion.node}/${suggestion.name.slice(0, 80)}`}
          action={
            <Button
              kind="primary"
              busy={confirm.isPending}
              onClick={() => {
                confirm.mutate({ serviceId: service.id, nodeId: suggestion.nodeId, uuid: suggestion.uuid })
              }}
            >
              Confirm
            </Button>
          }
        >
          <p className="muted">{suggestion.reason}</p>
        </Note>
      ))}
      {confirm.error !== null && <ErrorNotice error={confirm.error} />}
      <div>
        <Button
          onClick={() => {
            dialogs.open(`Link service #${String(service.id)}`, (close) => <ChooseVm service={service} close={close} />)
          }}
        >
          Choose a VM
        </Button>
      </div>
    </div>
  )
}

function ChooseVm({ service, close }: { readonly service: ServiceRow; readonly close: () => void }) {
  const vms = useRead('vms.list', {}).data
  const confirm = useAct('links.confirm')
  const [chosen, setChosen] = useState<string | null>(null)
  const free = useMemo(() => (vms ?? []).filter((vm) => vm.service === null), [vms])
  const vm = free.find((one) => `${one.nodeId}/${one.uuid}` === chosen)
  return (
    <DialogForm
      verb="Link"
      busy={confirm.isPending}
      disabled={vm === undefined}
      error={confirm.error}
      onSubmit={() => {
        if (vm !== undefined) confirm.mutate({ serviceId: service.id, nodeId: vm.nodeId, uuid: vm.uuid }, { onSuccess: close })
      }}
      close={close}
    >
      <p>
        Service #{service.id}, {service.productName}, of <bdi className="strong">{service.customerName}</bdi>. From then on its unpaid
        invoices may stop the chosen VM.
      </p>
      <Select
        label="VM"
        description="VMs that no service is linked to"
        searchable
        limit={50}
        nothingFoundMessage="No free VM fits"
        data={free.map((one) => ({ value: `${one.nodeId}/${one.uuid}`, label: `${one.nodeName}/${one.name.slice(0, 100)}` }))}
        value={chosen}
        onChange={setChosen}
      />
    </DialogForm>
  )
}

interface UnlinkProps {
  readonly serviceId: number
  readonly name: string
  readonly of: string | null
  readonly close: () => void
}

function Unlink({ serviceId, name, of, close }: UnlinkProps) {
  const remove = useAct('links.remove')
  return (
    <div className="stack">
      <p className="wrap">
        Automation forgets that <bdi className="strong">{name}</bdi> belongs to service #{serviceId} of <bdi className="strong">{of}</bdi>:
        it neither stops it nor starts it again after a payment. Nothing changes on the node or in Paymenter.
      </p>
      <ErrorNotice error={remove.error} />
      <div className="dialog-actions">
        <Button onClick={close}>Cancel</Button>
        <Button
          kind="danger primary"
          busy={remove.isPending}
          onClick={() => {
            remove.mutate({ serviceId }, { onSuccess: close })
          }}
        >
          Unlink
        </Button>
      </div>
    </div>
  )
}
