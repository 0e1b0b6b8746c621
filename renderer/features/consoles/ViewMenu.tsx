// How a console is shown: scaling, quality, view-only, size of type; remembered for each VM.
import { Menu } from '@mantine/core'
import { IconAdjustments } from '@tabler/icons-react'
import { BarMenu } from './BarMenu.tsx'
import type { Scaling } from './frame/protocol.ts'
import type { ConsoleSession } from './session.ts'
import { useConsoleView } from './useConsole.ts'

const scalings: readonly { readonly value: Scaling; readonly label: string }[] = [
  { value: 'fit', label: 'Fit into the window' },
  { value: 'actual', label: 'Pixel for pixel, scrolled' },
  { value: 'remote', label: 'Resize the guest’s screen, where it can' },
]

function Level({ label, low, high, min = 0, max = 9, value, onChange }: { readonly label: string; readonly low: string; readonly high: string; readonly min?: number; readonly max?: number; readonly value: number; readonly onChange: (value: number) => void }) {
  return (
    <div className="console-level">
      <Menu.Label>{label}</Menu.Label>
      <input
        type="range"
        aria-label={label}
        min={min}
        max={max}
        step={1}
        value={value}
        onChange={(event) => {
          onChange(event.currentTarget.valueAsNumber)
        }}
      />
      <p className="faint">
        <span>{low}</span>
        <span>{high}</span>
      </p>
    </div>
  )
}

export function ViewMenu({ session }: { readonly session: ConsoleSession }) {
  const { settings, focused } = useConsoleView(session)
  return (
    <BarMenu label="View" icon={IconAdjustments} guestHasKeyboard={focused}>
      {settings.kind === 'vnc' ? (
        <>
          <Menu.RadioGroup
            value={settings.scaling}
            onChange={(value) => {
              const chosen = scalings.find((one) => one.value === value)
              if (chosen !== undefined) session.change({ scaling: chosen.value })
            }}
          >
            {scalings.map(({ value, label }) => (
              <Menu.RadioItem key={value} value={value}>
                {label}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
          <Menu.Divider />
          <Level
            label="Picture quality"
            low="fewer bytes"
            high="sharper"
            value={settings.quality}
            onChange={(quality) => {
              session.change({ quality })
            }}
          />
          <Level
            label="Compression"
            low="less work for the node"
            high="fewer bytes"
            value={settings.compression}
            onChange={(compression) => {
              session.change({ compression })
            }}
          />
        </>
      ) : (
        <Level
          label="Size of type"
          low="10 px"
          high="22 px"
          min={10}
          max={22}
          value={settings.fontSizePx}
          onChange={(fontSizePx) => {
            session.change({ fontSizePx })
          }}
        />
      )}
      <Menu.Divider />
      <Menu.CheckboxItem
        checked={settings.viewOnly}
        onChange={(viewOnly) => {
          session.change({ viewOnly })
        }}
      >
        View only: nothing is typed or clicked
      </Menu.CheckboxItem>
    </BarMenu>
  )
}
