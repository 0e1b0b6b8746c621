// Turns text into the keys that make it in a guest with a given keyboard layout.
import { layoutTables, type LayoutTable } from './layoutTables.ts'

/** One key pressed and released, by its place on the keyboard (the DOM's `code`). */
export interface KeyStroke {
  readonly code: string
  readonly shift: boolean
  readonly altGr: boolean
}

/** One character of the text, and the keys that make it: a dead key and its base are two. */
export interface TypedCharacter {
  readonly character: string
  readonly strokes: readonly KeyStroke[]
}

export interface TypingPlan {
  readonly typed: readonly TypedCharacter[]
  /** What cannot be typed with this layout, each once, in order of appearance. */
  readonly impossible: readonly string[]
}

export type LayoutId = (typeof layoutTables)[number]['id']

/** For a choice: what they are called. */
export const guestLayouts: readonly { readonly id: LayoutId; readonly name: string }[] = layoutTables.map(({ id, name }) => ({ id, name }))

const rows: readonly (readonly string[])[] = [
  ['Backquote', 'Digit1', 'Digit2', 'Digit3', 'Digit4', 'Digit5', 'Digit6', 'Digit7', 'Digit8', 'Digit9', 'Digit0', 'Minus', 'Equal'],
  ['KeyQ', 'KeyW', 'KeyE', 'KeyR', 'KeyT', 'KeyY', 'KeyU', 'KeyI', 'KeyO', 'KeyP', 'BracketLeft', 'BracketRight'],
  ['KeyA', 'KeyS', 'KeyD', 'KeyF', 'KeyG', 'KeyH', 'KeyJ', 'KeyK', 'KeyL', 'Semicolon', 'Quote', 'Backslash'],
  ['IntlBackslash', 'KeyZ', 'KeyX', 'KeyC', 'KeyV', 'KeyB', 'KeyN', 'KeyM', 'Comma', 'Period', 'Slash'],
]
const levels = [
  { name: 'plain', shift: false, altGr: false },
  { name: 'shift', shift: true, altGr: false },
  { name: 'altGr', shift: false, altGr: true },
  { name: 'shiftAltGr', shift: true, altGr: true },
] as const
const nothing = '·'
const plainKey = (code: string): KeyStroke => ({ code, shift: false, altGr: false })

/** Each dead key: the mark it adds, and the character that it makes with a space. */
const deadKeys: readonly { readonly token: string; readonly mark: string; readonly alone: string }[] = [
  { token: 'dead_grave', mark: '\u0300', alone: '`' },
  { token: 'dead_acute', mark: '\u0301', alone: '´' },
  { token: 'dead_circumflex', mark: '\u0302', alone: '^' },
  { token: 'dead_tilde', mark: '\u0303', alone: '~' },
  { token: 'dead_diaeresis', mark: '\u0308', alone: '¨' },
  { token: 'dead_cedilla', mark: '\u0327', alone: '¸' },
]

/** What one key makes, by character or dead key's name; the way with the fewest modifiers wins. */
function directStrokes(table: LayoutTable): Map<string, KeyStroke> {
  const found = new Map<string, KeyStroke>()
  for (const { name, shift, altGr } of levels) {
    for (const [row, tokens] of table[name].entries()) {
      for (const [place, token] of tokens.split(' ').entries()) {
        const code = rows[row]?.[place]
        if (code !== undefined && token !== nothing && token !== '' && !found.has(token)) found.set(token, { code, shift, altGr })
      }
    }
  }
  return found
}

const cache = new Map<LayoutId, Map<string, readonly KeyStroke[]>>()

/** Every character that the layout can type in one key, or in a dead key and another. */
function strokesOf(id: LayoutId): Map<string, readonly KeyStroke[]> {
  const known = cache.get(id)
  if (known) return known
  const made = new Map<string, readonly KeyStroke[]>([
    [' ', [plainKey('Space')]],
    ['\n', [plainKey('Enter')]],
    ['\t', [plainKey('Tab')]],
  ])
  const table: LayoutTable | undefined = layoutTables.find((one) => one.id === id)
  const direct = table === undefined ? new Map<string, KeyStroke>() : directStrokes(table)
  for (const [token, stroke] of direct) if (!token.startsWith('dead_')) made.set(token, [stroke])
  for (const { token, mark, alone } of deadKeys) {
    const dead = direct.get(token)
    if (dead === undefined) continue
    if (!made.has(alone)) made.set(alone, [dead, plainKey('Space')])
    for (const [base, stroke] of direct) {
      const character = (base + mark).normalize('NFC')
      if (base.length === 1 && character.length === 1 && !made.has(character)) made.set(character, [dead, stroke])
    }
  }
  cache.set(id, made)
  return made
}

/** The keys that type `text` in a guest with this layout. Line ends of every kind are Enter; other control characters are impossible. */
export function planTyping(id: LayoutId, text: string): TypingPlan {
  const known = strokesOf(id)
  const typed: TypedCharacter[] = []
  const impossible = new Set<string>()
  for (const character of text.replaceAll(/\r\n?/g, '\n').normalize('NFC')) {
    const strokes = known.get(character)
    if (strokes === undefined) impossible.add(character)
    else typed.push({ character, strokes })
  }
  return { typed, impossible: [...impossible] }
}

/** Whether a stored choice still is a layout. */
export function isLayoutId(value: unknown): value is LayoutId {
  return layoutTables.some(({ id }) => id === value)
}
