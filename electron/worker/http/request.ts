// The one way in which the worker asks a peer over HTTP: bounded in time and size, never following a redirect, retrying reads only.
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { buildConnector, Dispatcher, Pool } from 'undici'
import { Circuit, type CircuitOptions } from './circuit.ts'
import { ConnectError, type PeerConnect, wordOf } from './peerConnect.ts'
import { PeerError, type PeerErrorKind } from './peerError.ts'

export interface HttpAnswer {
  readonly status: number
  /** Names in lower case; several values of one name are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** The peer's `Date` header in UTC milliseconds; null when there is none or it cannot be read. */
  readonly date: number | null
  /** From sending (of the last attempt) to the last byte. */
  readonly durationMs: number
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Begins with `/`; with its query. */
  readonly path: string
  readonly body?: string | undefined
  /** Added to the peer's own headers; null takes one of them away for this request. */
  readonly headers?: Readonly<Record<string, string | null>> | undefined
  readonly timeoutMs?: number | undefined
  /** Reads are retried unless this is false; nothing else ever is. */
  readonly retry?: boolean | undefined
  /** For a caller that must know now: asks even when the circuit is open. */
  readonly bypassCircuit?: boolean | undefined
  /** Hands a 3xx back as an answer instead of failing; it is not followed either way. */
  readonly redirectIsAnswer?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

export interface HttpPeerOptions {
  /** `http(s)://host[:port]`. */
  readonly baseUrl: string
  /** Asked for each request, so that secrets are not kept here. */
  readonly headers: () => Record<string, string>
  /** How messages call the peer, e.g. `Paymenter`. */
  readonly name: string
  readonly log: Logger
  /** Makes the connections; a plain or TLS one to the base URL's host unless given. */
  readonly connect?: PeerConnect | undefined
  readonly connectTimeoutMs?: number | undefined
  readonly timeoutMs?: number | undefined
  readonly maximumBytes?: number | undefined
  readonly retries?: number | undefined
  /** The first pause before a retry; it doubles, with jitter. */
  readonly retryPauseMs?: number | undefined
  /** Answers to a read that are worth asking again. */
  readonly retryStatuses?: readonly number[] | undefined
  /** A `Retry-After` beyond this is not waited for: the answer is handed back as it is. */
  readonly retryAfterCapMs?: number | undefined
  readonly connections?: number | undefined
  readonly circuit?: CircuitOptions | undefined
}

/** `Retry-After` in milliseconds from now: seconds or an HTTP date; null when absent or unreadable. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000
  const at = Date.parse(header)
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs)
}

export class HttpPeer {
  readonly #options: HttpPeerOptions
  readonly #origin: string
  readonly #circuit: Circuit
  readonly #connectTimeoutMs: number
  #pool: Promise<Pool> | null = null
  #closed = false

  constructor(options: HttpPeerOptions) {
    this.#options = options
    this.#origin = new URL(options.baseUrl).origin
    this.#circuit = new Circuit(options.circuit)
    this.#connectTimeoutMs = options.connectTimeoutMs ?? 5_000
  }

  /**
   * Sends one request and reads its answer whole; any status but a 3xx is an answer. Throws `PeerError`; or, when `signal` is aborted
   * during a read, the signal's reason.
   */
  async request(request: HttpRequest): Promise<HttpAnswer> {
    request.signal?.throwIfAborted()
    if (this.#closed) throw this.#error('unreachable', `The connection to ${this.#options.name} was closed.`, 'closed')
    if (!this.#circuit.allows() && request.bypassCircuit !== true) {
      throw this.#error(
        'circuit-open',
        `${this.#options.name} failed several times in a row and is given a rest before it is asked again.`,
        'circuit-open',
      )
    }
    const begunAtMs = this.#circuit.nowMs()
    try {
      const answer = await this.#withRetries(request)
      this.#circuit.succeeded()
      return answer
    } catch (error) {
      if (!(error instanceof PeerError)) this.#circuit.abandoned()
      else if (error.kind === 'redirect') this.#circuit.succeeded()
      else this.#circuit.failed(begunAtMs)
      throw error
    }
  }

  /** Closes every connection; requests under way fail. */
  async close(): Promise<void> {
    this.#closed = true
    const pool = await this.#pool
    await pool?.destroy()
  }

  async #withRetries(request: HttpRequest): Promise<HttpAnswer> {
    const retries = request.method === 'GET' && request.retry !== false ? (this.#options.retries ?? 2) : 0
    for (let attempt = 0; ; attempt += 1) {
      const pauseMs = (this.#options.retryPauseMs ?? 250) * 2 ** attempt * (0.5 + Math.random())
      try {
        const answer = await this.#once(request)
        const asked = this.#retryPauseOf(answer)
        if (attempt >= retries || asked === null) return answer
        await this.#pause(Math.max(asked, pauseMs), request.signal)
      } catch (error) {
        if (attempt >= retries || !(error instanceof PeerError) || !worthAskingAgain(error)) throw error
        await this.#pause(pauseMs, request.signal)
      }
    }
  }

  async #pause(pauseMs: number, signal: AbortSignal | undefined): Promise<void> {
    try {
      await sleep(pauseMs, undefined, { signal })
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    }
  }

  /** How long to wait before an answer is worth asking for again; null when it is to be taken as it is. */
  #retryPauseOf(answer: HttpAnswer): number | null {
    if (!(this.#options.retryStatuses ?? [429, 502, 503, 504]).includes(answer.status)) return null
    const asked = retryAfterMs(answer.headers['retry-after'], Date.now()) ?? 0
    return asked > (this.#options.retryAfterCapMs ?? 20_000) ? null : asked
  }

  async #once(request: HttpRequest): Promise<HttpAnswer> {
    const timeoutMs = request.timeoutMs ?? this.#options.timeoutMs ?? 15_000
    const deadline = new AbortController()
    const timer = setTimeout(() => {
      deadline.abort()
    }, timeoutMs)
    const signal = request.signal ? AbortSignal.any([deadline.signal, request.signal]) : deadline.signal
    const startedMs = performance.now()
    let status: number | null = null
    try {
      const pool = await this.#connectedPool()
      const response = await pool.request({
        path: request.path,
        method: request.method,
        headers: this.#headersOf(request),
        body: request.body ?? null,
        signal,
        headersTimeout: 0,
        bodyTimeout: 0,
      })
      status = response.statusCode
      const headers = plainHeaders(response.headers)
      const text = await this.#read(response.body, request, status)
      if (status >= 300 && status < 400 && request.redirectIsAnswer !== true) {
        throw this.#error(
          'redirect',
          `${this.#options.name} answered with a redirect (${status}), which is never followed.`,
          `HTTP ${status}`,
          status,
        )
      }
      const durationMs = performance.now() - startedMs
      this.#options.log.debug(
        { peer: this.#options.name, method: request.method, path: withoutQuery(request.path), status, durationMs },
        'answer',
      )
      const date = Date.parse(headers['date'] ?? '')
      return { status, headers, text, date: Number.isNaN(date) ? null : date, durationMs }
    } catch (error) {
      const failure = this.#judge(error, request, { status, timedOut: deadline.signal.aborted, timeoutMs })
      this.#options.log.debug(
        {
          peer: this.#options.name,
          method: request.method,
          path: withoutQuery(request.path),
          status,
          failure: failure instanceof PeerError ? failure.kind : 'aborted',
        },
        'no answer',
      )
      throw failure
    } finally {
      clearTimeout(timer)
    }
  }

  #headersOf(request: HttpRequest): Record<string, string> {
    const headers = this.#options.headers()
    for (const [name, value] of Object.entries(request.headers ?? {})) {
      for (const known of Object.keys(headers)) if (known.toLowerCase() === name.toLowerCase()) delete headers[known]
      if (value !== null) headers[name] = value
    }
    return headers
  }

  async #read(body: Dispatcher.ResponseData['body'], request: HttpRequest, status: number): Promise<string> {
    const maximumBytes = this.#options.maximumBytes ?? 64 * 1024 * 1024
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > maximumBytes) {
        body.destroy()
        const message = `${this.#options.name} sent more than ${Math.round(maximumBytes / 1024)} KiB in one answer; it was cut off.`
        throw this.#error(request.method === 'GET' ? 'too-large' : 'no-answer', message, 'too large', status)
      }
      chunks.push(chunk)
    }
    return new TextDecoder().decode(Buffer.concat(chunks, bytes))
  }

  /** Turns what was thrown into a `PeerError`, or into the caller's own reason where a read was called off. */
  #judge(error: unknown, request: HttpRequest, seen: { status: number | null; timedOut: boolean; timeoutMs: number }): unknown {
    if (error instanceof PeerError) return error
    const name = this.#options.name
    if (error instanceof ConnectError) {
      const message = `No connection to ${name} at ${this.#origin} could be made (${error.reason}).`
      return new PeerError('unreachable', message, error.reason, null, error.failure)
    }
    const code = wordOf(error)
    const isRead = request.method === 'GET'
    if (request.signal?.aborted && isRead) return request.signal.reason
    if (!isRead) {
      const message = `${name} was asked to act and gave no whole answer: it may have been done or not.`
      return this.#error('no-answer', message, seen.timedOut ? 'timeout' : code, seen.status)
    }
    if (seen.timedOut) return this.#error('timeout', `${name} did not answer within ${seen.timeoutMs / 1_000} s.`, 'timeout', seen.status)
    if (seen.status !== null) return this.#error('truncated', `The answer of ${name} broke off in the middle.`, code, seen.status)
    return this.#error('no-answer', `${name} closed the connection without an answer (${code}).`, code)
  }

  #error(kind: PeerErrorKind, message: string, detail: string, status: number | null = null): PeerError {
    return new PeerError(kind, message, detail, status)
  }

  /** undici is loaded on first use: it does not run on the older Node of some hosts. */
  async #connectedPool(): Promise<Pool> {
    this.#pool ??= this.#openPool()
    return this.#pool
  }

  async #openPool(): Promise<Pool> {
    const undici = await import('undici')
    return new undici.Pool(this.#origin, {
      connections: this.#options.connections ?? 8,
      allowH2: false,
      connect: this.#connector(undici.buildConnector({ timeout: this.#connectTimeoutMs, allowH2: false })),
    })
  }

  #connector(plain: buildConnector.connector): buildConnector.connector {
    const own = this.#options.connect
    return (options, callback) => {
      const failed = (error: unknown): void => {
        callback(error instanceof ConnectError ? error : new ConnectError(wordOf(error)), null)
      }
      if (own === undefined) {
        plain(options, (...outcome) => {
          if (outcome[0] === null) callback(null, outcome[1])
          else failed(outcome[0])
        })
        return
      }
      void own(this.#connectTimeoutMs).then((stream) => this.#handOver(stream, callback), failed)
    }
  }

  /** undici needs no more of a socket than any stream has. */
  #handOver(stream: Duplex, taken: buildConnector.Callback): void {
    if (this.#closed) stream.destroy()
    taken(null, stream as Socket)
  }
}

/** What failed at once may succeed at once; what took all its time, or sent too much, would do so again. */
function worthAskingAgain(error: PeerError): boolean {
  // Whoever connects has understood what is wrong: it stays so.
  if (error.failure !== null) return false
  return (
    (error.kind === 'unreachable' && error.detail !== 'UND_ERR_CONNECT_TIMEOUT') || error.kind === 'no-answer' || error.kind === 'truncated'
  )
}

function plainHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const plain: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) plain[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
  return plain
}

function withoutQuery(path: string): string {
  return path.split('?', 1)[0] ?? ''
}
