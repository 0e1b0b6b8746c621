// The line as the screens see it: real MessagePorts that come and go beneath one connection.
import { MessageChannel } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { Connection } from '../../renderer/lib/connection.ts'
import { createClient } from '../../shared/contract/client.ts'
import { clientPortTransport, workerPortTransport } from '../../shared/contract/messagePortTransport.ts'
import type { Transport, ClientMessage, WorkerMessage } from '../../shared/contract/wire.ts'

interface Line {
  readonly worker: Transport<WorkerMessage, ClientMessage>
  readonly requests: ClientMessage[]
  readonly workerPort: MessagePort
}

/** Gives the connection a line; the worker's end answers `jobs.list` when `answers` is set. */
function newLine(connection: Connection, answers: boolean): Line {
  const { port1, port2 } = new MessageChannel()
  const worker = workerPortTransport(port2)
  const requests: ClientMessage[] = []
  worker.onMessage((message) => {
    requests.push(message)
    if (answers && message.kind === 'request') worker.send({ kind: 'answer', id: message.id, answer: { ok: true, value: [] } })
  })
  connection.use(createClient(clientPortTransport(port1)))
  return { worker, requests, workerPort: port2 }
}

function becomes(connection: Connection, state: string): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (connection.state() !== state) return
      stop()
      resolve()
    }
    const stop = connection.subscribe(look)
    look()
  })
}

describe('the connection', () => {
  test('holds calls until the first line stands', async () => {
    const connection = new Connection()
    const early = connection.call('jobs.list', {})
    expect(connection.state()).toBe('connecting')
    const line = newLine(connection, true)
    await expect(early).resolves.toEqual([])
    expect(connection.state()).toBe('open')
    line.worker.close()
  })

  test('answers what was pending when the worker goes, and sends nothing late', async () => {
    const connection = new Connection()
    const line = newLine(connection, false)
    const pending = connection.call('jobs.list', {})
    const refused = expect(pending).rejects.toMatchObject({ code: 'worker.gone' })
    line.worker.close()
    await refused
    await becomes(connection, 'lost')
    await expect(connection.call('jobs.list', {})).rejects.toMatchObject({ code: 'worker.gone' })
    const next = newLine(connection, true)
    await expect(connection.call('jobs.list', {})).resolves.toEqual([])
    expect(next.requests).toHaveLength(1)
    next.worker.close()
  })

  test('tells every new line, so that screens read again, and keeps its listeners', async () => {
    const connection = new Connection()
    let opened = 0
    connection.onOpen(() => {
      opened += 1
    })
    const first = newLine(connection, true)
    first.worker.close()
    await becomes(connection, 'lost')
    const heard = new Promise((resolve) => {
      connection.on('changed', resolve)
    })
    const second = newLine(connection, true)
    second.worker.send({ kind: 'event', name: 'changed', payload: { topics: ['vms'] } })
    await expect(heard).resolves.toEqual({ topics: ['vms'] })
    expect(opened).toBe(2)
    second.worker.close()
  })

  test('a new line replaces one that still stands, without a word of loss', async () => {
    const connection = new Connection()
    const states: string[] = []
    newLine(connection, true)
    connection.subscribe(() => states.push(connection.state()))
    const second = newLine(connection, true)
    await expect(connection.call('jobs.list', {})).resolves.toEqual([])
    expect(states).toEqual([])
    second.worker.close()
  })

  test('a page that is refused says so to whoever waits', async () => {
    const connection = new Connection()
    const early = connection.call('jobs.list', {})
    connection.refuse()
    await expect(early).rejects.toMatchObject({ code: 'worker.refused' })
    expect(connection.state()).toBe('refused')
  })
})
