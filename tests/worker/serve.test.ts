// Browser mode lets in exactly one browser, from this machine, that was given the address; and hands out nothing but the renderer.
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createClient } from '../../shared/contract/client.ts'
import { clientSocketTransport } from '../../shared/contract/webSocketTransport.ts'
import { type Serving, startServing } from '../../electron/worker/serve/server.ts'
import { LineService } from '../fixtures/lineService.ts'

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

let folder: string
let serving: Serving

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flint-serve-'))
  const rendererDir = join(folder, 'renderer')
  mkdirSync(join(rendererDir, 'assets'), { recursive: true })
  writeFileSync(join(rendererDir, 'index.html'), '<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__"><div id="root"></div>')
  writeFileSync(join(rendererDir, 'assets', 'index-abc123.js'), 'export {}')
  writeFileSync(join(folder, 'secret.json'), '{"secret":true}')
  symlinkSync(join(folder, 'secret.json'), join(rendererDir, 'linked.json'))
  const service = new LineService()
  serving = await startServing({ port: 0, rendererDir, attach: (transport) => service.accept(transport) })
})

afterEach(async () => {
  await serving.close()
  rmSync(folder, { recursive: true, force: true })
})

function ask(path: string, options: { method?: string; headers?: Record<string, string> } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      host: '127.0.0.1',
      port: serving.port,
      path,
      method: options.method ?? 'GET',
      headers: options.headers ?? {},
    })
    request.on('error', reject)
    request.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    request.end()
  })
}

/** Opens the printed address and returns the session's cookie. */
async function logIn(): Promise<string> {
  const answer = await ask(new URL(serving.address).pathname)
  expect(answer.status).toBe(303)
  return answer.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
}

function dial(headers: Record<string, string>, path = '/line'): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${serving.port}${path}`, { headers })
}

async function refusalOf(socket: WebSocket): Promise<number> {
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }]
  socket.on('error', () => undefined)
  socket.terminate()
  return response.statusCode
}

test('the printed address works once: it sets a session cookie that scripts and other sites cannot use, and leads to the page', async () => {
  const { pathname } = new URL(serving.address)
  const first = await ask(pathname)
  expect(first.status).toBe(303)
  expect(first.headers.location).toBe('/')
  expect(first.headers['set-cookie']?.[0]).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/)
  const second = await ask(pathname)
  expect(second.status).toBe(403)
  expect(second.headers['set-cookie']).toBeUndefined()
})

test('a wrong token is refused and does not use the right one up; nor does a HEAD request', async () => {
  for (const token of ['', 'x', 'a'.repeat(43), `${new URL(serving.address).pathname.slice('/open/'.length)}x`]) {
    expect((await ask(`/open/${token}`)).status).toBe(403)
  }
  expect((await ask(new URL(serving.address).pathname, { method: 'HEAD' })).status).toBe(401)
  await logIn()
})

test('without a session nothing is handed out', async () => {
  for (const path of ['/', '/index.html', '/assets/index-abc123.js']) expect((await ask(path)).status).toBe(401)
  await logIn()
  expect((await ask('/', { headers: { cookie: `flint_console_${serving.port}=wrong` } })).status).toBe(401)
  expect((await ask('/', { headers: { cookie: 'flint_console_1=x; other=y' } })).status).toBe(401)
})

test('the page comes with a strict policy and a nonce of its own each time', async () => {
  const cookie = await logIn()
  const [first, second] = [await ask('/', { headers: { cookie } }), await ask('/', { headers: { cookie } })]
  expect(first.status).toBe(200)
  const policy = String(first.headers['content-security-policy'])
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1]
  expect(first.text).toContain(`content="${nonce}"`)
  expect(second.text).not.toContain(`content="${nonce}"`)
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self';")
  expect(policy).toContain("style-src-attr 'none'")
  expect(policy).not.toContain('unsafe')
  expect(first.headers).toMatchObject({
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
  })
})

test('hashed assets may be kept, and carry their type', async () => {
  const cookie = await logIn()
  const asset = await ask('/assets/index-abc123.js', { headers: { cookie } })
  expect(asset).toMatchObject({ status: 200, text: 'export {}' })
  expect(asset.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'private, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
  })
})

test('another host name is refused, so that no foreign name can be pointed here', async () => {
  const cookie = await logIn()
  for (const host of [
    'evil.example',
    `evil.example:${serving.port}`,
    '127.0.0.1',
    'localhost',
    `127.0.0.1:${serving.port + 1}`,
    `127.0.0.1.evil.example:${serving.port}`,
  ]) {
    expect((await ask('/', { headers: { cookie, host } })).status).toBe(421)
    expect(await refusalOf(dial({ cookie, host, origin: `http://${host}` }))).toBe(421)
  }
  expect((await ask('/', { headers: { cookie, host: `localhost:${serving.port}` } })).status).toBe(200)
})

test('nothing outside of the renderer’s folder is answered', async () => {
  const cookie = await logIn()
  for (const path of [
    '/../secret.json',
    '/..%2fsecret.json',
    '/%2e%2e/secret.json',
    '/assets/..%5c..%5csecret.json',
    '/linked.json',
    '//etc/passwd',
    '/.git/config',
    '/%00',
    '/%',
    '/assets',
  ]) {
    const answer = await ask(path, { headers: { cookie } })
    expect([path, answer.status]).toEqual([path, 404])
    expect(answer.text).not.toContain('secret')
  }
})

test('other methods are refused', async () => {
  const cookie = await logIn()
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) expect((await ask('/', { method, headers: { cookie } })).status).toBe(405)
})

test('the line opens for the page of the session and for nobody else', async () => {
  const origin = `http://127.0.0.1:${serving.port}`
  expect(await refusalOf(dial({ origin }))).toBe(401)
  const cookie = await logIn()
  expect(await refusalOf(dial({ origin }))).toBe(401)
  expect(await refusalOf(dial({ cookie }))).toBe(403)
  for (const foreign of [
    'null',
    'http://evil.example',
    `https://127.0.0.1:${serving.port}`,
    `http://127.0.0.1:${serving.port}.evil.example`,
    `http://localhost:${serving.port}`,
  ]) {
    expect(await refusalOf(dial({ cookie, origin: foreign }))).toBe(403)
  }
  expect(await refusalOf(dial({ cookie, origin }, '/other'))).toBe(404)
  const client = createClient(clientSocketTransport(dial({ cookie, origin })))
  expect(await client.call('jobs.cancel', { id: 'known' })).toEqual({ ok: true })
  client.close()
})

test('it listens on the loopback address only', async () => {
  const socket = connect({ host: '127.0.0.2', port: serving.port })
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException]
  expect(error.code).toBe('ECONNREFUSED')
})

test('a port that is in use is named', async () => {
  await expect(startServing({ port: serving.port, rendererDir: folder, attach: () => undefined })).rejects.toMatchObject({
    code: 'serve.port-in-use',
  })
})
