// The consoles of VMs: opens Flint's own, and gives the client a stream of bytes that knows nothing of the node's key.
import type { Logger } from 'pino'
import type { WebSocket } from 'ws'
import type { ByteStream } from '../../../shared/contract/byteStream.ts'
import { isOff } from '../../../shared/domain/decide.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import { asId, type NodeId, type VmRef } from '../../../shared/domain/ids.ts'
import { parseVmUuid } from '../flint/schema.ts'
import type { Nodes, VmReading } from '../nodes/nodes.ts'
import type { StreamHandlers } from '../rpc/server.ts'
import { type ConsoleKind, type ConsoleTarget, openFlintSocket, saidFailure } from './flintSocket.ts'
import { ended, vmOff } from './reasons.ts'
import { relayConsole } from './relay.ts'

export interface ConsolesOptions {
  readonly handshakeTimeoutMs?: number
  /** Between two pings of an open console. */
  readonly pingMs?: number
  /** How long a serial line may take to greet. */
  readonly greetingTimeoutMs?: number
  /** Between two looks at the VM of an open serial line. */
  readonly lookMs?: number
}

/** What consoles need of the nodes. */
export type ConsoleNodes = Pick<Nodes, 'access' | 'readVm'>

export class Consoles {
  readonly #log: Logger
  readonly #nodes: ConsoleNodes
  readonly #options: Required<ConsolesOptions>
  readonly #closing = new AbortController()
  readonly #open = new Set<ByteStream>()

  constructor(context: { readonly log: Logger }, nodes: ConsoleNodes, options: ConsolesOptions = {}) {
    this.#log = context.log
    this.#nodes = nodes
    this.#options = { handshakeTimeoutMs: 10_000, pingMs: 20_000, greetingTimeoutMs: 5_000, lookMs: 5_000, ...options }
  }

  /** The consoles that are open now. */
  get openConsoles(): number {
    return this.#open.size
  }

  readonly streams: StreamHandlers = {
    'console.vnc': (parameters, stream) => this.#start('vnc', vmRef(parameters), stream),
    'console.serial': (parameters, stream) => this.#start('serial', vmRef(parameters), stream),
  }

  /** Ends every console, open or opening. */
  stop(): void {
    this.#closing.abort()
    for (const stream of this.#open) stream.close({ code: 'worker.closing', message: 'The worker is closing.' })
  }

  /** Throws the Failure that says why the console cannot be had. */
  async #start(kind: ConsoleKind, ref: VmRef, stream: ByteStream): Promise<void> {
    const target = await this.#nodes.access(ref.nodeId)
    const given = new AbortController()
    stream.onClose(() => given.abort())
    const socket = await openFlintSocket(target, {
      kind,
      uuid: ref.uuid,
      handshakeTimeoutMs: this.#options.handshakeTimeoutMs,
      signal: AbortSignal.any([given.signal, this.#closing.signal]),
    })
    try {
      const early = new EarlyBytes(socket)
      if (kind === 'serial') await this.#greeting(await early.first(this.#options.greetingTimeoutMs), target, ref)
      if (stream.closed || this.#closing.signal.aborted) throw new Failure('worker.closing', 'The console was closed while it opened.')
      this.#follow(kind, ref, stream)
      relayConsole(socket, stream, {
        kind,
        first: early.take(),
        pingMs: this.#options.pingMs,
      })
      if (kind === 'serial') this.#watchLine(ref, stream)
    } catch (error) {
      socket.terminate()
      throw error
    }
  }

  #follow(kind: ConsoleKind, ref: VmRef, stream: ByteStream): void {
    this.#open.add(stream)
    this.#log.info({ nodeId: ref.nodeId, vm: ref.uuid, kind }, 'console opened')
    stream.onClose((reason) => {
      this.#open.delete(stream)
      this.#log.info({ nodeId: ref.nodeId, vm: ref.uuid, kind, reason: reason?.code ?? null }, 'console closed')
    })
  }

  /**
   * Flint keeps the line of a VM that went off open: it still answers pings, says nothing, and hears nothing even when the VM runs again. So the VM
   * itself is looked at; one that was started anew has consumed less CPU time than before.
   */
  #watchLine(ref: VmRef, stream: ByteStream): void {
    let cpuTimeSeconds = 0
    const look = async (): Promise<void> => {
      const vm = await this.#seen(ref)
      if (stream.closed) return
      if (vm !== null && isOff(vm.state)) return stream.close(vmOff().body())
      if (vm !== null && vm.cpuTimeSeconds < cpuTimeSeconds) return stream.close(ended('serial').body())
      cpuTimeSeconds = vm?.cpuTimeSeconds ?? cpuTimeSeconds
      setTimeout(() => void look(), this.#options.lookMs).unref()
    }
    void look()
  }

  /** Null where nothing was learnt: the connection's own fate tells of the node's. */
  async #seen(ref: VmRef): Promise<Extract<VmReading, { kind: 'present' }> | null> {
    try {
      const vm = await this.#nodes.readVm(ref)
      return vm.kind === 'present' ? vm : null
    } catch (error) {
      if (!(error instanceof Failure)) this.#log.error({ err: error, nodeId: ref.nodeId, vm: ref.uuid }, 'the VM of a serial line could not be looked at')
      return null
    }
  }

  /** Flint opens a serial line before it looks for one: its first words say whether there is one. */
  async #greeting(first: Buffer, target: ConsoleTarget, ref: VmRef): Promise<void> {
    const text = first.toString('utf8').replaceAll(target.key, '…')
    if (!text.startsWith('Error: ')) return
    const failure = saidFailure('serial', target.url, text.slice('Error: '.length))
    throw failure.code === 'console.no-serial' && (await this.#isOff(ref)) ? vmOff() : failure
  }

  /** Without a serial line: because the VM is off, or because it has none? Throws why the node cannot be believed. */
  async #isOff(ref: VmRef): Promise<boolean> {
    const vm = await this.#nodes.readVm(ref)
    if (vm.kind === 'gone') throw new Failure('vm.unknown', 'The node knows no such VM (any more).', 'Refresh the list.')
    return isOff(vm.state)
  }
}

function vmRef(parameters: { readonly nodeId: string; readonly uuid: string }): VmRef {
  const uuid = parseVmUuid(parameters.uuid)
  if (uuid === null) throw new Failure('vm.unknown', 'That is not the UUID of a VM.', 'Look at the list of VMs.')
  return { nodeId: asId<NodeId>(parameters.nodeId), uuid }
}

/** What comes before the relay begins: nothing of it is lost. */
class EarlyBytes {
  readonly #socket: WebSocket
  #bytes = Buffer.alloc(0)

  constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', this.#keep)
  }

  /** The first frame, or nothing when none comes in time; the socket is paused again. */
  async first(timeoutMs: number): Promise<Buffer> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        this.#socket.off('message', done)
        this.#socket.off('close', done)
        this.#socket.pause()
        resolve()
      }
      const timer = setTimeout(done, timeoutMs)
      this.#socket.on('message', done)
      this.#socket.on('close', done)
      this.#socket.resume()
    })
    return this.#bytes
  }

  /** Everything so far; from now on the caller listens. */
  take(): Buffer {
    this.#socket.off('message', this.#keep)
    return this.#bytes
  }

  readonly #keep = (data: Buffer): void => {
    this.#bytes = Buffer.concat([this.#bytes, data])
  }
}
