// The worker's end of one line: answers requests by the handlers, opens byte streams, pushes events.
import type { Logger } from 'pino'
import {
  type EventName,
  type EventPayload,
  type MethodName,
  methods,
  type StreamName,
  type StreamParameters,
  streams,
} from '../../../shared/contract/index.ts'
import { type ByteStream, StreamEnd } from '../../../shared/contract/byteStream.ts'
import type { Answer, ClientMessage, Transport, WorkerMessage } from '../../../shared/contract/wire.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { Handlers } from './handlers.ts'
import { checkOutput, parseInput } from './parse.ts'

/** Opens one kind of byte stream; resolves once it is open, throws a Failure to refuse it. */
export type StreamHandlers = { [S in StreamName]?: (parameters: StreamParameters<S>, stream: ByteStream) => Promise<void> | void }

export interface ServeOptions {
  /** Whether answers are held against the contract too: in tests and development. */
  readonly validateOutputs: boolean
  readonly log: Logger
  readonly streams?: StreamHandlers
}

export interface ServedClient {
  event<E extends EventName>(name: E, payload: EventPayload<E>): void
  /** Requests that are being worked on. */
  readonly pending: number
  onClose(listener: () => void): void
  close(): void
}

type AnyHandler = (input: unknown) => unknown
type StreamOpener = (parameters: unknown, stream: ByteStream) => Promise<void> | void

const maximumStreams = 64

/**
 * Serves one client. `handlers` is asked for each request, so that what stands behind it may change under an open line. What a handler
 * throws becomes an error answer: a Failure as it is, anything else as `internal`, with the details in the log only.
 */
export function serveClient(
  transport: Transport<WorkerMessage, ClientMessage>,
  handlers: () => Partial<Handlers>,
  options: ServeOptions,
): ServedClient {
  const open = new Map<number, StreamEnd>()
  let pending = 0

  async function answerTo(methodName: string, input: unknown): Promise<Answer> {
    try {
      if (!Object.hasOwn(methods, methodName)) throw new Failure('rpc.unknown-method', 'The worker knows no such method.')
      const name = methodName as MethodName
      const handler = handlers()[name] as AnyHandler | undefined
      if (!handler) throw new Failure('rpc.unknown-method', `The worker does not offer ${name}.`)
      const value = await handler(parseInput(name, methods[name].input, input))
      if (options.validateOutputs) checkOutput(name, methods[name].output, value)
      return { ok: true, value }
    } catch (error) {
      return { ok: false, error: failureOf(error, methodName).body() }
    }
  }

  function failureOf(error: unknown, what: string): Failure {
    if (error instanceof Failure) return error
    options.log.error({ err: error, method: what }, 'a request failed unexpectedly')
    return new Failure('internal', 'Something unexpected went wrong in the worker.', 'The worker’s log has the details.')
  }

  async function request(id: number, method: string, input: unknown): Promise<void> {
    pending += 1
    const answer = await answerTo(method, input)
    pending -= 1
    transport.send({ kind: 'answer', id, answer })
  }

  async function openStream(id: number, streamName: string, parameters: unknown): Promise<void> {
    // Only a client that does not keep to the line's rules does this.
    if (open.has(id) || open.size >= maximumStreams) {
      transport.close()
      return
    }
    const stream = new StreamEnd(
      id,
      (message) => transport.send(message),
      () => open.delete(id),
    )
    open.set(id, stream)
    try {
      const handler = Object.hasOwn(streams, streamName)
        ? (options.streams?.[streamName as StreamName] as StreamOpener | undefined)
        : undefined
      if (!handler) throw new Failure('rpc.unknown-stream', 'The worker offers no such stream.')
      const parsed = parseInput(streamName, streams[streamName as StreamName], parameters)
      await handler(parsed, stream)
      if (!stream.closed) transport.send({ kind: 'stream-opened', stream: id })
    } catch (error) {
      stream.close(failureOf(error, streamName).body())
    }
  }

  function receive(message: ClientMessage): void {
    switch (message.kind) {
      case 'request':
        void request(message.id, message.method, message.input)
        return
      case 'stream-open':
        void openStream(message.stream, message.name, message.parameters)
        return
      case 'stream-data':
        open.get(message.stream)?.receiveBytes(message.bytes)
        return
      case 'stream-ack':
        open.get(message.stream)?.receiveAck(message.bytes)
        return
      case 'stream-close':
        open.get(message.stream)?.receiveClose(message.reason ?? null)
    }
  }

  transport.onClose(() => {
    for (const stream of open.values()) stream.receiveClose({ code: 'client.gone', message: 'The client went away.' })
  })
  transport.onMessage(receive)

  return {
    event: (name, payload) => transport.send({ kind: 'event', name, payload }),
    get pending() {
      return pending
    },
    onClose: (listener) => transport.onClose(listener),
    close: () => transport.close(),
  }
}
