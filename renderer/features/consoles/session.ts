// One console as long as its tab or window lives: opens the stream, feeds the frame, and comes back by itself after reboots and lost networks.
import type { OpenedStream } from '../../../shared/contract/client.ts'
import { Failure, type FailureBody } from '../../../shared/domain/failure.ts'
import { type ModifierName, namedKey } from '../../../shared/domain/keyboard/keysyms.ts'
import type { Connection } from '../../lib/connection.ts'
import type { VmKey } from '../../lib/vmKey.ts'
import { type AfterFailure, afterFailure, pauseBeforeMs } from './afterFailure.ts'
import { ConsoleFrame } from './consoleFrame.ts'
import type { Chord, ConsoleKind, FromFrame, KeyPress, ToFrame } from './frame/protocol.ts'
import { type ConsoleSettings, keepSettings, recallSettings } from './settings.ts'

export type ConsolePhase =
  | { readonly kind: 'opening' }
  | { readonly kind: 'open' }
  /** Away: why, what happens next, and when (UTC milliseconds), where it is tried again by itself. */
  | { readonly kind: 'away'; readonly reason: FailureBody; readonly after: AfterFailure; readonly retryAt: number | null }

export interface ConsoleView {
  readonly phase: ConsolePhase
  readonly settings: ConsoleSettings
  /** The keyboard belongs to the guest. */
  readonly focused: boolean
  readonly held: readonly ModifierName[]
  /** Pixels, or columns and rows. */
  readonly size: { readonly width: number; readonly height: number } | null
  /** What the guest last put into its clipboard. */
  readonly guestClipboard: string | null
  readonly found: { readonly index: number; readonly count: number } | null
}

/** A console that stood for so long was well: the next pause is the first again. */
const wellAfterMs = 5_000
const answerTimeoutMs = 10_000

export class ConsoleSession {
  readonly vm: VmKey
  readonly #connection: Connection
  readonly #listeners = new Set<() => void>()
  readonly #chordListeners = new Set<(chord: Chord) => void>()
  readonly #waiting = new Map<number, (message: FromFrame | null) => void>()
  #stopListening: () => void = () => undefined
  #view: ConsoleView
  #place: HTMLElement | null = null
  #title = ''
  #frame: ConsoleFrame | null = null
  #isFrameReady = false
  #isShown = true
  #stream: OpenedStream | null = null
  #attempt = 0
  #openedAt = 0
  #retryTimer = 0
  #nextId = 1
  #closed = true

  constructor(connection: Connection, vm: VmKey) {
    this.vm = vm
    this.#connection = connection
    this.#view = { phase: { kind: 'opening' }, settings: recallSettings(vm), focused: false, held: [], size: null, guestClipboard: null, found: null }
  }

  readonly view = (): ConsoleView => this.#view

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Shortcuts that were pressed while the keyboard was in the guest. */
  onChord(listener: (chord: Chord) => void): () => void {
    this.#chordListeners.add(listener)
    return () => this.#chordListeners.delete(listener)
  }

  /** Puts the console into the page; it opens at once. */
  mount(place: HTMLElement, title: string): void {
    this.#place = place
    this.#title = title
    this.#closed = false
    this.#stopListening = this.#connection.onOpen(this.#hurry)
    window.addEventListener('online', this.#hurry)
    document.addEventListener('visibilitychange', this.#hurry)
    this.reconnect()
  }

  /** Takes it out of the page: nothing of it stays open. */
  unmount(): void {
    this.#closed = true
    this.#stopListening()
    window.removeEventListener('online', this.#hurry)
    document.removeEventListener('visibilitychange', this.#hurry)
    this.#dropStream()
    this.#dropFrame()
  }

  /** Opens anew, by hand: with a new frame where the old one was lost. */
  readonly reconnect = (): void => {
    this.#attempt = 0
    this.#dropStream()
    this.#set({ phase: { kind: 'opening' } })
    if (this.#frame === null) this.#makeFrame()
    else if (this.#isFrameReady) this.#open()
  }

  /** The VM was seen running: what waited for that waits no more. */
  vmRuns(): void {
    const { phase } = this.#view
    if (phase.kind === 'away' && (phase.after === 'off' || phase.after === 'paused')) this.#open()
  }

  /** Whether anybody sees it: one that nobody sees takes less. */
  show(isShown: boolean): void {
    this.#isShown = isShown
    this.#send({ kind: 'shown', on: isShown })
  }

  switchTo(kind: ConsoleKind): void {
    if (kind === this.#view.settings.kind) return
    this.change({ kind })
    this.#set({ size: null, guestClipboard: null, found: null, held: [] })
    this.reconnect()
  }

  change(some: Partial<ConsoleSettings>): void {
    const settings = { ...this.#view.settings, ...some }
    keepSettings(this.vm, settings)
    this.#set({ settings })
    this.#send({ kind: 'settings', settings })
  }

  focus(): void {
    this.#frame?.element.focus({ preventScroll: true })
    this.#send({ kind: 'focus' })
  }

  press(keys: readonly KeyPress[]): void {
    this.#send({ kind: 'press', keys })
  }

  type(text: string): void {
    this.#send({ kind: 'type', text })
  }

  /** Chooses keys to be held with the next one. */
  hold(held: readonly ModifierName[]): void {
    this.#set({ held })
    this.#send({ kind: 'hold', keys: held.map(namedKey) })
  }

  giveClipboard(text: string): void {
    this.#send({ kind: 'clipboard', text })
  }

  search(text: string, backwards: boolean): void {
    if (text === '') this.#set({ found: null })
    this.#send({ kind: 'search', text, backwards })
  }

  clear(): void {
    this.#send({ kind: 'clear' })
  }

  /** The picture as PNG; null where there is none. */
  async screenshot(): Promise<Blob | null> {
    const answer = await this.#ask((id) => ({ kind: 'screenshot', id }))
    return answer?.kind === 'screenshot' && answer.png !== null ? new Blob([answer.png], { type: 'image/png' }) : null
  }

  /** The terminal's selection. */
  async selection(): Promise<string> {
    const answer = await this.#ask((id) => ({ kind: 'copy', id }))
    return answer?.kind === 'copied' ? answer.text : ''
  }

  /** After sleep, a lost network or a lost line there may be something to reach again. */
  readonly #hurry = (): void => {
    const { phase } = this.#view
    if (document.visibilityState === 'hidden' || phase.kind !== 'away' || phase.retryAt === null) return
    this.#attempt = 0
    this.#open()
  }

  #set(some: Partial<ConsoleView>): void {
    this.#view = { ...this.#view, ...some }
    for (const listener of this.#listeners) listener()
  }

  #send(message: ToFrame): void {
    if (this.#isFrameReady) this.#frame?.send(message)
  }

  #ask(question: (id: number) => ToFrame): Promise<FromFrame | null> {
    if (!this.#isFrameReady) return Promise.resolve(null)
    const id = this.#nextId
    this.#nextId += 1
    return new Promise((resolve) => {
      const timer = window.setTimeout(() => {
        this.#waiting.delete(id)
        resolve(null)
      }, answerTimeoutMs)
      this.#waiting.set(id, (message) => {
        clearTimeout(timer)
        this.#waiting.delete(id)
        resolve(message)
      })
      this.#send(question(id))
    })
  }

  #makeFrame(): void {
    if (this.#place === null || this.#closed) return
    this.#frame = new ConsoleFrame(this.#place, this.#title, {
      onReady: () => {
        this.#isFrameReady = true
        this.#send({ kind: 'shown', on: this.#isShown })
        this.#open()
      },
      onMessage: (message) => this.#receive(message),
      onLost: (why) => {
        this.#dropFrame()
        this.#away({
          code: 'console.frame-lost',
          message: `This console was given up: ${why}.`,
          hint: 'What the server sent was too much for it, or its process ended. The app and the other consoles go on; reconnect for a new one.',
        })
      },
    })
  }

  #dropFrame(): void {
    this.#isFrameReady = false
    this.#frame?.remove()
    this.#frame = null
    for (const answer of this.#waiting.values()) answer(null)
  }

  #dropStream(): void {
    clearTimeout(this.#retryTimer)
    const stream = this.#stream
    this.#stream = null
    stream?.close()
  }

  #open(): void {
    this.#dropStream()
    if (this.#closed) return
    const { settings, phase } = this.#view
    // A retry goes on beneath the reason: nothing flickers.
    if (phase.kind === 'open') this.#set({ phase: { kind: 'opening' } })
    let stream: OpenedStream
    try {
      stream = this.#connection.openStream(settings.kind === 'vnc' ? 'console.vnc' : 'console.serial', { ...this.vm })
    } catch (error) {
      this.#away(bodyOf(error))
      return
    }
    this.#stream = stream
    stream.opened.then(
      () => this.#opened(stream),
      (error: unknown) => {
        if (this.#stream === stream) this.#away(bodyOf(error))
      },
    )
  }

  #opened(stream: OpenedStream): void {
    if (this.#stream !== stream) return
    const { settings } = this.#view
    this.#openedAt = performance.now()
    this.#send({ kind: 'begin', console: settings.kind, settings, dark: document.documentElement.dataset['mantineColorScheme'] === 'dark' })
    stream.onClose((reason) => {
      if (this.#stream === stream) this.#away(reason ?? { code: 'console.ended', message: 'The console ended.' })
    })
    stream.onBytes((bytes) => (this.#stream === stream ? this.#frame?.give(bytes) : undefined))
  }

  #away(reason: FailureBody): void {
    this.#dropStream()
    if (this.#closed) return
    this.#send({ kind: 'end' })
    const after = afterFailure(reason)
    if (this.#view.phase.kind === 'open' && performance.now() - this.#openedAt > wellAfterMs) this.#attempt = 0
    const pauseMs = pauseBeforeMs(after, this.#attempt)
    this.#attempt += 1
    this.#set({ phase: { kind: 'away', reason, after, retryAt: pauseMs === null ? null : Date.now() + pauseMs }, held: [] })
    if (pauseMs !== null) this.#retryTimer = window.setTimeout(() => this.#open(), pauseMs)
  }

  #receive(message: Parameters<ConstructorParameters<typeof ConsoleFrame>[2]['onMessage']>[0]): void {
    switch (message.kind) {
      case 'send':
        this.#stream?.write(message.bytes).catch(() => undefined)
        return
      case 'connected':
        // A server that greets and dies at once: its end may overtake this on the way from the frame.
        if (this.#stream !== null) this.#set({ phase: { kind: 'open' } })
        return
      case 'failed':
        this.#away({
          code: 'console.bad-server',
          message: `The VNC server does not keep to its protocol: ${message.message}.`,
          hint: 'Reconnect; if it stays so, look at what runs behind Flint on the node.',
        })
        return
      case 'size':
        this.#set({ size: { width: message.width, height: message.height } })
        return
      case 'focused':
        this.#set({ focused: message.on })
        return
      case 'held-used':
        this.#set({ held: [] })
        return
      case 'chord':
        for (const listener of this.#chordListeners) listener(message.chord)
        return
      case 'clipboard':
        this.#set({ guestClipboard: message.text })
        return
      case 'found':
        this.#set({ found: { index: message.index, count: message.count } })
        return
      case 'screenshot':
      case 'copied':
        this.#waiting.get(message.id)?.(message)
    }
  }
}

function bodyOf(error: unknown): FailureBody {
  return error instanceof Failure ? error.body() : { code: 'internal', message: 'The console could not be opened.' }
}
