// Serves the simulated API over real HTTP on loopback, and spoils answers where a fault asks for it.
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Answer } from './answers.ts'
import { badGatewayAnswer, errorAnswer, pageAnswer } from './answers.ts'
import type { AdminApi, ApiRequest } from './api.ts'
import type { PaymenterFaults } from './faults.ts'

const DRIP_INTERVAL_MS = 50
const HUGE_CHUNK = Buffer.alloc(64 * 1024, ' ')

export interface ServedRequest {
  method: string
  /** Path and query. */
  path: string
  /** 0 when the connection was dropped without an answer. */
  status: number
  /** UTC milliseconds by Paymenter's clock. */
  at: number
  /** The name of the key, `unknown` for a secret that is none, null without one. */
  token: string | null
}

export interface HttpOptions {
  api: AdminApi
  faults: () => PaymenterFaults
  nowMs: () => number
  onServed: (request: ServedRequest) => void
}

export class HttpFront {
  readonly #options: HttpOptions
  readonly #timers = new Set<NodeJS.Timeout>()
  #server: Server | undefined
  #waiting = 0

  constructor(options: HttpOptions) {
    this.#options = options
  }

  /** Answers that a fault holds back at present. */
  get waiting(): number {
    return this.#waiting
  }

  /** Listens on 127.0.0.1; 0 for any free port. Resolves to the port. */
  async start(port: number): Promise<number> {
    const server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        response.destroy(error instanceof Error ? error : new Error(String(error)))
      })
    })
    // A limit here would make clients meet resets between two pages that a server behind nginx does not show.
    server.keepAliveTimeout = 0
    this.#server = server
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('No port to listen on')
    return address.port
  }

  /** Drops every connection and stops listening. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    this.#waiting = 0
    const server = this.#server
    this.#server = undefined
    if (!server) return
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const faults = this.#options.faults()
    const request = await readRequest(incoming)
    if (faults.unreachable) {
      this.#log(request, 0)
      response.destroy()
      return
    }
    const { answer, dropped } = this.#answer(request, faults)
    const paceMs = faults.rowsPerSecond ? (answer.rows / faults.rowsPerSecond) * 1000 : 0
    const waitMs = faults.hangMs + paceMs
    if (waitMs > 0) await this.#wait(waitMs)
    this.#log(request, dropped ? 0 : answer.status)
    if (dropped || response.destroyed) {
      response.destroy()
      return
    }
    this.#send(request.method, answer, response, faults)
  }

  #answer(request: ApiRequest, faults: PaymenterFaults): { answer: Answer; dropped: boolean } {
    if (faults.badGateway) return { answer: badGatewayAnswer(), dropped: false }
    if (faults.status !== undefined) {
      const headers: Record<string, string> =
        faults.retryAfterSeconds === undefined ? {} : { 'retry-after': String(faults.retryAfterSeconds) }
      return { answer: errorAnswer(faults.status, 'Unavailable', false, headers), dropped: false }
    }
    if (faults.redirectTo !== '') return { answer: pageAnswer(302, '', { location: faults.redirectTo }), dropped: false }
    if (faults.html) return { answer: pageAnswer(200, '<!DOCTYPE html>\n<html><body><h1>Welcome</h1></body></html>'), dropped: false }
    const answer = this.#options.api.answer(request)
    return { answer, dropped: faults.actThenDrop && request.method !== 'GET' && request.method !== 'HEAD' }
  }

  #send(method: string, answer: Answer, response: ServerResponse, faults: PaymenterFaults): void {
    const whole = Buffer.from(answer.body)
    const body = faults.truncateBody ? whole.subarray(0, Math.floor(whole.length / 2)) : whole
    response.sendDate = false
    response.writeHead(answer.status, {
      date: new Date(this.#options.nowMs()).toUTCString(),
      ...answer.headers,
      ...(answer.status === 204 ? {} : { 'content-length': faults.hugeBodyBytes > 0 ? faults.hugeBodyBytes : body.length }),
    })
    if (method === 'HEAD' || answer.status === 204) response.end()
    else if (faults.hugeBodyBytes > 0) sendBlanks(response, faults.hugeBodyBytes)
    else if (faults.dripBytesPerSecond > 0) this.#drip(response, body, faults.dripBytesPerSecond)
    else response.end(body)
  }

  #drip(response: ServerResponse, body: Buffer, bytesPerSecond: number): void {
    const bytes = Math.max(1, Math.round((bytesPerSecond * DRIP_INTERVAL_MS) / 1000))
    let sent = 0
    const timer = setInterval(() => {
      response.write(body.subarray(sent, sent + bytes))
      sent += bytes
      if (sent < body.length && !response.destroyed) return
      clearInterval(timer)
      this.#timers.delete(timer)
      response.end()
    }, DRIP_INTERVAL_MS)
    this.#timers.add(timer)
  }

  #wait(milliseconds: number): Promise<void> {
    this.#waiting += 1
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#timers.delete(timer)
        this.#waiting -= 1
        resolve()
      }, milliseconds)
      this.#timers.add(timer)
    })
  }

  #log(request: ApiRequest, status: number): void {
    const token = request.authorization === undefined ? null : (this.#options.api.keyOf(request.authorization)?.name ?? 'unknown')
    this.#options.onServed({ method: request.method, path: request.target, status, at: this.#options.nowMs(), token })
  }
}

function sendBlanks(response: ServerResponse, bytes: number): void {
  let left = bytes
  const more = (): void => {
    while (left > 0 && !response.destroyed) {
      const chunk = HUGE_CHUNK.subarray(0, Math.min(left, HUGE_CHUNK.length))
      left -= chunk.length
      if (!response.write(chunk)) {
        response.once('drain', more)
        return
      }
    }
    response.end()
  }
  more()
}

async function readRequest(incoming: IncomingMessage): Promise<ApiRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk))
  return {
    method: incoming.method ?? 'GET',
    target: incoming.url ?? '/',
    host: incoming.headers.host ?? 'localhost',
    accept: incoming.headers.accept,
    authorization: incoming.headers.authorization,
    contentType: incoming.headers['content-type'],
    body: Buffer.concat(chunks).toString('utf8'),
    remoteAddress: incoming.socket.remoteAddress ?? '',
  }
}
