// How a console is shown: scaling, quality, view-only, size of type; remembered for each VM.
import { Menu, Slider } from '@mantine/core'
import { IconAdjustments, IconCheck } from '@tabler/icons-react'
import { Icon } from '../../components/Icon.tsx'
import { BarMenu } from './BarMenu.tsx'
import type { Scaling } from './frame/protocol.ts'
import type { ConsoleSession } from './session.ts'
import { useConsoleView } from './useConsole.ts'

const scalings: readonly { readonly value: Scaling; readonly label: string }[] = [
  { value: 'fit', label: 'Fit into the window' },
  { value: 'actual', label: 'Pixel for pixel, scrolled' },
  { value: 'remote', label: 'Resize the guest’s screen, where it can' },
]

function Choice({ chosen, label, radio = false, onChoose }: { readonly chosen: boolean; readonly label: string; readonly radio?: boolean; readonly onChoose: () => void }) {
  return (
    <Menu.Item
      role={radio ? 'menuitemradio' : 'menuitemcheckbox'}
      aria-checked={chosen}
      leftSection={chosen ? <Icon of={IconCheck} /> : <span className="icon-room" />}
      onClick={onChoose}
    >
      {label}
    </Menu.Item>
  )
}

function Level({ label, low, high, min = 0, max = 9, value, onChange }: { readonly label: string; readonly low: string; readonly high: string; readonly min?: number; readonly max?: number; readonly value: number; readonly onChange: (value: number) => void }) {
  return (
    <div className="console-level">
      <Menu.Label>{label}</Menu.Label>
      <Slider size="sm" min={min} max={max} step={1} value={value} label={null} thumbLabel={label} onChange={onChange} />
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
    <BarMenu label="View" icon={IconAdjustments} guestHasKeyboard={focused} stayOpen>
      {settings.kind === 'vnc' ? (
        <>
          {scalings.map(({ value, label }) => (
            <Choice
              key={value}
              radio
              chosen={settings.scaling === value}
              label={label}
              onChoose={() => {
                session.change({ scaling: value })
              }}
            />
          ))}
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
      <Choice
        chosen={settings.viewOnly}
        label="View only: nothing is typed or clicked"
        onChoose={() => {
          session.change({ viewOnly: !settings.viewOnly })
        }}
      />
    </BarMenu>
  )
}
