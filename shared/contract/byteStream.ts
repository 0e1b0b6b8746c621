// One end of a byte stream on the line: what is sent waits for the receiver (a window of unacknowledged bytes), in both directions.
import type { FailureBody } from '../domain/failure.ts'
import { Failure } from '../domain/failure.ts'
import { streamWindowBytes } from './wire.ts'

/** A chunk on the line is at most so large, so that other messages are not held up behind it. */
const streamChunkBytes = 256 * 1024

const ackEveryBytes = streamWindowBytes / 8

type StreamMessage =
  | { readonly kind: 'stream-data'; readonly stream: number; readonly bytes: Uint8Array }
  | { readonly kind: 'stream-ack'; readonly stream: number; readonly bytes: number }
  | { readonly kind: 'stream-close'; readonly stream: number; readonly reason?: FailureBody | undefined }

export interface ByteStream {
  /** Sets the one receiver. While the promise it returns is pending nothing more is handed over, and the sender soon waits. */
  onBytes(receive: (bytes: Uint8Array) => void | Promise<void>): void
  /** Sends a copy of `bytes`; resolves when all of it is on the line. Rejects with `stream.closed` when the stream ends before that. */
  write(bytes: Uint8Array): Promise<void>
  /** As `write`, but the bytes are given away instead of copied: the caller must not touch them again. */
  give(bytes: Uint8Array): Promise<void>
  /** Ends the stream at once; what `write` has not yet put on the line is dropped. */
  close(reason?: FailureBody): void
  /** Told once, after all received bytes were handed over; the reason is null for an ordinary end. */
  onClose(closed: (reason: FailureBody | null) => void): void
  readonly closed: boolean
}

interface Waiting {
  readonly bytes: Uint8Array
  sent: number
  readonly resolve: () => void
  readonly reject: (error: Failure) => void
}

/** The machinery behind a ByteStream; the client and the server feed it what arrives. */
export class StreamEnd implements ByteStream {
  readonly #id: number
  readonly #send: (message: StreamMessage) => void
  readonly #ended: () => void
  #receive: ((bytes: Uint8Array) => void | Promise<void>) | null = null
  #arrived: Uint8Array[] = []
  #arrivedBytes = 0
  #handingOver = false
  #unacknowledged = 0
  #room = streamWindowBytes
  #waiting: Waiting[] = []
  #closed = false
  #reason: FailureBody | null = null
  #peerClosed = false
  #closeTold = false
  readonly #closeListeners: ((reason: FailureBody | null) => void)[] = []

  constructor(id: number, send: (message: StreamMessage) => void, ended: () => void) {
    this.#id = id
    this.#send = send
    this.#ended = ended
  }

  get closed(): boolean {
    return this.#closed
  }

  onBytes(receive: (bytes: Uint8Array) => void | Promise<void>): void {
    this.#receive = receive
    void this.#handOver()
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.give(new Uint8Array(bytes))
  }

  give(bytes: Uint8Array): Promise<void> {
    if (this.#closed) return Promise.reject(closedFailure(this.#reason))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bytes, sent: 0, resolve, reject })
      this.#pump()
    })
  }

  close(reason?: FailureBody): void {
    if (this.#closed) return
    this.#send(reason === undefined ? { kind: 'stream-close', stream: this.#id } : { kind: 'stream-close', stream: this.#id, reason })
    this.#arrived = []
    this.#end(reason ?? null)
  }

  onClose(closed: (reason: FailureBody | null) => void): void {
    if (this.#closeTold) closed(this.#reason)
    else this.#closeListeners.push(closed)
  }

  /** Bytes from the peer. One that sends more than the window allows is cut off. */
  receiveBytes(bytes: Uint8Array): void {
    if (this.#closed || this.#peerClosed) return
    this.#arrivedBytes += bytes.byteLength
    if (this.#arrivedBytes > streamWindowBytes) {
      this.close({ code: 'stream.overrun', message: 'The other end sent more than it was allowed to.' })
      return
    }
    this.#arrived.push(bytes)
    void this.#handOver()
  }

  receiveAck(bytes: number): void {
    this.#room = Math.min(streamWindowBytes, this.#room + bytes)
    this.#pump()
  }

  /** The peer has ended the stream, or the line is gone: what has arrived is still handed over first, where somebody listens. */
  receiveClose(reason: FailureBody | null): void {
    if (this.#closed || this.#peerClosed) return
    this.#peerClosed = true
    this.#reason = reason
    this.#rejectWaiting()
    if (this.#receive) void this.#handOver()
    else this.#end(reason)
  }

  async #handOver(): Promise<void> {
    if (this.#handingOver) return
    this.#handingOver = true
    try {
      for (let next = this.#take(); next; next = this.#take()) {
        await this.#receive?.(next)
        this.#acknowledge(next.byteLength)
      }
    } catch {
      this.close({ code: 'stream.receiver-failed', message: 'The receiver of this stream failed.' })
    } finally {
      this.#handingOver = false
    }
    if (this.#peerClosed && this.#arrived.length === 0) this.#end(this.#reason)
  }

  #take(): Uint8Array | undefined {
    return this.#receive && !this.#closed ? this.#arrived.shift() : undefined
  }

  #acknowledge(bytes: number): void {
    this.#arrivedBytes -= bytes
    this.#unacknowledged += bytes
    if (this.#unacknowledged < ackEveryBytes || this.#closed || this.#peerClosed) return
    this.#send({ kind: 'stream-ack', stream: this.#id, bytes: this.#unacknowledged })
    this.#unacknowledged = 0
  }

  #pump(): void {
    for (let first = this.#waiting[0]; first && !this.#closed; first = this.#waiting[0]) {
      const size = Math.min(first.bytes.byteLength - first.sent, streamChunkBytes, this.#room)
      if (size > 0) {
        const whole = size === first.bytes.byteLength
        this.#send({ kind: 'stream-data', stream: this.#id, bytes: whole ? first.bytes : first.bytes.slice(first.sent, first.sent + size) })
        first.sent += size
        this.#room -= size
      }
      if (first.sent < first.bytes.byteLength) {
        if (this.#room === 0) return
        continue
      }
      this.#waiting.shift()
      first.resolve()
    }
  }

  #rejectWaiting(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const entry of waiting) entry.reject(closedFailure(this.#reason))
  }

  #end(reason: FailureBody | null): void {
    if (this.#closed) return
    this.#closed = true
    this.#reason = reason
    this.#rejectWaiting()
    this.#ended()
    this.#closeTold = true
    for (const listener of this.#closeListeners) listener(reason)
  }
}

function closedFailure(reason: FailureBody | null): Failure {
  return reason ? new Failure(reason.code, reason.message, reason.hint) : new Failure('stream.closed', 'The stream is closed.')
}
