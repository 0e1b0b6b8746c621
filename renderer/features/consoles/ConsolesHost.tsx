// The screen "Consoles": its tabs and panes stay alive while the operator looks at other screens.
import { Link, useNavigate, useRouterState } from '@tanstack/react-router'
import { IconAppWindow, IconDeviceDesktop, IconX } from '@tabler/icons-react'
import { useEffect, useSyncExternalStore } from 'react'
import { Button, IconButton } from '../../components/Button.tsx'
import { EmptyState } from '../../components/EmptyState.tsx'
import { Icon } from '../../components/Icon.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { consoleTabs } from '../../lib/consoleTabs.ts'
import { popOuts } from '../../lib/popOuts.ts'
import { useRead } from '../../lib/queries.ts'
import { tellFailure } from '../../lib/tell.tsx'
import { keyOf, type VmKey } from '../../lib/vmKey.ts'
import { ConsolePane } from './ConsolePane.tsx'
import './consoles.css'

export function ConsolesHost() {
  const isShown = useRouterState({ select: (state) => state.location.pathname === '/consoles' })
  const { tabs, front } = useSyncExternalStore(consoleTabs.subscribe, consoleTabs.view)
  const out = useSyncExternalStore(popOuts().subscribe, popOuts().view)
  const navigate = useNavigate()
  useEffect(() => {
    if (isShown) document.title = 'Consoles · Flint Console'
  }, [isShown])
  useEffect(
    () =>
      popOuts().onBack((vm) => {
        consoleTabs.open(vm)
        void navigate({ to: '/consoles' })
      }),
    [navigate],
  )
  if (!isShown && tabs.length === 0) return null
  const move = (vm: VmKey): void => {
    if (popOuts().open(vm)) consoleTabs.close(keyOf(vm))
    else tellFailure('The window did not open', new Error('The browser holds back new windows: allow them for this page.'))
  }
  return (
    <section className={isShown ? 'page consoles' : 'page consoles away'} inert={!isShown} aria-label="Consoles">
      <nav className="console-tabs" aria-label="Open consoles">
        <h1>Consoles</h1>
        {tabs.map((vm) => (
          <ConsoleTab key={keyOf(vm)} vm={vm} isFront={keyOf(vm) === front} />
        ))}
        {out.size > 0 && (
          <span className="console-out faint">
            <Icon of={IconAppWindow} /> {out.size === 1 ? 'one in a window of its own' : `${out.size} in windows of their own`}
          </span>
        )}
      </nav>
      <main className="console-panes">
        {tabs.length === 0 && (
          <EmptyState
            icon={IconDeviceDesktop}
            title="No console is open"
            action={
              <Link className="button primary" to="/vms">
                VMs
              </Link>
            }
          >
            Open one from a VM’s row or page, or press C on a row of the fleet.
          </EmptyState>
        )}
        {tabs.map((vm) => (
          <ConsolePane
            key={keyOf(vm)}
            vm={vm}
            isShown={isShown && keyOf(vm) === front}
            isWindow={false}
            onMove={() => {
              move(vm)
            }}
            onStep={(by) => {
              consoleTabs.step(by)
            }}
          />
        ))}
      </main>
    </section>
  )
}

function ConsoleTab({ vm, isFront }: { readonly vm: VmKey; readonly isFront: boolean }) {
  const name = useRead('vms.list', {}).data?.find((row) => row.nodeId === vm.nodeId && row.uuid === vm.uuid)?.name ?? vm.uuid
  return (
    <span className={isFront ? 'console-tab front' : 'console-tab'}>
      <Button
        kind="quiet"
        aria-pressed={isFront}
        onClick={() => {
          consoleTabs.bringToFront(keyOf(vm))
        }}
      >
        <MiddleCut text={name} />
      </Button>
      <IconButton
        label={`Close the console of ${name.slice(0, 80)}`}
        icon={<Icon of={IconX} sizePx={13} />}
        onClick={() => {
          consoleTabs.close(keyOf(vm))
        }}
      />
    </span>
  )
}
