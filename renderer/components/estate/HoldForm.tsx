// A hold: an exception for one customer's service, with a direction, an end, a reason and a name.
import { SegmentedControl, TextInput, Textarea } from '@mantine/core'
import { useState } from 'react'
import type { HoldKind } from '../../../shared/domain/decide.ts'
import { useOperatorName } from '../../lib/operator.ts'
import { useAct } from '../../lib/queries.ts'
import { tellDone } from '../../lib/tell.tsx'
import { Button } from '../Button.tsx'
import { DialogForm } from '../DialogForm.tsx'
import { Note } from '../Note.tsx'

interface HoldFormProps {
  readonly serviceId: number
  readonly of: string
  /** In which direction at first; another can be chosen. */
  readonly kind?: HoldKind
  readonly close: () => void
}

function isHoldKind(value: string): value is HoldKind {
  return value === 'no-stop' || value === 'no-start'
}

/** Today and so many days, as this machine's calendar has it; the worker checks it against Paymenter's. */
function dayFromNow(days: number): string {
  const at = new Date()
  at.setDate(at.getDate() + days)
  return `${String(at.getFullYear())}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`
}

export function HoldForm({ serviceId, of, kind: firstKind = 'no-stop', close }: HoldFormProps) {
  const [kind, setKind] = useState<HoldKind>(firstKind)
  const [until, setUntil] = useState(() => dayFromNow(3))
  const [why, setWhy] = useState('')
  const [by, setBy] = useOperatorName()
  const add = useAct('holds.add')
  const submit = (): void => {
    add.mutate(
      { serviceId, kind, why: why.trim(), ...(until === '' ? {} : { until }), ...(by.trim() === '' ? {} : { by: by.trim() }) },
      {
        onSuccess: () => {
          tellDone('Hold added', `${of} is ${kind === 'no-stop' ? 'left running' : 'kept off'}${until === '' ? '' : ` until ${until}`}.`)
          close()
        },
      },
    )
  }
  return (
    <DialogForm
      verb="Add the hold"
      busy={add.isPending}
      disabled={why.trim() === ''}
      error={add.error}
      onSubmit={submit}
      close={close}
    >
      <SegmentedControl
        fullWidth
        value={kind}
        onChange={(value) => {
          if (isHoldKind(value)) setKind(value)
        }}
        data={[
          { value: 'no-stop', label: 'Leave it running' },
          { value: 'no-start', label: 'Keep it off' },
        ]}
      />
      <Note tone="off">
        <p>
          {kind === 'no-stop'
            ? 'Automation does not stop it, paid or not, until the hold ends.'
            : 'It stays off, paid or not: for abuse, or a decision of your own. Payment does not start it.'}
        </p>
      </Note>
      <div className="row">
        <TextInput
          label="Until"
          description="The last day it holds; empty: without an end, shown daily"
          type="date"
          value={until}
          onChange={(event) => {
            setUntil(event.currentTarget.value)
          }}
        />
      </div>
      <div className="row">
        {[1, 3, 7, 30].map((days) => (
          <Button
            key={days}
            onClick={() => {
              setUntil(dayFromNow(days))
            }}
          >
            {days === 1 ? '1 day' : `${String(days)} days`}
          </Button>
        ))}
      </div>
      <Textarea
        label="Why"
        required
        autosize
        minRows={2}
        maxLength={500}
        value={why}
        onChange={(event) => {
          setWhy(event.currentTarget.value)
        }}
      />
      <TextInput
        label="Who"
        maxLength={80}
        value={by}
        onChange={(event) => {
          setBy(event.currentTarget.value)
        }}
      />
    </DialogForm>
  )
}
