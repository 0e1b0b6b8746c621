// The relay before real servers: QEMU's own VNC, whose pixels must arrive as QEMU has them, and a real shell behind a serial line.
import { MessageChannel } from 'node:worker_threads'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { Consoles } from '../../electron/worker/consoles/consoles.ts'
import { serveClient } from '../../electron/worker/rpc/server.ts'
import { type Client, createClient, type OpenedStream } from '../../shared/contract/client.ts'
import { clientPortTransport, workerPortTransport } from '../../shared/contract/messagePortTransport.ts'
import type { NodeId } from '../../shared/domain/ids.ts'
import { FlintWorld, vmSeed } from '../helpers/flintWorld.ts'
import { type Qemu, startQemu } from '../helpers/qemu.ts'
import { RfbReader } from '../helpers/rfbReader.ts'
import { type ShellPort, startShellPort } from '../helpers/shellPort.ts'
import { until } from '../helpers/until.ts'

let qemu: Qemu
let shell: ShellPort
let world: FlintWorld
let nodeId: NodeId
let consoles: Consoles
let client: Client

beforeAll(async () => {
  qemu = await startQemu()
  shell = await startShellPort()
}, 60_000)

afterAll(async () => {
  await qemu.stop()
  await shell.stop()
})

beforeEach(async () => {
  world = new FlintWorld()
  const node = await world.simulate({ vms: [vmSeed(1, { vncPort: qemu.vncPort, serialPort: qemu.serialPort }), vmSeed(2, { serialPort: shell.port })] })
  nodeId = (await world.enrol(node)).id
  consoles = new Consoles(world.context, world.nodes)
  const { port1, port2 } = new MessageChannel()
  serveClient(workerPortTransport(port2), () => ({}), { validateOutputs: true, log: world.context.log, streams: consoles.streams })
  client = createClient(clientPortTransport(port1))
})

afterEach(async () => {
  client.close()
  consoles.stop()
  await world.end()
})

function open(kind: 'vnc' | 'serial', number: number): OpenedStream {
  return client.openStream(`console.${kind}`, { nodeId, uuid: vmSeed(number).uuid })
}

function collected(stream: OpenedStream): () => string {
  let bytes = Buffer.alloc(0)
  stream.onBytes((more) => {
    bytes = Buffer.concat([bytes, more])
  })
  return () => bytes.toString('utf8')
}

test('every pixel of QEMU’s screen arrives as QEMU itself has it, and a typed key shows on both', async () => {
  const viewer = new RfbReader(open('vnc', 1))
  const { width, height } = await viewer.handshake()
  await viewer.readUpdate(false)
  const before = await qemu.screendump()
  expect([width, height]).toEqual([before.width, before.height])
  expect(Buffer.compare(viewer.rgb, before.rgb)).toBe(0)

  viewer.key('Q'.charCodeAt(0))
  await until('the guest shows the key', async () => Buffer.compare((await qemu.screendump()).rgb, before.rgb) !== 0)
  const after = await qemu.screendump()
  await until('the picture is QEMU’s again', async () => {
    await viewer.readUpdate(false)
    return Buffer.compare(viewer.rgb, after.rgb) === 0
  })
})

test('what the guest writes to its serial line arrives, byte for byte', async () => {
  const screen = new RfbReader(open('vnc', 1))
  await screen.handshake()
  const serial = open('serial', 1)
  const text = collected(serial)
  await serial.opened
  for (const character of 'flint') screen.key(character.charCodeAt(0))
  await until('the guest has echoed on its serial line', () => text().endsWith('connected\r\nflint'))
})

test('text typed into a serial console reaches a real shell, and its answer comes back', async () => {
  const stream = open('serial', 2)
  const text = collected(stream)
  await until('the shell’s prompt', () => text().endsWith('real$ '))
  await stream.write(new TextEncoder().encode('echo $((6 * 7)) grüße; tty\r'))
  await until('the shell’s answer', () => /\r\n42 grüße\r\n\/dev\/pts\/\d+\r\nreal\$ $/.test(text()))
})

test('a flood from a real shell arrives whole', async () => {
  const stream = open('serial', 2)
  const text = collected(stream)
  await until('the shell’s prompt', () => text().endsWith('real$ '))
  await stream.write(new TextEncoder().encode('seq 1 200000; echo the end\r'))
  await until('the end', () => text().includes('\r\nthe end\r\n'), 20_000)
  const lines = text().split('\r\n')
  const first = lines.indexOf('1')
  expect(lines.slice(first, first + 200_000)).toEqual(Array.from({ length: 200_000 }, (_, index) => String(index + 1)))
})
