// One action for many VMs: says to which of whom, asks, then shows a result for each as the worker's job goes on.
import { TextInput, Textarea } from '@mantine/core'
import { IconAlertTriangle, IconBan, IconCircleCheck, IconClock } from '@tabler/icons-react'
import { useState } from 'react'
import { bulkResult } from '../../../shared/contract/operations.ts'
import { Button } from '../../components/Button.tsx'
import { powerEnd, powerMeanings, powerVerbs } from '../../components/estate/powerWords.ts'
import type { PowerAction } from '../../components/estate/powerWords.ts'
import type { VmRow } from '../../components/estate/states.tsx'
import { Icon } from '../../components/Icon.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { count } from '../../lib/formatSize.ts'
import { useJobs } from '../../lib/jobs.ts'
import { useAct } from '../../lib/queries.ts'
import { useJob } from '../../lib/useJob.ts'
import { keyOf } from '../../lib/vmKey.ts'

type Row = (typeof bulkResult)['_output']['rows'][number]

interface BulkPowerProps {
  readonly vms: readonly VmRow[]
  readonly action: PowerAction
  readonly close: () => void
  readonly onDone: () => void
}

export function BulkPower({ vms, action, close, onDone }: BulkPowerProps) {
  const bulk = useJob('vms.powerMany')
  const cancel = useAct('jobs.cancel')
  const job = useJobs().find((one) => one.id === bulk.jobId)
  const [why, setWhy] = useState('')
  const [typed, setTyped] = useState('')
  const linked = vms.filter((vm) => vm.service !== null).length
  const stops = action === 'stop' || action === 'force-stop'
  const phrase = `force stop ${String(vms.length)}`
  const asksPhrase = action === 'force-stop'
  const begun = bulk.jobId !== null
  const rows = bulkResult.safeParse(job?.result).data?.rows ?? []
  const byVm = new Map(rows.map((row) => [`${row.nodeId}/${row.uuid}`, row]))
  const failed = rows.filter((row) => row.outcome === 'failed').length
  const runs = job?.state === 'running'
  const go = (): void => {
    const input = {
      vms: vms.map(({ nodeId, uuid }) => ({ nodeId, uuid })),
      action,
      ...(why.trim() === '' ? {} : { why: why.trim() }),
      ...(asksPhrase ? { confirm: typed.trim() } : {}),
    }
    bulk.run(input, onDone)
  }
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        go()
      }}
    >
      {begun ? (
        <p role="status">
          {rows.length.toLocaleString()} of {vms.length.toLocaleString()} ended
          {failed > 0 && <span className="bad"> · {failed.toLocaleString()} failed</span>}
        </p>
      ) : (
        <p>
          {count(vms.length, 'VM')}, {linked.toLocaleString()} of customers, two at a time on each node. {powerMeanings[action]}
        </p>
      )}
      <ul className="dialog-list" tabIndex={0} aria-label="VMs">
        {vms.map((vm) => (
          <li key={keyOf(vm)}>
            {begun && <OutcomeIcon row={byVm.get(keyOf(vm))} />}
            <span className="cut strong">
              <MiddleCut text={vm.name} />
            </span>
            <span className="muted">{vm.nodeName}</span>
            <span className="push wrap small">
              <OutcomeText row={byVm.get(keyOf(vm))} action={action} otherwise={vm.service?.customerName ?? 'no customer'} />
            </span>
          </li>
        ))}
      </ul>
      {!begun && stops && linked > 0 && (
        <Textarea
          label="Why"
          description="Kept in the record of each. Customers who have paid are stopped only with a reason."
          autosize
          minRows={2}
          maxLength={500}
          value={why}
          onChange={(event) => {
            setWhy(event.currentTarget.value)
          }}
        />
      )}
      {!begun && asksPhrase && (
        <TextInput
          label={
            <>
              Type <span className="mono">{phrase}</span> to confirm
            </>
          }
          value={typed}
          autoComplete="off"
          onChange={(event) => {
            setTyped(event.currentTarget.value)
          }}
        />
      )}
      <ErrorNotice error={bulk.error} />
      <div className="dialog-actions">
        {!begun && (
          <>
            <Button onClick={close}>Cancel</Button>
            <Button
              kind={stops ? 'danger primary' : 'primary'}
              type="submit"
              busy={bulk.busy}
              disabled={asksPhrase && typed.trim() !== phrase}
            >
              {powerVerbs[action]} {count(vms.length, 'VM')}
            </Button>
          </>
        )}
        {begun && runs && (
          <Button
            busy={cancel.isPending}
            onClick={() => {
              cancel.mutate({ id: bulk.jobId ?? '' })
            }}
          >
            Begin no more
          </Button>
        )}
        {begun && (
          <Button kind={runs ? 'default' : 'primary'} onClick={close}>
            {runs ? 'Close; it goes on' : 'Close'}
          </Button>
        )}
      </div>
    </form>
  )
}

function OutcomeIcon({ row }: { readonly row: Row | undefined }) {
  if (row === undefined) return <Icon of={IconClock} className="faint" />
  if (row.outcome === 'done') return <Icon of={IconCircleCheck} className="ok" />
  return row.outcome === 'failed' ? <Icon of={IconAlertTriangle} className="bad" /> : <Icon of={IconBan} className="faint" />
}

interface OutcomeTextProps {
  readonly row: Row | undefined
  readonly action: PowerAction
  readonly otherwise: string
}

function OutcomeText({ row, action, otherwise }: OutcomeTextProps) {
  if (row === undefined) return <span className="muted">{otherwise}</span>
  if (row.outcome === 'cancelled') return <span className="muted">not begun, or no longer followed</span>
  if (row.outcome === 'failed') return <span className="bad">{row.error?.message ?? 'failed'}</span>
  return powerEnd(action, row.verified, row.endedAt)
}
