// Carries bytes between an open Flint socket and a stream of the line, both ways, each side at the other's pace.
import type { WebSocket } from 'ws'
import type { ByteStream } from '../../../shared/contract/byteStream.ts'
import { allocateRoomy, mostRoomyBytes } from '../../../shared/contract/roomyBytes.ts'
import type { Failure } from '../../../shared/domain/failure.ts'
import type { ConsoleKind } from './flintSocket.ts'
import { ended, notRfb, oversized, silent } from './reasons.ts'

export interface RelayOptions {
  readonly kind: ConsoleKind
  /** A node that answers no ping for two rounds is given up. */
  readonly pingMs: number
  /** Bytes that were read from the socket before the relay began. */
  readonly first: Buffer
}

/** The node is not read while so many of its bytes wait for the client. */
const pauseAboveBytes = 4 * 1024 * 1024
const resumeBelowBytes = 2 * 1024 * 1024
/** The client is not read while so many of its bytes wait for the node. */
const sendWindowBytes = 1024 * 1024
/** The domain has stopped, or the terminal is gone: Flint says so in one frame and keeps the connection, dead. */
const deadTerminal = /^Error (?:reading from|writing to) PTY: [^\r\n]*$/
const longestNoticeBytes = 512

/** Begins; the stream and the socket end together. The socket is paused when it comes, and resumed here. */
export function relayConsole(socket: WebSocket, stream: ByteStream, options: RelayOptions): void {
  const fromNode = new FromNode(socket, stream)
  let alive = true

  const give = (failure: Failure): void => {
    stream.close(failure.body())
  }

  const ping = setInterval(() => {
    // While the client is slow the node is not read, and its answer waits with the rest.
    if (fromNode.isPaused) return
    if (!alive) {
      give(silent(options.kind))
      return
    }
    alive = false
    socket.ping()
  }, options.pingMs)
  ping.unref()

  socket.on('pong', () => {
    alive = true
  })
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    alive = true
    if (options.kind === 'vnc' && !isBinary) {
      give(notRfb('it sends text'))
      return
    }
    if (options.kind === 'serial' && data.byteLength <= longestNoticeBytes && deadTerminal.test(data.toString('utf8'))) {
      fromNode.end(() => give(ended(options.kind)))
      return
    }
    fromNode.take(data)
  })
  socket.on('error', (error) => {
    if ('code' in error && error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') give(oversized())
    else if ('code' in error && typeof error.code === 'string' && error.code.startsWith('WS_ERR')) give(notRfb('it breaks the rules of WebSockets'))
  })
  socket.on('close', () => {
    clearInterval(ping)
    fromNode.end(() => give(ended(options.kind)))
  })

  stream.onClose(() => {
    clearInterval(ping)
    socket.terminate()
  })
  stream.onBytes((bytes) => sendToNode(socket, bytes, options.kind === 'vnc'))

  if (options.first.byteLength > 0) fromNode.take(options.first)
  socket.resume()
}

/** Resolves at once while little waits, otherwise when this much has left. A frame for a serial line is text, as Flint reads nothing else. */
function sendToNode(socket: WebSocket, bytes: Uint8Array, binary: boolean): void | Promise<void> {
  if (socket.readyState !== socket.OPEN) return undefined
  if (socket.bufferedAmount < sendWindowBytes) {
    socket.send(bytes, { binary })
    return undefined
  }
  return new Promise((resolve) => {
    socket.send(bytes, { binary }, () => resolve())
  })
}

/** The way from the node to the client: frames that arrive together go on together, and the node is paused while the client is slow. */
class FromNode {
  readonly #socket: WebSocket
  readonly #stream: ByteStream
  #gathered: Buffer[] = []
  #gatheredBytes = 0
  #isFlushPlanned = false
  #waitingBytes = 0
  #onDrained: (() => void) | null = null

  constructor(socket: WebSocket, stream: ByteStream) {
    this.#socket = socket
    this.#stream = stream
  }

  get isPaused(): boolean {
    return this.#socket.isPaused
  }

  take(bytes: Buffer): void {
    this.#waitingBytes += bytes.byteLength
    if (this.#gatheredBytes + bytes.byteLength > mostRoomyBytes) this.#flush()
    if (bytes.byteLength > mostRoomyBytes) {
      this.#hand(bytes.slice(), bytes.byteLength)
    } else {
      this.#gathered.push(bytes)
      this.#gatheredBytes += bytes.byteLength
    }
    if (this.#waitingBytes > pauseAboveBytes) this.#socket.pause()
    if (this.#isFlushPlanned) return
    this.#isFlushPlanned = true
    // After all frames that can be read now, before anything else happens.
    setImmediate(() => {
      this.#isFlushPlanned = false
      this.#flush()
    })
  }

  /** Calls `drained` once everything that came has gone on. */
  end(drained: () => void): void {
    this.#onDrained = drained
    if (this.#waitingBytes === 0) drained()
  }

  #flush(): void {
    if (this.#gatheredBytes === 0) return
    const bytes = allocateRoomy(this.#gatheredBytes)
    let at = 0
    for (const part of this.#gathered) {
      bytes.set(part, at)
      at += part.byteLength
    }
    this.#gathered = []
    this.#gatheredBytes = 0
    this.#hand(bytes, bytes.byteLength)
  }

  /** Gives bytes away: their count is taken before. It rejects only when the stream has ended, which ends the socket too. */
  #hand(bytes: Uint8Array, count: number): void {
    this.#stream.give(bytes).then(
      () => this.#written(count),
      () => undefined,
    )
  }

  #written(count: number): void {
    this.#waitingBytes -= count
    if (this.#waitingBytes < resumeBelowBytes && this.#socket.isPaused) this.#socket.resume()
    if (this.#waitingBytes === 0) this.#onDrained?.()
  }
}
