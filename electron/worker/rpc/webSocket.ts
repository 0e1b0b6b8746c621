// Accepted WebSockets as lines: bounded messages, and a ping that finds out the dead.
import type { WebSocket } from 'ws'
import type { ClientMessage, Transport, WorkerMessage } from '../../../shared/contract/wire.ts'
import { workerSocketTransport } from '../../../shared/contract/webSocketTransport.ts'

/** A client's messages are small: requests, and stream chunks of at most 256 KiB. */
export const clientMessageLimitBytes = 4 * 1024 * 1024
/** Answers may be whole lists. */
export const workerMessageLimitBytes = 512 * 1024 * 1024

const pingEveryMs = 30_000

/** The worker's end of an accepted socket; one that answers no ping for two rounds is cut off. */
export function acceptedSocketTransport(socket: WebSocket, pingMs = pingEveryMs): Transport<WorkerMessage, ClientMessage> {
  let alive = true
  socket.on('pong', () => {
    alive = true
  })
  const timer = setInterval(() => {
    if (!alive) {
      socket.terminate()
      return
    }
    alive = false
    socket.ping()
  }, pingMs)
  timer.unref()
  socket.on('close', () => clearInterval(timer))
  return workerSocketTransport(socket)
}
