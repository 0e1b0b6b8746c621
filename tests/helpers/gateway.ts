// A small HTTP gateway before a peer, on loopback: a test may change the peer, or the answer, at each request.
import { createServer, request as sendRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

export interface GatewayAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

export interface GatewayRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
}

export interface GatewayHooks {
  /** Before a request goes on; an answer given here is sent in its place. `index` counts from 0. */
  readonly before?: (request: GatewayRequest, index: number) => GatewayAnswer | undefined
  /** What the peer answered, to be sent as it is or as changed. */
  readonly after?: (request: GatewayRequest, answer: GatewayAnswer) => GatewayAnswer | Promise<GatewayAnswer>
}

export class Gateway implements AsyncDisposable {
  readonly requests: GatewayRequest[] = []
  hooks: GatewayHooks = {}
  readonly #server: Server
  readonly #target: string

  private constructor(target: string) {
    this.#target = target
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => {
        response.destroy()
      })
    })
  }

  static async open(target: string, hooks: GatewayHooks = {}): Promise<Gateway> {
    const gateway = new Gateway(target)
    gateway.hooks = hooks
    await new Promise<void>((ready) => {
      gateway.#server.listen(0, '127.0.0.1', ready)
    })
    return gateway
  }

  get url(): string {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('the gateway does not listen')
    return `http://127.0.0.1:${address.port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((closed) => {
      this.#server.close(() => {
        closed()
      })
    })
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bytesOf(request)
    const seen: GatewayRequest = { method: request.method ?? '', path: request.url ?? '', headers: request.headers }
    this.requests.push(seen)
    const own = this.hooks.before?.(seen, this.requests.length - 1)
    const answer = own ?? (await this.#forward(request, body))
    const changed = own === undefined && this.hooks.after ? await this.hooks.after(seen, answer) : answer
    response.writeHead(changed.status, { ...changed.headers, 'content-length': Buffer.byteLength(changed.body) })
    response.end(changed.body)
  }

  async #forward(request: IncomingMessage, body: Buffer): Promise<GatewayAnswer> {
    const { host: _host, 'content-length': _length, 'transfer-encoding': _encoding, ...headers } = request.headers
    const url = new URL(request.url ?? '/', this.#target)
    const options = { method: request.method ?? 'GET', headers: { ...headers, 'content-length': body.length }, agent: false } as const
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      sendRequest(url, options, resolve).on('error', reject).end(body)
    })
    const kept: Record<string, string> = {}
    for (const name of ['content-type', 'date', 'retry-after', 'location']) {
      const value = answer.headers[name]
      if (typeof value === 'string') kept[name] = value
    }
    return { status: answer.statusCode ?? 500, headers: kept, body: (await bytesOf(answer)).toString('utf8') }
  }
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}
