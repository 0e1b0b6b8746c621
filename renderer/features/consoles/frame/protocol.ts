// What the app and a console's frame say to each other. The frame handles what a hostile server sends: the app believes nothing of it unchecked.
import type { NamedKey } from '../../../../shared/domain/keyboard/keysyms.ts'

export type ConsoleKind = 'vnc' | 'serial'
export type Scaling = 'fit' | 'actual' | 'remote'

/** How a console is shown; the app remembers it for each VM. */
export interface ViewSettings {
  readonly scaling: Scaling
  /** JPEG quality of the screen, 0 (smallest) to 9 (best). */
  readonly quality: number
  /** 0 (least work for the node) to 9 (fewest bytes). */
  readonly compression: number
  readonly viewOnly: boolean
  readonly fontSizePx: number
}

/** What is typed: a key by its number and place, or characters for a terminal. */
export interface KeyPress extends NamedKey {
  readonly modifiers: readonly NamedKey[]
  /** Where the server takes places on the keyboard: the same character by the guest's own layout, a dead key first where it needs one. */
  readonly strokes?: readonly { readonly code: string; readonly shift: boolean; readonly altGr: boolean }[]
}

export type ToFrame =
  | { readonly kind: 'begin'; readonly console: ConsoleKind; readonly settings: ViewSettings; readonly dark: boolean }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** The stream has ended: the last picture stays, greyed. */
  | { readonly kind: 'end' }
  | { readonly kind: 'settings'; readonly settings: ViewSettings }
  /** Whether anybody sees it now. */
  | { readonly kind: 'shown'; readonly on: boolean }
  | { readonly kind: 'press'; readonly keys: readonly KeyPress[] }
  | { readonly kind: 'type'; readonly text: string }
  /** Held down together with the next key or click. */
  | { readonly kind: 'hold'; readonly keys: readonly NamedKey[] }
  | { readonly kind: 'clipboard'; readonly text: string }
  | { readonly kind: 'focus' }
  | { readonly kind: 'screenshot'; readonly id: number }
  | { readonly kind: 'search'; readonly text: string; readonly backwards: boolean }
  | { readonly kind: 'copy'; readonly id: number }
  | { readonly kind: 'clear' }
  | { readonly kind: 'ping'; readonly id: number }

/** What the operator asks for with the keyboard while it belongs to the guest. */
export const chords = ['leave', 'next', 'previous', 'full-screen', 'find'] as const
export type Chord = (typeof chords)[number]

export type FromFrame =
  /** So many bytes have been dealt with. */
  | { readonly kind: 'taken'; readonly bytes: number }
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  | { readonly kind: 'connected'; readonly name: string }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'size'; readonly width: number; readonly height: number }
  | { readonly kind: 'focused'; readonly on: boolean }
  | { readonly kind: 'held-used' }
  | { readonly kind: 'chord'; readonly chord: Chord }
  | { readonly kind: 'clipboard'; readonly text: string }
  | { readonly kind: 'screenshot'; readonly id: number; readonly png: ArrayBuffer | null }
  | { readonly kind: 'copied'; readonly id: number; readonly text: string }
  | { readonly kind: 'found'; readonly index: number; readonly count: number }
  | { readonly kind: 'pong'; readonly id: number }

export const longestClipboard = 1024 * 1024
const longestText = 500

type Fields = Readonly<Record<string, unknown>>

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= -1
}

function isChord(value: unknown): value is Chord {
  return chords.some((chord) => chord === value)
}

function shortText(value: unknown, longest = longestText): string | null {
  return typeof value === 'string' ? value.slice(0, longest) : null
}

/** A message from the frame, cut to size; null when it is none. */
export function parseFromFrame(value: unknown): FromFrame | null {
  if (typeof value !== 'object' || value === null) return null
  const fields = value as Fields
  const { kind } = fields
  switch (kind) {
    case 'taken':
      return isCount(fields['bytes']) ? { kind, bytes: fields['bytes'] } : null
    case 'send':
      return fields['bytes'] instanceof Uint8Array ? { kind, bytes: fields['bytes'] } : null
    case 'connected': {
      const name = shortText(fields['name'])
      return name === null ? null : { kind, name }
    }
    case 'failed': {
      const message = shortText(fields['message'])
      return message === null ? null : { kind, message }
    }
    case 'size':
      return isCount(fields['width']) && isCount(fields['height']) ? { kind, width: fields['width'], height: fields['height'] } : null
    case 'focused':
      return typeof fields['on'] === 'boolean' ? { kind, on: fields['on'] } : null
    case 'held-used':
      return { kind }
    case 'chord':
      return isChord(fields['chord']) ? { kind, chord: fields['chord'] } : null
    case 'clipboard': {
      const text = shortText(fields['text'], longestClipboard)
      return text === null ? null : { kind, text }
    }
    case 'screenshot':
      return isCount(fields['id']) && (fields['png'] === null || fields['png'] instanceof ArrayBuffer) ? { kind, id: fields['id'], png: fields['png'] } : null
    case 'copied': {
      const text = shortText(fields['text'], longestClipboard)
      return isCount(fields['id']) && text !== null ? { kind, id: fields['id'], text } : null
    }
    case 'found':
      return isCount(fields['index']) && isCount(fields['count']) ? { kind, index: fields['index'], count: fields['count'] } : null
    case 'pong':
      return isCount(fields['id']) ? { kind, id: fields['id'] } : null
    default:
      return null
  }
}
