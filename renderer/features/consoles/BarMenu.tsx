// A menu of the console's bar: stays inside the console (so that full screen shows it) and closes when the keyboard goes to the guest.
import { Menu } from '@mantine/core'
import type { TablerIcon } from '@tabler/icons-react'
import { useState } from 'react'
import type { ReactNode } from 'react'
import { Button } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'

interface BarMenuProps {
  readonly label: string
  readonly icon: TablerIcon
  /** The guest has the keyboard: a click into a frame tells no menu to close. */
  readonly guestHasKeyboard: boolean
  readonly disabled?: boolean
  readonly children: ReactNode
}

export function BarMenu({ label, icon, guestHasKeyboard, disabled = false, children }: BarMenuProps) {
  const [opened, setOpened] = useState(false)
  return (
    <Menu opened={opened && !guestHasKeyboard} onChange={setOpened} withinPortal={false} position="bottom-end" zIndex={20}>
      <Menu.Target>
        <Button kind="quiet" icon={<Icon of={icon} />} disabled={disabled}>
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown className="console-menu">{children}</Menu.Dropdown>
    </Menu>
  )
}
