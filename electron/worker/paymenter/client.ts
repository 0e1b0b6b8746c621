// Paymenter's admin API: bounded requests, addresses that are built and never followed, answers that are parsed and not trusted.
import { setImmediate as turn } from 'node:timers/promises'
import type { Logger } from 'pino'
import { Failure } from '../../../shared/domain/failure.ts'
import { HttpPeer, type HttpAnswer, type HttpPeerOptions, type HttpRequest } from '../http/request.ts'
import { PeerError } from '../http/peerError.ts'
import { failureOfAnswer, failureOfError, invalidAnswer, jsonOf, notPaymenter, refusedIncludes, saysRowIsMissing } from './failures.ts'
import { Included, listDocument, readRow, singleDocument, type PaymenterRow, type UnreadableRow } from './schema.ts'

/** The lists that are read, under their names in the path. */
export type Resource = 'users' | 'products' | 'services' | 'invoices' | 'invoice-items' | 'orders' | 'credits' | 'tickets' | 'ticket-messages'

const types: Record<Resource, string> = {
  users: 'users',
  products: 'products',
  services: 'services',
  invoices: 'invoices',
  'invoice-items': 'invoiceItems',
  orders: 'orders',
  credits: 'credits',
  tickets: 'tickets',
  'ticket-messages': 'ticketMessages',
}

/** `invoice-items` → `invoice_items.view`. */
export function permissionFor(resource: Resource, action: 'view' | 'update' | 'create'): string {
  return `${resource.replace('-', '_')}.${action}`
}

/** The permission that would give an include that was refused. */
export function permissionForInclude(include: string): string {
  const known: Record<string, string> = {
    user: 'users.view',
    product: 'products.view',
    items: 'invoice_items.view',
    invoices: 'invoices.view',
    properties: 'properties.view',
    'plans.prices': 'products.view',
    category: 'categories.view',
    messages: 'ticket_messages.view',
    ticket: 'tickets.view',
  }
  return known[include] ?? `${include}.view`
}

export interface ListRequest {
  /** From 1. */
  readonly page: number
  readonly perPage: number
  readonly sort?: string | undefined
  readonly includes?: readonly string[] | undefined
  readonly filters?: Readonly<Record<string, string>> | undefined
  readonly signal?: AbortSignal | undefined
  readonly retry?: boolean | undefined
  /** Called as soon as the answer has come and names a next page, before it is parsed: the next request can be on its way meanwhile. */
  readonly onMore?: (() => void) | undefined
}

export interface ListAnswer {
  readonly rows: readonly PaymenterRow[]
  readonly unreadable: readonly UnreadableRow[]
  readonly included: Included
  /** Includes that were asked for and refused. */
  readonly refused: readonly string[]
  /** There is a page after this one. */
  readonly hasMore: boolean
  /** How many entries it had, readable or not. */
  readonly entries: number
  /** Where the last readable row stood among them, from 0; -1 when there is none. */
  readonly lastRowIndex: number
}

export type ReadAnswer =
  | {
      readonly kind: 'present'
      readonly row: PaymenterRow
      readonly included: Included
      /** False: its own address answers with another row, so that a change sent there would change that one. */
      readonly hasOwnAddress: boolean
    }
  | { readonly kind: 'gone' }

/** What became of a change: `unknown` when it may or may not have been made. What it did is to be read afterwards, not believed. */
export type UpdateAnswer = { readonly kind: 'accepted' } | { readonly kind: 'gone' } | { readonly kind: 'unknown'; readonly failure: Failure }

/** What became of a new row: `unknown` when it may or may not have been made. What it holds is to be read afterwards, not believed. */
export type CreateAnswer = { readonly kind: 'created'; readonly id: number } | { readonly kind: 'unknown'; readonly failure: Failure }

export interface PaymenterClientOptions {
  readonly baseUrl: string
  readonly token: string
  readonly log: Logger
  readonly now: () => number
  /** Other bounds of time and size; the usual ones unless a test says otherwise. */
  readonly http?: Partial<Omit<HttpPeerOptions, 'baseUrl' | 'headers' | 'name' | 'log'>> | undefined
}

export class PaymenterClient {
  readonly baseUrl: string
  readonly #peer: HttpPeer
  readonly #now: () => number
  readonly #refused = new Map<Resource, Set<string>>()
  #requests = 0
  #clockOffsetMs: number | null = null

  /** Throws `billing.unauthorized` for a token that could not be sent in a header. */
  constructor(options: PaymenterClientOptions) {
    const { token } = options
    if (!/^[\x21-\x7e]{1,4096}$/.test(token)) {
      throw new Failure('billing.unauthorized', 'This is not a Paymenter key: it is empty, or has blanks or characters that a key cannot have.', 'Copy the key once more from Paymenter, in one line.')
    }
    this.baseUrl = options.baseUrl
    this.#now = options.now
    this.#peer = new HttpPeer({
      ...options.http,
      baseUrl: options.baseUrl,
      name: 'Paymenter',
      log: options.log,
      headers: () => ({ accept: 'application/json', authorization: `Bearer ${token}`, 'content-type': 'application/json' }),
    })
  }

  /** How many requests were made so far. */
  get requests(): number {
    return this.#requests
  }

  /** The server's `Date` minus this machine's clock at the last answer, to the second; null before one told. */
  get clockOffsetMs(): number | null {
    return this.#clockOffsetMs
  }

  /** Forgets which includes were refused, so that a permission given meanwhile is noticed. */
  forgetRefusals(): void {
    this.#refused.clear()
  }

  /**
   * One page of a list, asked for with all the includes; those that are refused are left out and named. Throws Failures. A row that cannot be
   * read is named in `unreadable`.
   */
  async list(resource: Resource, request: ListRequest): Promise<ListAnswer> {
    const { answer, refused } = await this.#getWithIncludes(resource, '', request.includes ?? [], request, [
      `page=${request.page}`,
      `per_page=${request.perPage}`,
      ...(request.sort === undefined ? [] : [`sort=${request.sort}`]),
      ...Object.entries(request.filters ?? {}).map(([name, value]) => `filter[${name}]=${encodeURIComponent(value)}`),
    ])
    // Quotes within texts are escaped, so this stands nowhere but in the links.
    if (request.onMore !== undefined && answer.text.includes('"next":"')) {
      request.onMore()
      await letRequestsLeave()
    }
    const parsed = listDocument.safeParse(this.#documentOf(answer))
    if (!parsed.success) throw invalidAnswer(`the list of ${resource} has not the form of one`)
    const rows: PaymenterRow[] = []
    const unreadable: UnreadableRow[] = []
    let lastRowIndex = -1
    for (const [index, raw] of parsed.data.data.entries()) {
      const row = readRow(raw)
      if (!('attributes' in row)) unreadable.push(row)
      else if (row.type === types[resource]) {
        rows.push(row)
        lastRowIndex = index
      } else unreadable.push({ id: String(row.id), reason: `it is one of ${row.type.slice(0, 40)}` })
    }
    const next = parsed.data.links?.next
    return {
      rows,
      unreadable,
      included: new Included(parsed.data.included ?? []),
      refused,
      hasMore: typeof next === 'string' && next !== '' && parsed.data.data.length > 0,
      entries: parsed.data.data.length,
      lastRowIndex,
    }
  }

  /** One row by its id. `gone` only when Paymenter itself says that there is no such row. Throws Failures. */
  async read(resource: Resource, id: number, includes: readonly string[], signal?: AbortSignal): Promise<ReadAnswer> {
    const { answer } = await this.#getWithIncludes(resource, `/${digitsOf(id)}`, includes, { signal, bypassCircuit: true, allowMissing: true }, [])
    if (saysRowIsMissing(answer)) return { kind: 'gone' }
    const parsed = singleDocument.safeParse(this.#documentOf(answer))
    const row = parsed.success ? readRow(parsed.data.data) : null
    if (!parsed.success || row === null || !('attributes' in row) || row.type !== types[resource]) throw invalidAnswer(`${resource}/${id} has not the form of a row`)
    if (row.id === id) return { kind: 'present', row, included: new Included(parsed.data.included ?? []), hasOwnAddress: true }
    // Invoices are looked up by their number before their id: where numbers are bare digits, another invoice answers here.
    if (resource === 'invoices') return this.#findByFilter(resource, id, includes, signal)
    throw invalidAnswer(`${resource}/${id} answered with row ${row.id}`)
  }

  /** Changes fields of a row. Throws a Failure when it was certainly not done. */
  async update(resource: Resource, id: number, fields: Readonly<Record<string, string | number | null>>): Promise<UpdateAnswer> {
    let answer: HttpAnswer
    try {
      answer = await this.#send({ method: 'PUT', path: `${root(resource)}/${digitsOf(id)}`, body: JSON.stringify(fields), bypassCircuit: true })
    } catch (error) {
      const failure = failureOfError(error)
      if (error instanceof PeerError && error.kind === 'no-answer' && failure instanceof Failure) return { kind: 'unknown', failure }
      throw failure
    }
    if (saysRowIsMissing(answer)) return { kind: 'gone' }
    if (answer.status === 200 && jsonOf(answer) !== undefined) return { kind: 'accepted' }
    const failure = answer.status === 200 ? notPaymenter(answer) : failureOfAnswer(answer, permissionFor(resource, 'update'))
    if (answer.status < 400 || answer.status >= 500) return { kind: 'unknown', failure }
    throw failure
  }

  /** Makes a row. Never sent twice by itself. Throws a Failure when it was certainly not made. */
  async create(resource: Resource, fields: Readonly<Record<string, string | number>>): Promise<CreateAnswer> {
    let answer: HttpAnswer
    try {
      answer = await this.#send({ method: 'POST', path: root(resource), body: JSON.stringify(fields), bypassCircuit: true })
    } catch (error) {
      const failure = failureOfError(error)
      if (error instanceof PeerError && error.kind === 'no-answer' && failure instanceof Failure) return { kind: 'unknown', failure }
      throw failure
    }
    if (answer.status === 200 || answer.status === 201) {
      const parsed = singleDocument.safeParse(jsonOf(answer))
      const row = parsed.success ? readRow(parsed.data.data) : null
      if (row !== null && 'attributes' in row && row.type === types[resource]) return { kind: 'created', id: row.id }
      return { kind: 'unknown', failure: parsed.success ? invalidAnswer(`a new row of ${resource} has not the form of one`) : notPaymenter(answer) }
    }
    const failure = failureOfAnswer(answer, permissionFor(resource, 'create'))
    if (answer.status < 400 || answer.status >= 500) return { kind: 'unknown', failure }
    throw failure
  }

  /** Asks, by an empty change of an existing row, which changes nothing, whether the key may change such rows. Throws what makes all requests fail. */
  async mayUpdate(resource: Resource, id: number): Promise<'granted' | 'missing' | 'unknown'> {
    try {
      return (await this.update(resource, id, {})).kind === 'accepted' ? 'granted' : 'unknown'
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      if (error.code === 'billing.forbidden') return 'missing'
      if (error.code === 'billing.unauthorized' || error.code === 'billing.key-refused') throw error
      return 'unknown'
    }
  }

  /** Asks, by a new row without its required fields, which is never made, whether the key may make such rows. Throws what makes all requests fail. */
  async mayCreate(resource: Resource): Promise<'granted' | 'missing' | 'unknown'> {
    let answer: HttpAnswer
    try {
      answer = await this.#send({ method: 'POST', path: root(resource), body: '{}', bypassCircuit: true })
    } catch (error) {
      const failure = failureOfError(error)
      if (failure instanceof Failure) return 'unknown'
      throw failure
    }
    if (answer.status === 422 && jsonOf(answer) !== undefined) return 'granted'
    const failure = failureOfAnswer(answer, permissionFor(resource, 'create'))
    if (failure.code === 'billing.unauthorized' || failure.code === 'billing.key-refused') throw failure
    return failure.code === 'billing.forbidden' ? 'missing' : 'unknown'
  }

  async close(): Promise<void> {
    await this.#peer.close()
  }

  /** Filters match in the middle (`20` finds 120 too): the rows are compared here. */
  async #findByFilter(resource: Resource, id: number, includes: readonly string[], signal: AbortSignal | undefined): Promise<ReadAnswer> {
    for (let page = 1; page <= 100; page += 1) {
      const answer = await this.list(resource, { page, perPage: 100, sort: 'id', includes, filters: { id: String(id) }, signal })
      const row = answer.rows.find((candidate) => candidate.id === id)
      if (row) return { kind: 'present', row, included: answer.included, hasOwnAddress: false }
      if (!answer.hasMore) break
    }
    throw invalidAnswer(`${resource}/${id} answered with another row, and its list does not show it`)
  }

  async #getWithIncludes(
    resource: Resource,
    suffix: string,
    includes: readonly string[],
    options: { signal?: AbortSignal | undefined; retry?: boolean | undefined; bypassCircuit?: boolean; allowMissing?: boolean },
    parameters: readonly string[],
  ): Promise<{ answer: HttpAnswer; refused: string[] }> {
    const refusals = this.#refused.get(resource) ?? new Set<string>()
    this.#refused.set(resource, refusals)
    for (;;) {
      const asked = includes.filter((include) => !refusals.has(include))
      const query = [...parameters, ...(asked.length === 0 ? [] : [`include=${asked.join(',')}`])].join('&')
      const path = `${root(resource)}${suffix}${query === '' ? '' : `?${query}`}`
      const answer = await this.#answer({ method: 'GET', path, signal: options.signal, retry: options.retry, bypassCircuit: options.bypassCircuit })
      if (answer.status === 200 || (options.allowMissing === true && saysRowIsMissing(answer))) {
        return { answer, refused: includes.filter((include) => refusals.has(include)) }
      }
      const dropped = refusedIncludes(answer).filter((include) => asked.includes(include))
      if (dropped.length === 0) throw failureOfAnswer(answer, permissionFor(resource, 'view'))
      for (const include of dropped) refusals.add(include)
    }
  }

  #documentOf(answer: HttpAnswer): unknown {
    const document = jsonOf(answer)
    if (document !== undefined) return document
    if (/^\s*[{[]/.test(answer.text)) throw invalidAnswer('its JSON breaks off or is damaged')
    throw notPaymenter(answer)
  }

  async #answer(request: HttpRequest): Promise<HttpAnswer> {
    try {
      return await this.#send(request)
    } catch (error) {
      throw failureOfError(error)
    }
  }

  async #send(request: HttpRequest): Promise<HttpAnswer> {
    this.#requests += 1
    const answer = await this.#peer.request(request)
    if (answer.date !== null) this.#clockOffsetMs = Math.round(answer.date - (this.#now() - answer.durationMs / 2))
    return answer
  }
}

/**
 * Parsing and storing a page block the thread: what was just asked for is sent first. undici uses a connection again only in the turn of the
 * event loop after its last answer, and writes in the next one.
 */
async function letRequestsLeave(): Promise<void> {
  for (let turns = 0; turns < 3; turns += 1) await turn()
}

function root(resource: Resource): string {
  return `/api/v1/admin/${resource}`
}

/** Paymenter's database casts what it is given (`2abc` is 2): only digits are ever sent. */
function digitsOf(id: number): string {
  if (!Number.isSafeInteger(id) || id <= 0) throw new Error('an id of Paymenter is a positive whole number')
  return String(id)
}
