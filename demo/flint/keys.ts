// X11 key symbols, as RFB sends them, into what a terminal would have received.

const controlKeys = new Set([0xffe3, 0xffe4])
const altKeys = new Set([0xffe9, 0xffea])

const named = new Map<number, string>([
  [0xff08, '\u007f'],
  [0xff09, '\t'],
  [0xff0d, '\r'],
  [0xff8d, '\r'],
  [0xff1b, '\u001b'],
  [0xff52, '\u001b[A'],
  [0xff54, '\u001b[B'],
])

const deleteKey = 0xffff

/** The text of a key; empty for releases and keys without one. `held` remembers Control and Alt between calls. */
export function keyText(keysym: number, isDown: boolean, held: Set<number>): string {
  if (controlKeys.has(keysym) || altKeys.has(keysym)) {
    if (isDown) held.add(keysym)
    else held.delete(keysym)
    return ''
  }
  if (!isDown) return ''
  const isControl = [...held].some((key) => controlKeys.has(key))
  if (keysym === deleteKey) return isControl && [...held].some((key) => altKeys.has(key)) ? 'ctrl-alt-del' : ''
  const name = named.get(keysym)
  if (name !== undefined) return name
  const isLatin = (keysym >= 0x20 && keysym < 0x7f) || (keysym >= 0xa0 && keysym <= 0xff)
  const isUnicode = keysym >= 0x0100_0100 && keysym <= 0x0110_ffff
  const character = isLatin ? String.fromCodePoint(keysym) : isUnicode ? String.fromCodePoint(keysym - 0x0100_0000) : ''
  if (!isControl) return character
  return /^[a-zA-Z]$/.test(character) ? String.fromCharCode(character.toUpperCase().charCodeAt(0) - 64) : ''
}
