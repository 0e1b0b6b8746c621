// The line over a MessagePort: the browser's, Electron's MessagePortMain, or Node's; told apart by how they are listened to.
import { Inbox } from './inbox.ts'
import type { ClientMessage, Transport, WireMessage, WorkerMessage } from './wire.ts'
import { parseClientMessage, parseWorkerMessage } from './wireParse.ts'

/** The browser's MessagePort, and Node's. */
export interface EventTargetPort {
  postMessage(message: unknown): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  addEventListener(type: 'close' | 'messageerror', listener: () => void): void
  start(): void
  close(): void
}

/** Electron's MessagePortMain. */
export interface EmitterPort {
  postMessage(message: unknown): void
  on(type: 'message', listener: (event: { data: unknown }) => void): unknown
  on(type: 'close', listener: () => void): unknown
  start(): void
  close(): void
}

export type Port = EventTargetPort | EmitterPort

function portTransport<Out extends WireMessage, In extends WireMessage>(
  port: Port,
  parse: (value: unknown) => In | null,
): Transport<Out, In> {
  const inbox = new Inbox<In>()
  const close = (): void => {
    if (inbox.closed) return
    port.close()
    inbox.end()
  }
  const arrived = (event: { data: unknown }): void => {
    const message = parse(event.data)
    // What is not a message comes from something that is not our other end.
    if (message === null) close()
    else inbox.deliver(message)
  }
  if ('addEventListener' in port) {
    port.addEventListener('message', arrived)
    port.addEventListener('messageerror', close)
    port.addEventListener('close', () => inbox.end())
  } else {
    port.on('message', arrived)
    port.on('close', () => inbox.end())
  }
  return {
    send: (message) => {
      if (!inbox.closed) port.postMessage(message)
    },
    onMessage: (receive) => {
      inbox.onMessage(receive)
      port.start()
    },
    onClose: (closed) => inbox.onClose(closed),
    close,
  }
}

/** The client's end: the renderer's port. Garbage closes the line. */
export function clientPortTransport(port: Port): Transport<ClientMessage, WorkerMessage> {
  return portTransport(port, parseWorkerMessage)
}

/** The worker's end. Garbage closes the line. */
export function workerPortTransport(port: Port): Transport<WorkerMessage, ClientMessage> {
  return portTransport(port, parseClientMessage)
}
