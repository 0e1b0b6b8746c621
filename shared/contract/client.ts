// The client's end of the line: typed calls, events and byte streams over any transport. Renderer and command line use the same.
import { Failure } from '../domain/failure.ts'
import { type ByteStream, StreamEnd } from './byteStream.ts'
import type { EventName, EventPayload, MethodInput, MethodName, MethodOutput, StreamName, StreamParameters } from './index.ts'
import type { Answer, ClientMessage, Transport, WorkerMessage } from './wire.ts'

export interface OpenedStream extends ByteStream {
  /** Resolves when the worker has opened it; rejects with a Failure when it refuses. */
  readonly opened: Promise<void>
}

export interface Client {
  /** Asks the worker. Rejects with a Failure: the worker's own, or `worker.gone` when the line ends before the answer. */
  call<M extends MethodName>(method: M, input: MethodInput<M>): Promise<MethodOutput<M>>
  /** Listens to an event; returns how to stop listening. */
  on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void
  openStream<S extends StreamName>(name: S, parameters: StreamParameters<S>): OpenedStream
  /** Told once when the line has ended, by either side; a listener that comes later is told at once. */
  onClose(listener: () => void): () => void
  readonly closed: boolean
  close(): void
}

export interface ClientOptions {
  /** Sees every event, before the listeners of `on`. */
  readonly onEvent?: (name: string, payload: unknown) => void
}

interface PendingCall {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Failure) => void
}

interface PendingStream {
  readonly end: StreamEnd
  readonly opened: () => void
  readonly refused: (error: Failure) => void
}

/** The failure of everything that was pending when the line ended. */
function workerGone(): Failure {
  return new Failure(
    'worker.gone',
    'The worker went away before it answered.',
    'It is restarted by itself; look at the result before trying again.',
  )
}

export function createClient(transport: Transport<ClientMessage, WorkerMessage>, options: ClientOptions = {}): Client {
  const calls = new Map<number, PendingCall>()
  const streams = new Map<number, PendingStream>()
  const listeners = new Map<string, Set<(payload: never) => void>>()
  const closeListeners = new Set<() => void>()
  let nextId = 1
  let closed = false

  function settle(id: number, answer: Answer): void {
    const call = calls.get(id)
    if (!call) return
    calls.delete(id)
    if (answer.ok) call.resolve(answer.value)
    else call.reject(new Failure(answer.error.code, answer.error.message, answer.error.hint))
  }

  function tell(name: string, payload: unknown): void {
    options.onEvent?.(name, payload)
    for (const listener of listeners.get(name) ?? []) listener(payload as never)
  }

  function receive(message: WorkerMessage): void {
    switch (message.kind) {
      case 'answer':
        settle(message.id, message.answer)
        return
      case 'event':
        tell(message.name, message.payload)
        return
      case 'stream-opened':
        streams.get(message.stream)?.opened()
        return
      case 'stream-data':
        streams.get(message.stream)?.end.receiveBytes(message.bytes)
        return
      case 'stream-ack':
        streams.get(message.stream)?.end.receiveAck(message.bytes)
        return
      case 'stream-close': {
        const stream = streams.get(message.stream)
        const reason = message.reason ?? null
        stream?.refused(
          reason ? new Failure(reason.code, reason.message, reason.hint) : new Failure('stream.closed', 'The stream was closed.'),
        )
        stream?.end.receiveClose(reason)
      }
    }
  }

  function lineEnded(): void {
    if (closed) return
    closed = true
    for (const call of calls.values()) call.reject(workerGone())
    calls.clear()
    for (const stream of streams.values()) {
      stream.refused(workerGone())
      stream.end.receiveClose(workerGone().body())
    }
    for (const listener of closeListeners) listener()
    closeListeners.clear()
  }

  function openStream<S extends StreamName>(name: S, parameters: StreamParameters<S>): OpenedStream {
    const id = nextId++
    const end = new StreamEnd(
      id,
      (message) => transport.send(message),
      () => streams.delete(id),
    )
    const { promise: opened, resolve, reject: refuse } = Promise.withResolvers<void>()
    streams.set(id, { end, opened: resolve, refused: refuse })
    opened.catch(() => undefined)
    // By then it is no longer among the streams: one that is closed while it opens would wait for ever.
    end.onClose((reason) => {
      refuse(new Failure('stream.closed', reason?.message ?? 'The stream was closed.'))
    })
    if (closed) {
      streams.get(id)?.refused(workerGone())
      end.receiveClose(workerGone().body())
    } else {
      transport.send({ kind: 'stream-open', stream: id, name, parameters })
    }
    return Object.assign(end, { opened })
  }

  transport.onClose(lineEnded)
  transport.onMessage(receive)

  return {
    call: <M extends MethodName>(method: M, input: MethodInput<M>): Promise<MethodOutput<M>> => {
      if (closed) return Promise.reject(workerGone())
      const id = nextId++
      return new Promise((resolve, reject) => {
        // The worker's output has the contract's type; it is parsed there, in tests and development.
        calls.set(id, { resolve: (value) => resolve(value as MethodOutput<M>), reject })
        transport.send({ kind: 'request', id, method, input })
      })
    },
    on: (event, listener) => {
      const of = listeners.get(event) ?? new Set()
      listeners.set(event, of)
      of.add(listener)
      return () => of.delete(listener)
    },
    openStream,
    onClose: (listener) => {
      if (closed) listener()
      else closeListeners.add(listener)
      return () => closeListeners.delete(listener)
    },
    get closed() {
      return closed
    },
    close: () => {
      transport.close()
      lineEnded()
    },
  }
}
