// Types a text into a guest key by key, at a pace that guests keep up with, and can be stopped.
import { planTyping, type LayoutId } from '../../../shared/domain/keyboard/guestLayout.ts'
import { keysymOf } from '../../../shared/domain/keyboard/keysyms.ts'
import type { KeyPress } from './frame/protocol.ts'
import type { ConsoleSession } from './session.ts'

export interface TypingOptions {
  readonly charactersPerSecond: number
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number) => void
}

const tickMs = 20

/** Types by the guest's layout; what cannot be typed is left out. Resolves to how many characters were typed. */
export function typeText(session: ConsoleSession, layout: LayoutId, text: string, options: TypingOptions): Promise<number> {
  const presses = planTyping(layout, text).typed.map<KeyPress>(({ character, strokes }) => ({ keysym: keysymOf(character), code: strokes[0]?.code ?? '', modifiers: [], strokes }))
  return inPortions(presses, options, (portion) => session.press(portion))
}

/** Sends a text down a serial line, where characters are characters. */
export function sendText(session: ConsoleSession, text: string, options: TypingOptions): Promise<number> {
  return inPortions(Array.from(text.replaceAll(/\r\n?|\n/g, '\r')), options, (portion) => session.type(portion.join('')))
}

async function inPortions<T>(all: readonly T[], { charactersPerSecond, signal, onProgress }: TypingOptions, send: (portion: readonly T[]) => void): Promise<number> {
  const size = Math.max(1, Math.round((charactersPerSecond * tickMs) / 1_000))
  const pauseMs = Math.max(tickMs, (size * 1_000) / charactersPerSecond)
  let done = 0
  while (done < all.length && !signal.aborted) {
    send(all.slice(done, done + size))
    done = Math.min(all.length, done + size)
    onProgress(done, all.length)
    if (done < all.length) await pause(pauseMs, signal)
  }
  return done
}

function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, durationMs)
    signal.addEventListener('abort', done)
  })
}
