// The line over a WebSocket: control messages are JSON text, stream bytes are binary frames (a 4-byte stream id, then the bytes).
import { Inbox } from './inbox.ts'
import { releaseRoomy, roomBytes, withRoom } from './roomyBytes.ts'
import type { ClientMessage, Transport, WireMessage, WorkerMessage } from './wire.ts'
import { parseClientMessage, parseWorkerMessage } from './wireParse.ts'

/** What the browser's WebSocket and that of `ws` have in common. */
export interface WebSocketLike {
  binaryType: string
  readonly readyState: number
  /** `sent` is told by `ws` only, when the data are no longer needed. */
  send(data: string | Uint8Array<ArrayBuffer>, sent?: () => void): void
  close(code?: number, reason?: string): void
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
}

const connecting = 0
const open = 1
const unsupportedData = 1003
const idBytes = roomBytes

function put(socket: WebSocketLike, message: WireMessage): void {
  const data = encode(message)
  if (typeof data === 'string') socket.send(data)
  else if (message.kind === 'stream-data') socket.send(data, () => releaseRoomy(message.bytes))
}

function encode(message: WireMessage): string | Uint8Array<ArrayBuffer> {
  if (message.kind !== 'stream-data') return JSON.stringify(message)
  const roomy = withRoom(message.bytes)
  const frame = roomy ?? new Uint8Array(idBytes + message.bytes.byteLength)
  new DataView(frame.buffer).setUint32(0, message.stream)
  if (roomy === null) frame.set(message.bytes, idBytes)
  return frame
}

function decodeFrame(frame: ArrayBuffer): unknown {
  if (frame.byteLength < idBytes) return null
  return { kind: 'stream-data', stream: new DataView(frame).getUint32(0), bytes: new Uint8Array(frame, idBytes) }
}

function decodeText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function socketTransport<Out extends WireMessage, In extends WireMessage>(
  socket: WebSocketLike,
  parse: (value: unknown) => In | null,
): Transport<Out, In> {
  const inbox = new Inbox<In>()
  const early: Out[] = []
  socket.binaryType = 'arraybuffer'
  socket.addEventListener('open', () => {
    for (const message of early.splice(0)) put(socket, message)
  })
  socket.addEventListener('message', (event) => {
    const value =
      typeof event.data === 'string' ? decodeText(event.data) : event.data instanceof ArrayBuffer ? decodeFrame(event.data) : null
    const message = parse(value)
    if (message !== null) inbox.deliver(message)
    else if (inbox.end()) socket.close(unsupportedData, 'not a message of this line')
  })
  socket.addEventListener('close', () => inbox.end())
  // An error is always followed by the end; without a listener `ws` would throw.
  socket.addEventListener('error', () => undefined)
  return {
    send: (message) => {
      if (inbox.closed) return
      if (socket.readyState === connecting) early.push(message)
      else if (socket.readyState === open) put(socket, message)
    },
    onMessage: (receive) => inbox.onMessage(receive),
    onClose: (closed) => inbox.onClose(closed),
    close: () => {
      if (inbox.end()) socket.close(1000)
    },
  }
}

/** The client's end: a WebSocket to the worker, still connecting or open. */
export function clientSocketTransport(socket: WebSocketLike): Transport<ClientMessage, WorkerMessage> {
  return socketTransport(socket, parseWorkerMessage)
}

/** The worker's end of an accepted WebSocket. */
export function workerSocketTransport(socket: WebSocketLike): Transport<WorkerMessage, ClientMessage> {
  return socketTransport(socket, parseClientMessage)
}
