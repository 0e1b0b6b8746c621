// Text becomes the keys that make it in the guest's layout; what no key makes is named.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { guestLayouts, isLayoutId, type LayoutId, planTyping } from '../../shared/domain/keyboard/guestLayout.ts'
import { combinations, keysymOf, namedKey, screenSwitches } from '../../shared/domain/keyboard/keysyms.ts'

/** `Shift+AltGr+KeyQ`, several with a blank between. */
function keys(layout: LayoutId, text: string): string {
  return planTyping(layout, text)
    .typed.flatMap(({ strokes }) => strokes)
    .map(({ code, shift, altGr }) => `${shift ? 'Shift+' : ''}${altGr ? 'AltGr+' : ''}${code}`)
    .join(' ')
}

const printableAscii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('')

test('every layout types all of ASCII, a root password in whatever country included', () => {
  for (const { id, name } of guestLayouts) expect([name, planTyping(id, `${printableAscii}\n\t`).impossible]).toEqual([name, []])
})

test('US, UK, India, Germany, France, Spain, Italy and the Nordic countries are there', () => {
  for (const id of ['us', 'gb', 'in', 'de', 'fr', 'es', 'it', 'se', 'no', 'dk']) expect(isLayoutId(id)).toBe(true)
  expect(isLayoutId('klingon')).toBe(false)
})

describe.each([
  ['us', '@', 'Shift+Digit2'],
  ['us', '<|\\', 'Shift+Comma Shift+Backslash Backslash'],
  ['gb', '"', 'Shift+Digit2'],
  ['gb', '@', 'Shift+Quote'],
  ['gb', '£#\\|', 'Shift+Digit3 Backslash IntlBackslash Shift+IntlBackslash'],
  ['in', '₹', 'AltGr+Digit4'],
  ['de', 'zy', 'KeyY KeyZ'],
  ['de', '@€{}', 'AltGr+KeyQ AltGr+KeyE AltGr+Digit7 AltGr+Digit0'],
  ['de', 'äÖß', 'Quote Shift+Semicolon Minus'],
  ['de', '^', 'Backquote Space'],
  ['de', 'é', 'Equal KeyE'],
  ['fr', 'azqwm', 'KeyQ KeyW KeyA KeyZ Semicolon'],
  ['fr', '1.', 'Shift+Digit1 Shift+Comma'],
  ['fr', 'éêë', 'Digit2 BracketLeft KeyE Shift+BracketLeft KeyE'],
  ['fr', '@\\', 'AltGr+Digit0 AltGr+Digit8'],
  ['es', 'ñ¿á', 'Semicolon Shift+Equal Quote KeyA'],
  ['it', 'èé{', 'BracketLeft Shift+BracketLeft AltGr+Digit7'],
  ['se', 'åäö~', 'BracketLeft Quote Semicolon AltGr+BracketRight Space'],
  ['no', 'øæå', 'Semicolon Quote BracketLeft'],
  ['dk', 'æø|', 'Semicolon Quote AltGr+Equal'],
] as const)('in the layout %s', (layout, text, expected) => {
  test(`${text} is typed ${expected}`, () => {
    expect(keys(layout, text)).toBe(expected)
    expect(planTyping(layout, text).impossible).toEqual([])
  })
})

test('what a layout cannot type is named once, and the rest is still planned', () => {
  const plan = planTyping('us', 'naïve 日本 日 ok 🎉')
  expect(plan.impossible).toEqual(['ï', '日', '本', '🎉'])
  expect(plan.typed.map(({ character }) => character).join('')).toBe('nave   ok ')
})

test('line ends of every kind are Enter, composed and decomposed letters are the same, control characters are refused', () => {
  expect(keys('us', 'a\r\nb\rc\nd')).toBe('KeyA Enter KeyB Enter KeyC Enter KeyD')
  expect(keys('de', 'u\u0308')).toBe('BracketLeft')
  expect(planTyping('us', 'a\u0003\u001bb').impossible).toEqual(['\u0003', '\u001b'])
})

test('whatever the text, every character is typed or named, never both, never dropped', () => {
  fc.assert(
    fc.property(fc.constantFrom(...guestLayouts.map(({ id }) => id)), fc.string({ unit: 'grapheme', maxLength: 200 }), (id, text) => {
      const { typed, impossible } = planTyping(id, text)
      const normal = text.replaceAll(/\r\n?/g, '\n').normalize('NFC')
      const expected = Array.from(normal).filter((character) => !impossible.includes(character)).join('')
      expect(typed.map(({ character }) => character).join('')).toBe(expected)
      for (const { strokes } of typed) expect(strokes.length).toBeGreaterThan(0)
    }),
  )
})

test('a layout never types one character with the keys of another', () => {
  for (const { id } of guestLayouts) {
    const seen = new Map<string, string>()
    for (let code = 33; code < 0x250; code += 1) {
      const character = String.fromCharCode(code)
      const way = keys(id, character)
      if (way === '') continue
      expect([id, character, seen.get(way) ?? character]).toEqual([id, character, character])
      seen.set(way, character)
    }
  }
})

test('characters have the numbers that RFB gives them', () => {
  expect(keysymOf('a')).toBe(0x61)
  expect(keysymOf('é')).toBe(0xe9)
  expect(keysymOf('\n')).toBe(0xff0d)
  expect(keysymOf('₹')).toBe(0x010020b9)
  expect(keysymOf('🎉')).toBe(0x0101f389)
})

test('the combinations that an operator’s own system keeps can be sent, each key once', () => {
  expect(combinations.map(({ label }) => label)).toEqual(expect.arrayContaining(['Ctrl+Alt+Del', 'Alt+Tab', 'Super', 'Print Screen']))
  expect(screenSwitches.map(({ label }) => label)).toEqual(Array.from({ length: 12 }, (_, index) => `Ctrl+Alt+F${index + 1}`))
  for (const { keys } of [...combinations, ...screenSwitches]) expect(new Set(keys.map((key) => namedKey(key).keysym)).size).toBe(keys.length)
})
