// What a console does after it was refused or ended, and what of its frame's messages is believed.
import { describe, expect, test } from 'vitest'
import { afterFailure, pauseBeforeMs } from '../../renderer/features/consoles/afterFailure.ts'
import { frameAddress } from '../../renderer/features/consoles/frameAddress.ts'
import { longestClipboard, parseFromFrame } from '../../renderer/features/consoles/frame/protocol.ts'

const reason = (code: string) => ({ code, message: 'It ended.' })

describe('after a failure', () => {
  test.each(['node.unauthorized', 'node.key-missing', 'vm.unknown', 'console.not-vnc', 'console.bad-server', 'console.frame-lost', 'node.not-flint'])('%s: nothing is tried by itself', (code) => {
    expect(pauseBeforeMs(afterFailure(reason(code)), 0)).toBeNull()
  })

  test.each(['console.ended', 'console.silent', 'node.unreachable', 'worker.gone', 'node.libvirt-lost', 'keychain.locked', 'something.new'])('%s: it is tried again, ever more slowly, at most every 15 s', (code) => {
    const after = afterFailure(reason(code))
    const pauses = Array.from({ length: 50 }, (_, attempt) => pauseBeforeMs(after, attempt) ?? Number.NaN)
    expect(pauses.slice(0, 6)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000])
    expect(Math.max(...pauses)).toBe(15_000)
  })

  test('a VM that is off or paused is looked at again, and a Flint without screens offers the serial line', () => {
    expect(afterFailure(reason('console.vm-off'))).toBe('off')
    expect(afterFailure(reason('console.vm-paused'))).toBe('paused')
    expect(pauseBeforeMs('off', 30)).toBe(4_000)
    expect(afterFailure(reason('console.vnc-unsupported'))).toBe('no-screen')
    expect(pauseBeforeMs('no-screen', 0)).toBeNull()
    expect(afterFailure(null)).toBe('retry')
  })
})

test('each frame has an origin of its own, on the desktop and in a browser', () => {
  const at = (href: string) => frameAddress(new URL(href), 'a1b2')
  expect(at('app://flint-console/index.html#/consoles')).toBe('app://a1b2.console/console.html')
  // In development, as here, the page's own server has the frame.
  expect(at('http://localhost:5173/index.html')).toBe(import.meta.env.DEV ? 'http://localhost:5173/console.html' : 'http://a1b2.console.localhost:5173/console.html')
  expect(at('https://console.example/app/')).toBe('https://console.example/app/console.html')
})

describe('a frame’s message', () => {
  test('is taken as it is when it is whole', () => {
    expect(parseFromFrame({ kind: 'taken', bytes: 5 })).toEqual({ kind: 'taken', bytes: 5 })
    expect(parseFromFrame({ kind: 'chord', chord: 'leave' })).toEqual({ kind: 'chord', chord: 'leave' })
    expect(parseFromFrame({ kind: 'size', width: 640, height: 400, more: true })).toEqual({ kind: 'size', width: 640, height: 400 })
  })

  test.each([
    null,
    'taken',
    { kind: 'taken', bytes: Number.NaN },
    { kind: 'taken', bytes: -5 },
    { kind: 'send', bytes: [1, 2] },
    { kind: 'send', bytes: 'text' },
    { kind: 'chord', chord: 'close-the-app' },
    { kind: 'size', width: '1', height: 2 },
    { kind: 'screenshot', id: 1, png: '<svg>' },
    { kind: 'clipboard', text: { toString: 1 } },
    { kind: 'open', url: 'https://example.com' },
  ])('%j is none', (message) => {
    expect(parseFromFrame(message)).toBeNull()
  })

  test('is cut to size: words to a few, a clipboard to a million characters', () => {
    expect(parseFromFrame({ kind: 'failed', message: 'x'.repeat(10_000) })).toMatchObject({ message: 'x'.repeat(500) })
    const clipboard = parseFromFrame({ kind: 'clipboard', text: 'x'.repeat(5_000_000) })
    expect(clipboard?.kind === 'clipboard' ? clipboard.text.length : 0).toBe(longestClipboard)
  })
})
