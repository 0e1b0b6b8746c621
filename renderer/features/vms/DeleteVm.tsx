// Deleting a VM: shows what goes and what stays, asks for the name, then says what was left behind.
import { Switch } from '@mantine/core'
import { useEffect, useState } from 'react'
import { deletionResult } from '../../../shared/contract/operations.ts'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { Button } from '../../components/Button.tsx'
import { ConfirmByName } from '../../components/ConfirmByName.tsx'
import { Skeleton } from '../../components/EmptyState.tsx'
import { JobLine } from '../../components/estate/JobLine.tsx'
import type { VmRow } from '../../components/estate/states.tsx'
import { ErrorNotice, Note } from '../../components/Note.tsx'
import { count, formatBytes } from '../../lib/formatSize.ts'
import { useAct } from '../../lib/queries.ts'
import { useJob } from '../../lib/useJob.ts'

type Plan = MethodOutput<'vms.deletionPlan'>

export function DeleteVm({ vm, close, onGone }: { readonly vm: VmRow; readonly close: () => void; readonly onGone: () => void }) {
  const { mutate: look, data: plan, error } = useAct('vms.deletionPlan')
  const remove = useJob('vms.delete')
  const [withDisks, setWithDisks] = useState(true)
  const [ended, setEnded] = useState<unknown>(null)
  const { nodeId, uuid } = vm
  useEffect(() => {
    look({ nodeId, uuid })
  }, [look, nodeId, uuid])
  if (ended !== null) return <Ended result={ended} close={close} />
  if (plan === undefined) return error === null ? <Skeleton lines={4} /> : <ErrorNotice error={error} />
  if (plan.isProtected)
    return (
      <Note tone="warn" title={`${plan.name} is protected.`}>
        <p>Take the protection off first, on its page.</p>
      </Note>
    )
  return (
    <>
      <ConfirmByName
        name={plan.name}
        verb="Delete the VM"
        busy={remove.busy}
        error={remove.error}
        what={<What plan={plan} vm={vm} withDisks={withDisks} onWithDisks={setWithDisks} />}
        onCancel={close}
        onConfirm={() => {
          remove.run({ nodeId, uuid, confirm: plan.name, withDisks: withDisks && plan.withDisks }, (job) => {
            setEnded(job.result ?? {})
            onGone()
          })
        }}
      />
      {remove.busy && <JobLine jobId={remove.jobId} />}
    </>
  )
}

interface WhatProps {
  readonly plan: Plan
  readonly vm: VmRow
  readonly withDisks: boolean
  readonly onWithDisks: (withDisks: boolean) => void
}

function What({ plan, vm, withDisks, onWithDisks }: WhatProps) {
  return (
    <div className="stack">
      <p>
        <span className="strong">{plan.name}</span> on {vm.nodeName}
        {vm.service === null ? ', of no customer,' : `, of ${vm.service.customerName ?? `service ${String(vm.service.id)}`},`} is stopped
        and deleted for good
        {plan.snapshots.length > 0 && <>, after its {count(plan.snapshots.length, 'snapshot')}</>}. It cannot be brought back from here.
      </p>
      {vm.service !== null && <Note tone="warn" title="Its link to the service is removed. Billing is told nothing." />}
      <ul className="dialog-list" aria-label="Disks">
        {plan.disks.map((disk) => (
          <li key={disk.target}>
            <span className="mono">{disk.target}</span>
            <span className="mono wrap small">{disk.path ?? (disk.source.kind === 'volume' ? disk.source.volume : 'not known')}</span>
            <span className="push">{disk.device === 'cdrom' ? 'CD' : ''}</span>
          </li>
        ))}
      </ul>
      {plan.withDisks ? (
        <Switch
          label="Delete its disks too"
          checked={withDisks}
          onChange={(event) => {
            onWithDisks(event.currentTarget.checked)
          }}
        />
      ) : (
        <Note tone="warn" title="Its disks stay, and are listed afterwards.">
          {plan.keepReasons.map((reason) => (
            <p key={reason}>{reason}</p>
          ))}
        </Note>
      )}
    </div>
  )
}

function Ended({ result, close }: { readonly result: unknown; readonly close: () => void }) {
  const parsed = deletionResult.safeParse(result).data
  const left = parsed?.leftovers ?? []
  return (
    <div className="stack">
      <Note tone="ok" title={`${parsed?.name ?? 'It'} is gone, as its node says between two looks at its health.`} />
      {left.length > 0 && (
        <>
          <p>Left behind:</p>
          <ul className="dialog-list" aria-label="Left behind">
            {left.map((one) => (
              <li key={`${one.pool ?? ''}/${one.name}`}>
                <span className="mono wrap">{one.path ?? one.name}</span>
                <span className="push">{one.capacityBytes === null ? 'outside the pools' : formatBytes(one.capacityBytes)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      <div className="dialog-actions">
        <Button kind="primary" onClick={close}>
          Close
        </Button>
      </div>
    </div>
  )
}
