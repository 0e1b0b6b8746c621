// What the rows about consoles share: programs of their own for the node and the worker, a direct viewer, and one behind the worker.
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { WebSocket } from 'ws'
import { type Client, createClient, type OpenedStream } from '../shared/contract/client.ts'
import { clientSocketTransport } from '../shared/contract/webSocketTransport.ts'

export const benchUuid = '00000000-0000-4000-8000-000000000001'

/** A program of bench/programs; its first message is the port on which it listens. */
export class Program implements AsyncDisposable {
  readonly port: number
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.port = port
  }

  static async start(file: string, parameters: readonly string[] = [], execArgv: readonly string[] = []): Promise<Program> {
    const child = fork(join(resolve('.'), 'bench', 'programs', file), parameters, { execArgv: [...execArgv] })
    const [{ value }] = (await once(child, 'message')) as [{ value: number }]
    return new Program(child, value)
  }

  async ask(kind: string): Promise<number> {
    this.#child.send({ kind })
    const [{ value }] = (await once(this.#child, 'message')) as [{ value: number }]
    return value
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exit = once(this.#child, 'exit')
    this.#child.disconnect()
    await exit
  }
}

/** One viewer: what it is sent, and how to say something. */
export interface Viewer {
  onBytes(receive: (count: number) => void): void
  send(bytes: Uint8Array): void
  close(): void
}

/** Straight to the node. */
export async function directViewer(url: string): Promise<Viewer> {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  await once(socket, 'open')
  return {
    onBytes: (receive) => {
      socket.on('message', (data: Buffer) => receive(data.byteLength))
    },
    send: (bytes) => socket.send(bytes),
    close: () => socket.terminate(),
  }
}

/** A line to the worker, as a page of browser mode has one. */
export async function lineTo(worker: Program): Promise<Client> {
  const socket = new WebSocket(`ws://127.0.0.1:${worker.port}`, { perMessageDeflate: false })
  const client = createClient(clientSocketTransport(socket))
  await once(socket, 'open')
  return client
}

export async function openScreen(client: Client): Promise<OpenedStream> {
  const stream = client.openStream('console.vnc', { nodeId: 'bench', uuid: benchUuid })
  await stream.opened
  return stream
}

/** Through the worker. */
export async function relayedViewer(client: Client): Promise<Viewer> {
  const stream = await openScreen(client)
  return {
    onBytes: (receive) => stream.onBytes((bytes) => receive(bytes.byteLength)),
    send: (bytes) => {
      stream.write(bytes).catch(() => undefined)
    },
    close: () => stream.close(),
  }
}

/** Asks for so many bytes and waits for them. */
export function drain(viewer: Viewer, wantedBytes: number): Promise<void> {
  return new Promise((done) => {
    let received = 0
    viewer.onBytes((count) => {
      received += count
      if (received >= wantedBytes) done()
    })
    const wanted = Buffer.alloc(4)
    wanted.writeUInt32BE(wantedBytes)
    viewer.send(wanted)
  })
}
