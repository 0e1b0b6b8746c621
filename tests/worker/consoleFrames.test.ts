// The origins of consoles' frames in browser mode: each gets the frame's page and files and nothing else, may reach nothing, and only the app may show it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isFrameHost, isFramePath } from '../../shared/contract/consoleFrame.ts'
import { consoleFramePolicy, contentSecurityPolicy } from '../../shared/contract/csp.ts'
import { type Serving, startServing } from '../../electron/worker/serve/server.ts'

let folder: string
let serving: Serving

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flint-frames-'))
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), '<!doctype html><div id="root"></div>')
  writeFileSync(join(folder, 'console.html'), '<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__">')
  writeFileSync(join(folder, 'other.json'), '{}')
  writeFileSync(join(folder, 'assets', 'console-abc123.js'), 'export {}')
  serving = await startServing({ port: 0, rendererDir: folder, attach: (transport) => transport.close() })
})

afterEach(async () => {
  await serving.close()
  rmSync(folder, { recursive: true, force: true })
})

function ask(path: string, host: string, method = 'GET'): Promise<{ status: number; headers: IncomingHttpHeaders; text: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port: serving.port, path, method, headers: { host } }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    request.on('error', reject)
    request.end()
  })
}

const frameHost = () => `a1b2.console.localhost:${serving.port}`

test('a frame’s page comes without a session, with a nonce and a policy that lets it reach nothing', async () => {
  const page = await ask('/console.html', frameHost())
  expect(page.status).toBe(200)
  const policy = page.headers['content-security-policy'] as string
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? ''
  expect(page.text).toContain(`content="${nonce}"`)
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("connect-src 'none'")
  expect(policy).toContain(`frame-ancestors http://127.0.0.1:${serving.port} http://localhost:${serving.port}`)
  expect(page.headers['x-frame-options']).toBeUndefined()
  expect(page.headers['set-cookie']).toBeUndefined()
  expect((await ask('/assets/console-abc123.js', frameHost())).status).toBe(200)
})

test('a frame’s origin has nothing of the app: no page, no other file, no redeeming, no line, no writing', async () => {
  const redeem = new URL(serving.address).pathname
  for (const path of ['/', '/index.html', '/other.json', '/line', redeem, '/assets/../index.html', '/assets/%2e%2e/index.html']) {
    expect([path, (await ask(path, frameHost())).status]).toEqual([path, 404])
  }
  expect((await ask('/console.html', frameHost(), 'POST')).status).toBe(404)
  // The one-time address was not used up by that.
  expect((await ask(redeem, `127.0.0.1:${serving.port}`)).status).toBe(303)
})

test('hosts that only look like a frame’s are refused', async () => {
  const { port } = serving
  for (const host of [`console.localhost:${port}`, `a.b.console.localhost:${port}`, `a1.console.localhost`, `a1.console.localhost:1`, `evil.example:${port}`, `a_.console.localhost:${port}`]) {
    expect([host, (await ask('/console.html', host)).status]).toEqual([host, 421])
  }
})

test('the app’s own page may show frames of consoles and of nobody else, and is shown by nobody', () => {
  const policy = contentSecurityPolicy('0123456789abcdef', [], ['app://*.console'])
  expect(policy).toContain('frame-src app://*.console;')
  expect(policy).toContain("frame-ancestors 'none'")
  expect(contentSecurityPolicy('0123456789abcdef')).toContain("frame-src 'none'")
  expect(() => consoleFramePolicy("a'; script-src *", [])).toThrow(RangeError)
})

test('a frame’s host is one label of letters and digits before the suffix', () => {
  expect(isFrameHost('0a9f.console', 'console')).toBe(true)
  for (const host of ['console', '.console', 'a.b.console', 'A.console', 'a-b.console', 'aconsole']) expect(isFrameHost(host, 'console')).toBe(false)
  expect(isFramePath('/console.html')).toBe(true)
  for (const path of ['/index.html', '/console.html/', '/assets', '/console.htmlx']) expect(isFramePath(path)).toBe(false)
})
