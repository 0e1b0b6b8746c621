// The object that noVNC takes for a WebSocket: fed by the app, its own bytes copied and handed on.
import type { RawChannel } from '@novnc/novnc'

export class FedChannel implements RawChannel {
  // noVNC looks for these on the object itself or its direct prototype.
  binaryType = 'arraybuffer'
  readonly protocol = ''
  readyState = 'open'
  onopen: (() => void) | null = null
  onmessage: ((event: { readonly data: ArrayBuffer }) => void) | null = null
  onerror: (() => void) | null = null
  onclose: ((event: { readonly code?: number; readonly reason?: string }) => void) | null = null
  readonly #send: (bytes: Uint8Array) => void

  constructor(send: (bytes: Uint8Array) => void) {
    this.#send = send
  }

  /** noVNC uses its buffer again at once: what it sends is copied. */
  send(bytes: Uint8Array): void {
    if (this.readyState === 'open') this.#send(bytes.slice())
  }

  close(): void {
    if (this.readyState === 'closed') return
    this.readyState = 'closed'
    // As with a WebSocket the end is told later: noVNC is still in the middle of leaving.
    queueMicrotask(() => this.onclose?.({}))
  }

  /** Bytes from the server. Throws what noVNC throws over them. */
  deliver(bytes: Uint8Array): void {
    if (this.readyState !== 'open') return
    const whole = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer
    this.onmessage?.({ data: whole ? bytes.buffer : bytes.slice().buffer })
  }
}
