// A node whose screens are hostile: everything but the screen is a simulated node's; the screen misbehaves in one chosen way, at the WebSocket or in RFB.
import { once } from 'node:events'
import { createServer, request as forward, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer } from 'ws'

export type Misbehaviour = SocketMisbehaviour | RfbMisbehaviour

type SocketMisbehaviour =
  /** Opens and says nothing. */
  | 'quiet'
  /** Text frames where binary is due. */
  | 'text'
  /** One frame of 64 MiB. */
  | 'huge-frame'
  /** Answers no ping, and nothing else. */
  | 'deaf'
  /** Pours random bytes without end. */
  | 'flood'

type RfbMisbehaviour =
  /** Greets as RFB should, then random bytes. */
  | 'garbage'
  /** A screen of 100 × 100,000 pixels (as far as RFB can count: 100 × 65,535, then a resize). */
  | 'huge-screen'
  /** Dies in the middle of a rectangle. */
  | 'dies'
  /** Stalls in the middle of a rectangle for ever. */
  | 'stalls'
  /** Another desktop size with every update. */
  | 'resizes'
  /** A clipboard text of 4 GiB is announced and begun. */
  | 'endless-text'
  /** A desktop name and clipboard that are markup. */
  | 'markup'
  /** Full-screen noise as fast as it is taken. */
  | 'noise'

export class HostileRfbServer {
  /** What the screen does to those who open it from now on. */
  misbehaviour: Misbehaviour
  readonly #upstream: string
  readonly #open = new Set<WebSocket>()
  readonly #server: Server
  readonly #sockets = new WebSocketServer({ noServer: true, handleProtocols: () => false, perMessageDeflate: false })
  #written = 0
  #lastGrowth = 0

  /** `upstream`: the simulated node that answers all the rest. */
  constructor(upstream: string, misbehaviour: Misbehaviour) {
    this.#upstream = upstream
    this.misbehaviour = misbehaviour
    this.#server = createServer((request, response) => this.#forward(request, response))
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#sockets.handleUpgrade(request, socket, head, (client) => this.#accept(client, socket))
    })
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Screens that are open now. */
  get connections(): number {
    return this.#open.size
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  async stop(): Promise<void> {
    for (const client of this.#open) client.terminate()
    this.#server.closeAllConnections()
    await new Promise<void>((closed) => {
      this.#server.close(() => closed())
    })
  }

  /** The bytes that were taken, once none has been for a while; null until then. */
  standstill(): number | null {
    return this.#written > 0 && performance.now() - this.#lastGrowth > 400 ? this.#written : null
  }

  #forward(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.#upstream)
    const { host: _host, connection: _connection, ...headers } = request.headers
    const passed = forward(url, { method: request.method ?? 'GET', headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    passed.on('error', () => response.destroy())
    request.pipe(passed)
  }

  #accept(client: WebSocket, socket: Duplex): void {
    this.#open.add(client)
    client.on('close', () => this.#open.delete(client))
    client.on('error', () => client.terminate())
    const { misbehaviour } = this
    switch (misbehaviour) {
      case 'quiet':
        return
      case 'text':
        client.send('RFB 003.008\n')
        return
      case 'huge-frame':
        client.send(Buffer.alloc(64 * 1024 * 1024), { binary: true })
        return
      case 'deaf':
        // A paused socket reads no ping; it is woken by its end only.
        client.pause()
        return
      case 'flood':
        void this.#flood(client)
        return
      case 'garbage':
      case 'huge-screen':
      case 'dies':
      case 'stalls':
      case 'resizes':
      case 'endless-text':
      case 'markup':
      case 'noise':
        void this.#speakRfb(client, socket, misbehaviour)
    }
  }

  async #send(client: WebSocket, bytes: Uint8Array): Promise<void> {
    if (client.readyState !== WebSocket.OPEN) throw new Error('the viewer is gone')
    await new Promise<void>((resolve, reject) => {
      client.send(bytes, { binary: true }, (error) => (error ? reject(error) : resolve()))
    })
    this.#written += bytes.byteLength
    this.#lastGrowth = performance.now()
  }

  async #flood(client: WebSocket): Promise<void> {
    const noise = noiseBytes(65_536)
    try {
      for (;;) await this.#send(client, noise)
    } catch {
      // The viewer has had enough.
    }
  }

  async #speakRfb(client: WebSocket, socket: Duplex, misbehaviour: RfbMisbehaviour): Promise<void> {
    try {
      await this.#greet(client, misbehaviour)
      switch (misbehaviour) {
        case 'garbage':
          await this.#flood(client)
          return
        case 'huge-screen':
          await this.#send(client, update(rectangle(0, 0, 100, 65_535, desktopSize)))
          return
        case 'dies':
          await this.#send(client, update(rectangle(0, 0, 640, 400, raw), noiseBytes(50_000)))
          socket.destroy()
          return
        case 'stalls':
          return
        case 'resizes':
          for (let size = 0; ; size = (size + 1) % 900) await this.#send(client, update(rectangle(0, 0, 300 + size, 200 + size, desktopSize)))
        case 'endless-text':
          await this.#send(client, Buffer.from([3, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff]))
          await this.#flood(client)
          return
        case 'noise': {
          const picture = update(rectangle(0, 0, 640, 400, raw), noiseBytes(640 * 400 * 4))
          for (;;) await this.#send(client, picture)
        }
        case 'markup':
          await this.#send(client, cutText('<img src=x onerror="document.title=\'owned\'">'))
          await this.#send(client, update(rectangle(0, 0, 640, 400, raw), Buffer.alloc(640 * 400 * 4, 0x55)))
          return
      }
    } catch {
      // The viewer has gone.
    }
  }

  async #greet(client: WebSocket, misbehaviour: RfbMisbehaviour): Promise<void> {
    const viewer = new ViewerBytes(client)
    await this.#send(client, Buffer.from('RFB 003.008\n'))
    await viewer.take(12)
    await this.#send(client, Buffer.from([1, 1]))
    await viewer.take(1)
    await this.#send(client, Buffer.from([0, 0, 0, 0]))
    await viewer.take(1)
    const name = Buffer.from(misbehaviour === 'markup' ? '<script>document.title="owned"</script>' : 'QEMU')
    const init = Buffer.alloc(24)
    init.writeUInt16BE(misbehaviour === 'huge-screen' ? 65_535 : 640, 0)
    init.writeUInt16BE(misbehaviour === 'huge-screen' ? 65_535 : 400, 2)
    init.set([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0], 4)
    init.writeUInt32BE(name.length, 20)
    // The part of a picture comes in one piece with the end of the greeting: nothing that comes later makes the viewer look at it.
    const begun = misbehaviour === 'stalls' ? [update(rectangle(0, 0, 640, 400, raw), noiseBytes(50_000))] : []
    await this.#send(client, Buffer.concat([init, name, ...begun]))
  }
}

const raw = 0
const desktopSize = -223

function update(head: Buffer, body: Uint8Array = new Uint8Array()): Buffer {
  return Buffer.concat([Buffer.from([0, 0, 0, 1]), head, body])
}

function rectangle(x: number, y: number, width: number, height: number, encoding: number): Buffer {
  const head = Buffer.alloc(12)
  head.writeUInt16BE(x, 0)
  head.writeUInt16BE(y, 2)
  head.writeUInt16BE(width, 4)
  head.writeUInt16BE(height, 6)
  head.writeInt32BE(encoding, 8)
  return head
}

function cutText(text: string): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt8(3, 0)
  head.writeUInt32BE(text.length, 4)
  return Buffer.concat([head, Buffer.from(text, 'latin1')])
}

/** Bytes without pattern, the same each time. */
function noiseBytes(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  let state = 0x2545f491
  for (let index = 0; index < length; index += 1) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes[index] = state & 0xff
  }
  return bytes
}

/** What the viewer says, as a stream. */
class ViewerBytes {
  #bytes = Buffer.alloc(0)
  #arrived: (() => void) | null = null

  constructor(client: WebSocket) {
    client.on('message', (data: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, data])
      this.#arrived?.()
    })
    client.on('close', () => this.#arrived?.())
  }

  async take(length: number): Promise<Buffer> {
    while (this.#bytes.byteLength < length) {
      await new Promise<void>((resolve) => {
        this.#arrived = resolve
      })
    }
    const taken = this.#bytes.subarray(0, length)
    this.#bytes = this.#bytes.subarray(length)
    return taken
  }
}
