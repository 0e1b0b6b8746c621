// One node's HTTP line: who we are, what broke, and Flint's odd answers turned into typed ones.
import type { Logger } from 'pino'
import { Failure } from '../../../shared/domain/failure.ts'
import type { CircuitOptions } from '../http/circuit.ts'
import type { PeerConnect } from '../http/peerConnect.ts'
import { PeerError } from '../http/peerError.ts'
import { HttpPeer, type HttpAnswer, type HttpRequest } from '../http/request.ts'
import { errorText, isFlintsRefusal, looksLikeHtml, parseJson, type FlintAnswer } from './answer.ts'
import { fromPeerError, invalidAnswer, libvirtLost, limitedMode, notFlint, unauthorized, unhealthy, unreachable } from './failures.ts'

export interface FlintConnectionOptions {
  readonly baseUrl: string
  /** Empty: asks as anyone. */
  readonly key: string
  readonly log: Logger
  readonly connect?: PeerConnect | undefined
  readonly connectTimeoutMs?: number | undefined
  readonly timeoutMs?: number | undefined
  readonly maximumBytes?: number | undefined
  readonly retryPauseMs?: number | undefined
  readonly circuit?: CircuitOptions | undefined
}

export interface FlintRequest {
  readonly method?: HttpRequest['method']
  readonly path: string
  readonly body?: unknown
  readonly form?: URLSearchParams
  readonly headers?: HttpRequest['headers']
  readonly timeoutMs?: number | undefined
  readonly retry?: boolean
  readonly bypassCircuit?: boolean | undefined
  readonly redirectIsAnswer?: boolean
  readonly signal?: AbortSignal | undefined
  /** What a write is to do, for its failure's words: `stop the VM`. */
  readonly what?: string
}

export class FlintConnection {
  /** The address, for messages. */
  readonly where: string
  readonly #peer: HttpPeer
  readonly #key: string

  constructor(options: FlintConnectionOptions) {
    this.where = options.baseUrl
    this.#key = options.key
    this.#peer = new HttpPeer({
      ...options,
      name: `Flint at ${options.baseUrl}`,
      headers: () => (this.#key === '' ? {} : { authorization: `Bearer ${this.#key}` }),
      // Flint's 503 is a lasting answer (libvirt is lost), not a hiccup.
      retryStatuses: [502, 504],
    })
  }

  /** Any answer with a status is one; throws a Failure (`node.unreachable`, `node.no-answer`, …) when there is none. */
  async ask(request: FlintRequest): Promise<FlintAnswer> {
    const method = request.method ?? 'GET'
    const what = method === 'GET' ? '' : (request.what ?? 'change something')
    try {
      return this.#read(await this.#peer.request({ ...bodyOf(request), method, ...passedOn(request) }))
    } catch (error) {
      if (error instanceof PeerError) throw fromPeerError(error, this.where, what)
      throw error
    }
  }

  /** The answer of a request that must succeed; throws the Failure that its status means. */
  async succeed(request: FlintRequest): Promise<FlintAnswer> {
    const answer = await this.ask(request)
    if (answer.status >= 200 && answer.status < 300) return answer
    throw this.failureOf(answer)
  }

  /** What an answer without success means. Its words are Flint's own, without the key. */
  failureOf(answer: FlintAnswer): Failure {
    const said = this.withoutKey(errorText(answer.text))
    if (answer.status === 401) return unauthorized(this.where)
    if (answer.status === 403) return notFlint(this.where, 'it answers 403, which Flint never does (a proxy in front of it?)')
    if (/libvirt connection (?:not available|required)/.test(said)) return limitedMode(this.where)
    if (/client socket is closed|Domain=7,/.test(said)) return libvirtLost(this.where)
    if (answer.isHtml || [502, 504].includes(answer.status)) {
      return answer.status >= 500
        ? unreachable(this.where, `HTTP ${answer.status} from something in front of it`)
        : notFlint(this.where, `it answers with a web page (${answer.status})`)
    }
    if (answer.status === 404 && said === '404 page not found') return notFlint(this.where, 'it lacks a part that every Flint has')
    if (answer.status >= 500) return unhealthy(this.where, said === '' ? `HTTP ${answer.status}` : said)
    return new Failure('node.refused', `Flint at ${this.where} refused: ${said === '' ? `HTTP ${answer.status}` : said}`)
  }

  /** The parsed body of a success; throws when it is none, or a page. */
  parsed<T>(answer: FlintAnswer, read: (json: unknown) => T | null): T {
    if (answer.isHtml) throw notFlint(this.where, 'it answers with a web page')
    if (answer.json === undefined) throw invalidAnswer(this.where, 'it is not JSON, or broke off in the middle')
    const value = read(answer.json)
    if (value === null) throw invalidAnswer(this.where, 'it does not say what was asked')
    return value
  }

  withoutKey(text: string): string {
    return this.#key === '' ? text : text.replaceAll(this.#key, '…')
  }

  isKey(text: string): boolean {
    return this.#key !== '' && text === this.#key
  }

  async close(): Promise<void> {
    await this.#peer.close()
  }

  #read(answer: HttpAnswer): FlintAnswer {
    return {
      status: answer.status,
      text: answer.text,
      json: parseJson(answer.text),
      isHtml: looksLikeHtml(answer.text),
      nodeTimeMs: answer.date,
      setCookie: answer.headers['set-cookie'] ?? null,
    }
  }
}

function bodyOf(request: FlintRequest): Pick<HttpRequest, 'body' | 'headers'> {
  if (request.form)
    return { body: request.form.toString(), headers: { 'content-type': 'application/x-www-form-urlencoded', ...request.headers } }
  if (request.body !== undefined)
    return { body: JSON.stringify(request.body), headers: { 'content-type': 'application/json', ...request.headers } }
  return { headers: request.headers }
}

function passedOn(
  request: FlintRequest,
): Pick<HttpRequest, 'path' | 'timeoutMs' | 'retry' | 'bypassCircuit' | 'redirectIsAnswer' | 'signal'> {
  const { path, timeoutMs, retry, bypassCircuit, redirectIsAnswer, signal } = request
  return { path, timeoutMs, retry, bypassCircuit, redirectIsAnswer, signal }
}

/**
 * Whether Flint answers there at all, asked without any secret: so that none is ever sent to something else. Throws `node.unreachable` or
 * `node.not-flint`.
 */
export async function recognizeFlint(anyone: FlintConnection, options: { readonly retry?: boolean } = {}): Promise<void> {
  const answer = await anyone.ask({ path: '/api/vms', ...options })
  if (answer.status === 401 && isFlintsRefusal(answer.text)) return
  if (answer.status >= 500) throw anyone.failureOf(answer)
  throw notFlint(anyone.where, answer.isHtml ? 'it answers with a web page' : `it answers ${answer.status} where Flint asks for a key`)
}
