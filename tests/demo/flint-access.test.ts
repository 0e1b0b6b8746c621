// Who gets in: keys, sessions, the key that leaks, the key that is not there.
import { afterEach, expect, test } from 'vitest'
import { startTestNode, starter, testKey, type TestNode } from './flint-node.ts'

let flint: TestNode

afterEach(async () => {
  await flint.node.stop()
})

async function leakedKey(): Promise<string> {
  const response = await flint.call('GET', '/api/vms/anything/serial-console', undefined, {})
  return ((await response.json()) as { token: string }).token
}

function login(passphrase: string): Promise<Response> {
  const form = new URLSearchParams({ passphrase }).toString()
  return flint.call('POST', '/login', form, { 'content-type': 'application/x-www-form-urlencoded' })
}

test('the right passphrase is answered with a redirect and a cookie that opens the API and shows the key', async () => {
  flint = await startTestNode()
  const answer = await login('open sesame')
  expect(answer.status).toBe(303)
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
  expect(cookie).toMatch(/^flint_session=[0-9a-f]{64}$/)
  const key = await flint.call('GET', '/api/api-key', undefined, { cookie })
  expect([key.status, await key.text()]).toEqual([200, testKey])
  flint.clock.advance(86_400_000)
  expect((await flint.call('GET', '/api/api-key', undefined, { cookie })).status).toBe(401)
})

test('a wrong passphrase is answered with 200 and the login form', async () => {
  flint = await startTestNode()
  const answer = await login('guess')
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('text/html')
  expect(await answer.text()).toContain('<form method="POST" action="/login">')
  expect(answer.headers.get('set-cookie')).toBeNull()
})

test('health asks for no key, and an unknown route asks for one before it is called unknown', async () => {
  flint = await startTestNode()
  expect((await flint.call('GET', '/api/health', undefined, {})).status).toBe(200)
  expect((await flint.call('GET', '/api/nope', undefined, {})).status).toBe(401)
  expect((await flint.call('PATCH', '/api/vms')).status).toBe(405)
})

test('the key leaks to anyone who asks for a serial console', async () => {
  flint = await startTestNode()
  expect(await leakedKey()).toBe(testKey)
})

test('without a key nothing is accepted until the leaking route invents one, which a restart forgets', async () => {
  flint = await startTestNode({ key: null })
  const status = async (key: string) => (await flint.call('GET', '/api/host/status', undefined, { authorization: `Bearer ${key}` })).status
  expect(await status('')).toBe(401)
  expect(await status(testKey)).toBe(401)
  const invented = await leakedKey()
  expect(invented).toMatch(/^[0-9a-f]{64}$/)
  expect(await status(invented)).toBe(200)
  await flint.node.stop()
  await flint.node.start()
  expect(await status(invented)).toBe(401)
  expect(await leakedKey()).not.toBe(invented)
})

test('with a session but no key in force the key route answers nothing', async () => {
  flint = await startTestNode({ key: null })
  const cookie = (await login('open sesame')).headers.get('set-cookie')?.split(';')[0] ?? ''
  const answer = await flint.call('GET', '/api/api-key', undefined, { cookie })
  expect([answer.status, await answer.text()]).toEqual([200, ''])
})

test('foreign origins are never checked', async () => {
  flint = await startTestNode()
  const headers = { authorization: `Bearer ${testKey}`, origin: 'https://evil.example' }
  expect((await flint.call('GET', '/api/host/status', undefined, headers)).status).toBe(200)
})

test('the request log shows what was asked, and no token', async () => {
  flint = await startTestNode()
  await flint.act(starter.uuid, 'pause')
  await flint.call('GET', `/api/vms/${starter.uuid}/vnc/ws?token=${testKey}`)
  expect(flint.node.requests).toEqual([
    { method: 'POST', path: `/api/vms/${starter.uuid}/action`, at: flint.clock.now(), status: 200, action: 'pause' },
    { method: 'GET', path: `/api/vms/${starter.uuid}/vnc/ws?token=[redacted]`, at: flint.clock.now(), status: 500 },
  ])
  expect(JSON.stringify(flint.node.requests)).not.toContain(testKey)
})
