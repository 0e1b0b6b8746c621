// noVNC with bounds: a server that asks for the impossible, or stalls half-way, fails with a reason instead of eating the machine.
import RFB, { type RawChannel } from '@novnc/novnc'

/** The largest side that a canvas can have, and the most pixels that it is worth. */
const longestSidePx = 16_384
const mostPixels = 64 * 1024 * 1024
const resizesAllowed = 30
const resizesWithinMs = 3_000

/** The server does not keep to what any screen needs; the message is for the operator. */
export class BadServer extends Error {}

export class GuardedRfb extends RFB {
  /** Why it failed, in noVNC's or our own words; null while it has not. */
  problem: string | null = null
  #resizedAt: number[] = []

  constructor(target: HTMLElement, channel: RawChannel) {
    super(target, channel, { shared: true })
  }

  /** What was read and is not yet drawn, while drawing holds the rest up; 0 when it waits for the server. */
  get backlogBytes(): number {
    return this._flushing ? this._sock.rQlen() : 0
  }

  /** In the middle of a picture: the server owes the rest of it. */
  get isMidPicture(): boolean {
    return this._FBU.rects > 0 && !this._flushing
  }

  /** The server takes places on the keyboard instead of characters: the guest's own layout decides. */
  get takesScancodes(): boolean {
    return this._qemuExtKeyEventSupported
  }

  get isConnected(): boolean {
    return this._rfbConnectionState === 'connected'
  }

  get isOver(): boolean {
    return this._rfbConnectionState === 'disconnecting' || this._rfbConnectionState === 'disconnected'
  }

  /** Goes on with what came in one piece with the end of the greeting: noVNC would leave it until more comes. */
  readOn(): void {
    if (this._sock.rQlen() > 0) this._handleMessage()
  }

  get picture(): HTMLCanvasElement {
    return this._canvas
  }

  /** Called once when noVNC takes its picture away. */
  onLastPicture: ((canvas: HTMLCanvasElement) => void) | null = null

  fail(problem: string): void {
    this.problem ??= problem
    this._fail(problem)
  }

  protected override _fail(details: string): boolean {
    this.problem ??= details
    return super._fail(details)
  }

  protected override _disconnect(): void {
    this.onLastPicture?.(this._canvas)
    super._disconnect()
  }

  protected override _resize(width: number, height: number): void {
    if (width === 0 || height === 0 || Math.max(width, height) > longestSidePx || width * height > mostPixels) {
      throw new BadServer(`the server asks for a screen of ${width} × ${height} pixels`)
    }
    const now = performance.now()
    // Undefined while the constructor of noVNC runs, which does not resize.
    this.#resizedAt = [...this.#resizedAt.filter((at) => now - at < resizesWithinMs), now]
    if (this.#resizedAt.length > resizesAllowed) throw new BadServer('the server changes the size of its screen without end')
    super._resize(width, height)
    this.dispatchEvent(new CustomEvent('size', { detail: { width, height } }))
  }
}
