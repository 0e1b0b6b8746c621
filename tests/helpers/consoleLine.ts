// Consoles as a client opens them, over a real line to the worker's side.
import { MessageChannel } from 'node:worker_threads'
import { Consoles } from '../../electron/worker/consoles/consoles.ts'
import { serveClient } from '../../electron/worker/rpc/server.ts'
import { type Client, createClient, type OpenedStream } from '../../shared/contract/client.ts'
import { clientPortTransport, workerPortTransport } from '../../shared/contract/messagePortTransport.ts'
import type { FailureBody } from '../../shared/domain/failure.ts'
import type { NodeId } from '../../shared/domain/ids.ts'
import { type FlintWorld, vmSeed } from './flintWorld.ts'
import { until } from './until.ts'

export class ConsoleLine {
  readonly #consoles: Consoles
  readonly #client: Client
  readonly #close: () => void

  constructor(world: FlintWorld) {
    this.#consoles = new Consoles(world.context, world.nodes)
    const { port1, port2 } = new MessageChannel()
    serveClient(workerPortTransport(port2), () => ({}), { validateOutputs: true, log: world.context.log, streams: this.#consoles.streams })
    this.#client = createClient(clientPortTransport(port1))
    this.#close = () => port1.close()
  }

  /** The first bytes of a VM's screen. Rejects with why there is none. */
  async screen(nodeId: NodeId, number: number): Promise<string> {
    const stream = this.#open('console.vnc', nodeId, number)
    const first = new Promise<string>((resolve) => {
      stream.onBytes((bytes) => resolve(Buffer.from(bytes).toString('latin1')))
    })
    await stream.opened
    const text = await first
    stream.close()
    return text
  }

  /** What a VM's serial line says after a command was typed at its prompt, with its echo. */
  async typed(nodeId: NodeId, number: number, word: string): Promise<string> {
    const stream = this.#open('console.serial', nodeId, number)
    let text = ''
    stream.onBytes((bytes) => {
      text += Buffer.from(bytes).toString('utf8')
    })
    await stream.opened
    await until('the prompt', () => /login:|[$#] /.test(text))
    await stream.write(Buffer.from(`echo ${word}\r`))
    await until('the echo', () => text.includes(`${word}\r\n`))
    stream.close()
    return text
  }

  /** A screen that is left open; why it ended. */
  endOf(nodeId: NodeId, number: number): { opened: Promise<void>; reason: Promise<FailureBody | null> } {
    const stream = this.#open('console.vnc', nodeId, number)
    stream.onBytes(() => undefined)
    return { opened: stream.opened, reason: new Promise((resolve) => stream.onClose(resolve)) }
  }

  close(): void {
    this.#client.close()
    this.#consoles.stop()
    this.#close()
  }

  #open(name: 'console.vnc' | 'console.serial', nodeId: NodeId, number: number): OpenedStream {
    return this.#client.openStream(name, { nodeId, uuid: vmSeed(number).uuid })
  }
}
