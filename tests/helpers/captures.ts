// Recorded exchanges of a peer, and a small server that plays them back byte for byte.
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { join, relative, resolve } from 'node:path'

export interface Capture {
  /** `healthy/vms`. */
  readonly name: string
  readonly request: { readonly method: string; readonly path: string; readonly body: unknown }
  readonly response?: { readonly status: number; readonly contentType: string | null; readonly body: string }
  /** Set where the peer closed the connection without an answer. */
  readonly failure?: string
}

export interface ReceivedRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** Every recorded exchange of a peer (`flint`, `paymenter`), by name, in order of name. */
export function loadCaptures(peer: string): Map<string, Capture> {
  const folder = resolve(import.meta.dirname, '../../../shared/peers', peer, 'captures')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'))
  return new Map(
    files.sort().map((file) => {
      const name = relative(folder, join(folder, file))
        .replaceAll('\\', '/')
        .replace(/\.json$/, '')
      return [name, { name, ...(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Omit<Capture, 'name'>) }]
    }),
  )
}

/** Plays exchanges back: to a recorded method and path the recorded answer, to anything else 599, which no peer sends. */
export class CaptureServer {
  readonly received: ReceivedRequest[] = []
  readonly #server: Server
  readonly #captures: readonly Capture[]

  private constructor(captures: readonly Capture[]) {
    this.#captures = captures
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const method = request.method ?? ''
        const path = request.url ?? ''
        this.received.push({ method, path, headers: request.headers, body: Buffer.concat(chunks).toString('utf8') })
        const capture = this.#captures.find((known) => known.request.method === method && known.request.path === path)
        if (capture?.failure !== undefined) {
          request.socket.destroy()
          return
        }
        const answer = capture?.response ?? { status: 599, contentType: 'text/plain', body: 'no such exchange was recorded' }
        if (answer.contentType !== null) response.setHeader('content-type', answer.contentType)
        response.writeHead(answer.status, { 'content-length': Buffer.byteLength(answer.body) })
        response.end(answer.body)
      })
    })
  }

  static async start(captures: readonly Capture[]): Promise<CaptureServer> {
    const played = new CaptureServer(captures)
    await new Promise<void>((ready) => {
      played.#server.listen(0, '127.0.0.1', ready)
    })
    return played
  }

  get url(): string {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('the server does not listen')
    return `http://127.0.0.1:${address.port}`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((closed) => {
      this.#server.close(() => {
        closed()
      })
    })
  }
}
