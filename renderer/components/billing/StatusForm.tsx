// Setting a service's status in Paymenter by hand: billing only, no machine is touched.
import { Select } from '@mantine/core'
import { useState } from 'react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { useAct } from '../../lib/queries.ts'
import { tellDone } from '../../lib/tell.tsx'
import { Note } from '../Note.tsx'
import { WriteForm } from './WriteForm.tsx'

type ServiceRow = MethodOutput<'billing.services'>['rows'][number]
const statuses = ['pending', 'active', 'suspended', 'cancelled'] as const
type Status = (typeof statuses)[number]

const meanings: Record<Status, string> = {
  pending: 'An order that is not paid yet: automation leaves it alone.',
  active: 'It is invoiced again before it expires.',
  suspended: 'It is not invoiced. Automation stops its VM only if Paymenter, not this console, said so.',
  cancelled: 'It has ended: it is not invoiced, and automation proposes to stop its VM.',
}

export function StatusForm({ service, close }: { readonly service: Pick<ServiceRow, 'id' | 'status' | 'productName' | 'customerName'>; readonly close: () => void }) {
  const [status, setStatus] = useState<Status | null>(null)
  const act = useAct('billing.setServiceStatus')
  return (
    <WriteForm
      permission="services.update"
      verb="Set the status"
      busy={act.isPending}
      disabled={status === null}
      error={act.error}
      close={close}
      onSubmit={(why) => {
        if (status === null) return
        act.mutate(
          { serviceId: service.id, status, expected: { status: service.status }, ...why },
          {
            onSuccess: (seen) => {
              tellDone(`Service #${String(seen.id)} is seen ${seen.status}`)
              close()
            },
          },
        )
      }}
      what={
        <p>
          Service <span className="strong">#{service.id}</span>, {service.productName}, of <bdi className="strong">{service.customerName}</bdi> is {service.status} in
          Paymenter. Only Paymenter’s word is changed: no VM is started or stopped by it.
        </p>
      }
    >
      <Select
        label="Status in Paymenter"
        data={statuses.filter((one) => one !== service.status).map((one) => ({ value: one, label: one }))}
        value={status}
        onChange={(next) => {
          setStatus(statuses.find((one) => one === next) ?? null)
        }}
      />
      {status !== null && <Note tone="off" title={meanings[status]} />}
    </WriteForm>
  )
}
