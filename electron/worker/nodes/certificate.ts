// TLS to a node: whose certificate is accepted. Judged before a byte of ours is sent.
import type { Duplex } from 'node:stream'
import { connect as connectTls, createSecureContext, getCACertificates, type PeerCertificate, rootCertificates, type SecureContext, type TLSSocket } from 'node:tls'
import { isIP } from 'node:net'
import type { StoredCertificate } from '../../../db/schema.ts'
import { ConnectError, wordOf } from '../http/peerConnect.ts'

export interface SeenCertificate {
  readonly certificate: StoredCertificate
  /** Why the system's authorities do not vouch for it; null when they do. */
  readonly problem: string | null
}

let systemTrust: SecureContext | null = null

/** Some hosts' own Node cannot read the system's list. */
function authorities(): string[] {
  if (typeof getCACertificates !== 'function') return [...rootCertificates]
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])]
}

/** The authorities of the system and those that come with Node; read once, for reading them takes its time. */
function trust(): SecureContext {
  systemTrust ??= createSecureContext({ ca: authorities() })
  return systemTrust
}

/**
 * Speaks TLS over an open stream and gives what the other side showed; nobody has judged it yet.
 * @param host as in the address, IPv6 without brackets
 */
export function secured(stream: Duplex, host: string, timeoutMs: number): Promise<{ socket: TLSSocket; seen: SeenCertificate }> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({
      socket: stream,
      host,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      secureContext: trust(),
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
    })
    const failed = (word: string): void => {
      clearTimeout(timer)
      socket.destroy()
      stream.destroy()
      reject(new ConnectError(word))
    }
    const timer = setTimeout(() => {
      failed('UND_ERR_CONNECT_TIMEOUT')
    }, timeoutMs)
    // Stays: an error between two owners of the socket must not end the process.
    socket.on('error', (error) => {
      failed(wordOf(error))
    })
    const closed = (): void => {
      failed('ECONNRESET')
    }
    socket.once('close', closed)
    socket.once('secureConnect', () => {
      clearTimeout(timer)
      socket.off('close', closed)
      const certificate = readCertificate(socket.getPeerCertificate())
      if (certificate === null) failed('ERR_SSL_NO_CERTIFICATE')
      else resolve({ socket, seen: { certificate, problem: socket.authorized ? null : problemOf(socket.authorizationError) } })
    })
  })
}

const problems: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its authority is self-signed and not known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its authority is not known here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its authority is not known here',
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another host',
}

function problemOf(error: unknown): string {
  const word = typeof error === 'string' ? error : wordOf(error)
  return problems[word] ?? word
}

function readCertificate(peer: PeerCertificate): StoredCertificate | null {
  // Node gives an empty object where there is no certificate.
  const [validFrom, validTo] = [Date.parse(peer.valid_from), Date.parse(peer.valid_to)]
  if (typeof peer.fingerprint256 !== 'string' || Number.isNaN(validFrom) || Number.isNaN(validTo)) return null
  return {
    fingerprint: peer.fingerprint256,
    subject: nameOf(peer.subject),
    issuer: nameOf(peer.issuer),
    names: (peer.subjectaltname ?? '')
      .split(', ')
      .filter((name) => name !== '')
      .map((name) => name.replace(/^(?:DNS|IP Address):/, ''))
      .slice(0, 50),
    validFrom,
    validTo,
  }
}

function nameOf(parts: Partial<PeerCertificate['subject']> | undefined): string {
  const name = [parts?.CN, parts?.O].flat().find((part) => part !== undefined && part !== '')
  return (name ?? 'no name').replaceAll(/\p{Cc}/gu, ' ').slice(0, 120)
}
