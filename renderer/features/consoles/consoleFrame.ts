// The app's side of one console's frame: hands bytes over at the frame's pace, checks what comes back, and finds out when it hangs or dies.
import { frameAddress } from './frameAddress.ts'
import { type FromFrame, parseFromFrame, type ToFrame } from './frame/protocol.ts'

/** The frame is given so much before it must have dealt with some of it. */
const windowBytes = 4 * 1024 * 1024
const pingEveryMs = 2_000
const unansweredAllowed = 6
const loadTimeoutMs = 20_000

export interface FrameEvents {
  /** It can be spoken to now. */
  readonly onReady: () => void
  readonly onMessage: (message: Exclude<FromFrame, { readonly kind: 'taken' | 'pong' }>) => void
  /** It does not answer any more, or never did. */
  readonly onLost: (why: string) => void
}

export class ConsoleFrame {
  readonly element: HTMLIFrameElement
  readonly #events: FrameEvents
  readonly #origin: string
  readonly #loadTimer: number
  #port: MessagePort | null = null
  #pingTimer = 0
  #unanswered = 0
  #untaken = 0
  #room: (() => void)[] = []
  #ended = false

  /** Makes the frame and puts it into `place`. */
  constructor(place: HTMLElement, title: string, events: FrameEvents) {
    this.#events = events
    const address = frameAddress(window.location, crypto.randomUUID().slice(0, 8))
    this.#origin = new URL(address).origin
    this.element = document.createElement('iframe')
    this.element.title = title
    this.element.className = 'console-frame'
    // Its own origin, its scripts, and nothing else: no forms, no windows, no way to move this page.
    this.element.setAttribute('sandbox', 'allow-scripts allow-same-origin')
    this.element.src = address
    window.addEventListener('message', this.#greeted)
    this.#loadTimer = window.setTimeout(() => this.#lose('it did not load'), loadTimeoutMs)
    place.append(this.element)
  }

  send(message: ToFrame): void {
    this.#port?.postMessage(message)
  }

  /** Hands bytes over; resolves when the frame can take more. The bytes are given away. */
  give(bytes: Uint8Array): void | Promise<void> {
    if (this.#ended || this.#port === null) return undefined
    const own = bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice()
    this.#untaken += own.byteLength
    this.#port.postMessage({ kind: 'bytes', bytes: own } satisfies ToFrame, [own.buffer as ArrayBuffer])
    if (this.#untaken < windowBytes) return undefined
    return new Promise((resolve) => {
      this.#room.push(resolve)
    })
  }

  /** Takes the frame away, and its process with it. */
  remove(): void {
    this.#end()
    this.element.remove()
  }

  readonly #greeted = (event: MessageEvent<unknown>): void => {
    if (event.source !== this.element.contentWindow || event.origin !== this.#origin || this.#port !== null) return
    clearTimeout(this.#loadTimer)
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    port1.addEventListener('message', (told: MessageEvent<unknown>) => this.#receive(told.data))
    port1.start()
    this.element.contentWindow?.postMessage({ kind: 'flint-console:console-port' }, this.#origin, [port2])
    this.#pingTimer = window.setInterval(() => this.#ping(), pingEveryMs)
    this.#events.onReady()
  }

  #receive(value: unknown): void {
    const message = parseFromFrame(value)
    if (message === null || this.#ended) return
    if (message.kind === 'taken') this.#taken(message.bytes)
    else if (message.kind === 'pong') this.#unanswered = 0
    else this.#events.onMessage(message)
  }

  #taken(bytes: number): void {
    this.#unanswered = 0
    this.#untaken = Math.max(0, this.#untaken - bytes)
    if (this.#untaken >= windowBytes / 2) return
    for (const resolve of this.#room.splice(0)) resolve()
  }

  #ping(): void {
    this.#unanswered += 1
    if (this.#unanswered > unansweredAllowed) this.#lose('it does not answer any more')
    else this.send({ kind: 'ping', id: this.#unanswered })
  }

  #lose(why: string): void {
    if (this.#ended) return
    this.remove()
    this.#events.onLost(why)
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    clearTimeout(this.#loadTimer)
    clearInterval(this.#pingTimer)
    window.removeEventListener('message', this.#greeted)
    this.#port?.close()
    for (const resolve of this.#room.splice(0)) resolve()
  }
}
