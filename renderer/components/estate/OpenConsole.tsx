// Opens a VM's console from wherever the VM is shown: a button, and one key for the VM that is in hand.
import { useNavigate } from '@tanstack/react-router'
import { IconTerminal2 } from '@tabler/icons-react'
import { useCallback, useEffect } from 'react'
import { consoleTabs } from '../../lib/consoleTabs.ts'
import { popOuts } from '../../lib/popOuts.ts'
import type { VmKey } from '../../lib/vmKey.ts'
import { Button, IconButton } from '../Button.tsx'
import { Icon } from '../Icon.tsx'

interface OpenConsoleProps {
  readonly vm: VmKey & { readonly name: string }
  /** In a table's row: its icon only. */
  readonly compact?: boolean
}

const mark = 'data-open-console'

/** Opens a VM's console in a tab, or shows the window that it already has. */
function useOpenConsole(): (vm: VmKey) => void {
  const navigate = useNavigate()
  return useCallback(
    (vm) => {
      if (popOuts().isOut(vm) && popOuts().open(vm)) return
      consoleTabs.open(vm)
      void navigate({ to: '/consoles' })
    },
    [navigate],
  )
}

export function OpenConsole({ vm, compact = false }: OpenConsoleProps) {
  const open = useOpenConsole()
  const common = {
    [mark]: '',
    icon: <Icon of={IconTerminal2} />,
    onClick: () => {
      open(vm)
    },
  }
  return compact ? (
    <IconButton {...common} label={`Open the console of ${vm.name.slice(0, 80)} (C)`} />
  ) : (
    <Button {...common} aria-keyshortcuts="c" title="Key: C">
      Console
    </Button>
  )
}

/** The key C opens the console of the row that has the focus, or of the VM whose details are shown. */
export function useConsoleKey(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'c' || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      const from = event.target instanceof Element ? event.target : null
      if (from?.closest('input:not([type="checkbox"]), textarea, select, [contenteditable], [role="dialog"], [role="menu"]')) return
      const button = from?.closest('tr')?.querySelector<HTMLElement>(`[${mark}]`) ?? document.querySelector<HTMLElement>(`aside [${mark}], .page-panel [${mark}]`)
      if (button === null || button === undefined) return
      event.preventDefault()
      button.click()
    }
    window.addEventListener('keydown', onKey)
    return () => {
      window.removeEventListener('keydown', onKey)
    }
  }, [])
}
