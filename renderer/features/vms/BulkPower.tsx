// One action for many VMs: says to which of whom, asks, then shows a result for each.
import { TextInput, Textarea } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconClock, IconLoader2 } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { Button } from '../../components/Button.tsx'
import { powerMeanings, powerVerbs } from '../../components/estate/powerWords.ts'
import type { PowerAction } from '../../components/estate/powerWords.ts'
import type { VmRow } from '../../components/estate/states.tsx'
import { usePowerRun } from '../../components/estate/usePower.tsx'
import { Icon } from '../../components/Icon.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { failureOf } from '../../lib/failure.ts'
import { count } from '../../lib/formatSize.ts'
import { vmKey } from './columns.tsx'

type Outcome =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly end: string }
  | { readonly kind: 'failed'; readonly message: string }

interface BulkPowerProps {
  readonly vms: readonly VmRow[]
  readonly action: PowerAction
  readonly close: () => void
  readonly onDone: () => void
}

const atOnce = 6
const waiting: Outcome = { kind: 'waiting' }

export function BulkPower({ vms, action, close, onDone }: BulkPowerProps) {
  const run = usePowerRun()
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome> | null>(null)
  const [why, setWhy] = useState('')
  const [typed, setTyped] = useState('')
  const [stopped, setStopped] = useState(false)
  const stop = useRef(false)
  const linked = vms.filter((vm) => vm.service !== null).length
  const stops = action === 'stop' || action === 'force-stop'
  const phrase = `${powerVerbs[action].toLowerCase()} ${String(vms.length)}`
  const asksPhrase = action === 'force-stop'
  const ended =
    outcomes === null ? 0 : [...outcomes.values()].filter((outcome) => outcome.kind === 'done' || outcome.kind === 'failed').length
  const failed = outcomes === null ? 0 : [...outcomes.values()].filter((outcome) => outcome.kind === 'failed').length
  const finished =
    outcomes !== null && (ended === vms.length || (stopped && ![...outcomes.values()].some((outcome) => outcome.kind === 'running')))

  const go = async (): Promise<void> => {
    const queue = [...vms]
    const put = (vm: VmRow, outcome: Outcome): void => {
      setOutcomes((current) => new Map(current ?? []).set(vmKey(vm), outcome))
    }
    setOutcomes(new Map())
    const extra = why.trim() === '' ? {} : { why: why.trim() }
    const work = async (): Promise<void> => {
      for (let vm = queue.shift(); vm !== undefined && !stop.current; vm = queue.shift()) {
        put(vm, { kind: 'running' })
        try {
          put(vm, { kind: 'done', end: await run(vm, action, extra) })
        } catch (error) {
          put(vm, { kind: 'failed', message: failureOf(error).message })
        }
      }
    }
    await Promise.all(Array.from({ length: Math.min(atOnce, vms.length) }, work))
    onDone()
  }

  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        void go()
      }}
    >
      {outcomes === null ? (
        <p>
          {count(vms.length, 'VM')}, {linked.toLocaleString()} of customers. {powerMeanings[action]}
        </p>
      ) : (
        <p role="status">
          {ended.toLocaleString()} of {vms.length.toLocaleString()} ended
          {failed > 0 && <span className="bad"> · {failed.toLocaleString()} failed</span>}
        </p>
      )}
      <ul className="dialog-list" tabIndex={0} aria-label="VMs">
        {vms.map((vm) => (
          <li key={vmKey(vm)}>
            <OutcomeIcon outcome={outcomes?.get(vmKey(vm)) ?? waiting} shown={outcomes !== null} />
            <span className="cut strong">
              <MiddleCut text={vm.name} />
            </span>
            <span className="muted">{vm.nodeName}</span>
            <span className="push wrap small">
              <OutcomeText outcome={outcomes?.get(vmKey(vm)) ?? waiting} otherwise={vm.service?.customerName ?? 'no customer'} />
            </span>
          </li>
        ))}
      </ul>
      {outcomes === null && stops && linked > 0 && (
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
      {outcomes === null && asksPhrase && (
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
      <div className="dialog-actions">
        {outcomes === null ? (
          <>
            <Button onClick={close}>Cancel</Button>
            <Button kind={stops ? 'danger primary' : 'primary'} type="submit" disabled={asksPhrase && typed.trim() !== phrase}>
              {powerVerbs[action]} {count(vms.length, 'VM')}
            </Button>
          </>
        ) : finished ? (
          <Button kind="primary" onClick={close}>
            Close
          </Button>
        ) : (
          <Button
            onClick={() => {
              stop.current = true
              setStopped(true)
            }}
          >
            Begin no more
          </Button>
        )}
      </div>
    </form>
  )
}

function OutcomeIcon({ outcome, shown }: { readonly outcome: Outcome; readonly shown: boolean }) {
  if (!shown) return null
  switch (outcome.kind) {
    case 'waiting':
      return <Icon of={IconClock} className="faint" />
    case 'running':
      return <Icon of={IconLoader2} className="spin" />
    case 'done':
      return <Icon of={IconCircleCheck} className="ok" />
    case 'failed':
      return <Icon of={IconAlertTriangle} className="bad" />
  }
}

function OutcomeText({ outcome, otherwise }: { readonly outcome: Outcome; readonly otherwise: string }) {
  switch (outcome.kind) {
    case 'waiting':
      return <span className="muted">{otherwise}</span>
    case 'running':
      return <span className="muted">sent, followed until it is proved</span>
    case 'done':
      return outcome.end
    case 'failed':
      return <span className="bad">{outcome.message}</span>
  }
}
