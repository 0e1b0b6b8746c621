// Each fault that can be switched on at a simulated node, seen from outside.
import { request } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freeVps, professional, startTestNode, starter, testKey, type TestNode } from './flint-node.ts'

let flint: TestNode

beforeEach(async () => {
  flint = await startTestNode()
})

afterEach(async () => {
  await flint.node.stop()
})

interface Raw {
  /** Null: the connection was destroyed before an answer. */
  status: number | null
  text: string
  isComplete: boolean
  milliseconds: number
}

/** A bare request that reports how the answer ended; it gives up after `limitBytes`. */
function raw(path: string, limitBytes = Number.POSITIVE_INFINITY): Promise<Raw> {
  const startedAt = performance.now()
  return new Promise((resolve) => {
    const sent = request(`${flint.node.url}${path}`, { headers: { authorization: `Bearer ${testKey}` }, agent: false }, (response) => {
      let text = ''
      const finish = () =>
        resolve({ status: response.statusCode ?? null, text, isComplete: response.complete, milliseconds: performance.now() - startedAt })
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
        if (text.length > limitBytes) response.destroy()
      })
      response.on('error', () => {})
      response.on('close', finish)
    })
    sent.on('error', () => resolve({ status: null, text: '', isComplete: false, milliseconds: performance.now() - startedAt }))
    sent.end()
  })
}

test('limited mode says healthy and zero VMs, fails the list, and invents a VM under any UUID', async () => {
  flint.node.faults.limitedMode = true
  expect((await raw('/api/health')).text).toContain('"status":"healthy"')
  expect((await raw('/api/host/status')).text).toContain('"total_vms":0')
  expect((await raw('/api/vms')).status).toBe(500)
  expect((await raw('/api/vms/11111111-2222-3333-4444-555555555555')).text).toContain('"name":"demo-vm"')
  expect((await raw('/api/networks')).text).toBe('[]\n')
  expect((await flint.call('DELETE', `/api/vms/${freeVps.uuid}`)).status).toBe(500)
  expect((await flint.act(freeVps.uuid, 'start')).status).toBe(500)
  flint.node.faults.limitedMode = false
  expect(await flint.shownState(freeVps.uuid)).toBe('Shutoff')
})

test('with libvirt lost health is 503, lists fail and every VM is a 404, though the VMs run on', async () => {
  flint.node.faults.libvirtLost = true
  expect((await raw('/api/health')).status).toBe(503)
  expect((await raw('/api/vms')).status).toBe(500)
  expect((await raw('/api/images')).text).toContain('client socket is closed')
  expect((await raw('/api/networks')).status).toBe(500)
  expect((await flint.act(starter.uuid, 'start')).status).toBe(404)
  expect((await flint.call('DELETE', `/api/vms/${starter.uuid}`)).status).toBe(500)
  expect(await flint.shownState(starter.uuid)).toBe(404)
  expect(flint.node.vm(starter.uuid)?.state).toBe('Running')
})

test('an unreachable node destroys connections, and is back when the fault ends', async () => {
  flint.node.faults.unreachable = true
  expect((await raw('/api/health')).status).toBeNull()
  flint.node.faults.unreachable = false
  expect((await raw('/api/health')).status).toBe(200)
})

test('a hanging node answers late', async () => {
  flint.node.faults.hangMs = 120
  const answer = await raw('/api/health')
  expect(answer.status).toBe(200)
  expect(answer.milliseconds).toBeGreaterThan(110)
})

test('a VM can be left out of the list while the host still counts it', async () => {
  flint.node.faults.omitFromList = [starter.uuid]
  expect((await raw('/api/vms')).text).not.toContain(starter.uuid)
  expect((await raw('/api/host/status')).text).toContain('"total_vms":3')
  expect(await flint.shownState(starter.uuid)).toBe('Running')
})

test('odd states appear in list and detail', async () => {
  flint.node.faults.shownStates = { [starter.uuid]: null, [professional.uuid]: 'Zombie' }
  expect((await raw('/api/vms')).text).toMatch(/"state":null.*"state":"Zombie"/)
  expect(await flint.shownState(professional.uuid)).toBe('Zombie')
})

test('a rejected key is a 401', async () => {
  flint.node.faults.rejectKey = true
  expect((await raw('/api/vms')).status).toBe(401)
  expect((await raw(`/api/vms/${starter.uuid}/vnc/ws?token=${testKey}`)).status).toBe(401)
})

test('any status comes with an HTML body', async () => {
  flint.node.faults.status = 502
  const answer = await raw('/api/vms')
  expect(answer.status).toBe(502)
  expect(answer.text).toContain('<h1>502</h1>')
})

test('a truncated body ends cleanly in broken JSON', async () => {
  flint.node.faults.truncateBody = true
  const answer = await raw('/api/host/status')
  expect(answer.isComplete).toBe(true)
  expect(() => JSON.parse(answer.text) as unknown).toThrow(SyntaxError)
})

test('a connection closed in mid-body leaves the answer incomplete', async () => {
  flint.node.faults.closeMidBody = true
  const answer = await raw('/api/host/status')
  expect(answer.status).toBe(200)
  expect(answer.isComplete).toBe(false)
})

test('a dripping body takes its time and arrives whole', async () => {
  flint.node.faults.dripBytesPerSecond = 1000
  const answer = await raw('/api/host/status')
  expect(JSON.parse(answer.text)).toMatchObject({ hostname: 'kvm-a' })
  expect(answer.milliseconds).toBeGreaterThan(answer.text.length - 110)
})

test('a huge body pours on until the reader gives up', async () => {
  flint.node.faults.hugeBodyBytes = 1_000_000_000
  const answer = await raw('/api/vms', 2_000_000)
  expect(answer.text.length).toBeGreaterThan(2_000_000)
  expect(answer.isComplete).toBe(false)
})

test('a huge body that is read to its end is JSON', async () => {
  flint.node.faults.hugeBodyBytes = 300_000
  const answer = await raw('/api/vms')
  expect(answer.isComplete).toBe(true)
  expect(JSON.parse(answer.text)).toHaveLength(1)
})

test('a redirect points where it was told to', async () => {
  flint.node.faults.redirectTo = 'http://127.0.0.1:9/elsewhere'
  const answer = await flint.call('GET', '/api/vms')
  expect([answer.status, answer.headers.get('location')]).toEqual([302, 'http://127.0.0.1:9/elsewhere'])
})

test('the Date header follows the simulated clock, and a wrong clock shows in it and in timestamps', async () => {
  const dateOf = async () => Date.parse((await flint.call('GET', '/api/health')).headers.get('date') ?? '')
  expect(await dateOf()).toBe(flint.clock.now())
  flint.clock.advance(400 * 86_400_000)
  expect(await dateOf()).toBe(flint.clock.now())
  flint.node.faults.clockOffsetMs = -3_600_000
  expect(await dateOf()).toBe(flint.clock.now() - 3_600_000)
  const health = JSON.parse((await raw('/api/health')).text) as { timestamp: number }
  expect(health.timestamp).toBe((flint.clock.now() - 3_600_000) / 1000)
})

test('a failing power action answers with quotes that are not escaped, and does nothing', async () => {
  flint.node.faults.failPowerActions = true
  const answer = await flint.act(freeVps.uuid, 'start')
  expect(answer.status).toBe(500)
  const text = await answer.text()
  expect(text).toMatch(/^\{"error": "virError\(Code=1, /)
  expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError)
  expect(await flint.shownState(freeVps.uuid)).toBe('Shutoff')
})

test('an action can be done and its answer lost', async () => {
  flint.node.faults.actThenDrop = true
  await expect(flint.act(freeVps.uuid, 'start')).rejects.toThrow('fetch failed')
  expect(await flint.shownState(freeVps.uuid)).toBe('Running')
  expect(flint.node.requests[0]).toMatchObject({ action: 'start', status: 0 })
})

test('an old release knows no VNC routes', async () => {
  flint.node.faults.oldRelease = true
  expect((await raw(`/api/vms/${starter.uuid}/vnc`)).text).toBe('404 page not found\n')
  expect((await raw(`/api/vms/${starter.uuid}/vnc/ws?token=${testKey}`)).status).toBe(404)
})

test('a stopped node refuses connections, and comes back at the same address with its VMs', async () => {
  const { url } = flint.node
  await flint.act(freeVps.uuid, 'start')
  await flint.node.stop()
  expect((await raw('/api/health')).status).toBeNull()
  await flint.node.start()
  expect(flint.node.url).toBe(url)
  expect(await flint.shownState(freeVps.uuid)).toBe('Running')
})
