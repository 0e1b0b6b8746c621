// The Paymenter client against small servers of our own: what it sends, and what it does with time.
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { PaymenterClient } from '../../electron/worker/paymenter/client.ts'
import { Gateway } from '../helpers/gateway.ts'
import { recordedLog } from '../helpers/recordedLog.ts'

/** A server in a thread of its own, for this one will be blocked. It counts, in shared memory, how often page 3 was asked for. */
const serverCode = `
  const { createServer } = require('node:http')
  const { parentPort, workerData } = require('node:worker_threads')
  const asked = new Int32Array(workerData)
  const server = createServer((request, response) => {
    if (request.url.includes('page=3')) { Atomics.add(asked, 0, 1); Atomics.notify(asked, 0) }
    response.setHeader('content-type', 'application/vnd.api+json')
    response.end(JSON.stringify({ data: [{ type: 'users', id: '1', attributes: { id: 1 } }], links: { next: 'http://x/?page=9' } }))
  })
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))
`

test('the next page is on its way while a page is parsed and stored', async () => {
  const shared = new SharedArrayBuffer(4)
  const worker = new Worker(serverCode, { eval: true, workerData: shared })
  const port = await new Promise<number>((resolve) => {
    worker.once('message', resolve)
  })
  const client = new PaymenterClient({ baseUrl: `http://127.0.0.1:${port}`, token: 'token', log: recordedLog().log, now: Date.now })
  await client.list('users', { page: 1, perPage: 1 })
  const next: Promise<unknown>[] = []
  const onMore = (): void => {
    next.push(client.list('users', { page: 3, perPage: 1 }))
  }
  await client.list('users', { page: 2, perPage: 1, onMore })
  // Blocks this thread, as storing does: whatever has not left by now does not leave.
  expect(Atomics.wait(new Int32Array(shared), 0, 0, 5_000)).not.toBe('timed-out')
  await Promise.all(next)
  await client.close()
  await worker.terminate()
})

test('every request asks for JSON, carries the key, and has its address built here', async () => {
  await using gateway = await Gateway.open('http://127.0.0.1:1', {
    before: ({ path }) => ({ status: 200, headers: { 'content-type': 'application/vnd.api+json' }, body: path.includes('services/7') ? '{"data":{"type":"services","id":"7","attributes":{}}}' : '{"data":[]}' }),
  })
  const client = new PaymenterClient({ baseUrl: gateway.url, token: 'key-1', log: recordedLog().log, now: Date.now })
  await client.list('invoices', { page: 2, perPage: 50, sort: '-updated_at', includes: ['items', 'user'], filters: { status: 'pending & more' } })
  await client.read('services', 7, ['user'])
  expect(await client.update('services', 7, { status: 'active' })).toEqual({ kind: 'accepted' })
  await client.close()
  expect(gateway.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /api/v1/admin/invoices?page=2&per_page=50&sort=-updated_at&filter[status]=pending%20%26%20more&include=items,user',
    'GET /api/v1/admin/services/7?include=user',
    'PUT /api/v1/admin/services/7',
  ])
  for (const { headers } of gateway.requests) expect(headers).toMatchObject({ accept: 'application/json', authorization: 'Bearer key-1' })
})

test('the server’s clock is compared with ours to the second, and is unknown without a Date', async () => {
  const now = Date.parse('2026-11-22T12:00:00Z')
  const dates = ['Sun, 22 Nov 2026 12:10:00 GMT', 'yesterday']
  await using gateway = await Gateway.open('http://127.0.0.1:1', {
    before: (_request, index) => ({ status: 200, headers: { 'content-type': 'application/json', date: dates[index] ?? '' }, body: '{"data":[]}' }),
  })
  const client = new PaymenterClient({ baseUrl: gateway.url, token: 'token', log: recordedLog().log, now: () => now })
  expect(client.clockOffsetMs).toBeNull()
  await client.list('users', { page: 1, perPage: 1 })
  expect(Math.abs((client.clockOffsetMs ?? 0) - 600_000)).toBeLessThan(2_000)
  await client.close()
})
