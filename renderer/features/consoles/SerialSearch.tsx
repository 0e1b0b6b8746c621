// Searches a serial console's scrollback.
import { TextInput } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { IconButton } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import type { ConsoleSession } from './session.ts'
import { useConsoleView } from './useConsole.ts'

export function SerialSearch({ session, close }: { readonly session: ConsoleSession; readonly close: () => void }) {
  const [text, setText] = useState('')
  const { found } = useConsoleView(session)
  const leave = (): void => {
    session.search('', false)
    close()
    session.focus()
  }
  return (
    <form
      className="console-search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault()
        session.search(text, true)
      }}
    >
      <TextInput
        aria-label="Search the scrollback"
        placeholder="Search the scrollback"
        autoFocus
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
          session.search(event.currentTarget.value, true)
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.preventDefault()
          leave()
        }}
      />
      <span className="muted" role="status">
        {text === '' || found === null ? '' : found.count === 0 ? 'nothing found' : `${(found.index + 1).toLocaleString()} of ${found.count.toLocaleString()}`}
      </span>
      <IconButton label="Find earlier" icon={<Icon of={IconArrowUp} />} onClick={() => session.search(text, true)} />
      <IconButton label="Find later" icon={<Icon of={IconArrowDown} />} onClick={() => session.search(text, false)} />
      <IconButton label="Close the search" icon={<Icon of={IconX} />} onClick={leave} />
    </form>
  )
}
