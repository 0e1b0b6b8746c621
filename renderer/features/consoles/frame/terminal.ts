// A VM's serial line: xterm over the bytes that the app hands in; what is typed goes back as UTF-8.
import { FitAddon } from '@xterm/addon-fit'
import { SearchAddon } from '@xterm/addon-search'
import { Unicode11Addon } from '@xterm/addon-unicode11'
import { type ITheme, Terminal } from '@xterm/xterm'
import type { FromFrame, KeyPress, ViewSettings } from './protocol.ts'

const scrollbackLines = 10_000
const dark: ITheme = { background: '#101113', foreground: '#e7e8ea', cursor: '#8aa2ff', selectionBackground: '#35447d' }
const light: ITheme = {
  background: '#ffffff',
  foreground: '#1c1d1f',
  cursor: '#3557d6',
  selectionBackground: '#c9d3f7',
  // xterm's own light colours cannot be read on white.
  green: '#177245',
  brightGreen: '#177245',
  yellow: '#8a5000',
  brightYellow: '#8a5000',
  white: '#5c5f64',
  brightWhite: '#1c1d1f',
  cyan: '#0b6b74',
  brightCyan: '#0b6b74',
}
const searchColours = { matchBackground: '#8a5000', matchOverviewRuler: '#8a5000', activeMatchBackground: '#3557d6', activeMatchColorOverviewRuler: '#3557d6' }

/** Keys of the bar as a terminal knows them. */
const sequences: Readonly<Record<string, string>> = { Escape: '\u001b', Tab: '\t', Enter: '\r', Backspace: '\u007f', Delete: '\u001b[3~' }

export class SerialTerminal {
  readonly #terminal: Terminal
  readonly #fit = new FitAddon()
  readonly #search = new SearchAddon()
  readonly #observer: ResizeObserver
  readonly #tell: (message: FromFrame) => void
  #viewOnly: boolean
  #isFirst = true

  constructor(place: HTMLElement, settings: ViewSettings, isDark: boolean, tell: (message: FromFrame) => void) {
    this.#tell = tell
    this.#viewOnly = settings.viewOnly
    this.#terminal = new Terminal({
      allowProposedApi: true,
      scrollback: scrollbackLines,
      fontFamily: '"JetBrains Mono Variable", ui-monospace, monospace',
      fontSize: settings.fontSizePx,
      theme: isDark ? dark : light,
      minimumContrastRatio: 4.5,
      screenReaderMode: false,
      // A guest's links and titles are its own affair: nothing of it is followed.
      linkHandler: { activate: () => undefined },
    })
    this.#terminal.loadAddon(this.#fit)
    this.#terminal.loadAddon(this.#search)
    this.#terminal.loadAddon(new Unicode11Addon())
    this.#terminal.unicode.activeVersion = '11'
    this.#terminal.open(place)
    const encoder = new TextEncoder()
    const send = (bytes: Uint8Array): void => {
      if (!this.#viewOnly) tell({ kind: 'send', bytes })
    }
    this.#terminal.onData((text) => send(encoder.encode(text)))
    this.#terminal.onBinary((text) => send(Uint8Array.from(text, (character) => character.charCodeAt(0))))
    this.#terminal.onResize(({ cols, rows }) => tell({ kind: 'size', width: cols, height: rows }))
    this.#search.onDidChangeResults(({ resultIndex, resultCount }) => tell({ kind: 'found', index: resultIndex, count: resultCount }))
    this.#observer = new ResizeObserver(() => this.#fitNow())
    this.#observer.observe(place)
    this.#fitNow()
  }

  /** Resolves when the terminal has dealt with the bytes. Characters may be split between them: xterm decodes them as a stream. */
  take(bytes: Uint8Array): Promise<void> {
    if (this.#isFirst) {
      this.#isFirst = false
      this.#tell({ kind: 'connected', name: '' })
    }
    return new Promise((resolve) => {
      this.#terminal.write(bytes, resolve)
    })
  }

  /** Another connection to the same line: what was there stays, and can be scrolled to. */
  begin(settings: ViewSettings): void {
    this.show(settings)
    this.#isFirst = true
    this.#terminal.options.cursorInactiveStyle = 'outline'
    this.#terminal.write('\u001b[0m\r\n')
  }

  show(settings: ViewSettings): void {
    this.#viewOnly = settings.viewOnly
    this.#terminal.options.fontSize = settings.fontSizePx
    this.#terminal.options.disableStdin = settings.viewOnly
    this.#fitNow()
  }

  type(text: string): void {
    this.#terminal.input(text, true)
  }

  press(keys: readonly KeyPress[]): void {
    for (const key of keys) {
      const sequence = sequences[key.code]
      if (sequence !== undefined) this.type(sequence)
    }
  }

  search(text: string, backwards: boolean): void {
    const options = { decorations: searchColours, incremental: false }
    if (text === '') this.#search.clearDecorations()
    else if (backwards) this.#search.findPrevious(text, options)
    else this.#search.findNext(text, options)
  }

  get selection(): string {
    return this.#terminal.getSelection()
  }

  clear(): void {
    this.#terminal.clear()
  }

  focus(): void {
    this.#terminal.focus()
  }

  /** Its picture as text: a terminal has no pixels worth keeping. */
  dispose(): void {
    this.#observer.disconnect()
    this.#terminal.dispose()
  }

  #fitNow(): void {
    this.#fit.fit()
  }
}
