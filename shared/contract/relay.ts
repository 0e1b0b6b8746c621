// Between the shell and the worker's host: who comes and goes, sleep and wake, and, where there are no ports, the messages of every client.
import { Inbox } from './inbox.ts'
import type { ClientMessage, Transport, WorkerMessage } from './wire.ts'
import { parseWorkerMessage } from './wireParse.ts'
import type { FailureBody } from '../domain/failure.ts'

/** From the shell to the worker. The shell gives each client a number; `open` carries the client's port where the host can carry one. */
export type ShellMessage =
  | { readonly kind: 'open'; readonly client: number }
  | { readonly kind: 'message'; readonly client: number; readonly message: unknown }
  | { readonly kind: 'close'; readonly client: number }
  /** The machine is about to sleep, or has woken. */
  | { readonly kind: 'suspend' }
  | { readonly kind: 'resume' }
  /** Leave: finish the step in hand, close the database, exit 0. */
  | { readonly kind: 'quit' }

/** From the worker to the shell. */
export type HostMessage =
  /** It answers. Clients may be opened before that: their calls wait. */
  | { readonly kind: 'ready' }
  /** It cannot open its data; it goes on running and answers every call with this error. */
  | { readonly kind: 'failed'; readonly error: FailureBody }
  | { readonly kind: 'message'; readonly client: number; readonly message: unknown }
  | { readonly kind: 'close'; readonly client: number }

function fieldsOf(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
}

/** What came from the shell, or null when it is nothing of ours. */
export function parseShellMessage(value: unknown): ShellMessage | null {
  const fields = fieldsOf(value)
  switch (fields?.['kind']) {
    case 'open':
    case 'close':
    case 'message':
      return typeof fields['client'] === 'number' ? (value as ShellMessage) : null
    case 'suspend':
    case 'resume':
    case 'quit':
      return value as ShellMessage
    default:
      return null
  }
}

/** What came from the worker's host, or null when it is nothing of ours. */
export function parseHostMessage(value: unknown): HostMessage | null {
  const fields = fieldsOf(value)
  switch (fields?.['kind']) {
    case 'ready':
      return value as HostMessage
    case 'failed':
      return fieldsOf(fields['error']) ? (value as HostMessage) : null
    case 'close':
    case 'message':
      return typeof fields['client'] === 'number' ? (value as HostMessage) : null
    default:
      return null
  }
}

/** A client's end for the shell itself (notifications), over the same messages: `receive` is fed the worker's messages for this client. */
export function relayedClientTransport(
  client: number,
  send: (message: ShellMessage) => void,
): Transport<ClientMessage, WorkerMessage> & { receive(message: unknown): void; ended(): void } {
  const inbox = new Inbox<WorkerMessage>()
  send({ kind: 'open', client })
  const close = (): void => {
    if (inbox.end()) send({ kind: 'close', client })
  }
  return {
    send: (message) => {
      if (!inbox.closed) send({ kind: 'message', client, message })
    },
    onMessage: (receive) => inbox.onMessage(receive),
    onClose: (closed) => inbox.onClose(closed),
    close,
    receive: (value) => {
      const message = parseWorkerMessage(value)
      if (message === null) close()
      else inbox.deliver(message)
    },
    ended: () => {
      inbox.end()
    },
  }
}
