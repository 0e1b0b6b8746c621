// A Flint node as real HTTP and WebSocket on the loopback, over simulated VMs; it answers like the recorded exchanges.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { empty, handBuiltError, html, notFoundRoute, plainError, unauthorized, type Answer, type Reply } from './answers.ts'
import { Consoles } from './consoles.ts'
import { deliver } from './deliver.ts'
import { noFaults, type FlintFaults } from './faults.ts'
import { SimulatedHost } from './host.ts'
import { BadBody } from './request-body.ts'
import { matchRoute, type Route } from './router.ts'
import { createRoutes } from './routes-create.ts'
import { downloadRoutes } from './routes-downloads.ts'
import { hostRoutes } from './routes-host.ts'
import { networkRoutes } from './routes-network.ts'
import { snapshotRoutes } from './routes-snapshots.ts'
import { storageRoutes } from './routes-storage.ts'
import { vmRoutes } from './routes-vms.ts'
import { Timers } from './timers.ts'
import type { FlintNodeOptions, RequestRecord, VmSeed } from './types.ts'
import type { SimulatedVm } from './vm.ts'
import { webAnswer } from './web-pages.ts'

export type { FlintFaults } from './faults.ts'
export type { FlintNodeOptions, ImageSeed, RequestRecord, SimulatedClock, VmSeed } from './types.ts'
export type { SimulatedVm } from './vm.ts'

const routes: readonly Route[] = [...hostRoutes, ...vmRoutes, ...createRoutes, ...snapshotRoutes, ...storageRoutes, ...downloadRoutes, ...networkRoutes]
const requestsKept = 20_000

function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
    request.on('error', reject)
    request.on('close', () => reject(new Error('the request was cut off')))
  })
}

function bearerToken(request: IncomingMessage): string | null {
  const [scheme, token] = (request.headers.authorization ?? '').split(' ', 2)
  return scheme === 'Bearer' && token !== undefined ? token : null
}

function sessionCookie(request: IncomingMessage): string {
  const cookies = (request.headers.cookie ?? '').split(';').map((part) => part.trim())
  return cookies.find((cookie) => cookie.startsWith('flint_session='))?.slice('flint_session='.length) ?? ''
}

/** The path as it may be shown: a console's token is the node's master key. */
function redacted(url: string): string {
  return url.replace(/([?&]token=)[^&]*/g, '$1[redacted]')
}

function requestedAction(body: string): string | null {
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value !== 'object' || value === null || !('action' in value)) return null
    return typeof value.action === 'string' ? value.action : null
  } catch {
    return null
  }
}

export class SimulatedFlintNode {
  readonly hostname: string
  /** Switched at any time; they hold from the next request on. */
  readonly faults: FlintFaults = noFaults()
  /** What was asked and answered, oldest first. */
  readonly requests: RequestRecord[] = []
  readonly #host: SimulatedHost
  readonly #timers = new Timers()
  readonly #consoles: Consoles
  /** Connections that Node has handed over: its server no longer closes them. */
  readonly #handedOver = new Set<Duplex>()
  #server: Server | null = null
  #port: number

  constructor(options: FlintNodeOptions) {
    this.hostname = options.hostname
    this.#port = options.port ?? 0
    this.#host = new SimulatedHost(options, this.faults)
    this.#consoles = new Consoles(this.#host, this.#timers)
  }

  /** `http://127.0.0.1:port`; the same after a stop and a new start. Throws before the first start. */
  get url(): string {
    if (this.#port === 0) throw new Error(`The node ${this.hostname} was not started.`)
    return `http://127.0.0.1:${this.#port}`
  }

  async start(): Promise<void> {
    if (this.#server !== null) return
    const server = createServer((request, response) => {
      void this.#handle(request, response).catch(() => response.destroy())
    })
    // Go keeps idle connections open; a short limit here would make clients meet resets that the real server never shows.
    server.keepAliveTimeout = 0
    server.on('connection', (socket) => {
      if (this.faults.unreachable) socket.destroy()
    })
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      void this.#upgrade(request, socket, head).catch(() => socket.destroy())
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(this.#port, '127.0.0.1', resolve)
    })
    const address = server.address()
    if (address !== null && typeof address === 'object') this.#port = address.port
    this.#server = server
  }

  /** Ends Flint: every connection, console and timer. The VMs run on, and a new start finds them. */
  async stop(): Promise<void> {
    const server = this.#server
    if (server === null) return
    this.#server = null
    this.#timers.clear()
    this.#consoles.closeAll()
    this.#host.forgetMemory()
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve())
    })
    this.#cutConnections(server)
    await closed
  }

  /** By UUID, or else by name. */
  vm(uuidOrName: string): SimulatedVm | undefined {
    return this.#host.find(uuidOrName)
  }

  vms(): SimulatedVm[] {
    return this.#host.vms
  }

  addVm(seed: VmSeed): SimulatedVm {
    return this.#host.addVm(seed)
  }

  /** Takes a VM away behind Flint's back; its disks stay. */
  removeVm(uuidOrName: string): void {
    const vm = this.#host.find(uuidOrName)
    if (vm !== undefined) this.#host.removeVm(vm.uuid)
  }

  /** libvirt reads the folders of its pools anew, as at its start: files that it did not know become volumes. */
  refreshPools(): void {
    this.#host.refreshPools()
  }

  /** The machine restarts: VMs do not start by themselves, and what Flint kept in memory is lost. */
  rebootHost(): void {
    this.#consoles.closeAll()
    for (const vm of this.#host.vms) {
      if (vm.state !== 'Shutoff') vm.forceStop()
    }
    this.#host.refreshPools()
    this.#host.forgetMemory()
    if (this.#server !== null) this.#cutConnections(this.#server)
  }

  #cutConnections(server: Server): void {
    server.closeAllConnections()
    for (const socket of this.#handedOver) socket.destroy()
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? 'GET'
    const url = request.url ?? '/'
    const record: RequestRecord = { method, path: redacted(url), at: this.#host.options.clock.now(), status: 0 }
    this.#remember(record)
    if (this.faults.unreachable) {
      response.destroy()
      return
    }
    const body = await readBody(request)
    const action = url.split('?', 1)[0]?.endsWith('/action') === true ? requestedAction(body) : null
    if (action !== null) record.action = action
    await this.#timers.wait(this.faults.hangMs)
    const reply = this.#generalFault() ?? (await this.#answer(request, method, url, body))
    const dropped = this.faults.actThenDrop && method !== 'GET'
    const nowMs = this.#host.now()
    record.status = deliver({ response, faults: this.faults, nowMs, timers: this.#timers }, dropped ? 'drop' : reply)
  }

  #remember(record: RequestRecord): void {
    this.requests.push(record)
    if (this.requests.length > requestsKept) this.requests.splice(0, requestsKept / 2)
  }

  /** Faults that answer in place of Flint, as a broken proxy in front of it would. */
  #generalFault(): Answer | null {
    if (this.faults.redirectTo !== '') return { ...empty(302), headers: { Location: this.faults.redirectTo } }
    const { status } = this.faults
    if (status === undefined) return null
    return html(status, `<html>\n<head><title>${status}</title></head>\n<body><center><h1>${status}</h1></center></body>\n</html>\n`)
  }

  async #answer(request: IncomingMessage, method: string, url: string, body: string): Promise<Reply> {
    const [path = '/', search = ''] = url.split('?', 2)
    const hasSession = this.#host.hasSession(sessionCookie(request))
    if (!path.startsWith('/api/')) return webAnswer(this.#host, method, path, body, hasSession)
    const query = new URLSearchParams(search)
    const consoleRefusal = this.#consoles.refusal(path, query)
    // A console's address asked for without an upgrade.
    if (consoleRefusal !== null) return consoleRefusal === 'accepted' ? plainError(400, 'Bad Request') : consoleRefusal
    const match = matchRoute(routes, method, path)
    const isOpen = match.kind === 'found' && match.route.open === true
    if (!isOpen && !hasSession && !this.#host.acceptsKey(bearerToken(request))) return unauthorized()
    if (match.kind === 'wrong-method') return { ...empty(405), headers: { Allow: match.allowed.join(', ') } }
    if (match.kind === 'none' || (this.faults.oldRelease && path.endsWith('/vnc'))) return notFoundRoute()
    const context = { host: this.#host, params: match.params, query, body, wait: (delayMs: number) => this.#timers.wait(delayMs) }
    try {
      return (this.faults.limitedMode ? match.route.limited?.(context) : undefined) ?? (await match.route.answer(context))
    } catch (error) {
      if (error instanceof BadBody) return handBuiltError(400, error.message)
      throw error
    }
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const url = request.url ?? '/'
    const record: RequestRecord = { method: 'GET', path: redacted(url), at: this.#host.options.clock.now(), status: 0 }
    this.#remember(record)
    this.#handedOver.add(socket)
    socket.on('close', () => this.#handedOver.delete(socket))
    // The other side may vanish at any time; an error without a listener would end the process.
    socket.on('error', () => socket.destroy())
    if (this.faults.unreachable) {
      socket.destroy()
      return
    }
    await this.#timers.wait(this.faults.hangMs)
    const fault = this.#generalFault()
    if (fault === null && this.#consoles.accept(request, socket, head)) {
      record.status = 101
      return
    }
    const reply = fault ?? (await this.#answer(request, 'GET', url, ''))
    if (reply === 'drop') {
      socket.destroy()
      return
    }
    record.status = reply.status
    socket.end(this.#rawAnswer(reply), () => socket.destroy())
  }

  /** An answer on a connection that Node has handed over for an upgrade. */
  #rawAnswer(answer: Answer): string {
    const headers = {
      ...answer.headers,
      ...(answer.contentType === null ? {} : { 'Content-Type': answer.contentType }),
      Date: new Date(this.#host.now()).toUTCString(),
      'Content-Length': String(Buffer.byteLength(answer.body)),
      Connection: 'close',
    }
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
    return `HTTP/1.1 ${answer.status} ${answer.status}\r\n${lines.join('\r\n')}\r\n\r\n${answer.body}`
  }
}
