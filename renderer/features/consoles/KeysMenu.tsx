// What the operator's own keyboard cannot send: combinations, screen switches, held modifiers, whole texts.
import { Menu } from '@mantine/core'
import { IconKeyboard, IconTextPlus } from '@tabler/icons-react'
import { combinations, type KeyCombination, type ModifierName, modifierNames, namedKey, screenSwitches } from '../../../shared/domain/keyboard/keysyms.ts'
import { Icon } from '../../components/Icon.tsx'
import { BarMenu } from './BarMenu.tsx'
import type { ConsoleSession } from './session.ts'
import { useConsoleView } from './useConsole.ts'

const modifierWords: Readonly<Record<ModifierName, string>> = { Control: 'Ctrl', Alt: 'Alt', Shift: 'Shift', Super: 'Super', AltGr: 'AltGr' }
const serialKeys: readonly { readonly label: string; readonly text: string }[] = [
  { label: 'Ctrl+C', text: '\u0003' },
  { label: 'Ctrl+D', text: '\u0004' },
  { label: 'Ctrl+Z', text: '\u001a' },
  { label: 'Ctrl+]', text: '\u001d' },
  { label: 'Esc', text: '\u001b' },
]

export function heldWords(held: readonly ModifierName[]): string {
  return held.map((name) => modifierWords[name]).join('+')
}

function sendCombination(session: ConsoleSession, { keys }: KeyCombination): void {
  const last = keys.at(-1)
  if (last === undefined) return
  session.press([{ ...namedKey(last), modifiers: keys.slice(0, -1).map(namedKey) }])
  session.focus()
}

export function KeysMenu({ session, onType }: { readonly session: ConsoleSession; readonly onType: () => void }) {
  const { settings, phase, focused, held } = useConsoleView(session)
  const disabled = phase.kind !== 'open' || settings.viewOnly
  return (
    <BarMenu label="Keys" icon={IconKeyboard} guestHasKeyboard={focused} disabled={disabled}>
      <Menu.Item leftSection={<Icon of={IconTextPlus} />} onClick={onType}>
        Type a text…
      </Menu.Item>
      <Menu.Divider />
      {settings.kind === 'serial' ? (
        serialKeys.map(({ label, text }) => (
          <Menu.Item
            key={label}
            onClick={() => {
              session.type(text)
              session.focus()
            }}
          >
            {label}
          </Menu.Item>
        ))
      ) : (
        <>
          {combinations.map((combination) => (
            <Menu.Item
              key={combination.label}
              onClick={() => {
                sendCombination(session, combination)
              }}
            >
              {combination.label}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Label>Text screens of Linux</Menu.Label>
          <div className="key-grid">
            {screenSwitches.map((combination) => (
              <Menu.Item
                key={combination.label}
                aria-label={combination.label}
                onClick={() => {
                  sendCombination(session, combination)
                }}
              >
                {combination.label.replace('Ctrl+Alt+', '')}
              </Menu.Item>
            ))}
          </div>
          <Menu.Divider />
          <Menu.Label>Held with the next key or click</Menu.Label>
          {modifierNames.map((name) => (
            <Menu.CheckboxItem
              key={name}
              checked={held.includes(name)}
              onChange={(checked) => {
                session.hold(checked ? [...held, name] : held.filter((one) => one !== name))
              }}
            >
              {modifierWords[name]}
            </Menu.CheckboxItem>
          ))}
        </>
      )}
    </BarMenu>
  )
}
