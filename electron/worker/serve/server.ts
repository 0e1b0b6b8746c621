// Browser mode: the same renderer over HTTP, and the same line over a WebSocket, on loopback only and for one session.
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { isFrameHost, isFramePath, localFrameSource } from '../../../shared/contract/consoleFrame.ts'
import { consoleFramePolicy, contentSecurityPolicy, withNonce } from '../../../shared/contract/csp.ts'
import type { ClientMessage, Transport, WorkerMessage } from '../../../shared/contract/wire.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import { acceptedSocketTransport, clientMessageLimitBytes } from '../rpc/webSocket.ts'
import { rendererFile } from './files.ts'
import { Sessions } from './session.ts'

const loopback = '127.0.0.1'
const linePath = '/line'
const redeemPath = '/open/'

const commonHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

/** Only this server's own pages show a frame, as its policy says: the older header knows no list. */
const { 'x-frame-options': _denied, ...frameHeaders } = commonHeaders

export interface Serving {
  readonly port: number
  /** The one-time address to open in a browser. */
  readonly address: string
  close(): Promise<void>
}

export interface ServeOptions {
  /** 0: any free one. */
  readonly port: number
  readonly rendererDir: string
  readonly attach: (transport: Transport<WorkerMessage, ClientMessage>) => void
}

/** Starts to serve. Throws `serve.port-in-use`. */
export async function startServing(options: ServeOptions): Promise<Serving> {
  const http = createServer()
  const port = await listen(http, options.port)
  const sessions = new Sessions(port)
  const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`])
  const sockets = new WebSocketServer({ noServer: true, maxPayload: clientMessageLimitBytes, perMessageDeflate: false })

  http.on('request', (request, response) => {
    answer(request, response).catch(() => {
      if (!response.headersSent) plain(response, 500, 'Something went wrong.')
      else response.destroy()
    })
  })
  http.on('upgrade', (request, socket, head) => {
    const status = lineRefusal(request)
    if (status === null) sockets.handleUpgrade(request, socket, head, (webSocket) => options.attach(acceptedSocketTransport(webSocket)))
    else refuseUpgrade(socket, status)
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const host = request.headers.host ?? ''
    if (isFrameHost(host, `console.localhost:${port}`)) return frame(request, response)
    // A name that a stranger's DNS points here would be another origin with our cookies: only our own names are answered.
    if (!hosts.has(host)) return plain(response, 421, `This server answers to its own address only: http://${loopback}:${port}`)
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return plain(response, 405, 'Only GET is answered here.', { allow: 'GET, HEAD' })
    const { pathname } = new URL(request.url ?? '/', `http://${host}`)
    if (pathname.startsWith(redeemPath) && request.method === 'GET') return redeem(response, pathname.slice(redeemPath.length))
    if (!sessions.knows(request.headers.cookie)) {
      return plain(
        response,
        401,
        'This page needs a session. Open the address that “serve” printed; it works once. Start “serve” again for a new one.',
      )
    }
    const file = await rendererFile(options.rendererDir, pathname)
    if (file === null) return plain(response, 404, 'Not found.')
    if (file.isPage) return page(response, file.content.toString('utf8'), host, port)
    response.writeHead(200, {
      ...commonHeaders,
      'content-type': file.contentType,
      'content-length': file.content.byteLength,
      'cache-control': file.isHashed ? 'private, max-age=31536000, immutable' : 'no-store',
    })
    response.end(file.content)
  }

  /** A console's frame: an origin of its own, which has no session and gets nothing but the frame's page and files. */
  async function frame(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', `http://${loopback}`)
    if (request.method !== 'GET' || !isFramePath(pathname)) return plain(response, 404, 'Not found.')
    const file = await rendererFile(options.rendererDir, pathname)
    if (file === null) return plain(response, 404, 'Not found.')
    const nonce = randomBytes(18).toString('base64url')
    response.writeHead(200, {
      ...frameHeaders,
      'content-type': file.contentType,
      'content-security-policy': consoleFramePolicy(nonce, [`http://${loopback}:${port}`, `http://localhost:${port}`]),
      'cache-control': file.isHashed ? 'public, max-age=31536000, immutable' : 'no-store',
    })
    response.end(file.isPage ? withNonce(file.content.toString('utf8'), nonce) : file.content)
  }

  function redeem(response: ServerResponse, token: string): void {
    const cookie = sessions.redeem(token)
    if (cookie === null)
      return plain(response, 403, 'This address has been used already, or never was one. Start “serve” again for a new one.')
    response.writeHead(303, { ...commonHeaders, location: '/', 'set-cookie': cookie, 'cache-control': 'no-store' }).end()
  }

  function lineRefusal(request: IncomingMessage): 401 | 403 | 404 | 421 | null {
    const host = request.headers.host ?? ''
    if (!hosts.has(host)) return 421
    if (request.url !== linePath) return 404
    // WebSockets know no same-origin rule: a stranger's page could open one here, with our cookie.
    if (request.headers.origin !== `http://${host}`) return 403
    return sessions.knows(request.headers.cookie) ? null : 401
  }

  return {
    port,
    address: `http://${loopback}:${port}${redeemPath}${sessions.token ?? ''}`,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate()
      await new Promise<void>((resolve) => {
        http.close(() => resolve())
        http.closeAllConnections()
      })
    },
  }
}

function listen(http: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => {
      const inUse = error.code === 'EADDRINUSE'
      reject(
        inUse
          ? new Failure(
              'serve.port-in-use',
              `Port ${port} is in use by another program.`,
              'Choose another one with --port, or leave it out.',
            )
          : new Failure('serve.refused', `The system does not let this program listen on port ${port} (${error.code ?? error.message}).`),
      )
    })
    http.listen(port, loopback, () => resolve((http.address() as AddressInfo).port))
  })
}

function page(response: ServerResponse, html: string, host: string, port: number): void {
  const nonce = randomBytes(18).toString('base64url')
  response.writeHead(200, {
    ...commonHeaders,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': contentSecurityPolicy(nonce, [`ws://${host}`], [localFrameSource(port)]),
    'cache-control': 'no-store',
  })
  response.end(withNonce(html, nonce))
}

function plain(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, {
    ...commonHeaders,
    ...headers,
    'content-type': 'text/plain; charset=utf-8',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cache-control': 'no-store',
  })
  response.end(`${text}\n`)
}

function refuseUpgrade(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
