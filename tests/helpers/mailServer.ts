// A real SMTP server on this machine, with a certificate made for it alone: what it received can be read, and it can be told to misbehave.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SMTPServer, type SMTPServerError } from 'smtp-server'

export interface ReceivedMail {
  readonly from: string
  readonly to: string[]
  readonly secure: boolean
  readonly user: string | null
  /** As it came over the wire. */
  readonly raw: string
  /** Unfolded, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  /** The decoded text, its lines ended by `\n`. */
  readonly text: string
}

export interface MailServerOptions {
  /** `tls`: from the first byte; `starttls`: offered; `none`: neither. */
  readonly security?: 'tls' | 'starttls' | 'none'
  readonly login?: { readonly user: string; readonly password: string } | null
}

export interface MailServer {
  readonly port: number
  /** PEM. */
  readonly certificate: string
  readonly mails: readonly ReceivedMail[]
  readonly logins: readonly { readonly user: string; readonly accepted: boolean }[]
  /** What RCPT TO is answered with; null: taken. Asked for each address. */
  refuseRecipient: (address: string) => { code: number; text: string } | null
  /** What the end of the message is answered with; null: taken. */
  refuseMessage: (() => { code: number; text: string } | null) | null
  stop(): Promise<void>
}

/** A certificate for `localhost` and 127.0.0.1 that nobody vouches for but itself. */
export function throwAwayCertificate(): { key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'mail-certificate-'))
  try {
    const key = join(folder, 'key.pem')
    const cert = join(folder, 'cert.pem')
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
        '-keyout',
        key,
        '-out',
        cert,
        ...subject,
      ],
      { stdio: 'ignore' },
    )
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function answer({ code, text }: { code: number; text: string }): SMTPServerError {
  return Object.assign(new Error(text), { responseCode: code })
}

/** Decodes the words of a header (RFC 2047). */
function decodeHeader(value: string): string {
  return value
    .replaceAll(/(\?=)\s+(=\?)/g, '$1$2')
    .replaceAll(/=\?([^?]+)\?([BQ])\?([^?]*)\?=/gi, (_whole, _charset: string, kind: string, data: string) => {
      if (kind.toUpperCase() === 'B') return Buffer.from(data, 'base64').toString('latin1')
      return data
        .replaceAll('_', ' ')
        .replaceAll(/=([0-9A-F]{2})/gi, (_hex, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    })
}

function bytesAsText(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8')
}

function read(raw: string): Pick<ReceivedMail, 'headers' | 'text'> {
  const { headers, text } = decode(raw)
  return { headers, text: text.replaceAll('\r\n', '\n') }
}

function decode(raw: string): Pick<ReceivedMail, 'headers' | 'text'> {
  const gap = raw.indexOf('\r\n\r\n')
  const head = raw.slice(0, gap).replaceAll(/\r\n[ \t]+/g, ' ')
  const headers: Record<string, string> = {}
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':')
    const value = line.slice(colon + 1).trim()
    headers[line.slice(0, colon).toLowerCase()] = value.includes('=?') ? bytesAsText(decodeHeader(value)) : value
  }
  const body = raw.slice(gap + 4)
  const encoding = (headers['content-transfer-encoding'] ?? '7bit').toLowerCase()
  if (encoding === 'base64') return { headers, text: Buffer.from(body, 'base64').toString('utf8') }
  if (encoding !== 'quoted-printable') return { headers, text: body }
  const bytes = body
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/gi, (_hex, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
  return { headers, text: bytesAsText(bytes) }
}

export async function startMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const { security = 'tls', login = { user: 'console', password: 'correct horse' } } = options
  const { key, cert } = throwAwayCertificate()
  const mails: ReceivedMail[] = []
  const logins: { user: string; accepted: boolean }[] = []
  const server = new SMTPServer({
    key,
    cert,
    secure: security === 'tls',
    disabledCommands: [...(security === 'none' ? ['STARTTLS'] : []), ...(login === null ? ['AUTH'] : [])],
    authOptional: login === null,
    allowInsecureAuth: security === 'none',
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 100,
    onAuth(auth, _session, done) {
      const accepted = login !== null && auth.username === login.user && auth.password === login.password
      logins.push({ user: auth.username ?? '', accepted })
      if (accepted) done(null, { user: auth.username })
      // A server may well say back what it was told.
      else done(answer({ code: 535, text: `5.7.8 no such login: ${auth.username ?? ''} ${auth.password ?? ''}` }))
    },
    onRcptTo(address, _session, done) {
      const refusal = self.refuseRecipient(address.address)
      done(refusal === null ? null : answer(refusal))
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const refusal = self.refuseMessage?.() ?? null
        if (refusal !== null) {
          done(answer(refusal))
          return
        }
        const raw = Buffer.concat(chunks).toString('latin1')
        const from = session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address
        mails.push({
          from,
          to: session.envelope.rcptTo.map((entry) => entry.address),
          secure: session.secure,
          user: typeof session.user === 'string' ? session.user : null,
          raw,
          ...read(raw),
        })
        done(null, 'taken')
      })
    },
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const self: MailServer = {
    port: (server.server.address() as AddressInfo).port,
    certificate: cert,
    mails,
    logins,
    refuseRecipient: () => null,
    refuseMessage: null,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
      }),
  }
  return self
}
