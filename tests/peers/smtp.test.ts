// Mail over real SMTP: what is taken, what is refused and how that is told apart, and a server that does its worst.
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { sendMail, type MailTimes } from '../../electron/worker/notices/smtp.ts'
import { SendProblem } from '../../electron/worker/notices/sendProblem.ts'
import type { MailSettings } from '../../electron/worker/notices/settings.ts'
import { startMailServer, type MailServer, type MailServerOptions } from '../helpers/mailServer.ts'

const canary = 'canary-Päßwörd-7431'
const login = { user: 'console', password: canary }
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

async function start(options: MailServerOptions = {}): Promise<MailServer> {
  const server = await startMailServer({ login, ...options })
  cleanups.push(() => server.stop())
  return server
}

interface Sent {
  settings?: Partial<MailSettings>
  password?: string | null
  to?: { name: string | null; address: string }
  message?: { subject: string; body: string }
  times?: Partial<MailTimes>
  signal?: AbortSignal
}

function send(port: number, certificate: string | null, options: Sent = {}): Promise<{ answer: string }> {
  return sendMail({
    settings: {
      host: 'localhost',
      port,
      security: 'tls',
      user: login.user,
      fromName: 'Acme Hosting',
      fromAddress: 'billing@acme.example',
      replyTo: 'help@acme.example',
      certificate,
      ...options.settings,
    },
    password: options.password === undefined ? canary : options.password,
    to: options.to ?? { name: 'Ada Lovelace', address: 'ada@example.com' },
    message: options.message ?? { subject: 'Your server', body: 'Hello Ada\n' },
    messageId: 'notice-1.test@acme.example',
    date: new Date(Date.UTC(2026, 10, 20)),
    times: { connectMs: 2_000, silenceMs: 2_000, wholeMs: 5_000, ...options.times },
    signal: options.signal ?? new AbortController().signal,
  })
}

async function problemOf(sending: Promise<unknown>): Promise<SendProblem> {
  try {
    await sending
  } catch (error) {
    if (error instanceof SendProblem) return error
    throw error
  }
  throw new Error('the mail was sent')
}

/** A server of bare lines; `talk` has the socket once a client has come. */
async function bareServer(talk: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    talk(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  })
  return (server.address() as AddressInfo).port
}

/** Answers as a plain server does until the message begins; then `atMessage` has the socket. */
function untilMessage(socket: Socket, atMessage: (socket: Socket) => void): void {
  let buffer = ''
  let inMessage = false
  socket.write('220 bare\r\n')
  socket.on('data', (chunk: Buffer) => {
    if (inMessage) return
    buffer += chunk.toString('latin1')
    for (let end = buffer.indexOf('\r\n'); end >= 0; end = buffer.indexOf('\r\n')) {
      const line = buffer.slice(0, end).toUpperCase()
      buffer = buffer.slice(end + 2)
      if (line.startsWith('DATA')) {
        inMessage = true
        socket.write('354 go on\r\n')
        atMessage(socket)
      } else socket.write('250 fine\r\n')
    }
  })
}

describe('a mail', () => {
  it('is sent over TLS with a certificate that is trusted by hand, and says that a machine wrote it', async () => {
    const server = await start()
    expect(await send(server.port, server.certificate)).toMatchObject({ answer: expect.stringContaining('250') as string })
    expect(server.mails).toMatchObject([
      { from: 'billing@acme.example', to: ['ada@example.com'], secure: true, user: 'console', text: 'Hello Ada\n' },
    ])
    expect(server.mails[0]?.headers).toMatchObject({
      from: 'Acme Hosting <billing@acme.example>',
      to: 'Ada Lovelace <ada@example.com>',
      'reply-to': 'help@acme.example',
      subject: 'Your server',
      'message-id': '<notice-1.test@acme.example>',
      'auto-submitted': 'auto-generated',
      date: 'Fri, 20 Nov 2026 00:00:00 +0000',
    })
  })

  it('is sent over STARTTLS, which is demanded', async () => {
    const server = await start({ security: 'starttls' })
    await send(server.port, server.certificate, { settings: { security: 'starttls' } })
    expect(server.mails[0]?.secure).toBe(true)
  })

  it('is sent without login and TLS to a server on this machine', async () => {
    const server = await start({ security: 'none', login: null })
    await send(server.port, null, { settings: { security: 'none', user: null }, password: null })
    expect(server.mails).toHaveLength(1)
  })

  it('cannot be given another header or recipient by a name', async () => {
    const server = await start()
    const evil = 'Ada\r\nBcc: eve@example.com\r\n\r\n<b>"x" <eve@example.com>,'
    await send(server.port, server.certificate, {
      to: { name: evil, address: 'ada@example.com' },
      settings: { fromName: 'A, "B" <c@d.example>' },
      message: { subject: 'x\r\nBcc: eve@example.com', body: '.\r\nRCPT TO:<eve@example.com>\r\n.\r\n' },
    })
    expect(server.mails).toHaveLength(1)
    const [mail] = server.mails
    expect(mail?.to).toEqual(['ada@example.com'])
    expect(Object.keys(mail?.headers ?? {})).not.toContain('bcc')
    expect(mail?.headers['to']).toContain('<ada@example.com>')
    expect(mail?.text).toBe('.\nRCPT TO:<eve@example.com>\n.\n')
  })

  it('keeps emoji, right-to-left text and 10,000 characters', async () => {
    const server = await start()
    const name = `נועה 😀 ${'é'.repeat(10_000)}`
    await send(server.port, server.certificate, {
      to: { name, address: 'noa@example.com' },
      message: { subject: 'שלום 😀', body: `Hello ${name}\n` },
    })
    const [mail] = server.mails
    expect(mail?.text).toBe(`Hello ${name}\n`)
    expect(mail?.headers['subject']).toBe('שלום 😀')
    expect(Math.max(...(mail?.raw.split('\r\n').map((line) => line.length) ?? []))).toBeLessThan(999)
  })
})

describe('a server that refuses', () => {
  it('the login: the whole channel rests, and the password is nowhere in what is told', async () => {
    const server = await start({ login: { user: 'console', password: 'another' } })
    const problem = await problemOf(send(server.port, server.certificate))
    expect(problem).toMatchObject({ outcome: 'not-sent', scope: 'channel', failure: { code: 'smtp.unauthorized' } })
    expect(server.logins).toEqual([{ user: 'console', accepted: false }])
    expect(problem.failure.message).toContain('no such login: console [secret]')
    expect(JSON.stringify([problem.message, problem.failure.body(), problem.stack])).not.toContain(canary)
  })

  it('the recipient for good: that notice has failed, the others go on', async () => {
    const server = await start()
    server.refuseRecipient = () => ({ code: 550, text: '5.1.1 no such user here' })
    expect(await problemOf(send(server.port, server.certificate))).toMatchObject({
      outcome: 'refused',
      scope: 'message',
      failure: { code: 'smtp.recipient-refused', message: expect.stringContaining('no such user here') as string },
    })
  })

  it('the recipient for now: it is tried again', async () => {
    const server = await start()
    server.refuseRecipient = () => ({ code: 451, text: '4.7.1 greylisted' })
    expect(await problemOf(send(server.port, server.certificate))).toMatchObject({
      outcome: 'not-sent',
      scope: 'message',
      failure: { code: 'smtp.later' },
    })
  })

  it('the message, once it has it: surely not sent', async () => {
    const server = await start()
    server.refuseMessage = () => ({ code: 554, text: '5.7.1 looks like spam' })
    expect(await problemOf(send(server.port, server.certificate))).toMatchObject({
      outcome: 'refused',
      scope: 'message',
      failure: { code: 'smtp.refused' },
    })
  })

  it('has no password kept: nothing is sent', async () => {
    const server = await start()
    expect(await problemOf(send(server.port, server.certificate, { password: null }))).toMatchObject({
      outcome: 'not-sent',
      scope: 'channel',
      failure: { code: 'smtp.no-password' },
    })
    expect(server.mails).toEqual([])
  })
})

describe('a connection that is not safe', () => {
  it('with a certificate that nobody vouches for is not used', async () => {
    const server = await start()
    expect(await problemOf(send(server.port, null))).toMatchObject({ outcome: 'not-sent', scope: 'channel', failure: { code: 'smtp.tls' } })
    expect(server.logins).toEqual([])
  })

  it('with another server’s certificate is not used', async () => {
    const [server, other] = [await start(), await start()]
    expect(await problemOf(send(server.port, other.certificate))).toMatchObject({ failure: { code: 'smtp.tls' } })
    expect(server.logins).toEqual([])
  })

  it('without the STARTTLS that is demanded never sees the password', async () => {
    const server = await start({ security: 'none' })
    expect(await problemOf(send(server.port, server.certificate, { settings: { security: 'starttls' } }))).toMatchObject({
      outcome: 'not-sent',
      scope: 'channel',
    })
    expect(server.logins).toEqual([])
    expect(server.mails).toEqual([])
  })

  it('that speaks no TLS on the port is told so', async () => {
    const server = await start({ security: 'none' })
    expect(await problemOf(send(server.port, server.certificate))).toMatchObject({
      outcome: 'not-sent',
      scope: 'channel',
      failure: { code: 'smtp.tls' },
    })
  })
})

describe('a server that does its worst', () => {
  const plain = { settings: { security: 'none', user: null }, password: null } as const

  it('is not there', async () => {
    const server = await start()
    await server.stop()
    cleanups.pop()
    expect(await problemOf(send(server.port, server.certificate))).toMatchObject({
      outcome: 'not-sent',
      scope: 'channel',
      failure: { code: 'smtp.unreachable' },
    })
  })

  it('drips its greeting for ever: the whole is bounded', async () => {
    const port = await bareServer((socket) => {
      const drip = setInterval(() => socket.write('220-still here\r\n'), 20)
      socket.on('close', () => {
        clearInterval(drip)
      })
    })
    const problem = await problemOf(send(port, null, { ...plain, times: { wholeMs: 400, silenceMs: 10_000 } }))
    expect(problem).toMatchObject({ outcome: 'not-sent', scope: 'channel', failure: { code: 'smtp.unreachable' } })
  })

  it('says nothing at all', async () => {
    const port = await bareServer(() => undefined)
    expect(await problemOf(send(port, null, { ...plain, times: { silenceMs: 200 } }))).toMatchObject({
      outcome: 'not-sent',
      failure: { code: 'smtp.unreachable' },
    })
  })

  it('breaks off in the middle of the message: it may have gone out', async () => {
    const port = await bareServer((socket) => {
      untilMessage(socket, (open) => {
        open.once('data', () => open.destroy())
      })
    })
    expect(await problemOf(send(port, null, plain))).toMatchObject({ outcome: 'unknown', failure: { code: 'smtp.no-answer' } })
  })

  it('takes the message and never answers: it may have gone out', async () => {
    const port = await bareServer((socket) => {
      untilMessage(socket, () => undefined)
    })
    expect(await problemOf(send(port, null, { ...plain, times: { silenceMs: 300 } }))).toMatchObject({
      outcome: 'unknown',
      failure: { code: 'smtp.no-answer' },
    })
  })

  it('breaks off before the message: it has surely not gone out', async () => {
    const port = await bareServer((socket) => {
      socket.write('220 bare\r\n')
      socket.once('data', () => socket.destroy())
    })
    expect(await problemOf(send(port, null, plain))).toMatchObject({ outcome: 'not-sent', failure: { code: 'smtp.unreachable' } })
  })

  it('floods: the answer is cut off', async () => {
    const port = await bareServer((socket) => {
      const line = `220-${'x'.repeat(60_000)}\r\n`
      const flood = (): void => {
        while (!socket.destroyed && socket.write(line));
      }
      socket.on('drain', flood)
      flood()
    })
    expect(await problemOf(send(port, null, plain))).toMatchObject({ outcome: 'not-sent', scope: 'channel' })
  })

  it('is left at once when the worker closes', async () => {
    const port = await bareServer(() => undefined)
    const closing = new AbortController()
    const sending = problemOf(send(port, null, { ...plain, signal: closing.signal, times: { silenceMs: 60_000, wholeMs: 60_000 } }))
    closing.abort()
    expect(await sending).toMatchObject({ outcome: 'not-sent', scope: 'channel' })
  })
})
