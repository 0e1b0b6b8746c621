// Consoles through the worker: Flint's own WebSockets relayed as byte streams, typed reasons, backpressure, and a key that never leaves the worker.
import { MessageChannel } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SimulatedFlintNode } from '../../demo/flint/node.ts'
import { Consoles } from '../../electron/worker/consoles/consoles.ts'
import { serveClient } from '../../electron/worker/rpc/server.ts'
import { type Client, createClient, type OpenedStream } from '../../shared/contract/client.ts'
import { clientPortTransport, workerPortTransport } from '../../shared/contract/messagePortTransport.ts'
import type { FailureBody } from '../../shared/domain/failure.ts'
import type { NodeId } from '../../shared/domain/ids.ts'
import { canaryKey, FlintWorld, vmSeed } from '../helpers/flintWorld.ts'
import { HostileRfbServer } from '../helpers/hostileRfb.ts'
import { RfbReader } from '../helpers/rfbReader.ts'
import { until } from '../helpers/until.ts'

let world: FlintWorld
let node: SimulatedFlintNode
let nodeId: NodeId
let consoles: Consoles
let client: Client
let ports: { close: () => void }[]
/** Everything that crossed the line to the client. */
let told: string[]
const hostile: HostileRfbServer[] = []

beforeEach(async () => {
  world = new FlintWorld()
  node = await world.simulate({ vms: [vmSeed(1), vmSeed(2), vmSeed(3, { state: 'Shutoff' }), vmSeed(4, { state: 'Paused' })] })
  nodeId = (await world.enrol(node)).id
  consoles = new Consoles(world.context, world.nodes, { handshakeTimeoutMs: 1_000, pingMs: 700, greetingTimeoutMs: 500, lookMs: 60 })
  const { port1, port2 } = new MessageChannel()
  ports = [port1, port2]
  told = []
  serveClient(workerPortTransport(port2), () => ({}), { validateOutputs: true, log: world.context.log, streams: consoles.streams })
  const transport = clientPortTransport(port1)
  client = createClient({
    ...transport,
    onMessage: (receive) =>
      transport.onMessage((message) => {
        told.push(message.kind === 'stream-data' ? Buffer.from(message.bytes).toString('latin1') : JSON.stringify(message))
        receive(message)
      }),
  })
})

afterEach(async () => {
  client.close()
  consoles.stop()
  for (const port of ports) port.close()
  for (const server of hostile.splice(0)) await server.stop()
  const everything = [world.everythingWritten(), ...told].join('\n')
  await world.end()
  expect(everything).not.toContain(canaryKey)
})

function open(kind: 'vnc' | 'serial', number: number, onNode: NodeId = nodeId): OpenedStream {
  return client.openStream(`console.${kind}`, { nodeId: onNode, uuid: vmSeed(number).uuid })
}

async function refusal(kind: 'vnc' | 'serial', number: number, onNode: NodeId = nodeId): Promise<FailureBody> {
  try {
    await open(kind, number, onNode).opened
  } catch (error) {
    return error as FailureBody
  }
  throw new Error('the console opened')
}

function endOf(stream: OpenedStream): Promise<FailureBody | null> {
  return new Promise((resolve) => stream.onClose(resolve))
}

async function enrolHostile(server: HostileRfbServer): Promise<NodeId> {
  hostile.push(server)
  await server.start()
  const row = await world.nodes.add(`hostile-${hostile.length}`, server.url, { kind: 'key', value: canaryKey })
  return row.id as NodeId
}

describe('the screen', () => {
  test('is relayed byte for byte: a viewer behind the worker greets, draws and types', async () => {
    const viewer = new RfbReader(open('vnc', 1))
    expect(await viewer.handshake()).toEqual({ width: 640, height: 400, name: 'QEMU (vps-1)' })
    expect(await viewer.readUpdate(false)).toBe(640 * 400)
    viewer.key('x'.charCodeAt(0))
    expect(await viewer.readUpdate(true)).toBeGreaterThan(0)
    expect(consoles.openConsoles).toBe(1)
  })

  test('is told off, paused, too old, refused and gone apart', async () => {
    expect(await refusal('vnc', 3)).toMatchObject({ code: 'console.vm-off' })
    expect(await refusal('vnc', 4)).toMatchObject({ code: 'console.vm-paused' })
    expect(await refusal('vnc', 9)).toMatchObject({ code: 'vm.unknown' })
    node.faults.oldRelease = true
    expect(await refusal('vnc', 1)).toMatchObject({ code: 'console.vnc-unsupported' })
    node.faults.oldRelease = false
    node.faults.rejectKey = true
    expect(await refusal('vnc', 1)).toMatchObject({ code: 'node.unauthorized' })
    node.faults.rejectKey = false
    node.faults.limitedMode = true
    expect(await refusal('vnc', 1)).toMatchObject({ code: 'node.limited-mode' })
    node.faults.limitedMode = false
    node.faults.libvirtLost = true
    expect(await refusal('vnc', 1)).toMatchObject({ code: 'node.libvirt-lost' })
  })

  test('of a node that is away, slow, redirected or behind a broken proxy is refused with the reason', async () => {
    node.faults.redirectTo = 'http://127.0.0.1:1/elsewhere'
    expect(await refusal('vnc', 1)).toMatchObject({ code: 'node.not-flint' })
    node.faults.redirectTo = ''
    node.faults.status = 502
    expect(await refusal('vnc', 1)).toMatchObject({ code: 'node.unreachable' })
    node.faults.status = undefined
    node.faults.hangMs = 60_000
    expect(await refusal('vnc', 1)).toMatchObject({ code: 'node.unreachable', message: expect.stringContaining('does not answer in time') as string })
    node.faults.hangMs = 0
    node.faults.unreachable = true
    expect(await refusal('vnc', 1)).toMatchObject({ code: 'node.unreachable' })
    await node.stop()
    expect(await refusal('vnc', 1)).toMatchObject({ code: 'node.unreachable', message: expect.stringContaining('ECONNREFUSED') as string })
  })

  test('ends with a reason when the VM stops', async () => {
    const stream = open('vnc', 1)
    const viewer = new RfbReader(stream)
    await viewer.handshake()
    node.vm('vps-1')?.forceStop()
    expect(await endOf(stream)).toMatchObject({ code: 'console.ended' })
    expect(consoles.openConsoles).toBe(0)
  })

  test('leaves no connection at the node when the client closes it, or goes away', async () => {
    const server = new HostileRfbServer(node.url, 'quiet')
    const onNode = await enrolHostile(server)
    const closed = open('vnc', 1, onNode)
    await closed.opened
    const left = open('vnc', 1, onNode)
    await left.opened
    expect(server.connections).toBe(2)
    closed.close()
    await until('the first connection ends', () => server.connections === 1)
    client.close()
    await until('the second connection ends', () => server.connections === 0)
  })

  test('is given up while it opens when the client closes it', async () => {
    node.faults.hangMs = 60_000
    const stream = open('vnc', 1)
    const before = node.requests.length
    await until('the node is asked', () => node.requests.length > before)
    stream.close()
    await expect(stream.opened).rejects.toMatchObject({ code: 'stream.closed' })
    expect(consoles.openConsoles).toBe(0)
  })
})

describe('the serial line', () => {
  test('carries typed text to the guest and its answer back, split characters included', async () => {
    const stream = open('serial', 1)
    await stream.opened
    let bytes = Buffer.alloc(0)
    stream.onBytes((more) => {
      bytes = Buffer.concat([bytes, more])
    })
    await until('the prompt', () => bytes.toString('utf8').includes('login:') || bytes.toString('utf8').includes('$ ') || bytes.toString('utf8').includes('# '))
    await stream.write(new TextEncoder().encode('echo grüße-✓-из-कोलकाता\r'))
    await until('the echo', () => bytes.toString('utf8').includes('grüße-✓-из-कोलकाता\r\n'))
    expect(bytes.toString('utf8')).toContain('Serial console connected\r\n')
    expect(bytes.toString('utf8')).not.toContain('\ufffd')
  })

  test('of a VM that is off is refused, and ends when the VM stops', async () => {
    expect(await refusal('serial', 3)).toMatchObject({ code: 'console.vm-off' })
    const stream = open('serial', 1)
    await stream.opened
    stream.onBytes(() => undefined)
    node.vm('vps-1')?.forceStop()
    expect(await endOf(stream)).toMatchObject({ code: 'console.vm-off' })
  })

  test('ends when the VM was started anew in the meantime: Flint keeps the old line open, dead and without a word', async () => {
    const stream = open('serial', 1)
    await stream.opened
    stream.onBytes(() => undefined)
    await until('the VM was looked at', () => node.requests.some((request) => request.path.endsWith(vmSeed(1).uuid)))
    node.vm('vps-1')?.forceStop()
    node.vm('vps-1')?.start()
    expect(await endOf(stream)).toMatchObject({ code: 'console.ended' })
  })

  test('goes on while the VM is paused, and while the node cannot be believed', async () => {
    const stream = open('serial', 1)
    await stream.opened
    let text = ''
    stream.onBytes((bytes) => {
      text += Buffer.from(bytes).toString('utf8')
    })
    node.vm('vps-1')?.pause()
    node.faults.libvirtLost = true
    node.requests.length = 0
    await until('several looks', () => node.requests.filter((request) => request.path.endsWith(vmSeed(1).uuid)).length > 3)
    node.faults.libvirtLost = false
    node.vm('vps-1')?.resume()
    await stream.write(new TextEncoder().encode('echo still-here\r'))
    await until('the answer', () => text.includes('still-here\r\n'))
  })

  test('works where Flint is too old for screens', async () => {
    node.faults.oldRelease = true
    await expect(open('serial', 1).opened).resolves.toBeUndefined()
  })
})

describe('a hostile node', () => {
  test('that sends text where RFB is due is cut off with the reason', async () => {
    const stream = open('vnc', 1, await enrolHostile(new HostileRfbServer(node.url, 'text')))
    stream.onBytes(() => undefined)
    expect(await endOf(stream)).toMatchObject({ code: 'console.not-vnc' })
  })

  test('that sends one frame of 64 MiB is cut off with the reason', async () => {
    const stream = open('vnc', 1, await enrolHostile(new HostileRfbServer(node.url, 'huge-frame')))
    stream.onBytes(() => undefined)
    expect(await endOf(stream)).toMatchObject({ code: 'console.oversized' })
  })

  test('that falls silent, pings included, is given up', async () => {
    const stream = open('vnc', 1, await enrolHostile(new HostileRfbServer(node.url, 'deaf')))
    await stream.opened
    stream.onBytes(() => undefined)
    expect(await endOf(stream)).toMatchObject({ code: 'console.silent' })
    expect(consoles.openConsoles).toBe(0)
  })

  test('that pours without end waits for a client that does not read, and goes on when it does', async () => {
    const server = new HostileRfbServer(node.url, 'flood')
    const stream = open('vnc', 1, await enrolHostile(server))
    await stream.opened
    const stalled = await until('the flood stands still', () => server.standstill())
    let read = 0
    stream.onBytes((bytes) => {
      read += bytes.byteLength
    })
    await until('more than what had piled up arrives', () => read > stalled + 16 * 1024 * 1024)
    stream.close()
    await until('the connection ends', () => server.connections === 0)
    // The line's window, what the relay keeps, and what the system's own sockets hold.
    expect(stalled).toBeLessThan(24 * 1024 * 1024)
  })
})

test('a page that is loaded a hundred times with a console open leaves no connection behind', async () => {
  const server = new HostileRfbServer(node.url, 'quiet')
  const onNode = await enrolHostile(server)
  for (let load = 0; load < 100; load += 1) {
    const { port1, port2 } = new MessageChannel()
    ports.push(port1, port2)
    serveClient(workerPortTransport(port2), () => ({}), { validateOutputs: true, log: world.context.log, streams: consoles.streams })
    const page = createClient(clientPortTransport(port1))
    const stream = page.openStream('console.vnc', { nodeId: onNode, uuid: vmSeed(1).uuid })
    // Every second one is gone before its console has opened.
    if (load % 2 === 0) await stream.opened
    page.close()
  }
  await until('every console is closed', () => consoles.openConsoles === 0)
  await until('every connection has ended', () => server.connections === 0)
})

test('when the worker closes, every console is ended, open or opening', async () => {
  const stream = open('vnc', 1)
  await stream.opened
  node.faults.hangMs = 60_000
  const opening = open('serial', 2)
  const before = node.requests.length
  await until('the node is asked', () => node.requests.length > before)
  consoles.stop()
  expect(await endOf(stream)).toMatchObject({ code: 'worker.closing' })
  await expect(opening.opened).rejects.toMatchObject({ code: expect.stringMatching(/worker.closing|node.unreachable/) as string })
})
