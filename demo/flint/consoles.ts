// The WebSocket addresses of a node's consoles: who may open one, and the picture's pace while somebody watches.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { plainError, type Answer } from './answers.ts'
import type { SimulatedHost } from './host.ts'
import { vncTarget } from './routes-vms.ts'
import type { Timers } from './timers.ts'
import { VirError } from './vir-error.ts'
import { VmConsole } from './vm-console.ts'
import type { SimulatedVm } from './vm.ts'

const tickMs = 100

interface ConsoleAddress {
  uuid: string
  kind: 'vnc' | 'serial'
}

function parseAddress(path: string): ConsoleAddress | null {
  const found = /^\/api\/vms\/([^/]+)\/(vnc|serial-console)\/ws$/.exec(path)
  if (found === null) return null
  return { uuid: found[1] ?? '', kind: found[2] === 'vnc' ? 'vnc' : 'serial' }
}

export class Consoles {
  readonly #host: SimulatedHost
  readonly #timers: Timers
  readonly #consoles = new Map<SimulatedVm, VmConsole>()
  readonly #sockets = new Set<WebSocket>()
  // Like Flint: no subprotocol is ever chosen, so a client that asks for one gives up; text need not be whole characters.
  readonly #server = new WebSocketServer({
    noServer: true,
    handleProtocols: () => false,
    skipUTF8Validation: true,
    perMessageDeflate: false,
  })
  #endTicks: (() => void) | null = null

  constructor(host: SimulatedHost, timers: Timers) {
    this.#host = host
    this.#timers = timers
  }

  /** Null: not a console's address. An answer: refused. */
  refusal(path: string, query: URLSearchParams): Answer | 'accepted' | null {
    const address = parseAddress(path)
    if (address === null || (address.kind === 'vnc' && this.#host.faults.oldRelease)) return null
    const token = query.get('token') ?? ''
    if (token === '') return plainError(401, 'Authentication token required')
    if (!this.#host.acceptsKey(token)) return plainError(401, 'Invalid authentication token')
    if (address.kind === 'serial') return 'accepted'
    const target = vncTarget(this.#host, address.uuid)
    return 'error' in target ? plainError(500, target.error) : 'accepted'
  }

  /** Takes the connection over; false when it must be answered as HTTP. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const [path = '/', search = ''] = (request.url ?? '/').split('?', 2)
    const address = parseAddress(path)
    if (address === null || this.refusal(path, new URLSearchParams(search)) !== 'accepted') return false
    if ((request.headers.upgrade ?? '').toLowerCase() !== 'websocket') return false
    this.#server.handleUpgrade(request, socket, head, (client) => {
      this.#sockets.add(client)
      client.on('close', () => this.#sockets.delete(client))
      client.on('error', () => client.terminate())
      this.#open(address, client)
    })
    return true
  }

  closeAll(): void {
    for (const console of this.#consoles.values()) console.closeAll()
    for (const socket of this.#sockets) socket.terminate()
    this.#sockets.clear()
    this.#stopTicks()
  }

  #open(address: ConsoleAddress, client: WebSocket): void {
    if (address.kind === 'vnc') {
      const target = vncTarget(this.#host, address.uuid)
      if ('error' in target) client.terminate()
      else this.#consoleOf(target.vm).attachViewer(client)
    } else {
      const target = this.#serialTarget(address.uuid)
      if ('error' in target) client.send(`Error: ${target.error}`, () => client.terminate())
      else this.#consoleOf(target.vm).attachSerial(client)
    }
    this.#startTicks()
  }

  #serialTarget(uuid: string): { vm: SimulatedVm } | { error: string } {
    if (this.#host.faults.limitedMode) return { error: 'libvirt connection not available' }
    try {
      const vm = this.#host.lookup(uuid)
      return vm.state === 'Shutoff' ? { error: 'no PTY path found in domain XML' } : { vm }
    } catch (error) {
      if (error instanceof VirError) return { error: `failed to lookup domain: ${error.text}` }
      throw error
    }
  }

  #consoleOf(vm: SimulatedVm): VmConsole {
    const known = this.#consoles.get(vm)
    if (known !== undefined) return known
    const console = new VmConsole(vm, this.#host.options.clock, this.#host.options.hostname)
    this.#consoles.set(vm, console)
    return console
  }

  #startTicks(): void {
    this.#endTicks ??= this.#timers.every(tickMs, () => this.#tick())
  }

  #stopTicks(): void {
    this.#endTicks?.()
    this.#endTicks = null
  }

  #tick(): void {
    if (this.#host.faults.unreachable) {
      this.closeAll()
      return
    }
    const watched = [...this.#consoles.values()].filter((console) => console.isWatched)
    for (const console of watched) console.tick()
    if (watched.length === 0) this.#stopTicks()
  }
}
