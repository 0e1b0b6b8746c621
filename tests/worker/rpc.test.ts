// What the worker's end of a line accepts, refuses and says.
import { MessageChannel } from 'node:worker_threads'
import { pino } from 'pino'
import { afterEach, expect, test } from 'vitest'
import { workerPortTransport } from '../../shared/contract/messagePortTransport.ts'
import type { WorkerMessage } from '../../shared/contract/wire.ts'
import { streamWindowBytes } from '../../shared/contract/wire.ts'
import { serveClient } from '../../electron/worker/rpc/server.ts'
import { LineService } from '../fixtures/lineService.ts'
import { until } from '../helpers/until.ts'

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

/** A served line whose other end is handled by hand, message by message. */
function openBareLine(validateOutputs = true) {
  const { port1, port2 } = new MessageChannel()
  const logged: string[] = []
  const service = new LineService()
  const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) })
  serveClient(workerPortTransport(port2), () => service.handlers, { validateOutputs, log, streams: service.streams })
  const received: WorkerMessage[] = []
  let ended = false
  port1.on('message', (message: WorkerMessage) => received.push(message))
  port1.on('close', () => {
    ended = true
  })
  cleanups.push(() => port1.close())
  let id = 0
  const ask = async (method: string, input: unknown): Promise<unknown> => {
    id += 1
    const asked = id
    port1.postMessage({ kind: 'request', id: asked, method, input })
    const message = await until('the answer has come', () => received.find((entry) => entry.kind === 'answer' && entry.id === asked))
    return message.kind === 'answer' ? message.answer : null
  }
  return { ask, logged, received, post: (message: unknown) => port1.postMessage(message), ended: () => ended }
}

test('an input that does not fit is refused, naming the field and not its value', async () => {
  const { ask } = openBareLine()
  const answer = await ask('jobs.cancel', { id: 5432 })
  expect(answer).toMatchObject({ ok: false, error: { code: 'rpc.invalid-input' } })
  expect(JSON.stringify(answer)).toContain('id: ')
  expect(JSON.stringify(answer)).not.toContain('5432')
})

test('an input of a wrong kind altogether is refused', async () => {
  const { ask } = openBareLine()
  for (const input of [null, undefined, 'text', 7, []]) {
    expect(await ask('jobs.cancel', input)).toMatchObject({ ok: false, error: { code: 'rpc.invalid-input' } })
  }
})

test('a method that is not in the contract is refused, whatever its name', async () => {
  const { ask } = openBareLine()
  for (const method of ['no.such', '', 'constructor', '__proto__', 'toString', 'hasOwnProperty']) {
    expect(await ask(method, {})).toMatchObject({ ok: false, error: { code: 'rpc.unknown-method' } })
  }
})

test('a method that is in the contract and has no handler is refused', async () => {
  const { ask } = openBareLine()
  expect(await ask('nodes.list', {})).toMatchObject({ ok: false, error: { code: 'rpc.unknown-method' } })
})

test('a bug in a handler is answered without its words, which go to the log', async () => {
  const { ask, logged } = openBareLine()
  const answer = await ask('nodes.remove', { nodeId: 'n' })
  expect(answer).toMatchObject({ ok: false, error: { code: 'internal' } })
  expect(JSON.stringify(answer)).not.toContain('5ecret')
  expect(logged.join('')).toContain('nodes.remove')
})

test('an answer against the contract is an error where answers are validated, and passes where they are not', async () => {
  expect(await openBareLine(true).ask('audit.verify', {})).toMatchObject({ ok: false, error: { code: 'internal' } })
  expect(await openBareLine(false).ask('audit.verify', {})).toMatchObject({ ok: true, value: { entries: 'many' } })
})

test('a stream that is not in the contract, or with wrong parameters, is refused', async () => {
  const { post, received } = openBareLine()
  post({ kind: 'stream-open', stream: 1, name: 'console.paper', parameters: {} })
  post({ kind: 'stream-open', stream: 2, name: 'console.serial', parameters: { nodeId: 7 } })
  await until('both are refused', () => received.filter((message) => message.kind === 'stream-close').length === 2)
  expect(received).toMatchObject([
    { kind: 'stream-close', stream: 1, reason: { code: 'rpc.unknown-stream' } },
    { kind: 'stream-close', stream: 2, reason: { code: 'rpc.invalid-input' } },
  ])
})

test('a client that sends past its window is cut off', async () => {
  const { post, received } = openBareLine()
  post({ kind: 'stream-open', stream: 1, name: 'console.serial', parameters: { nodeId: 'n', uuid: 'stalled' } })
  for (let sent = 0; sent <= streamWindowBytes; sent += 1024 * 1024)
    post({ kind: 'stream-data', stream: 1, bytes: new Uint8Array(1024 * 1024) })
  const close = await until('it is cut off', () => received.find((message) => message.kind === 'stream-close'))
  expect(close).toMatchObject({ stream: 1, reason: { code: 'stream.overrun' } })
})

test('a client that opens the same stream twice, or streams without end, loses its line', async () => {
  const twice = openBareLine()
  for (let count = 0; count < 2; count += 1)
    twice.post({ kind: 'stream-open', stream: 1, name: 'console.serial', parameters: { nodeId: 'n', uuid: 'on' } })
  await until('the line has ended', () => twice.ended())
  const many = openBareLine()
  for (let stream = 0; stream < 100; stream += 1)
    many.post({ kind: 'stream-open', stream, name: 'console.serial', parameters: { nodeId: 'n', uuid: 'on' } })
  await until('the line has ended', () => many.ended())
})

test('what is no message ends the line', async () => {
  for (const garbage of [
    null,
    'text',
    7,
    [],
    {},
    { kind: 'answer', id: 1, answer: { ok: true } },
    { kind: 'request', id: -1, method: 'x' },
    { kind: 'stream-ack', stream: 1 },
  ]) {
    const line = openBareLine()
    line.post(garbage)
    await until('the line has ended', () => line.ended())
  }
})
