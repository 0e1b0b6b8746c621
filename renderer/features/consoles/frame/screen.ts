// A VM's screen: noVNC over the bytes that the app hands in, its watchdogs, and the last picture when it is gone.
import { type NamedKey, namedKey } from '../../../../shared/domain/keyboard/keysyms.ts'
import { FedChannel } from './channel.ts'
import { BadServer, GuardedRfb } from './guardedRfb.ts'
import { type FromFrame, type KeyPress, longestClipboard, type ViewSettings } from './protocol.ts'

/** A server that has not greeted by then will not. */
const greetingMs = 20_000
/** A server that stops in the middle of a picture for so long has died. */
const midPictureMs = 20_000
/** More than this waits to be drawn: no more is taken. */
const backlogBytes = 2 * 1024 * 1024

export class Screen {
  readonly #place: HTMLElement
  readonly #tell: (message: FromFrame) => void
  readonly #channel: FedChannel
  readonly #rfb: GuardedRfb
  readonly #watch: number
  readonly #begunAt = performance.now()
  #lastBytesAt = performance.now()
  /** Chosen in the bar: down while the next key or button is. */
  #held: readonly NamedKey[] = []
  #down: readonly NamedKey[] = []
  #wasConnected = false
  #ended = false

  constructor(place: HTMLElement, settings: ViewSettings, tell: (message: FromFrame) => void) {
    this.#place = place
    this.#tell = tell
    this.#channel = new FedChannel((bytes) => tell({ kind: 'send', bytes }))
    this.#rfb = new GuardedRfb(place, this.#channel)
    this.#rfb.background = 'transparent'
    this.#rfb.showDotCursor = true
    this.#rfb.addEventListener('connect', () => {
      for (const old of place.querySelectorAll('.last-picture')) old.remove()
      this.#wasConnected = true
      tell({ kind: 'connected', name: '' })
    })
    this.#rfb.addEventListener('size', (event) => {
      if (event instanceof CustomEvent) tell({ kind: 'size', width: event.detail.width, height: event.detail.height })
    })
    this.#rfb.addEventListener('clipboard', (event) => {
      if (event instanceof CustomEvent && typeof event.detail.text === 'string') tell({ kind: 'clipboard', text: event.detail.text.slice(0, longestClipboard) })
    })
    this.#rfb.addEventListener('credentialsrequired', () => this.fail('the server asks for a password, which Flint never sets'))
    this.#rfb.addEventListener('disconnect', () => {
      if (this.#rfb.problem !== null) this.fail(this.#rfb.problem)
    })
    this.#rfb.onLastPicture = (canvas) => this.#keepPicture(canvas)
    this.show(settings)
    this.#watch = window.setInterval(() => this.#look(), 1_000)
    place.addEventListener('keydown', this.#aroundKey, { capture: true })
    place.addEventListener('keyup', this.#aroundKey, { capture: true })
    place.addEventListener('mousedown', this.#aroundClick, { capture: true })
    // noVNC catches the button's end wherever it happens.
    window.addEventListener('mouseup', this.#aroundClick, { capture: true })
  }

  /** Resolves when more may come: at once, or when what was drawn has caught up. */
  async take(bytes: Uint8Array): Promise<void> {
    this.#lastBytesAt = performance.now()
    const wasConnected = this.#rfb.isConnected
    try {
      this.#channel.deliver(bytes)
      if (!wasConnected && this.#rfb.isConnected) this.#rfb.readOn()
    } catch (error) {
      this.fail(error instanceof BadServer ? error.message : 'what it sends makes no picture')
    }
    while (!this.#ended && this.#rfb.backlogBytes > backlogBytes) {
      await new Promise((resolve) => {
        setTimeout(resolve, 10)
      })
    }
  }

  show(settings: ViewSettings): void {
    this.#rfb.viewOnly = settings.viewOnly
    this.#rfb.scaleViewport = settings.scaling !== 'actual'
    this.#rfb.resizeSession = settings.scaling === 'remote'
    this.#rfb.qualityLevel = settings.quality
    this.#rfb.compressionLevel = settings.compression
  }

  press(keys: readonly KeyPress[]): void {
    for (const key of keys) this.#pressOne(key)
  }

  hold(keys: readonly NamedKey[]): void {
    this.#held = keys
  }

  clipboard(text: string): void {
    this.#rfb.clipboardPasteFrom(text)
  }

  focus(): void {
    this.#rfb.focus({ preventScroll: true })
  }

  screenshot(): Promise<ArrayBuffer | null> {
    const canvas = this.#ended ? this.#place.querySelector<HTMLCanvasElement>('canvas.last-picture') : this.#rfb.picture
    return new Promise((resolve) => {
      if (canvas === null || canvas.width === 0) resolve(null)
      else canvas.toBlob((blob) => resolve(blob === null ? null : blob.arrayBuffer()), 'image/png')
    })
  }

  fail(problem: string): void {
    if (this.#ended) return
    this.end()
    this.#tell({ kind: 'failed', message: problem })
  }

  /** The stream is over; the picture stays. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    clearInterval(this.#watch)
    this.#place.removeEventListener('keydown', this.#aroundKey, { capture: true })
    this.#place.removeEventListener('keyup', this.#aroundKey, { capture: true })
    this.#place.removeEventListener('mousedown', this.#aroundClick, { capture: true })
    window.removeEventListener('mouseup', this.#aroundClick, { capture: true })
    if (!this.#rfb.isOver) this.#rfb.disconnect()
  }

  #look(): void {
    const now = performance.now()
    if (!this.#rfb.isConnected && now - this.#begunAt > greetingMs) this.fail('the server began to greet and fell silent')
    else if (this.#rfb.isMidPicture && now - this.#lastBytesAt > midPictureMs) this.fail('the server fell silent in the middle of a picture')
  }

  #keepPicture(canvas: HTMLCanvasElement): void {
    if (canvas.width === 0 || !this.#wasConnected) return
    for (const old of this.#place.querySelectorAll('.last-picture')) old.remove()
    const kept = document.createElement('canvas')
    kept.className = 'last-picture'
    kept.width = canvas.width
    kept.height = canvas.height
    kept.getContext('2d')?.drawImage(canvas, 0, 0)
    this.#place.append(kept)
  }

  #pressOne(key: KeyPress): void {
    const { strokes } = key
    if (strokes === undefined) {
      this.#chord(key.modifiers, key)
      return
    }
    if (!this.#rfb.takesScancodes) {
      // The server knows characters: they are its own, whatever the guest's layout is; Shift alone is pressed as a person would.
      const first = strokes[0]
      this.#chord(strokes.length === 1 && first?.shift === true && !first.altGr ? [namedKey('Shift')] : [], key)
      return
    }
    for (const stroke of strokes) {
      const modifiers = [...(stroke.shift ? [namedKey('Shift')] : []), ...(stroke.altGr ? [namedKey('AltGr')] : [])]
      this.#chord(modifiers, { keysym: strokes.length === 1 ? key.keysym : 0, code: stroke.code })
    }
  }

  #chord(modifiers: readonly NamedKey[], key: NamedKey): void {
    for (const modifier of modifiers) this.#rfb.sendKey(modifier.keysym, modifier.code, true)
    this.#rfb.sendKey(key.keysym, key.code)
    for (const modifier of modifiers.toReversed()) this.#rfb.sendKey(modifier.keysym, modifier.code, false)
  }

  /** Keys that were chosen in the bar are down while the next key or button is, and then no more. */
  readonly #aroundKey = (event: KeyboardEvent): void => {
    if (['Shift', 'Control', 'Alt', 'AltGraph', 'Meta'].includes(event.key)) return
    if (event.type === 'keydown') this.#pressHeld()
    else setTimeout(() => this.#releaseHeld(), 0)
  }

  readonly #aroundClick = (event: MouseEvent): void => {
    if (event.type === 'mousedown') this.#pressHeld()
    else setTimeout(() => this.#releaseHeld(), 0)
  }

  #pressHeld(): void {
    if (this.#held.length === 0) return
    this.#down = this.#held
    this.#held = []
    for (const key of this.#down) this.#rfb.sendKey(key.keysym, key.code, true)
  }

  #releaseHeld(): void {
    if (this.#down.length === 0) return
    for (const key of this.#down.toReversed()) this.#rfb.sendKey(key.keysym, key.code, false)
    this.#down = []
    this.#tell({ kind: 'held-used' })
  }

  /** The keyboard went elsewhere: nothing stays pressed in the guest. noVNC lets go of what was typed; this of what was chosen. */
  blurred(): void {
    this.#releaseHeld()
  }
}
