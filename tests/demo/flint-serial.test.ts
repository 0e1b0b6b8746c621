// The serial line of a simulated VM: a shell over text frames whose boundaries mean nothing, shared by all who connect.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SerialClient, until } from './console-client.ts'
import { startTestNode, starter, testKey, type TestNode } from './flint-node.ts'

let flint: TestNode
let clients: SerialClient[] = []

beforeEach(async () => {
  flint = await startTestNode()
})

afterEach(async () => {
  for (const client of clients) client.close()
  clients = []
  await flint.node.stop()
})

/** What begins a colour in a terminal's output. */
const escape = String.fromCharCode(27)
const prompt = `root@${starter.name}:~# `

async function openSerial(): Promise<SerialClient> {
  const client = new SerialClient(`${flint.node.url.replace('http', 'ws')}/api/vms/${starter.uuid}/serial-console/ws?token=${testKey}`)
  clients.push(client)
  await until('the serial greeting', () => client.frames.length > 0)
  return client
}

async function openShell(): Promise<SerialClient> {
  const client = await openSerial()
  await until('the first prompt', () => client.text.endsWith(prompt))
  return client
}

test('greets in a frame of its own, then shows a root prompt', async () => {
  const client = await openShell()
  expect(client.frames[0]?.toString()).toBe('Serial console connected\r\n')
})

test('echoes keys, erases with backspace, and runs the line', async () => {
  const client = await openShell()
  client.frames.length = 0
  client.type('hostnamex')
  await until('the echo', () => client.text === 'hostnamex')
  client.type('\u007f')
  await until('the erasure', () => client.text === 'hostnamex\b \b')
  client.type('\r')
  await until('the answer', () => client.text.endsWith(`\r\n${starter.name}\r\n${prompt}`))
})

test('Control-C drops the line', async () => {
  const client = await openShell()
  client.frames.length = 0
  client.type('poweroff\u0003')
  await until('a new prompt', () => client.text.endsWith(`^C\r\n${prompt}`))
  expect(flint.node.vm(starter.uuid)?.state).toBe('Running')
})

test.each([
  ['help', /poweroff/],
  ['hostname', /^vps-101-starter\r\n$/],
  ['uptime', /up .* load average: \d/],
  ['whoami', /^root\r\n$/],
  ['ls', new RegExp(`${escape}\\[1;34mbackups.*резервная-копия`)],
  ['free', /Mem: +\d+/],
  ['df', /\/dev\/vda1 +\d+/],
  ['date', /^Sun, 22 Nov 2026 \d\d:\d\d:\d\d GMT\r\n$/],
  ['echo one two', /^one two\r\n$/],
  ['dmesg', /EXT4-fs/],
  ['top', /%CPU COMMAND/],
  ['constructor', /^-bash: constructor: command not found\r\n$/],
])('%s answers', async (command, answer) => {
  expect(await (await openShell()).run(command, prompt)).toMatch(answer)
})

test('frames may end in the middle of a character, and the bytes together are whole', async () => {
  const client = await openShell()
  const text = 'é𝄞漢'.repeat(300)
  expect(await client.run(`echo ${text}`, prompt)).toContain(`${text}\r\n`)
  const strict = new TextDecoder('utf-8', { fatal: true })
  const broken = client.frames.filter((frame) => {
    try {
      strict.decode(frame)
      return false
    } catch {
      return true
    }
  })
  expect(broken.length).toBeGreaterThan(0)
})

test('input may be split in the middle of a character too', async () => {
  const client = await openShell()
  client.frames.length = 0
  for (const byte of Buffer.from('echo ünïcödé\r')) client.typeBytes(Buffer.from([byte]))
  await until('the answer', () => client.text.endsWith(`\r\nünïcödé\r\n${prompt}`))
})

test('two clients share one terminal and take bytes away from each other', async () => {
  const first = await openShell()
  const second = await openSerial()
  first.frames.length = 0
  second.frames.length = 0
  first.type('dmesg\r')
  await until('the whole output', () => first.text.length + second.text.length > 500)
  expect(first.frames.length).toBeGreaterThan(0)
  expect(second.frames.length).toBeGreaterThan(0)
  expect(first.text).not.toContain('EXT4-fs (vda1): mounted filesystem r/w with ordered data mode\r\nroot@')
})

test('poweroff stops the VM; the line says nothing and dies at the next key', async () => {
  const client = await openShell()
  client.type('poweroff\r')
  await until('the VM stops', () => flint.node.vm(starter.uuid)?.state === 'Shutoff')
  expect(client.isClosed).toBe(false)
  expect(client.text).not.toContain('Error')
  client.type('x')
  await until('the connection closes', () => client.isClosed)
  expect(client.text).toMatch(/Error writing to PTY: write \/dev\/pts\/\d+: input\/output error$/)
})

test('reboot starts the guest anew on the same line', async () => {
  const client = await openShell()
  flint.clock.advance(90_000)
  client.frames.length = 0
  client.type('reboot\r')
  await until('a new login', () => client.text.includes('(automatic login)') && client.text.endsWith(prompt))
  expect(flint.node.vm(starter.uuid)?.bootedAt).toBe(flint.clock.now())
  expect(flint.node.vm(starter.uuid)?.state).toBe('Running')
})

test('a paused guest hears its keys after it is resumed', async () => {
  const client = await openShell()
  await flint.act(starter.uuid, 'pause')
  client.frames.length = 0
  client.type('whoami\r')
  await flint.act(starter.uuid, 'resume')
  await until('the answer', () => client.text.includes('\nroot\r\n'))
})
