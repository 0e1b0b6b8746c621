// What a node costs in a month: typed, kept when the field is left.
import { NumberInput } from '@mantine/core'
import { useState } from 'react'
import { currencyExponent, formatDecimal, parseMoney, type Money } from '../../../shared/domain/money.ts'
import { useAct } from '../../lib/queries.ts'
import { tellDone, tellFailure } from '../../lib/tell.tsx'

export function NodeCost({
  nodeId,
  name,
  label = name,
  cost,
  currency,
}: {
  readonly nodeId: string
  readonly name: string
  readonly label?: string
  readonly cost: Money | null
  readonly currency: string
}) {
  const save = useAct('reports.setNodeCost')
  const unit = cost?.currency ?? currency
  const [typed, setTyped] = useState<string | number>(cost === null ? '' : formatDecimal(cost))
  const put = (): void => {
    const text = String(typed).trim()
    const wish = text === '' ? null : parseMoney(text, unit)
    if (text !== '' && wish === null) return
    if (wish?.amountMinor === cost?.amountMinor) return
    save.mutate(
      { nodeId, cost: wish },
      {
        onSuccess: () => {
          tellDone(`The cost of ${name} was saved`)
        },
        onError: (error) => {
          tellFailure('The cost could not be saved', error)
        },
      },
    )
  }
  return (
    <NumberInput
      label={label}
      w={220}
      min={0}
      decimalScale={currencyExponent(unit)}
      thousandSeparator=","
      rightSection={<span className="muted">{unit}</span>}
      rightSectionWidth={48}
      hideControls
      placeholder="not entered"
      value={typed}
      onChange={setTyped}
      onBlur={put}
      onKeyDown={(event) => {
        if (event.key === 'Enter') put()
      }}
    />
  )
}
