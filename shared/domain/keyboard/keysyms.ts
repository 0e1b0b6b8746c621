// X11's numbers of keys, as RFB sends them, and the keys that an operator's own system keeps for itself.

/** A key by its number in RFB and by its place on the keyboard (the DOM's `code`), which servers with QEMU's extension use instead. */
export interface NamedKey {
  readonly keysym: number
  readonly code: string
}

const named = {
  Backspace: { keysym: 0xff08, code: 'Backspace' },
  Tab: { keysym: 0xff09, code: 'Tab' },
  Enter: { keysym: 0xff0d, code: 'Enter' },
  Escape: { keysym: 0xff1b, code: 'Escape' },
  Delete: { keysym: 0xffff, code: 'Delete' },
  PrintScreen: { keysym: 0xff61, code: 'PrintScreen' },
  Shift: { keysym: 0xffe1, code: 'ShiftLeft' },
  Control: { keysym: 0xffe3, code: 'ControlLeft' },
  Alt: { keysym: 0xffe9, code: 'AltLeft' },
  AltGr: { keysym: 0xfe03, code: 'AltRight' },
  Super: { keysym: 0xffeb, code: 'MetaLeft' },
  F1: { keysym: 0xffbe, code: 'F1' },
  F2: { keysym: 0xffbf, code: 'F2' },
  F3: { keysym: 0xffc0, code: 'F3' },
  F4: { keysym: 0xffc1, code: 'F4' },
  F5: { keysym: 0xffc2, code: 'F5' },
  F6: { keysym: 0xffc3, code: 'F6' },
  F7: { keysym: 0xffc4, code: 'F7' },
  F8: { keysym: 0xffc5, code: 'F8' },
  F9: { keysym: 0xffc6, code: 'F9' },
  F10: { keysym: 0xffc7, code: 'F10' },
  F11: { keysym: 0xffc8, code: 'F11' },
  F12: { keysym: 0xffc9, code: 'F12' },
} as const satisfies Record<string, NamedKey>

export type KeyName = keyof typeof named

export function namedKey(name: KeyName): NamedKey {
  return named[name]
}

/** Keys that are held while another one is pressed. */
export const modifierNames = ['Control', 'Alt', 'Shift', 'Super', 'AltGr'] as const satisfies readonly KeyName[]
export type ModifierName = (typeof modifierNames)[number]

/** The number that RFB gives a character: Latin-1 as it is, Enter and Tab their keys', everything else by its code point. */
export function keysymOf(character: string): number {
  if (character === '\n') return named.Enter.keysym
  if (character === '\t') return named.Tab.keysym
  const codePoint = character.codePointAt(0) ?? 0
  return codePoint <= 0xff ? codePoint : 0x0100_0000 + codePoint
}

export interface KeyCombination {
  readonly label: string
  readonly keys: readonly KeyName[]
}

const functionKeys = ['F1', 'F2', 'F3', 'F4', 'F5', 'F6', 'F7', 'F8', 'F9', 'F10', 'F11', 'F12'] as const

/** What the operator's own system would take for itself. */
export const combinations: readonly KeyCombination[] = [
  { label: 'Ctrl+Alt+Del', keys: ['Control', 'Alt', 'Delete'] },
  { label: 'Ctrl+Alt+Backspace', keys: ['Control', 'Alt', 'Backspace'] },
  { label: 'Alt+Tab', keys: ['Alt', 'Tab'] },
  { label: 'Alt+F4', keys: ['Alt', 'F4'] },
  { label: 'Super', keys: ['Super'] },
  { label: 'Print Screen', keys: ['PrintScreen'] },
  { label: 'Ctrl+Alt+Print Screen', keys: ['Control', 'Alt', 'PrintScreen'] },
  { label: 'Esc', keys: ['Escape'] },
]

/** A Linux guest's text screens. */
export const screenSwitches: readonly KeyCombination[] = functionKeys.map((key) => ({ label: `Ctrl+Alt+${key}`, keys: ['Control', 'Alt', key] }))
