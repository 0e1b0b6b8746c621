// The program of a console's frame: takes the app's port, shows a screen or a terminal, and tells the app what the operator does in it.
import '../../../lib/nonce.ts'
import '@fontsource-variable/jetbrains-mono/wght.css'
import '@xterm/xterm/css/xterm.css'
import './frame.css'
import { chordOf } from './chords.ts'
import type { FromFrame, ToFrame } from './protocol.ts'
import { Pace } from './pace.ts'
import { Screen } from './screen.ts'
import { SerialTerminal } from './terminal.ts'

const place = document.getElementById('console')
if (place === null) throw new Error('the frame has no place for its console')

let port: MessagePort | null = null
let screen: Screen | null = null
let terminal: SerialTerminal | null = null
const pace = new Pace()

function tell(message: FromFrame, transfer: Transferable[] = []): void {
  port?.postMessage(message, transfer)
}

async function take(bytes: Uint8Array): Promise<void> {
  const count = bytes.byteLength
  await (screen?.take(bytes) ?? terminal?.take(bytes))
  await pace.taken(count)
  tell({ kind: 'taken', bytes: count })
}

function begin(message: Extract<ToFrame, { kind: 'begin' }>, where: HTMLElement): void {
  document.body.className = `${message.console} ${message.settings.scaling}`
  document.documentElement.style.colorScheme = message.dark ? 'dark' : 'light'
  if (message.console === 'vnc') {
    terminal?.dispose()
    terminal = null
    screen?.end()
    screen = new Screen(where, message.settings, (told) => tell(told))
    return
  }
  screen?.end()
  screen = null
  for (const old of where.querySelectorAll('.last-picture')) old.remove()
  if (terminal === null) terminal = new SerialTerminal(where, message.settings, message.dark, (told) => tell(told))
  else terminal.begin(message.settings)
}

function receive(message: ToFrame, where: HTMLElement): void {
  switch (message.kind) {
    case 'begin':
      begin(message, where)
      return
    case 'bytes':
      void take(message.bytes)
      return
    case 'end':
      document.body.classList.add('ended')
      screen?.end()
      return
    case 'settings':
      document.body.classList.toggle('actual', message.settings.scaling === 'actual')
      screen?.show(message.settings)
      terminal?.show(message.settings)
      return
    case 'shown':
      pace.show(message.on)
      return
    case 'press':
      screen?.press(message.keys)
      terminal?.press(message.keys)
      return
    case 'type':
      terminal?.type(message.text)
      return
    case 'hold':
      screen?.hold(message.keys)
      return
    case 'clipboard':
      screen?.clipboard(message.text)
      return
    case 'focus':
      window.focus()
      screen?.focus()
      terminal?.focus()
      return
    case 'screenshot':
      void (screen?.screenshot() ?? Promise.resolve(null)).then((png) => tell({ kind: 'screenshot', id: message.id, png }, png === null ? [] : [png]))
      return
    case 'search':
      terminal?.search(message.text, message.backwards)
      return
    case 'copy':
      tell({ kind: 'copied', id: message.id, text: terminal?.selection ?? '' })
      return
    case 'clear':
      terminal?.clear()
      return
    case 'ping':
      tell({ kind: 'pong', id: message.id })
  }
}

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const [given] = event.ports
  if (event.source !== window.parent || port !== null || given === undefined) return
  port = given
  given.addEventListener('message', (told: MessageEvent<ToFrame>) => receive(told.data, place))
  given.start()
})
window.addEventListener(
  'keydown',
  (event) => {
    const chord = chordOf(event, terminal !== null)
    if (chord === null) return
    event.preventDefault()
    event.stopImmediatePropagation()
    // The modifiers of the chord went to the guest before: noVNC lets go of everything when the window loses the keyboard.
    if (chord !== 'find') window.dispatchEvent(new Event('blur'))
    tell({ kind: 'chord', chord })
  },
  { capture: true },
)
window.addEventListener('focus', () => tell({ kind: 'focused', on: true }))
window.addEventListener('blur', () => {
  screen?.blurred()
  tell({ kind: 'focused', on: document.hasFocus() })
})
// noVNC draws on after a promise of its own: what it throws there is as much the server's doing.
window.addEventListener('unhandledrejection', (event) => {
  event.preventDefault()
  screen?.fail('what it sends makes no picture')
})
window.parent.postMessage({ kind: 'flint-console:console-ready' }, '*')
