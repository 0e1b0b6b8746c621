// Opens one of Flint's console WebSockets. The token in its address is the node's master key: nothing that leaves this file holds it.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ClientOptions, WebSocket } from 'ws'
import type { Failure } from '../../../shared/domain/failure.ts'
import type { VmUuid } from '../../../shared/domain/ids.ts'
import { errorText } from '../flint/answer.ts'
import { libvirtLost, limitedMode, notFlint, unauthorized, unknownVm, unreachable } from '../flint/failures.ts'
import { ConnectError, type PeerConnect } from '../http/peerConnect.ts'
import { noSerialLine, refused, vmOff, vmPaused, vncUnsupported } from './reasons.ts'

export type ConsoleKind = 'vnc' | 'serial'

export interface ConsoleTarget {
  /** `http(s)://host[:port]` of the node. */
  readonly url: string
  readonly key: string
  /** The one source of connections to the node. */
  readonly connect: PeerConnect
}

export interface OpenOptions {
  readonly kind: ConsoleKind
  readonly uuid: VmUuid
  readonly handshakeTimeoutMs: number
  /** Gives up while it is still connecting. */
  readonly signal: AbortSignal
}

/** Flint cuts the screen into frames of 8 KiB; anything near this is an attack. */
export const frameLimitBytes = 16 * 1024 * 1024
const longestRefusalBytes = 4096
const paths: Readonly<Record<ConsoleKind, string>> = { vnc: 'vnc', serial: 'serial-console' }

/**
 * Resolves with the open socket, paused: the caller resumes it when it listens. Throws why not: `node.unauthorized` (never to be tried again by itself),
 * `node.unreachable`, `console.vm-off`, `console.vm-paused`, `console.vnc-unsupported`, `console.refused`, …
 */
export function openFlintSocket(target: ConsoleTarget, options: OpenOptions): Promise<WebSocket> {
  const address = new URL(`/api/vms/${encodeURIComponent(options.uuid)}/${paths[options.kind]}/ws`, target.url)
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
  address.searchParams.set('token', target.key)
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address, {
      // An old release knows no such address and asks for the header first: with it, it says 404 and not 401.
      headers: { authorization: `Bearer ${target.key}` },
      createConnection: connectionOf(target, options.handshakeTimeoutMs),
      maxPayload: frameLimitBytes,
      perMessageDeflate: false,
      // A serial frame may end in the middle of a character.
      skipUTF8Validation: true,
    })
    const give = (failure: Failure): void => {
      clearTimeout(timer)
      options.signal.removeEventListener('abort', abort)
      reject(failure)
      socket.terminate()
    }
    const abort = (): void => {
      give(unreachable(target.url, 'given up'))
    }
    const timer = setTimeout(() => {
      give(unreachable(target.url, 'it does not answer in time'))
    }, options.handshakeTimeoutMs)
    options.signal.addEventListener('abort', abort)
    // Stays as long as the socket: an error without a listener would end the process.
    socket.on('error', (error) => {
      give(failureOf(error, target.url))
    })
    socket.on('unexpected-response', (request, response) => {
      const told = (text: string): void => {
        request.destroy()
        give(refusalOf(options.kind, target.url, response.statusCode ?? 0, text.replaceAll(target.key, '…')))
      }
      refusalText(response).then(told, () => told(''))
    })
    socket.on('open', () => {
      clearTimeout(timer)
      options.signal.removeEventListener('abort', abort)
      socket.pause()
      resolve(socket)
    })
    if (options.signal.aborted) abort()
  })
}

type CreateConnection = NonNullable<ClientOptions['createConnection']>

type Connected = (error: Error | null, stream?: Duplex) => void

/** The HTTP library takes a stream that comes later by being called back, which its types do not say of this option. */
function connectionOf(target: ConsoleTarget, timeoutMs: number): CreateConnection {
  const begin = (_options: unknown, connected: Connected): undefined => {
    void connect(target, timeoutMs, connected)
  }
  return begin as unknown as CreateConnection
}

async function connect(target: ConsoleTarget, timeoutMs: number, connected: Connected): Promise<void> {
  let stream: Duplex
  try {
    stream = await target.connect(timeoutMs)
  } catch (error) {
    connected(error instanceof Error ? error : new ConnectError('unknown'))
    return
  }
  connected(null, stream)
}

/** By the technical word of what failed; never by its message, which may hold the address. */
function failureOf(error: Error, where: string): Failure {
  if (error instanceof ConnectError) return error.failure ?? unreachable(where, error.reason)
  return unreachable(where, 'code' in error && typeof error.code === 'string' ? error.code : 'the connection broke')
}

function refusalText(response: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0)
    const done = (): void => {
      resolve(bytes.toString('utf8', 0, longestRefusalBytes))
    }
    response.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk])
      if (bytes.byteLength >= longestRefusalBytes) done()
    })
    response.on('end', done)
    response.on('error', done)
    response.on('close', done)
    setTimeout(done, 2_000).unref()
  })
}

function refusalOf(kind: ConsoleKind, where: string, status: number, text: string): Failure {
  const said = errorText(text)
  if (status === 401) return unauthorized(where)
  if (status === 404 && kind === 'vnc') return vncUnsupported(where)
  if (status >= 300 && status < 400) return notFlint(where, `it answers with a redirect (${status})`)
  if (status === 404 || status === 403 || (status < 500 && said === '')) return notFlint(where, `it answers ${status} where Flint opens a console`)
  if (said === '' || [502, 503, 504].includes(status)) return unreachable(where, `HTTP ${status} from something in front of it`)
  return saidFailure(kind, where, said)
}

/** What Flint's own words mean; they come as a refusal, or as the first words of a serial line that is then closed. */
export function saidFailure(kind: ConsoleKind, where: string, said: string): Failure {
  if (/current state: 5\b/.test(said)) return vmOff()
  if (/current state: 3\b/.test(said)) return vmPaused()
  if (/client socket is closed|Domain=7,/.test(said)) return libvirtLost(where)
  if (/dummy client|libvirt connection (?:not available|required)/.test(said)) return limitedMode(where)
  if (/virError\(Code=42/.test(said)) return unknownVm(where)
  if (/no PTY path/.test(said)) return noSerialLine()
  return refused(kind, said)
}
