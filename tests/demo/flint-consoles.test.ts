// The addresses of a simulated node's consoles, and the screen behind VNC: a real RFB server over binary frames.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { RfbClient, SerialClient, tryOpen, until } from './console-client.ts'
import { freeVps, professional, startTestNode, starter, testKey, type TestNode } from './flint-node.ts'

let flint: TestNode
let clients: { close: () => void }[] = []

beforeEach(async () => {
  flint = await startTestNode()
})

afterEach(async () => {
  for (const client of clients) client.close()
  clients = []
  await flint.node.stop()
})

function address(uuid: string, kind: 'vnc' | 'serial-console', token = testKey): string {
  return `${flint.node.url.replace('http', 'ws')}/api/vms/${uuid}/${kind}/ws?token=${token}`
}

function openRfb(uuid = starter.uuid): RfbClient {
  const client = new RfbClient(address(uuid, 'vnc'))
  clients.push(client)
  return client
}

async function openSerial(uuid: string): Promise<SerialClient> {
  const client = new SerialClient(address(uuid, 'serial-console'))
  clients.push(client)
  await until('the serial greeting', () => client.frames.length > 0)
  return client
}

describe('access', () => {
  test.each(['vnc', 'serial-console'] as const)('%s is refused without the key as token', async (kind) => {
    expect(await tryOpen(address(starter.uuid, kind, ''))).toBe('Unexpected server response: 401')
    expect(await tryOpen(address(starter.uuid, kind, 'wrong'))).toBe('Unexpected server response: 401')
    expect(await tryOpen(address(starter.uuid, kind))).toBe('open')
    flint.node.faults.rejectKey = true
    expect(await tryOpen(address(starter.uuid, kind))).toBe('Unexpected server response: 401')
  })

  test('a client that asks for a subprotocol gets none, and gives up', async () => {
    expect(await tryOpen(address(starter.uuid, 'vnc'), ['binary'])).toBe('Server sent no subprotocol')
  })

  test('VNC of a VM that is off or paused is a 500 in plain text', async () => {
    await flint.act(professional.uuid, 'pause')
    for (const [uuid, state] of [[freeVps.uuid, 5], [professional.uuid, 3]] as const) {
      expect(await tryOpen(address(uuid, 'vnc'))).toBe('Unexpected server response: 500')
      const text = await (await flint.call('GET', `/api/vms/${uuid}/vnc/ws?token=${testKey}`)).text()
      expect(text).toBe(`Failed to get VNC info: VM is not running (current state: ${state})\n`)
    }
  })

  test('an old release knows no VNC address, and an unreachable node no connection', async () => {
    flint.node.faults.oldRelease = true
    expect(await tryOpen(address(starter.uuid, 'vnc'))).toBe('Unexpected server response: 401')
    flint.node.faults.unreachable = true
    expect(await tryOpen(address(starter.uuid, 'serial-console'))).toContain('socket hang up')
  })

  test('serial of a VM that is off opens, says why, and closes', async () => {
    const client = await openSerial(freeVps.uuid)
    expect(client.text).toBe('Error: no PTY path found in domain XML')
    await until('the connection closes', () => client.isClosed)
  })
})

test('a node stops at once though an opening console hangs, and cuts it off', async () => {
  flint.node.faults.hangMs = 600_000
  const refused = tryOpen(address(starter.uuid, 'vnc'))
  await until('the request arrives', () => flint.node.requests.length === 1)
  await flint.node.stop()
  expect(await refused).toContain('socket hang up')
})

describe('the screen', () => {
  test.each(['RFB 003.003\n', 'RFB 003.007\n', 'RFB 003.008\n'])('greets a viewer of %j without a password', async (version) => {
    expect(await openRfb().handshake(version)).toEqual({ width: 640, height: 400, name: 'QEMU (vps-101-starter)' })
  })

  test('a full update carries every pixel, in frames of at most 8 KiB', async () => {
    const viewer = openRfb()
    await viewer.handshake()
    viewer.setEncodings([0, 1, -223])
    viewer.requestUpdate(false)
    expect(await viewer.readUpdate()).toBe(640 * 400)
    expect(Math.max(...viewer.frameLengths)).toBe(8192)
    // The title line is white on blue.
    expect(new Set(viewer.rowPixels(0))).toEqual(new Set([0xffffff, 0x0000aa]))
  })

  test('the asked pixel format is used: other shifts, other byte order', async () => {
    const viewer = openRfb()
    await viewer.handshake()
    viewer.setPixelFormat([0, 8, 16], false)
    viewer.requestUpdate(false)
    await viewer.readUpdate()
    expect(new Set(viewer.rowPixels(0))).toEqual(new Set([0xffffff, 0xaa0000]))
    viewer.setPixelFormat([16, 8, 0], true)
    viewer.requestUpdate(false)
    await viewer.readUpdate()
    expect(new Set(viewer.rowPixels(0))).toEqual(new Set([0xffffff00, 0xaa000000]))
  })

  test('an incremental update waits until something moves, and carries only that', async () => {
    const viewer = openRfb()
    await viewer.handshake()
    viewer.requestUpdate(false)
    await viewer.readUpdate()
    const before = viewer.rowPixels(24)
    viewer.requestUpdate(true)
    flint.clock.advance(1300)
    const carried = await viewer.readUpdate()
    expect(carried).toBeGreaterThan(0)
    expect(carried).toBeLessThan(640 * 64)
    expect(viewer.rowPixels(24)).not.toEqual(before)
  })

  test('typed characters appear, and a command prints its answer', async () => {
    const viewer = openRfb()
    await viewer.handshake()
    viewer.requestUpdate(false)
    await viewer.readUpdate()
    const before = Array.from({ length: 23 }, (_, row) => viewer.rowPixels(row + 1))
    for (const character of 'id') viewer.key(character.charCodeAt(0))
    viewer.requestUpdate(true)
    // Two cells of 8 by 16 pixels hold what was typed; nothing else moved.
    let carried = await viewer.readUpdate()
    while (carried < 2 * 8 * 16) {
      viewer.requestUpdate(true)
      carried += await viewer.readUpdate()
    }
    expect(carried).toBe(2 * 8 * 16)
    const after = Array.from({ length: 23 }, (_, row) => viewer.rowPixels(row + 1))
    expect(after.filter((row, index) => row.join() !== before[index]?.join())).toHaveLength(1)
    viewer.key(0xff0d)
    viewer.requestUpdate(true)
    expect(await viewer.readUpdate()).toBeGreaterThan(10 * 8 * 16)
  })

  test('the pointer is shown in the status line', async () => {
    const viewer = openRfb()
    await viewer.handshake()
    viewer.requestUpdate(false)
    await viewer.readUpdate()
    const before = viewer.rowPixels(24)
    viewer.pointer(123, 45)
    viewer.requestUpdate(true)
    await viewer.readUpdate()
    expect(viewer.rowPixels(24)).not.toEqual(before)
  })

  test('messages may arrive in pieces, and nonsense closes the connection', async () => {
    const viewer = openRfb()
    await viewer.handshake()
    const request = Buffer.from([3, 0, 0, 0, 0, 0, 2, 128, 1, 144])
    for (const byte of request) viewer.sendRaw(Buffer.from([byte]))
    expect(await viewer.readUpdate()).toBe(640 * 400)
    viewer.sendRaw(Buffer.from([99, 1, 2, 3]))
    await until('the connection closes', () => viewer.isClosed)
  })

  test('a viewer is cut off when the VM stops', async () => {
    const viewer = openRfb()
    await viewer.handshake()
    await flint.act(starter.uuid, 'force-stop')
    await until('the connection closes', () => viewer.isClosed)
  })

  test('a stop that the guest obeys late cuts the viewer off when it does', async () => {
    const viewer = openRfb()
    await viewer.handshake()
    await flint.act(starter.uuid, 'stop')
    viewer.requestUpdate(false)
    await viewer.readUpdate()
    expect(viewer.isClosed).toBe(false)
    flint.clock.advance(3000)
    await until('the connection closes', () => viewer.isClosed)
  })

  test('a paused VM stands still', async () => {
    const viewer = openRfb()
    await viewer.handshake()
    viewer.requestUpdate(false)
    await viewer.readUpdate()
    await flint.act(starter.uuid, 'pause')
    flint.clock.advance(10_000)
    viewer.key('x'.charCodeAt(0))
    viewer.requestUpdate(false)
    await viewer.readUpdate()
    const frozen = viewer.rowPixels(0)
    await flint.act(starter.uuid, 'resume')
    viewer.requestUpdate(true)
    await viewer.readUpdate()
    expect(viewer.rowPixels(0)).not.toEqual(frozen)
  })

  test('Control, Alt and Delete restart the guest and its screen', async () => {
    const viewer = openRfb()
    await viewer.handshake()
    flint.clock.advance(60_000)
    const down = (keysym: number) => {
      const message = Buffer.alloc(8)
      message.set([4, 1])
      message.writeUInt32BE(keysym, 4)
      viewer.sendRaw(message)
    }
    for (const keysym of [0xffe3, 0xffe9, 0xffff]) down(keysym)
    await until('the guest restarts', () => flint.node.vm(starter.uuid)?.bootedAt === flint.clock.now())
    expect(viewer.isClosed).toBe(false)
  })
})

test('a reboot of the host cuts every console', async () => {
  const client = await openSerial(starter.uuid)
  const viewer = openRfb(professional.uuid)
  await viewer.handshake()
  flint.node.rebootHost()
  await until('both connections close', () => client.isClosed && viewer.isClosed)
})
