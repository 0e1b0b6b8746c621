// Types a text into the guest: its keyboard layout, what cannot be typed, progress, and a way to stop.
import { Select, Textarea } from '@mantine/core'
import { useEffect, useMemo, useRef, useState } from 'react'
import { guestLayouts, isLayoutId, planTyping } from '../../../shared/domain/keyboard/guestLayout.ts'
import { Button } from '../../components/Button.tsx'
import { Note } from '../../components/Note.tsx'
import { count } from '../../lib/formatSize.ts'
import type { ConsoleSession } from './session.ts'
import { sendText, typeText } from './typing.ts'
import { useConsoleView } from './useConsole.ts'

/** Slow enough for a boot loader's keyboard buffer; a serial line takes more. */
const keysPerSecond = 60
const serialCharactersPerSecond = 1_000
const layoutChoices = guestLayouts.map(({ id, name }) => ({ value: id, label: name }))

/** Control characters and blanks have no picture of their own. */
function shown(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return /[\p{C}\p{Z}]/u.test(character) ? `U+${code.toString(16).toUpperCase().padStart(4, '0')}` : character
}

export function TypeDialog({ session, vmName, close }: { readonly session: ConsoleSession; readonly vmName: string; readonly close: () => void }) {
  const { settings, phase } = useConsoleView(session)
  const [text, setText] = useState('')
  const [progress, setProgress] = useState<{ readonly done: number; readonly total: number } | null>(null)
  const stop = useRef<AbortController | null>(null)
  const isSerial = settings.kind === 'serial'
  const impossible = useMemo(() => (isSerial ? [] : planTyping(settings.layout, text).impossible), [isSerial, settings.layout, text])
  useEffect(() => () => stop.current?.abort(), [])
  const type = async (): Promise<void> => {
    const controller = new AbortController()
    stop.current = controller
    const options = {
      charactersPerSecond: isSerial ? serialCharactersPerSecond : keysPerSecond,
      signal: controller.signal,
      onProgress: (done: number, total: number) => {
        setProgress({ done, total })
      },
    }
    await (isSerial ? sendText(session, text, options) : typeText(session, settings.layout, text, options))
    if (controller.signal.aborted) setProgress(null)
    else {
      close()
      session.focus()
    }
  }
  const busy = progress !== null
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        void type()
      }}
    >
      <Textarea
        label={`Text for ${vmName.slice(0, 80)}`}
        data-autofocus
        autosize
        minRows={4}
        maxRows={12}
        value={text}
        disabled={busy}
        spellCheck={false}
        classNames={{ input: 'mono' }}
        onChange={(event) => {
          setText(event.currentTarget.value)
        }}
      />
      {!isSerial && (
        <Select
          label="The guest’s keyboard layout"
          description="As it is set inside the guest: another one types other characters."
          data={layoutChoices}
          value={settings.layout}
          disabled={busy}
          allowDeselect={false}
          onChange={(layout) => {
            if (isLayoutId(layout)) session.change({ layout })
          }}
        />
      )}
      {impossible.length > 0 && (
        <Note tone="warn" title={`${count(impossible.length, 'character')} cannot be typed with this layout and will be left out`}>
          <p className="mono wrap">{impossible.slice(0, 40).map(shown).join('  ')}</p>
        </Note>
      )}
      {busy && (
        <p role="status">
          {progress.done.toLocaleString()} of {progress.total.toLocaleString()} typed
        </p>
      )}
      <div className="dialog-actions">
        {!isSerial && (
          <Button
            disabled={busy || text === ''}
            title="For guests with a VNC clipboard agent"
            onClick={() => {
              session.giveClipboard(text)
              close()
            }}
          >
            Put into the guest’s clipboard
          </Button>
        )}
        <Button
          onClick={() => {
            if (busy) stop.current?.abort()
            else close()
          }}
        >
          {busy ? 'Stop typing' : 'Cancel'}
        </Button>
        <Button type="submit" kind="primary" busy={busy} disabled={text === '' || phase.kind !== 'open' || settings.viewOnly}>
          Type
        </Button>
      </div>
    </form>
  )
}
