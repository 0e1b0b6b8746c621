// The bar over a console: whose machine this is, what can be done to it, and how it is shown.
import { Menu } from '@mantine/core'
import { IconAppWindow, IconArrowBackUp, IconBolt, IconDeviceDesktop, IconMaximize, IconSearch, IconTerminal2 } from '@tabler/icons-react'
import { IconButton } from '../../components/Button.tsx'
import { mayDo, powerActions, powerVerbs } from '../../components/estate/powerWords.ts'
import { SnapshotForm } from '../../components/estate/SnapshotForm.tsx'
import { VmState } from '../../components/estate/states.tsx'
import type { VmRow } from '../../components/estate/states.tsx'
import { usePower } from '../../components/estate/usePower.tsx'
import { Icon } from '../../components/Icon.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { useDialogs } from '../../lib/dialogs.tsx'
import { BarMenu } from './BarMenu.tsx'
import { leaveFullScreen } from './fullScreen.ts'
import type { ConsoleKind } from './frame/protocol.ts'
import { heldWords, KeysMenu } from './KeysMenu.tsx'
import { PictureMenu } from './PictureMenu.tsx'
import type { ConsoleSession } from './session.ts'
import { TypeDialog } from './TypeDialog.tsx'
import { useConsoleView } from './useConsole.ts'
import { ViewMenu } from './ViewMenu.tsx'

interface ConsoleBarProps {
  readonly session: ConsoleSession
  readonly vm: VmRow | undefined
  readonly vmName: string
  readonly onSearch: () => void
  readonly onFullScreen: () => void
  /** In the app: to a window of its own. In that window: back. */
  readonly onMove: () => void
  readonly isWindow: boolean
}

const kinds: readonly { readonly kind: ConsoleKind; readonly label: string; readonly icon: typeof IconDeviceDesktop }[] = [
  { kind: 'vnc', label: 'Screen', icon: IconDeviceDesktop },
  { kind: 'serial', label: 'Serial', icon: IconTerminal2 },
]

function Owner({ vm }: { readonly vm: VmRow | undefined }) {
  if (vm === undefined) return <span className="faint">not in the last list</span>
  const { service } = vm
  if (service === null) return <span className="muted">no customer is linked</span>
  return <MiddleCut text={service.customerName ?? `service #${service.id}`} />
}

export function ConsoleBar({ session, vm, vmName, onSearch, onFullScreen, onMove, isWindow }: ConsoleBarProps) {
  const { settings, focused, held, size } = useConsoleView(session)
  const power = usePower()
  const dialogs = useDialogs()
  const openTyping = (): void => {
    void leaveFullScreen()
    dialogs.open(`Type into ${vmName.slice(0, 80)}`, (close) => <TypeDialog session={session} vmName={vmName} close={close} />, 560)
  }
  return (
    <header className="console-bar">
      <div className="console-whose">
        <h2>
          <MiddleCut text={vmName} />
        </h2>
        {vm !== undefined && <VmState vm={vm} />}
        <span className="console-owner" title="Whose machine this is">
          <Owner vm={vm} />
        </span>
        {vm !== undefined && <span className="faint console-node">{vm.nodeName}</span>}
      </div>
      <div className="console-kinds" role="group" aria-label="What is shown">
        {kinds.map(({ kind, label, icon }) => (
          <button
            key={kind}
            type="button"
            className="button"
            aria-pressed={settings.kind === kind}
            onClick={() => {
              session.switchTo(kind)
            }}
          >
            <Icon of={icon} />
            {label}
          </button>
        ))}
      </div>
      {vm !== undefined && (
        <BarMenu label="Power" icon={IconBolt} guestHasKeyboard={focused}>
          {powerActions.map((action) => (
            <Menu.Item
              key={action}
              disabled={!mayDo(action, vm.state)}
              className={action === 'force-stop' ? 'bad' : ''}
              onClick={() => {
                void leaveFullScreen()
                power(vm, action)
              }}
            >
              {powerVerbs[action]}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item
            onClick={() => {
              void leaveFullScreen()
              dialogs.open(`Snapshot of ${vm.name.slice(0, 80)}`, (close) => <SnapshotForm vm={vm} close={close} />)
            }}
          >
            Make a snapshot…
          </Menu.Item>
        </BarMenu>
      )}
      <KeysMenu session={session} onType={openTyping} />
      <ViewMenu session={session} />
      <PictureMenu session={session} vmName={vmName} />
      {settings.kind === 'serial' && <IconButton label="Search the scrollback" icon={<Icon of={IconSearch} />} onClick={onSearch} />}
      <IconButton label="Full screen (Ctrl+Alt+Enter)" icon={<Icon of={IconMaximize} />} onClick={onFullScreen} />
      <IconButton label={isWindow ? 'Back into the app' : 'In a window of its own'} icon={<Icon of={isWindow ? IconArrowBackUp : IconAppWindow} />} onClick={onMove} />
      <p className="console-hint" role="status">
        {held.length > 0 && <span className="tag tone-accent">{heldWords(held)} held with the next key</span>}
        {settings.viewOnly && <span className="tag tone-warn">view only</span>}
        {focused ? (
          <span>
            The keyboard is in the guest. <kbd>Ctrl Alt Home</kbd> gives it back.
          </span>
        ) : (
          <span>Click into the console to type.</span>
        )}
        {settings.kind === 'serial' && (
          <span title="Where Flint leads its session, as under systemd, it takes this line for its own terminal and ends with it; systemd starts it again after 5 seconds.">
            Flint shares one terminal among all; switching this VM off may end Flint for a moment.
          </span>
        )}
        {size !== null && (
          <span className="push faint">
            {size.width} × {size.height}
          </span>
        )}
      </p>
    </header>
  )
}
