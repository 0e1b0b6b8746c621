// How far capacity may be promised more than once, and from when it is told that it runs short.
import { NumberInput } from '@mantine/core'
import { useState } from 'react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { Button } from '../../components/Button.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { useAct } from '../../lib/queries.ts'
import '../../components/capacity/capacity.css'

type Settings = MethodOutput<'capacity.settings'>

const overcommits = [
  ['memory', 'Memory'],
  ['vcpu', 'vCPU'],
  ['disk', 'Disk'],
] as const
const thresholds = [
  ['cpu', 'CPU used by VMs, of all cores', '%'],
  ['memory', 'Memory used', '%'],
  ['committed', 'Memory promised to running VMs', '%'],
  ['disk', 'Disk used', '%'],
  ['full', 'Disk full within', ' days'],
] as const

export function CapacityLimits({ settings, onDone }: { readonly settings: Settings; readonly onDone: () => void }) {
  const [wish, setWish] = useState(settings)
  const save = useAct('capacity.setSettings')
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate(wish, { onSuccess: onDone })
      }}
    >
      <div className="sub-head">May be promised, to what there is</div>
      <div className="capacity-settings">
        {overcommits.map(([key, label]) => (
          <NumberInput
            key={key}
            label={label}
            suffix=" : 1"
            min={0.1}
            max={20}
            step={0.1}
            decimalScale={2}
            value={wish.overcommit[key]}
            onChange={(value) => {
              if (typeof value === 'number') setWish({ ...wish, overcommit: { ...wish.overcommit, [key]: value } })
            }}
          />
        ))}
      </div>
      <div className="sub-head">Tell me from</div>
      <div className="capacity-settings">
        {thresholds.map(([key, label, suffix]) => (
          <NumberInput
            key={key}
            label={label}
            placeholder="never"
            suffix={suffix}
            min={1}
            max={key === 'full' ? 365 : 1000}
            value={wish.thresholds[key] ?? ''}
            onChange={(value) => {
              setWish({ ...wish, thresholds: { ...wish.thresholds, [key]: typeof value === 'number' ? value : null } })
            }}
          />
        ))}
      </div>
      <p className="muted small">
        Empty is never. Something is told when it holds for some minutes, once, and is over when it is well below again.
      </p>
      <ErrorNotice error={save.error} />
      <div className="row end">
        <Button onClick={onDone}>Cancel</Button>
        <Button kind="primary" type="submit" busy={save.isPending}>
          Save
        </Button>
      </div>
    </form>
  )
}
