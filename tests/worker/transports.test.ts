// The same behaviour over every transport: MessagePort (both ways of listening), child-process messages, and WebSocket (both clients).
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket as NodeWebSocket, WebSocketServer } from 'ws'
import { type Client, createClient } from '../../shared/contract/client.ts'
import { clientPortTransport, type EmitterPort, type Port, workerPortTransport } from '../../shared/contract/messagePortTransport.ts'
import { parseHostMessage, relayedClientTransport } from '../../shared/contract/relay.ts'
import { clientSocketTransport } from '../../shared/contract/webSocketTransport.ts'
import { streamWindowBytes } from '../../shared/contract/wire.ts'
import { Failure } from '../../shared/domain/failure.ts'
import { acceptedSocketTransport, clientMessageLimitBytes } from '../../electron/worker/rpc/webSocket.ts'
import { byteAt, LineService, patternFrom, pouredBytes } from '../fixtures/lineService.ts'
import { until } from '../helpers/until.ts'

interface Line {
  readonly client: Client
  /** Sends something that is no message, past the client. */
  readonly sendGarbage: () => void
  /** Ends the worker's side without a word. */
  readonly breakLine: () => void
}

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

/** Node's port as Electron's MessagePortMain presents itself: `on`, and events that carry `data`. */
function asEmitterPort(port: MessagePort): EmitterPort {
  return {
    postMessage: (message) => port.postMessage(message),
    on: (type: 'message' | 'close', listener: (event: { data: unknown }) => void) =>
      type === 'message'
        ? port.on('message', (data: unknown) => listener({ data }))
        : port.on('close', () => listener({ data: undefined })),
    start: () => port.start(),
    close: () => port.close(),
  }
}

function openPortLine(wrap: (port: MessagePort) => Port): Line {
  const { port1, port2 } = new MessageChannel()
  new LineService().accept(workerPortTransport(wrap(port2)))
  const client = createClient(clientPortTransport(wrap(port1)))
  return { client, sendGarbage: () => port1.postMessage({ kind: 'request', id: 'one' }), breakLine: () => port2.close() }
}

async function openProcessLine(): Promise<Line> {
  const child: ChildProcess = fork(join(import.meta.dirname, '../fixtures/lineChild.ts'), { serialization: 'advanced', execArgv: [] })
  cleanups.push(() => child.kill('SIGKILL'))
  await once(child, 'spawn')
  const transport = relayedClientTransport(7, (message) => child.send(message))
  child.on('message', (value) => {
    const message = parseHostMessage(value)
    if (message?.kind === 'message' && message.client === 7) transport.receive(message.message)
    if (message?.kind === 'close' && message.client === 7) transport.ended()
  })
  child.on('exit', () => transport.ended())
  return {
    client: createClient(transport),
    sendGarbage: () => child.send({ kind: 'message', client: 7, message: { kind: 'stream-data', stream: 1, bytes: 'text' } }),
    breakLine: () => child.kill('SIGKILL'),
  }
}

async function openSocketLine(connect: (url: string) => WebSocket | NodeWebSocket): Promise<Line> {
  const http = createServer()
  const server = new WebSocketServer({ server: http, maxPayload: clientMessageLimitBytes })
  const service = new LineService()
  server.on('connection', (socket) => service.accept(acceptedSocketTransport(socket)))
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  cleanups.push(() => {
    for (const socket of server.clients) socket.terminate()
    http.close()
  })
  const socket = connect(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/line`)
  return {
    client: createClient(clientSocketTransport(socket)),
    sendGarbage: () => socket.send('{"kind":"request"'),
    breakLine: () => {
      for (const accepted of server.clients) accepted.terminate()
    },
  }
}

const transports: Record<string, () => Promise<Line> | Line> = {
  'a MessagePort': () => openPortLine((port) => port),
  'a MessagePort that emits, like Electron’s': () => openPortLine(asEmitterPort),
  'child-process messages': openProcessLine,
  'a WebSocket of the platform': () => openSocketLine((url) => new WebSocket(url)),
  'a WebSocket of ws': () => openSocketLine((url) => new NodeWebSocket(url)),
}

const vm = { nodeId: 'n', uuid: 'on' }

describe.for(Object.entries(transports))('over %s', ([, openLine]) => {
  async function open(): Promise<Line> {
    const line = await openLine()
    cleanups.push(() => line.client.close())
    return line
  }

  test('a call is answered, many at once each with its own answer', async () => {
    const { client } = await open()
    const answers = await Promise.allSettled(
      Array.from({ length: 200 }, (_, index) => client.call('jobs.cancel', { id: index % 2 === 0 ? 'known' : 'unknown' })),
    )
    expect(answers.map((answer) => answer.status)).toEqual(answers.map((_, index) => (index % 2 === 0 ? 'fulfilled' : 'rejected')))
  })

  test('a failure arrives with its code, message and hint', async () => {
    const { client } = await open()
    const error = await client.call('jobs.cancel', { id: 'unknown' }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Failure)
    expect(error).toMatchObject({ code: 'job.unknown', message: 'That job is not known here.', hint: 'Look at the list.' })
  })

  test('changes are told to the client together, once', async () => {
    const { client } = await open()
    const seen: unknown[] = []
    client.on('changed', (payload) => seen.push(payload))
    await client.call('links.list', {})
    await until('the event has come', () => seen.length > 0)
    await client.call('links.list', {})
    await until('the second event has come', () => seen.length > 1)
    expect(seen).toEqual([{ topics: ['links', 'vms'] }, { topics: ['links', 'vms'] }])
  })

  test('a stream echoes what is written, in order', async () => {
    const { client } = await open()
    const stream = client.openStream('console.serial', vm)
    const received: number[] = []
    stream.onBytes((bytes) => void received.push(...bytes))
    await stream.opened
    for (let index = 0; index < 20; index += 1) await stream.write(Uint8Array.of(index, index + 100))
    await until('all of it is back', () => received.length === 40)
    expect(received).toEqual(Array.from({ length: 20 }, (_, index) => [index, index + 100]).flat())
  })

  test('a stream that is refused says why', async () => {
    const { client } = await open()
    const stream = client.openStream('console.serial', { nodeId: 'n', uuid: 'off' })
    const reason = new Promise((resolve) => stream.onClose(resolve))
    await expect(stream.opened).rejects.toMatchObject({ code: 'vm.not-running', hint: 'Start it first.' })
    expect(await reason).toMatchObject({ code: 'vm.not-running' })
    await expect(stream.write(Uint8Array.of(1))).rejects.toMatchObject({ code: 'vm.not-running' })
  })

  test('50 MB arrive whole, and calls are answered in between', async () => {
    const { client } = await open()
    const stream = client.openStream('console.vnc', vm)
    let offset = 0
    let wrong = 0
    stream.onBytes((bytes) => {
      for (let index = 0; index < bytes.length; index += 997) if (bytes[index] !== byteAt(offset + index)) wrong += 1
      offset += bytes.length
    })
    const end = new Promise((resolve) => stream.onClose(resolve))
    expect(await client.call('jobs.cancel', { id: 'known' })).toEqual({ ok: true })
    expect(await end).toBeNull()
    expect({ offset, wrong }).toEqual({ offset: pouredBytes, wrong: 0 })
  })

  test('a receiver that is busy holds the sender back to one window', async () => {
    const { client } = await open()
    const stream = client.openStream('console.serial', { nodeId: 'n', uuid: 'stalled' })
    await stream.opened
    let written = 0
    const writing = (async () => {
      while (written < 2 * streamWindowBytes) {
        await stream.write(patternFrom(0, 512 * 1024))
        written += 512 * 1024
      }
    })().catch((error: unknown) => error)
    await until('the window is full', () => written === streamWindowBytes)
    await client.call('jobs.cancel', { id: 'known' })
    expect(written).toBe(streamWindowBytes)
    stream.close()
    expect(await writing).toMatchObject({ code: 'stream.closed' })
  })

  test('a slow reader gets every byte although the sender is faster', async () => {
    const { client } = await open()
    const stream = client.openStream('console.vnc', vm)
    let offset = 0
    let turns = 0
    stream.onBytes(async (bytes) => {
      offset += bytes.length
      turns += 1
      if (turns % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
    })
    await new Promise((resolve) => stream.onClose(resolve))
    expect(offset).toBe(pouredBytes)
  })

  test('closing in the middle ends the stream and leaves the line open', async () => {
    const { client } = await open()
    const stream = client.openStream('console.vnc', vm)
    await new Promise<void>((resolve) => stream.onBytes(() => resolve()))
    stream.close()
    expect(stream.closed).toBe(true)
    expect(await client.call('jobs.cancel', { id: 'known' })).toEqual({ ok: true })
  })

  test('when the line breaks, every pending call and stream ends with worker.gone', async () => {
    const { client, breakLine } = await open()
    await client.call('jobs.cancel', { id: 'known' })
    const pending = [client.call('jobs.wait', { id: 'a' }), client.call('jobs.wait', { id: 'b' })].map((call) =>
      call.catch((error: unknown) => error),
    )
    const stream = client.openStream('console.serial', vm)
    await stream.opened
    const streamEnd = new Promise((resolve) => stream.onClose(resolve))
    const lineEnd = new Promise<void>((resolve) => client.onClose(resolve))
    breakLine()
    await lineEnd
    for (const error of await Promise.all(pending)) expect(error).toMatchObject({ code: 'worker.gone' })
    expect(await streamEnd).toMatchObject({ code: 'worker.gone' })
    await expect(client.call('jobs.cancel', { id: 'known' })).rejects.toMatchObject({ code: 'worker.gone' })
  })

  test('garbage ends the line', async () => {
    const { client, sendGarbage } = await open()
    await client.call('jobs.cancel', { id: 'known' })
    sendGarbage()
    await new Promise<void>((resolve) => client.onClose(resolve))
    expect(client.closed).toBe(true)
  })
})
