// The few shortcuts that stay the operator's while the keyboard belongs to the guest.
import type { Chord } from './protocol.ts'

const chordOfKey: Readonly<Record<string, Chord>> = { Home: 'leave', PageDown: 'next', PageUp: 'previous', Enter: 'full-screen' }

/** What a key press asks for; null when it is the guest's. `serial`: a terminal has a search too. */
export function chordOf(event: KeyboardEvent, serial: boolean): Chord | null {
  if (event.ctrlKey && event.altKey && !event.shiftKey && !event.metaKey) return chordOfKey[event.code] ?? null
  if (serial && event.ctrlKey && event.shiftKey && event.code === 'KeyF') return 'find'
  return null
}
