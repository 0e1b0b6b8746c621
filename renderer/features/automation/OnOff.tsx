// A policy value that is on or off, as it is typed.
import { Switch } from '@mantine/core'

export function OnOff({
  label,
  value,
  onChange,
}: {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}) {
  return (
    <Switch
      aria-label={label}
      label={value}
      checked={value === 'on'}
      onChange={(event) => {
        onChange(event.currentTarget.checked ? 'on' : 'off')
      }}
    />
  )
}
