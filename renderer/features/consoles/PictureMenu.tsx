// Takes things out of a console: its picture as a file or into the clipboard, a terminal's selection, the guest's clipboard.
import { Menu } from '@mantine/core'
import { IconCamera, IconClipboard, IconClipboardText, IconEraser, IconFileDownload } from '@tabler/icons-react'
import { Icon } from '../../components/Icon.tsx'
import { tellDone, tellFailure } from '../../lib/tell.tsx'
import { BarMenu } from './BarMenu.tsx'
import type { ConsoleSession } from './session.ts'
import { useConsoleView } from './useConsole.ts'

function saveFile(name: string, blob: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  // The download has its own hold on the blob by the next turn.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

/** `vps-104-2026-11-23T10-15-00.png`, of characters that every file system takes. */
function fileName(vmName: string, at: Date): string {
  const safe = vmName.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 80)
  return `${safe === '' ? 'console' : safe}-${at.toISOString().slice(0, 19).replaceAll(':', '-')}.png`
}

async function attempt(what: string, done: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
    tellDone(done)
  } catch (error) {
    tellFailure(what, error)
  }
}

async function pictureOf(session: ConsoleSession): Promise<Blob> {
  const png = await session.screenshot()
  if (png === null) throw new Error('There is no picture to keep right now.')
  return png
}

export function PictureMenu({ session, vmName }: { readonly session: ConsoleSession; readonly vmName: string }) {
  const { settings, focused, guestClipboard } = useConsoleView(session)
  const copyText = (text: string): Promise<void> => attempt('It could not be copied', 'Copied', () => navigator.clipboard.writeText(text))
  return (
    <BarMenu label="Capture" icon={IconCamera} guestHasKeyboard={focused}>
      {settings.kind === 'vnc' ? (
        <>
          <Menu.Item
            leftSection={<Icon of={IconFileDownload} />}
            onClick={() => {
              void attempt('The screenshot could not be saved', 'Screenshot saved', async () => saveFile(fileName(vmName, new Date()), await pictureOf(session)))
            }}
          >
            Save a screenshot
          </Menu.Item>
          <Menu.Item
            leftSection={<Icon of={IconClipboard} />}
            onClick={() => {
              void attempt('The screenshot could not be copied', 'Screenshot copied', async () => {
                await navigator.clipboard.write([new ClipboardItem({ 'image/png': await pictureOf(session) })])
              })
            }}
          >
            Copy a screenshot
          </Menu.Item>
          <Menu.Item
            leftSection={<Icon of={IconClipboardText} />}
            disabled={guestClipboard === null}
            onClick={() => {
              if (guestClipboard !== null) void copyText(guestClipboard)
            }}
          >
            Copy the guest’s clipboard
          </Menu.Item>
        </>
      ) : (
        <>
          <Menu.Item
            leftSection={<Icon of={IconClipboardText} />}
            onClick={() => {
              void session.selection().then((text) => (text === '' ? tellFailure('Nothing is selected', new Error('Select text in the terminal first.')) : copyText(text)))
            }}
          >
            Copy the selection
          </Menu.Item>
          <Menu.Item
            leftSection={<Icon of={IconEraser} />}
            onClick={() => {
              session.clear()
            }}
          >
            Clear the scrollback
          </Menu.Item>
        </>
      )}
    </BarMenu>
  )
}
