// How a node is reached: the one source of connections to it, for HTTP and for the consoles' WebSockets alike.
import { connect as connectTcp } from 'node:net'
import type { Duplex } from 'node:stream'
import type { StoredCertificate } from '../../../db/schema.ts'
import { requireAddress } from '../../../shared/domain/address.ts'
import { ConnectError, type PeerConnect, wordOf } from '../http/peerConnect.ts'
import { certificateChanged, certificateUntrusted } from './accessFailures.ts'
import { secured, type SeenCertificate } from './certificate.ts'
import { SshTunnel, type TunnelOptions } from './sshTunnel.ts'

export interface RouteOptions {
  /** `http(s)://host[:port]`, as the SSH server sees it where there is a tunnel. */
  readonly url: string
  /** The one certificate that is accepted; null: the system's authorities decide. */
  readonly certificateFingerprint: string | null
  readonly tunnel: TunnelOptions | null
  /** The node was reached before: a certificate that is not accepted is then a change, not a first sight. */
  readonly isEnrolled: boolean
}

export class Route {
  readonly tunnel: SshTunnel | null
  readonly #options: RouteOptions
  readonly #host: string
  readonly #port: number
  readonly #isSecure: boolean
  #certificate: StoredCertificate | null = null

  constructor(options: RouteOptions) {
    const { host, secure, url } = requireAddress(options.url, 'node.invalid-url')
    const port = new URL(url).port
    this.#options = options
    this.#host = host.replace(/^\[(.*)\]$/, '$1')
    this.#port = port === '' ? (secure ? 443 : 80) : Number(port)
    this.#isSecure = secure
    this.tunnel = options.tunnel === null ? null : new SshTunnel(options.tunnel)
  }

  /** The certificate of the newest connection; null over plain HTTP, or before the first. */
  get certificate(): StoredCertificate | null {
    return this.#certificate
  }

  /** A connection that is ready for HTTP. Throws ConnectError. */
  readonly connect: PeerConnect = async (timeoutMs) => {
    const stream = await this.#stream(timeoutMs)
    if (!this.#isSecure) return stream
    const { socket, seen } = await secured(stream, this.#host, timeoutMs)
    const failure = this.#judge(seen)
    if (failure === null) {
      this.#certificate = seen.certificate
      return socket
    }
    socket.destroy()
    throw new ConnectError('certificate', failure)
  }

  /** What the other side shows, without a judgement; null over plain HTTP. Throws ConnectError. */
  async showCertificate(timeoutMs: number): Promise<SeenCertificate | null> {
    if (!this.#isSecure) return null
    const { socket, seen } = await secured(await this.#stream(timeoutMs), this.#host, timeoutMs)
    socket.destroy()
    return seen
  }

  /** The operator wants another try now, whatever was refused before. */
  retry(): void {
    this.tunnel?.retry()
  }

  async close(): Promise<void> {
    await this.tunnel?.close()
  }

  #judge({ certificate, problem }: SeenCertificate) {
    const { certificateFingerprint: accepted, isEnrolled, url } = this.#options
    if (accepted !== null) return certificate.fingerprint === accepted ? null : certificateChanged(url, accepted, certificate)
    if (problem === null) return null
    return isEnrolled ? certificateChanged(url, null, certificate) : certificateUntrusted(url, problem, certificate)
  }

  #stream(timeoutMs: number): Promise<Duplex> {
    return this.tunnel === null ? tcp(this.#host, this.#port, timeoutMs) : this.tunnel.open(this.#host, this.#port, timeoutMs)
  }
}

function tcp(host: string, port: number, timeoutMs: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host, port })
    const failed = (word: string): void => {
      clearTimeout(timer)
      socket.destroy()
      reject(new ConnectError(word))
    }
    const timer = setTimeout(() => {
      failed('UND_ERR_CONNECT_TIMEOUT')
    }, timeoutMs)
    // Stays: an error between two owners of the socket must not end the process.
    socket.on('error', (error) => {
      failed(wordOf(error))
    })
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.setNoDelay(true).setKeepAlive(true, 60_000)
      resolve(socket)
    })
  })
}
