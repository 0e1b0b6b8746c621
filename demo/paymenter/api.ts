// Paymenter's admin API: routing, keys, look-ups, lists and changes, in the order in which Laravel does them.
import { createHash } from 'node:crypto'
import type { Answer } from './answers.ts'
import {
  HttpError,
  documentAnswer,
  errorAnswer,
  noContentAnswer,
  pageAnswer,
  plainJsonAnswer,
  redirectAnswer,
  serverError,
} from './answers.ts'
import type { Billing } from './billing.ts'
import type { DeletableKind, PaymenterDatabase } from './database.ts'
import { listDocument, rowDocument } from './document.ts'
import type { Endpoint } from './endpoints.ts'
import { ENDPOINTS } from './endpoints.ts'
import type { PaymenterFaults } from './faults.ts'
import { CREATE_DEFAULTS, formFields } from './forms.ts'
import type { ApiKey } from './keys.ts'
import type { Parameters } from './query.ts'
import { cutPage, parseParameters, readFilters, readIncludes, readPage, readSorts, selectRows } from './query.ts'
import type { AnyRow } from './rows.ts'
import type { Input } from './validation.ts'
import { summary, validate } from './validation.ts'
import { createRow, echoOf, updateRow } from './writes.ts'

export interface ApiRequest {
  method: string
  /** Path and query, as sent. */
  target: string
  host: string
  accept: string | undefined
  authorization: string | undefined
  contentType: string | undefined
  body: string
  remoteAddress: string
}

const ROOT = '/api/v1/admin/'
const FRONT_PAGE = '<!DOCTYPE html>\n<html lang="en">\n<head><title>Paymenter</title></head>\n<body></body>\n</html>'
const LIST_METHODS = 'GET, HEAD, POST'
const ROW_METHODS = 'GET, HEAD, PUT, PATCH, DELETE'
const DELETABLE: Readonly<Record<string, DeletableKind>> = {
  users: 'users',
  invoices: 'invoices',
  'invoice-items': 'invoiceItems',
  services: 'services',
  orders: 'orders',
  credits: 'credits',
  tickets: 'tickets',
  'ticket-messages': 'ticketMessages',
}

/** What one route needs to know of its request. */
interface Call {
  request: ApiRequest
  path: string
  endpoint: Endpoint<AnyRow>
  parameters: Parameters
  mayDo: (permission: string) => boolean
}

export class AdminApi {
  readonly #billing: Billing
  readonly #faults: () => PaymenterFaults
  /** By the SHA-256 of the secret. */
  readonly #keys: ReadonlyMap<string, ApiKey>

  constructor(billing: Billing, keys: ReadonlyMap<string, ApiKey>, faults: () => PaymenterFaults) {
    this.#billing = billing
    this.#keys = keys
    this.#faults = faults
  }

  get #database(): PaymenterDatabase {
    return this.#billing.database
  }

  /** The key of a request's bearer token, whether it may be used or not. */
  keyOf(authorization: string | undefined): ApiKey | undefined {
    const secret = bearer(authorization)
    return secret === undefined ? undefined : this.#keys.get(createHash('sha256').update(secret).digest('hex'))
  }

  answer(request: ApiRequest): Answer {
    const json = wantsJson(request.accept)
    try {
      return this.#route(request)
    } catch (error) {
      if (error instanceof HttpError) return errorAnswer(error.status, error.message, json, error.headers)
      throw error
    }
  }

  #route(request: ApiRequest): Answer {
    if (this.#faults().maintenance) throw new HttpError(503, 'Service Unavailable')
    const [path = '', query = ''] = request.target.split('?', 2)
    if (path === '/') return pageAnswer(200, FRONT_PAGE)
    if (path === '/api/me') return plainJsonAnswer(401, { message: 'Unauthenticated.' })
    const [name = '', id, ...rest] = path.startsWith(ROOT) ? path.slice(ROOT.length).replace(/\/+$/, '').split('/') : []
    const endpoint = Object.hasOwn(ENDPOINTS, name) ? ENDPOINTS[name] : undefined
    const route = path.replace(/^\/+|\/+$/g, '')
    if (!endpoint || rest.length > 0) throw new HttpError(404, `The route ${route} could not be found.`)
    const methods = id === undefined ? LIST_METHODS : ROW_METHODS
    if (!methods.split(', ').includes(request.method)) {
      const words = `The ${request.method} method is not supported for route ${route}. Supported methods: ${methods}.`
      throw new HttpError(405, words, { allow: methods })
    }
    const refusal = this.#refuseKey(request)
    if (refusal) return refusal
    const key = this.keyOf(request.authorization)
    const mayDo = (permission: string): boolean =>
      key !== undefined && key.permissions.has(permission) && !this.#faults().revokedPermissions.includes(permission)
    const call = { request, path: name, endpoint, parameters: parseParameters(query), mayDo }
    return id === undefined ? this.#onList(call) : this.#onRow(call, decodeId(id))
  }

  /** 401 and 403 of the key itself. The type and the address are refused with the same words. */
  #refuseKey(request: ApiRequest): Answer | undefined {
    if (bearer(request.authorization) === undefined) {
      return plainJsonAnswer(401, { error: 'The request is missing a valid bearer token.' })
    }
    if (this.#faults().databaseDown) throw serverError()
    const key = this.keyOf(request.authorization)
    if (!key || !key.enabled || this.#faults().revokeToken) {
      throw new HttpError(401, 'The provided API key is invalid or has been disabled.')
    }
    if (key.type !== 'admin' || (key.addresses && !key.addresses.includes(request.remoteAddress))) {
      throw new HttpError(403, 'You do not have permission to access this resource.')
    }
    return undefined
  }

  #onList(call: Call): Answer {
    if (call.request.method !== 'POST') return this.#list(call)
    if (!call.endpoint.methods.create) throw serverError()
    this.#authorize(call, 'create')
    const input = { ...CREATE_DEFAULTS[call.path], ...readBody(call.request) }
    const checked = this.#validate(call, input, undefined)
    if (!checked.ok) return checked.answer
    const row = createRow(this.#billing, call.path, checked.values)
    const echo = echoOf(call.path, checked.values)
    return documentAnswer(201, rowDocument(this.#context(), call.endpoint.resource, row, new Map(), echo))
  }

  #list(call: Call): Answer {
    const { endpoint, parameters, request } = call
    this.#authorize(call, 'view')
    const keep = readFilters(endpoint, parameters)
    const tree = readIncludes(endpoint, parameters, call.mayDo)
    const sorts = readSorts(endpoint, parameters)
    const faults = this.#faults()
    const asked = readPage(parameters, faults.ignorePerPage)
    const page = faults.repeatFirstPage ? { ...asked, number: 1 } : asked
    if (faults.failPage && faults.failPage.resource === call.path && faults.failPage.page === page.number) throw serverError()
    const all = faults.emptyLists || faults.emptyList === call.path ? [] : selectRows(endpoint.table(this.#database).ordered(sorts), keep, parameters)
    const { rows, hasMore } = cutPage(all, page)
    const address = `http://${request.host}${ROOT}${call.path}`
    const document = listDocument(this.#context(), endpoint.resource, rows, tree, page, hasMore, address)
    return documentAnswer(200, document, rows.length)
  }

  #onRow(call: Call, id: string): Answer {
    const { endpoint, request } = call
    const { update, delete: remove } = endpoint.methods
    const writes = request.method === 'PUT' || request.method === 'PATCH'
    if ((writes && !update) || (request.method === 'DELETE' && !remove)) throw serverError()
    const row = this.#find(call, id)
    if (request.method === 'DELETE') {
      this.#authorize(call, 'delete')
      const kind = DELETABLE[call.path]
      if (kind) this.#database.removeCascading(kind, row.id)
      return noContentAnswer()
    }
    if (writes) return this.#update(call, row)
    this.#authorize(call, 'view')
    const tree = readIncludes(endpoint, call.parameters, call.mayDo)
    return documentAnswer(200, rowDocument(this.#context(), endpoint.resource, row, tree))
  }

  #update(call: Call, row: AnyRow): Answer {
    this.#authorize(call, 'update')
    const checked = this.#validate(call, readBody(call.request), row)
    if (!checked.ok) return checked.answer
    updateRow(this.#billing, call.path, call.endpoint.table(this.#database), row, checked.values)
    const echo = echoOf(call.path, checked.values)
    return documentAnswer(200, rowDocument(this.#context(), call.endpoint.resource, row, new Map(), echo))
  }

  /** The row of a path. The database casts the text to a number: `2abc` is 2. An invoice's number comes before its id. */
  #find(call: Call, id: string): AnyRow {
    if (call.path === 'invoices') {
      const byNumber = this.#database.invoices.where('number', id)[0]
      const invoice = byNumber ?? (Number.isFinite(Number(id)) ? this.#database.invoices.get(Number(id)) : undefined)
      if (!invoice) throw new HttpError(404, 'No query results for model [App\\Models\\Invoice].')
      return invoice
    }
    const row = call.endpoint.table(this.#database).get(Number(/^\s*\d+/.exec(id)?.[0] ?? 0))
    if (!row) throw new HttpError(404, `No query results for model [App\\Models\\${call.endpoint.model}] ${id}`)
    return row
  }

  #authorize(call: Call, action: string): void {
    if (!call.mayDo(`${call.endpoint.permission}.${action}`)) throw new HttpError(403, 'This action is unauthorized.')
  }

  #validate(call: Call, input: Input, row: AnyRow | undefined): { ok: true; values: Input } | { ok: false; answer: Answer } {
    const { settings, zone } = this.#billing
    const fields = formFields(call.path, { database: this.#database, settings, row })
    const result = validate(fields, { input, zone, nowMs: this.#billing.now() })
    if (result.ok) return result
    const { errors } = result
    if (!wantsJson(call.request.accept)) return { ok: false, answer: redirectAnswer(settings.siteUrl) }
    return { ok: false, answer: plainJsonAnswer(422, { message: summary(errors), errors }) }
  }

  #context(): { database: PaymenterDatabase; zone: Billing['zone'] } {
    return { database: this.#database, zone: this.#billing.zone }
  }
}

function bearer(authorization: string | undefined): string | undefined {
  return /^Bearer\s+(\S+)\s*$/i.exec(authorization ?? '')?.[1]
}

/** Laravel looks only at the type that the client likes best. */
function wantsJson(accept: string | undefined): boolean {
  const best = (accept ?? '')
    .split(',')
    .map((entry) => {
      const [type = '', ...parameters] = entry.trim().split(';')
      const quality = parameters.map((parameter) => /^\s*q=([\d.]+)/.exec(parameter)?.[1]).find((text) => text !== undefined)
      return { type, quality: quality === undefined ? 1 : Number(quality) }
    })
    .sort((left, right) => right.quality - left.quality)[0]
  return best !== undefined && /[/+]json/.test(best.type)
}

function decodeId(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** What was sent, with trimmed texts and null for empty ones. What cannot be read, or is not an object, is empty. */
function readBody(request: ApiRequest): Input {
  const sent = /[/+]json/.test(request.contentType ?? '') ? parseJson(request.body) : Object.fromEntries(new URLSearchParams(request.body))
  const input: Input = {}
  for (const [name, value] of Object.entries(sent)) {
    const trimmed: unknown = typeof value === 'string' ? value.trim() : value
    input[name] = trimmed === '' ? null : trimmed
  }
  return input
}

function parseJson(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
