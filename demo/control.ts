// The estate's control line: HTTP on loopback by which another process moves the clock, switches faults and pays invoices.
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { EstateClock } from './clock.ts'
import type { StoryLine } from './data/estate-data.ts'
import { noFaults as noFlintFaults } from './flint/faults.ts'
import type { SimulatedFlintNode } from './flint/node.ts'
import { noFaults as noPaymenterFaults } from './paymenter/faults.ts'
import type { SimulatedPaymenter } from './paymenter/paymenter.ts'

export interface ControlledEstate {
  clock: EstateClock
  nodes: readonly SimulatedFlintNode[]
  billing: SimulatedPaymenter
  story: readonly StoryLine[]
  timeZone: string
}

type Body = Record<string, unknown>

/** A request that makes no sense: answered with the status and the words. */
class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

interface Route {
  method: 'GET' | 'POST'
  /** Each group is an argument. */
  path: RegExp
  act(estate: ControlledEstate, parts: readonly string[], body: Body): unknown
}

const ROUTES: readonly Route[] = [
  { method: 'GET', path: /^\/estate$/, act: (estate) => summary(estate) },
  {
    method: 'GET',
    path: /^\/requests$/,
    act: ({ billing, nodes }) => ({
      billing: billing.requests,
      nodes: Object.fromEntries(nodes.map((node) => [node.hostname, node.requests])),
    }),
  },
  {
    method: 'GET',
    path: /^\/nodes\/([^/]+)\/vms$/,
    act: (estate, [name]) =>
      nodeOf(estate, name)
        .vms()
        .map(({ name, uuid, state, memoryKiB, vcpus }) => ({ name, uuid, state, memoryKiB, vcpus })),
  },
  {
    method: 'POST',
    path: /^\/nodes\/([^/]+)\/faults$/,
    act: (estate, [name], body) => switchFaults(nodeOf(estate, name).faults, noFlintFaults(), body),
  },
  {
    method: 'POST',
    path: /^\/nodes\/([^/]+)\/reboot$/,
    act: (estate, [name]) => {
      nodeOf(estate, name).rebootHost()
      return {}
    },
  },
  {
    method: 'POST',
    path: /^\/billing\/faults$/,
    act: ({ billing }, _parts, body) => switchFaults(billing.faults, noPaymenterFaults(), body),
  },
  {
    method: 'POST',
    path: /^\/billing\/invoices\/(\d+)\/pay$/,
    act: ({ billing }, [id]) => {
      if (!billing.invoice(Number(id))) throw new Refusal(404, `There is no invoice ${id}`)
      return billing.payInvoice(Number(id))
    },
  },
  { method: 'POST', path: /^\/billing\/nightly-job$/, act: ({ billing }) => billing.runNightlyJob() },
  {
    method: 'POST',
    path: /^\/clock\/advance$/,
    act: ({ clock }, _parts, body) => {
      const step = { days: 0, hours: 0, minutes: 0, milliseconds: 0, nightly: false, ...body }
      for (const [name, value] of Object.entries(step)) {
        if (!['days', 'hours', 'minutes', 'milliseconds', 'nightly'].includes(name)) throw new Refusal(400, `Unknown: ${name}`)
        if (typeof value !== (name === 'nightly' ? 'boolean' : 'number')) throw new Refusal(400, `Not a value of ${name}`)
      }
      const nightlyJobs = clock.advance(step)
      return { now: clock.now(), nightlyJobs }
    },
  },
]

export class ControlServer {
  readonly #estate: ControlledEstate
  #server: Server | undefined
  #url = ''

  constructor(estate: ControlledEstate) {
    this.#estate = estate
  }

  /** `http://127.0.0.1:<port>`; empty before the start. */
  get url(): string {
    return this.#url
  }

  async start(port: number): Promise<void> {
    const server = createServer((request, response) => void this.#serve(request, response))
    this.#server = server
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('No port to listen on')
    this.#url = `http://127.0.0.1:${address.port}`
  }

  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (!server) return
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = (status: number, value: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(value)}\n`)
    }
    try {
      refuseOtherHosts(request)
      const body = await readBody(request)
      const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
      const matches = ROUTES.filter((route) => route.path.test(path))
      const route = matches.find((candidate) => candidate.method === request.method)
      if (!route) throw new Refusal(matches.length > 0 ? 405 : 404, `There is no ${request.method} ${path}`)
      const parts = route.path.exec(path)?.slice(1).map(decodeURIComponent) ?? []
      answer(200, route.act(this.#estate, parts, body))
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      answer(error instanceof Refusal ? error.status : 500, { error: message })
    }
  }
}

/** A page in a browser must not steer the estate through a name of its own. */
function refuseOtherHosts(request: IncomingMessage): void {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '')
  if (host !== '127.0.0.1' && host !== 'localhost') throw new Refusal(403, 'Only for this machine')
  if (request.headers.origin !== undefined) throw new Refusal(403, 'Not for web pages')
}

function nodeOf(estate: ControlledEstate, name: string | undefined): SimulatedFlintNode {
  const node = estate.nodes.find((candidate) => candidate.hostname === name)
  if (!node) throw new Refusal(404, `There is no node ${name ?? ''}`)
  return node
}

function summary({ clock, nodes, billing, story, timeZone }: ControlledEstate): unknown {
  return {
    now: clock.now(),
    timeZone,
    nodes: nodes.map((node) => ({ name: node.hostname, url: node.url, vms: node.vms().length, faults: node.faults })),
    billing: {
      url: billing.url,
      customers: billing.customers().length,
      services: billing.services().length,
      invoices: billing.invoices().length,
      faults: billing.faults,
    },
    story,
  }
}

/** Takes over faults by name; `reset: true` switches all others off first, null the one. Returns all of them. */
function switchFaults(faults: object, off: object, body: Body): object {
  const defaults = new Map<string, unknown>(Object.entries(off))
  const { reset, ...asked } = body
  const changes: Body = {}
  for (const [name, value] of Object.entries(asked)) {
    if (!defaults.has(name)) throw new Refusal(400, `Unknown fault: ${name}`)
    const usual = defaults.get(name)
    const fits = usual === undefined ? ['number', 'object'].includes(typeof value) : typeof value === typeof usual
    if (value !== null && (!fits || Array.isArray(value) !== Array.isArray(usual))) throw new Refusal(400, `Not a value of ${name}`)
    changes[name] = value ?? usual
  }
  return Object.assign(faults, reset === true ? off : {}, changes)
}

async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  const text = Buffer.concat(chunks).toString('utf8').trim()
  if (text === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // Said below, as for any other text that is not an object.
  }
  throw new Refusal(400, 'The body must be a JSON object')
}
