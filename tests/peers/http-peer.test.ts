// The HTTP client that every peer is asked through, against servers that hang, drip, flood, break off, redirect and refuse.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { Circuit } from '../../electron/worker/http/circuit.ts'
import { PeerError, type PeerErrorKind } from '../../electron/worker/http/peerError.ts'
import { HttpPeer, retryAfterMs, type HttpPeerOptions } from '../../electron/worker/http/request.ts'
import { recordedLog } from '../helpers/recordedLog.ts'
import { until } from '../helpers/until.ts'

const token = 'ca11ab1e-token'
const closers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

interface World {
  readonly peer: HttpPeer
  readonly requests: IncomingMessage[]
  readonly logText: () => string
}

async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, number: number) => void,
  options: Partial<HttpPeerOptions> = {},
): Promise<World> {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    request.resume()
    answer(request, response, requests.length)
  })
  const baseUrl = await listen(server)
  const { log, text } = recordedLog()
  const peer = new HttpPeer({
    baseUrl,
    name: 'Peer',
    log,
    headers: () => ({ authorization: `Bearer ${token}` }),
    timeoutMs: 300,
    retryPauseMs: 1,
    ...options,
  })
  closers.push(() => peer.close())
  return { peer, requests, logText: text }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((ready) => {
    server.listen(0, '127.0.0.1', ready)
  })
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server does not listen')
  return `http://127.0.0.1:${address.port}`
}

async function errorOf(attempt: Promise<unknown>): Promise<PeerError> {
  try {
    await attempt
  } catch (error) {
    if (!(error instanceof PeerError)) throw error
    expect(`${error.message} ${error.detail} ${error.stack ?? ''} ${JSON.stringify(error)}`).not.toContain(token)
    return error
  }
  throw new Error('it was expected to fail')
}

describe('an answer', () => {
  test('comes with its status, headers, text and the peer’s clock', async () => {
    const { peer, requests } = await serve((_request, response) => {
      response.writeHead(404, { 'content-type': 'text/plain', date: 'Wed, 18 Nov 2026 00:00:00 GMT', 'set-cookie': ['a=1', 'b=2'] })
      response.end('näh')
    })
    const answer = await peer.request({ method: 'GET', path: '/x?y=1' })
    expect(answer).toMatchObject({
      status: 404,
      text: 'näh',
      date: Date.UTC(2026, 10, 18),
      headers: { 'content-type': 'text/plain', 'set-cookie': 'a=1, b=2' },
    })
    expect(answer.durationMs).toBeGreaterThan(0)
    expect(requests[0]?.headers.authorization).toBe(`Bearer ${token}`)
  })

  test('to a request that takes a header away is asked without it', async () => {
    const { peer, requests } = await serve((_request, response) => response.end('ok'))
    await peer.request({ method: 'GET', path: '/', headers: { Authorization: null, 'x-more': '1' } })
    expect(requests[0]?.headers).toMatchObject({ 'x-more': '1' })
    expect(requests[0]?.headers.authorization).toBeUndefined()
  })
})

describe('a peer that misbehaves', () => {
  const faults: [string, PeerErrorKind, PeerErrorKind, (response: ServerResponse) => void][] = [
    ['never answers', 'timeout', 'no-answer', () => {}],
    [
      'drips',
      'timeout',
      'no-answer',
      (response) => {
        response.writeHead(200)
        const drip = setInterval(() => response.write('x'), 20)
        response.on('close', () => clearInterval(drip))
      },
    ],
    [
      'sends too much',
      'too-large',
      'no-answer',
      (response) => {
        response.writeHead(200)
        const flood = () => {
          if (response.destroyed) return
          response.write('x'.repeat(65_536), flood)
        }
        flood()
      },
    ],
    [
      'breaks off in the middle',
      'truncated',
      'no-answer',
      (response) => {
        response.writeHead(200, { 'content-length': '1000' })
        response.write('[1, 2', () => response.destroy())
      },
    ],
    ['closes without an answer', 'no-answer', 'no-answer', (response) => response.destroy()],
    [
      'redirects',
      'redirect',
      'redirect',
      (response) => {
        response.writeHead(302, { location: 'http://127.0.0.1:1/' })
        response.end()
      },
    ],
  ]

  test.each(faults)(
    '(%s) is a typed failure of a read (%s) and of a write (%s), and a write is sent once',
    async (_what, ofRead, ofWrite, answer) => {
      const { peer, requests, logText } = await serve((_request, response) => answer(response), { maximumBytes: 1_048_576 })
      expect((await errorOf(peer.request({ method: 'GET', path: '/list?token=secret-query', retry: false }))).kind).toBe(ofRead)
      const before = requests.length
      expect((await errorOf(peer.request({ method: 'POST', path: '/act', body: '{}' }))).kind).toBe(ofWrite)
      expect(requests.length).toBe(before + 1)
      expect(logText()).not.toContain(token)
      expect(logText()).not.toContain('secret-query')
    },
  )

  test('that does not listen, or has no such name, is unreachable: nothing was sent', async () => {
    const server = createServer()
    const baseUrl = await listen(server)
    await closers.pop()?.()
    const { log } = recordedLog()
    const peer = new HttpPeer({ baseUrl, name: 'Peer', log, headers: () => ({}), retryPauseMs: 1 })
    closers.push(() => peer.close())
    expect(await errorOf(peer.request({ method: 'GET', path: '/' }))).toMatchObject({ kind: 'unreachable', detail: 'ECONNREFUSED' })
    expect((await errorOf(peer.request({ method: 'POST', path: '/' }))).kind).toBe('unreachable')
    const nobody = new HttpPeer({ baseUrl: 'http://nobody.invalid', name: 'Peer', log, headers: () => ({}), retryPauseMs: 1 })
    closers.push(() => nobody.close())
    expect((await errorOf(nobody.request({ method: 'POST', path: '/' }))).kind).toBe('unreachable')
  })

  test('that speaks plain HTTP where TLS was asked for is unreachable, not unknown', async () => {
    const { log } = recordedLog()
    const tcp = createTcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await new Promise<void>((ready) => {
      tcp.listen(0, '127.0.0.1', ready)
    })
    closers.push(() => {
      tcp.close()
    })
    const address = tcp.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const peer = new HttpPeer({ baseUrl: `https://127.0.0.1:${port}`, name: 'Peer', log, headers: () => ({}) })
    closers.push(() => peer.close())
    expect((await errorOf(peer.request({ method: 'POST', path: '/' }))).kind).toBe('unreachable')
  })
})

describe('a read', () => {
  test('that fails at once is tried twice more', async () => {
    const { peer, requests } = await serve((_request, response, number) => (number < 3 ? response.destroy() : response.end('third')))
    await expect(peer.request({ method: 'GET', path: '/' })).resolves.toMatchObject({ text: 'third' })
    expect(requests).toHaveLength(3)
  })

  test('that took all its time is not tried again', async () => {
    const { peer, requests } = await serve(() => {})
    await errorOf(peer.request({ method: 'GET', path: '/', timeoutMs: 50 }))
    expect(requests).toHaveLength(1)
  })

  test('answered with 429 or 503 waits as long as it is told, if that is short', async () => {
    const { peer, requests } = await serve((_request, response, number) => {
      response.writeHead(number === 1 ? 429 : 200, { 'retry-after': '1' })
      response.end()
    })
    const startedMs = performance.now()
    await expect(peer.request({ method: 'GET', path: '/' })).resolves.toMatchObject({ status: 200 })
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(990)
    expect(requests).toHaveLength(2)
  })

  test('told to wait for long hands the answer back at once', async () => {
    const { peer, requests } = await serve((_request, response) => {
      response.writeHead(503, { 'retry-after': '3600' })
      response.end()
    })
    await expect(peer.request({ method: 'GET', path: '/' })).resolves.toMatchObject({ status: 503, headers: { 'retry-after': '3600' } })
    expect(requests).toHaveLength(1)
  })

  test('that is called off ends with the caller’s reason; a write that is called off may have been done', async () => {
    const { peer, requests } = await serve(() => {})
    for (const method of ['GET', 'POST'] as const) {
      const controller = new AbortController()
      const before = requests.length
      const attempt = peer.request({ method, path: '/', signal: controller.signal, timeoutMs: 10_000 })
      const outcome = attempt.then(
        () => 'answered',
        (error: unknown) => error,
      )
      await until('it is under way', () => requests.length > before)
      controller.abort(new Error('called off'))
      expect(await outcome).toMatchObject(method === 'GET' ? { message: 'called off' } : { kind: 'no-answer' })
    }
  })
})

describe('the circuit', () => {
  test('opens after five failures in a row, lets one through after its rest, and closes when that succeeds', async () => {
    let works = false
    const { peer, requests } = await serve((_request, response) => (works ? response.end('ok') : response.destroy()), {
      circuit: { failures: 5, restMs: 100 },
      retries: 0,
    })
    const ask = () => peer.request({ method: 'GET', path: '/' })
    for (let attempt = 0; attempt < 5; attempt += 1) expect((await errorOf(ask())).kind).toBe('no-answer')
    expect((await errorOf(ask())).kind).toBe('circuit-open')
    expect(requests).toHaveLength(5)
    works = true
    await until(
      'it is tried again',
      () =>
        ask().then(
          () => true,
          () => false,
        ),
      2_000,
    )
    await expect(Promise.all([ask(), ask()])).resolves.toHaveLength(2)
  })

  test('can be bypassed by who must know, whose success closes it', async () => {
    let works = false
    const { peer } = await serve((_request, response) => (works ? response.end('ok') : response.destroy()), {
      circuit: { failures: 1, restMs: 60_000 },
      retries: 0,
    })
    await errorOf(peer.request({ method: 'GET', path: '/' }))
    expect((await errorOf(peer.request({ method: 'GET', path: '/' }))).kind).toBe('circuit-open')
    works = true
    await expect(peer.request({ method: 'GET', path: '/', bypassCircuit: true })).resolves.toMatchObject({ text: 'ok' })
    await expect(peer.request({ method: 'GET', path: '/' })).resolves.toMatchObject({ text: 'ok' })
  })

  test('lets exactly one try after the rest, and rests again when that fails', () => {
    let nowMs = 0
    const circuit = new Circuit({ failures: 2, restMs: 100 }, () => nowMs)
    circuit.failed(nowMs)
    expect(circuit.allows()).toBe(true)
    circuit.failed(nowMs)
    expect(circuit.allows()).toBe(false)
    nowMs = 100
    expect([circuit.allows(), circuit.allows()]).toEqual([true, false])
    circuit.failed(nowMs)
    nowMs = 150
    expect(circuit.allows()).toBe(false)
    nowMs = 200
    expect(circuit.allows()).toBe(true)
    circuit.abandoned()
    expect(circuit.allows()).toBe(true)
    circuit.succeeded()
    expect([circuit.allows(), circuit.allows()]).toEqual([true, true])
  })

  test('takes requests that fail together for one failure', () => {
    let nowMs = 0
    const circuit = new Circuit({ failures: 2, restMs: 100 }, () => nowMs)
    nowMs = 10
    for (const begunAtMs of [0, 1, 2]) circuit.failed(begunAtMs)
    expect(circuit.allows()).toBe(true)
    circuit.failed(nowMs)
    expect(circuit.allows()).toBe(false)
  })
})

test('Retry-After is read as seconds or as a date, and ignored when it is neither', () => {
  const now = Date.UTC(2026, 10, 18)
  expect(retryAfterMs('120', now)).toBe(120_000)
  expect(retryAfterMs('Wed, 18 Nov 2026 00:00:30 GMT', now)).toBe(30_000)
  expect(retryAfterMs('Tue, 17 Nov 2026 00:00:00 GMT', now)).toBe(0)
  expect(retryAfterMs('soon', now)).toBeNull()
  expect(retryAfterMs(undefined, now)).toBeNull()
})
