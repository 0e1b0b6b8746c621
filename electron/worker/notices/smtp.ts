// One mail by SMTP: every step bounded, the server's certificate checked, and told apart whether a mail that failed can have gone out.
import type { Readable as ReadableStream } from 'node:stream'
import { Readable } from 'node:stream'
import type { NodemailerError } from 'nodemailer'
import { Failure } from '../../../shared/domain/failure.ts'
import { isLoopbackMailHost } from '../../../shared/domain/notices/mailAddress.ts'
import type { NoticeMessage } from '../../../shared/domain/notices/message.ts'
import { SendProblem } from './sendProblem.ts'
import type { MailSettings } from './settings.ts'

export interface MailTimes {
  readonly connectMs: number
  /** Without a byte from the server. */
  readonly silenceMs: number
  /** For the whole of it, however lively the server drips. */
  readonly wholeMs: number
}

export interface MailAttachment {
  readonly name: string
  readonly type: string
  readonly content: Buffer
}

export interface MailOptions {
  readonly settings: MailSettings
  readonly password: string | null
  readonly to: { readonly name: string | null; readonly address: string }
  readonly message: NoticeMessage
  readonly attachments?: readonly MailAttachment[] | undefined
  /** Without angle brackets; the same for every attempt, so that a receiver can tell a repetition. */
  readonly messageId: string
  readonly date: Date
  readonly times: MailTimes
  readonly signal: AbortSignal
}

export const usualTimes: MailTimes = { connectMs: 10_000, silenceMs: 60_000, wholeMs: 120_000 }
const longestName = 100
const greetingMs = 30_000
const closeMs = 1_000
const longestAnswerShown = 200

/** What a server said, fit to be shown: one line, no secrets that it may have echoed. */
function shown(text: string, options: MailOptions): string {
  let clean = text
  const { user } = options.settings
  const { password } = options
  if (password !== null) {
    const forms = [
      password,
      ...[password, `\u0000${user ?? ''}\u0000${password}`].map((form) => Buffer.from(form, 'utf8').toString('base64')),
    ]
    for (const form of forms) clean = clean.replaceAll(form, '[secret]')
  }
  return clean
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, longestAnswerShown)
}

function notLoggedIn(answer: string): SendProblem {
  return new SendProblem(
    'not-sent',
    'channel',
    new Failure(
      'smtp.unauthorized',
      `The mail server refuses the login${answer === '' ? '' : `: ${answer}`}.`,
      'See that user name and password are right; many providers want a password made for this one program.',
    ),
  )
}

function later(scope: SendProblem['scope'], answer: string): SendProblem {
  return new SendProblem(
    'not-sent',
    scope,
    new Failure(
      'smtp.later',
      `The mail server does not take ${scope === 'message' ? 'this mail' : 'mail'} now: ${answer}.`,
      'It is tried again by itself.',
    ),
  )
}

function problemOf(error: NodemailerError, options: MailOptions, phase: 'connect' | 'login' | 'send', bodyStarted: boolean): SendProblem {
  const { host, port } = options.settings
  const where = `${host}:${port}`
  const answer = shown(error.response ?? '', options)
  const code = error.responseCode ?? 0
  if (bodyStarted && code === 0) {
    return new SendProblem(
      'unknown',
      'channel',
      new Failure(
        'smtp.no-answer',
        `The connection to ${where} ended before the server had answered: the mail may or may not have gone out.`,
        'Look into the sent mail or ask the customer; then send it again or withdraw it.',
      ),
    )
  }
  if (phase === 'login') {
    if (code === 0 && error.code !== 'EAUTH') return unreachable(error, where)
    return code === 421 || code === 454 ? later('channel', answer) : notLoggedIn(answer)
  }
  if (phase === 'connect') {
    if (error.code === 'ETLS' || isCertificateTrouble(error)) return tlsProblem(error, where)
    return code === 0
      ? unreachable(error, where)
      : new SendProblem(
          'not-sent',
          'channel',
          new Failure(
            'smtp.refused-connection',
            `The mail server ${where} does not take mail now: ${answer}.`,
            'It is tried again by itself.',
          ),
        )
  }
  if (code === 0)
    return error.code === 'EENVELOPE' ? refusedAddress(options, 'it is not an address that can be used') : unreachable(error, where)
  if (code === 530 || code === 535) return notLoggedIn(answer)
  if (code < 500) return later(code === 421 ? 'channel' : 'message', answer)
  if (error.command === 'RCPT TO') return refusedAddress(options, answer)
  if (error.command === 'MAIL FROM') {
    return new SendProblem(
      'not-sent',
      'channel',
      new Failure(
        'smtp.sender-refused',
        `The mail server does not take mail from ${options.settings.fromAddress}: ${answer}.`,
        'Use a sender’s address that belongs to the account.',
      ),
    )
  }
  return new SendProblem(
    'refused',
    'message',
    new Failure(
      'smtp.refused',
      `The mail server refuses this mail: ${answer}.`,
      'Read what it says; change the template if need be, then send it again.',
    ),
  )
}

function refusedAddress(options: MailOptions, answer: string): SendProblem {
  return new SendProblem(
    'refused',
    'message',
    new Failure(
      'smtp.recipient-refused',
      `The mail server refuses the address ${options.to.address}: ${answer}.`,
      'Correct the customer’s address in Paymenter, sync, then send it again.',
    ),
  )
}

function isCertificateTrouble(error: NodemailerError): boolean {
  const inner = (error as { originalCode?: unknown }).originalCode
  return /cert|self.signed|issuer|altname|SSL|TLS|wrong version/i.test(`${typeof inner === 'string' ? inner : ''} ${error.message}`)
}

function tlsProblem(error: NodemailerError, where: string): SendProblem {
  const detail = error.message.replaceAll(/[\p{Cc}]+/gu, ' ').slice(0, longestAnswerShown)
  return new SendProblem(
    'not-sent',
    'channel',
    new Failure(
      'smtp.tls',
      `No safe connection to ${where}: ${detail}.`,
      'Use the name in the server’s certificate, and the TLS of the port (465: TLS, 587: STARTTLS); save a certificate of your own here.',
    ),
  )
}

function unreachable(error: NodemailerError, where: string): SendProblem {
  const why =
    error.code === 'ETIMEDOUT'
      ? 'it does not answer in time'
      : error.code === 'EDNS'
        ? 'its name is not known'
        : error.code === 'ECONNECTION'
          ? 'it ends the connection'
          : 'it cannot be reached'
  return new SendProblem(
    'not-sent',
    'channel',
    new Failure(
      'smtp.unreachable',
      `The mail server ${where} does not do its work: ${why}.`,
      'See that host and port are right and that this machine reaches it. It is tried again by itself.',
    ),
  )
}

async function build(options: MailOptions): Promise<{ raw: Buffer; envelope: { from: string; to: string[] } }> {
  const { settings, to, message } = options
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer')
  const name = (text: string): string =>
    Array.from(text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').toWellFormed())
      .slice(0, longestName)
      .join('')
      .trim()
  const node = new MailComposer({
    from: { name: name(settings.fromName), address: settings.fromAddress },
    to: { name: name(to.name ?? ''), address: to.address },
    ...(settings.replyTo === null ? {} : { replyTo: { name: '', address: settings.replyTo } }),
    subject: message.subject,
    text: message.body,
    attachments: (options.attachments ?? []).map(({ name: filename, type: contentType, content }) => ({ filename, contentType, content })),
    messageId: `<${options.messageId}>`,
    date: options.date,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile()
  return { raw: await node.build(), envelope: { from: settings.fromAddress, to: [to.address] } }
}

/** Sends one mail. Resolves with the server's last word once it has taken the mail; throws a `SendProblem`. */
export async function sendMail(options: MailOptions): Promise<{ answer: string }> {
  const { settings, password, times } = options
  const { raw, envelope } = await build(options)
  const { default: SMTPConnection } = await import('nodemailer/lib/smtp-connection')
  const connection = new SMTPConnection({
    host: settings.host,
    port: settings.port,
    secure: settings.security === 'tls',
    requireTLS: settings.security === 'starttls',
    ignoreTLS: settings.security === 'none',
    name: settings.fromAddress.slice(settings.fromAddress.lastIndexOf('@') + 1),
    connectionTimeout: times.connectMs,
    greetingTimeout: Math.min(greetingMs, times.silenceMs),
    socketTimeout: times.silenceMs,
    dnsTimeout: times.connectMs,
    socketCloseTimeout: closeMs,
    allowInternalNetworkInterfaces: isLoopbackMailHost(settings.host),
    logger: false,
    tls: { minVersion: 'TLSv1.2', ...(settings.certificate === null ? {} : { ca: await trusted(settings.certificate) }) },
  })
  let phase: 'connect' | 'login' | 'send' = 'connect'
  let bodyStarted = false
  const body: ReadableStream = Readable.from(
    (function* () {
      bodyStarted = true
      yield raw
    })(),
    { objectMode: false },
  )
  const over = AbortSignal.any([options.signal, AbortSignal.timeout(times.wholeMs)])
  try {
    return await new Promise<{ answer: string }>((resolve, reject) => {
      const fail = (error: NodemailerError): void => {
        reject(problemOf(error, options, phase, bodyStarted))
      }
      const endEarly = (): void => {
        const error: NodemailerError = new Error('the mail took too long')
        error.code = 'ETIMEDOUT'
        fail(error)
      }
      if (over.aborted) endEarly()
      over.addEventListener('abort', endEarly, { once: true })
      connection.on('error', fail)
      const send = (): void => {
        phase = 'send'
        connection.send(envelope, body, (error, info) => {
          if (error) fail(error)
          else resolve({ answer: shown(info.response, options) })
        })
      }
      connection.connect((error) => {
        if (error) fail(error)
        else if (settings.user === null) send()
        else {
          phase = 'login'
          if (password === null) {
            reject(
              new SendProblem(
                'not-sent',
                'channel',
                new Failure(
                  'smtp.no-password',
                  'The keychain has no password for the mail server.',
                  'Enter it once more in the settings of notices.',
                ),
              ),
            )
            return
          }
          connection.login({ user: settings.user, credentials: { user: settings.user, pass: password } }, (loginError) => {
            if (loginError) fail(loginError)
            else send()
          })
        }
      })
    })
  } finally {
    body.destroy()
    connection.close()
  }
}

/** The system's own authorities, and the server's certificate besides. */
async function trusted(certificate: string): Promise<string[]> {
  const { getCACertificates } = await import('node:tls')
  return [...getCACertificates('default'), certificate]
}
