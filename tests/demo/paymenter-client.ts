// A bare HTTP client for the tests of the simulated Paymenter: it sends exactly what it is told to and keeps what came back.
import { request } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { SimulatedPaymenter } from '../../demo/paymenter/paymenter.ts'
import type { TokenName } from '../../demo/paymenter/keys.ts'

export interface Sent {
  method?: string
  path: string
  /** null: no `Accept`. JSON unless said. */
  accept?: string | null
  /** A key's name, `wrong` for a secret that is none, null without one. The full key unless said. */
  token?: TokenName | 'wrong' | null
  /** A text is sent as it is, anything else as JSON. */
  body?: unknown
  host?: string
}

export interface Received {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

/** Sends one request. Rejects when the connection ends without a whole answer. */
export function send(billing: SimulatedPaymenter, sent: Sent): Promise<Received> {
  const { method = 'GET', accept = 'application/json', token = 'full', body } = sent
  const headers: Record<string, string> = {}
  if (accept !== null) headers['accept'] = accept
  if (token !== null) headers['authorization'] = `Bearer ${token === 'wrong' ? 'not-a-key' : billing.tokens[token]}`
  if (sent.host) headers['host'] = sent.host
  const hasBody = body !== undefined && body !== null
  if (hasBody) headers['content-type'] = 'application/json'
  return new Promise((resolve, reject) => {
    const outgoing = request(billing.url + sent.path, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString('utf8') })
      })
    })
    outgoing.on('error', reject)
    outgoing.end(hasBody ? (typeof body === 'string' ? body : JSON.stringify(body)) : undefined)
  })
}

export interface RowDocument {
  id: string
  type: string
  attributes: Record<string, string | number | null>
  relationships?: Record<string, { data: { type: string; id: string } | { type: string; id: string }[] | null }>
  meta?: Record<string, unknown>
}

/** Reads one row. */
export async function readRow(billing: SimulatedPaymenter, path: string): Promise<RowDocument> {
  const { status, body } = await send(billing, { path: `/api/v1/admin/${path}` })
  if (status !== 200) throw new Error(`${path}: ${status} ${body}`)
  const document: { data: RowDocument } = JSON.parse(body)
  return document.data
}

export interface ListDocument {
  data: RowDocument[]
  links: { first: string; prev?: string; next?: string }
  meta: { current_page: number; per_page: string | number; from: number | null; to: number | null }
  included?: RowDocument[]
}

/** Reads one page of a list. */
export async function readList(billing: SimulatedPaymenter, path: string, token: TokenName = 'full'): Promise<ListDocument> {
  const { status, body } = await send(billing, { path: `/api/v1/admin/${path}`, token })
  if (status !== 200) throw new Error(`${path}: ${status} ${body}`)
  const document: ListDocument = JSON.parse(body)
  return document
}

/** The message of an error. */
export function messageOf(received: Received): string {
  const error: { message?: string } = JSON.parse(received.body)
  return error.message ?? ''
}

export async function put(billing: SimulatedPaymenter, path: string, body: unknown): Promise<RowDocument> {
  const received = await send(billing, { method: 'PUT', path: `/api/v1/admin/${path}`, body })
  if (received.status !== 200) throw new Error(`${path}: ${received.status} ${received.body}`)
  const document: { data: RowDocument } = JSON.parse(received.body)
  return document.data
}
