// Asks before a power action: what will happen to which VM of whom, why (where the worker wants it), for how many days (a suspended one).
import { NumberInput, TextInput, Textarea } from '@mantine/core'
import { useState } from 'react'
import { Button } from '../Button.tsx'
import { Note } from '../Note.tsx'
import { powerMeanings, powerVerbs } from './powerWords.ts'
import type { PowerAction } from './powerWords.ts'
import type { VmRow } from './states.tsx'
import type { PowerExtra } from './usePower.tsx'

interface PowerDialogProps {
  readonly vm: VmRow
  readonly action: PowerAction
  /** Why the worker refused to do it without a reason; null when it has not. */
  readonly whyNeeded: string | null
  readonly close: () => void
  readonly onGo: (extra: PowerExtra) => void
}

const usualDays = 3

export function PowerDialog({ vm, action, whyNeeded, close, onGo }: PowerDialogProps) {
  const [why, setWhy] = useState('')
  const [days, setDays] = useState<number>(usualDays)
  const [typed, setTyped] = useState('')
  const stops = action === 'stop' || action === 'force-stop'
  const asksDays = action === 'start' && vm.suspended
  const asksWhy = whyNeeded !== null || (vm.service !== null && (stops || asksDays))
  const asksName = action === 'force-stop' && whyNeeded === null
  const ready = (whyNeeded === null || why.trim() !== '') && (!asksName || typed.trim() === vm.name.trim())
  const submit = (): void => {
    close()
    onGo({ ...(why.trim() === '' ? {} : { why: why.trim() }), ...(asksDays ? { days } : {}) })
  }
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (ready) submit()
      }}
    >
      <p className="wrap">
        <bdi className="strong">{vm.name}</bdi> on {vm.nodeName}
        {vm.service !== null && (
          <>
            , of <bdi className="strong">{vm.service.customerName ?? `customer ${String(vm.service.customerId ?? '')}`}</bdi> (service #
            {vm.service.id}, {vm.service.status})
          </>
        )}
        . {powerMeanings[action]}
      </p>
      {whyNeeded !== null && (
        <Note tone="warn" title={whyNeeded}>
          <p>It then stays off, as a hold, until you start it or remove the hold.</p>
        </Note>
      )}
      {asksDays && (
        <>
          <Note tone="warn" title="It is suspended by this console.">
            <p>Started by hand it is left running for some days, as a hold. Then, still unpaid, it is suspended again.</p>
          </Note>
          <NumberInput
            label="Leave it running for so many days"
            min={1}
            max={365}
            allowDecimal={false}
            value={days}
            onChange={(value) => {
              setDays(typeof value === 'number' ? value : usualDays)
            }}
          />
        </>
      )}
      {asksWhy && (
        <Textarea
          label="Why"
          description={whyNeeded === null ? 'Kept in the record. Needed when the customer has paid.' : 'Kept in the record.'}
          required={whyNeeded !== null}
          autosize
          minRows={2}
          maxLength={500}
          value={why}
          data-autofocus
          onChange={(event) => {
            setWhy(event.currentTarget.value)
          }}
        />
      )}
      {asksName && (
        <TextInput
          label={
            <>
              Type <bdi className="mono wrap">{vm.name}</bdi> to confirm
            </>
          }
          value={typed}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            setTyped(event.currentTarget.value)
          }}
        />
      )}
      <div className="dialog-actions">
        <Button onClick={close}>Cancel</Button>
        <Button kind={action === 'start' ? 'primary' : 'danger primary'} type="submit" disabled={!ready}>
          {powerVerbs[action]}
        </Button>
      </div>
    </form>
  )
}
