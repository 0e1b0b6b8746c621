// A month, typed or chosen: taken over when it is one.
import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { parseMonth } from '../../../shared/domain/revenue/epochDay.ts'

export function MonthInput({
  label,
  value,
  onChange,
}: {
  readonly label: string
  readonly value: string
  readonly onChange: (month: string) => void
}) {
  const [typed, setTyped] = useState<string | null>(null)
  const shown = typed ?? value
  const isMonth = parseMonth(shown) !== null
  return (
    <TextInput
      aria-label={label}
      title={`${label}, like 2026-04`}
      w={92}
      size="xs"
      placeholder="2026-04"
      value={shown}
      error={!isMonth}
      onChange={(event) => {
        const next = event.currentTarget.value.trim()
        setTyped(next)
        if (parseMonth(next) !== null) onChange(next)
      }}
      onBlur={() => {
        setTyped(null)
      }}
    />
  )
}
