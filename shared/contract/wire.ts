// The messages on the line, and the small interface that every transport implements.
import type { FailureBody } from '../domain/failure.ts'

export type Answer = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: FailureBody }

/** From a client to the worker. */
export type ClientMessage =
  | { readonly kind: 'request'; readonly id: number; readonly method: string; readonly input: unknown }
  | { readonly kind: 'stream-open'; readonly stream: number; readonly name: string; readonly parameters: unknown }
  | { readonly kind: 'stream-data'; readonly stream: number; readonly bytes: Uint8Array }
  /** The receiver has dealt with so many bytes: the sender may send as many more. */
  | { readonly kind: 'stream-ack'; readonly stream: number; readonly bytes: number }
  | { readonly kind: 'stream-close'; readonly stream: number; readonly reason?: FailureBody | undefined }

/** From the worker to a client. */
export type WorkerMessage =
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answer }
  | { readonly kind: 'event'; readonly name: string; readonly payload: unknown }
  | { readonly kind: 'stream-opened'; readonly stream: number }
  | { readonly kind: 'stream-data'; readonly stream: number; readonly bytes: Uint8Array }
  | { readonly kind: 'stream-ack'; readonly stream: number; readonly bytes: number }
  | { readonly kind: 'stream-close'; readonly stream: number; readonly reason?: FailureBody | undefined }

export type WireMessage = ClientMessage | WorkerMessage

/**
 * One end of a line. Messages arrive in order and whole; after `close` (ours or the peer's) nothing more arrives and `send` does nothing.
 * Implementations: MessagePort (desktop), child-process messages (relayed by the shell), WebSocket (browser mode and the command line).
 */
export interface Transport<Out extends WireMessage = WireMessage, In extends WireMessage = WireMessage> {
  send(message: Out): void
  /** Sets the one receiver; messages that came before are delivered then. */
  onMessage(receive: (message: In) => void): void
  onClose(closed: () => void): void
  close(): void
}

/** How many unacknowledged bytes a sender of a stream may have on the line. */
export const streamWindowBytes = 4 * 1024 * 1024
