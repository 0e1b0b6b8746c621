// A real virtual machine with QEMU's own VNC server: a guest of one boot sector that paints a pattern and echoes keys, on the screen and the serial line.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { until } from './until.ts'

const sectorBytes = 512
const floppyBytes = 1_474_560
const firstVncPort = 5900

/** 16-bit code: mode 13h, every pixel its place's number, then each key that is read is written where the text stands, and sent to COM1. */
const bootCode = [
  0xb8, 0x13, 0x00, 0xcd, 0x10, // mov ax, 13h; int 10h
  0xb8, 0x00, 0xa0, 0x8e, 0xc0, 0x31, 0xff, // mov ax, A000h; mov es, ax; xor di, di
  0x89, 0xf8, 0x00, 0xe0, 0xaa, 0x81, 0xff, 0x00, 0xfa, 0x75, 0xf5, // mov ax, di; add al, ah; stosb; cmp di, FA00h; jne
  0x31, 0xc0, 0xcd, 0x16, // xor ax, ax; int 16h
  0x50, 0xb4, 0x0e, 0xb3, 0x0f, 0xcd, 0x10, 0x58, // push ax; mov ah, 0Eh; mov bl, 0Fh; int 10h; pop ax
  0xba, 0xf8, 0x03, 0xee, // mov dx, 3F8h; out dx, al
  0xeb, 0xee, // jmp to the next key
]

export interface Picture {
  readonly width: number
  readonly height: number
  /** Red, green, blue of each pixel, row by row. */
  readonly rgb: Uint8Array
}

export interface Qemu {
  readonly vncPort: number
  readonly serialPort: number
  /** The guest's screen as QEMU itself has it. */
  screendump(): Promise<Picture>
  /** Presses the machine's reset button. */
  reset(): Promise<void>
  stop(): Promise<void>
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function floppy(): Buffer {
  const image = Buffer.alloc(floppyBytes)
  image.set(bootCode, 0)
  image.writeUInt16LE(0xaa55, sectorBytes - 2)
  return image
}

/** Binary PPM: `P6`, width, height, 255, then the pixels. */
function parsePpm(bytes: Buffer): Picture {
  const head = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.toString('latin1', 0, 64))
  if (head === null) throw new Error('QEMU wrote no picture')
  return { width: Number(head[1]), height: Number(head[2]), rgb: bytes.subarray(head[0].length) }
}

/** QEMU's control line: one command after the other, each answered. */
class Monitor {
  readonly #socket: Socket
  readonly #answers: ((answer: { error?: { desc: string } }) => void)[] = []

  constructor(socket: Socket) {
    this.#socket = socket
    createInterface({ input: socket }).on('line', (line) => {
      const message = JSON.parse(line) as { return?: unknown; error?: { desc: string } }
      if ('return' in message || message.error) this.#answers.shift()?.(message)
    })
  }

  async run(execute: string, parameters: Record<string, string> = {}): Promise<void> {
    const answered = new Promise<{ error?: { desc: string } }>((resolve) => {
      this.#answers.push(resolve)
    })
    this.#socket.write(`${JSON.stringify({ execute, arguments: parameters })}\n`)
    const { error } = await answered
    if (error) throw new Error(`QEMU: ${error.desc}`)
  }

  close(): void {
    this.#socket.destroy()
  }
}

async function reachable(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' })
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

/** Starts the machine and waits until its guest has painted. */
export async function startQemu(): Promise<Qemu> {
  const folder = mkdtempSync(join(tmpdir(), 'flint-qemu-'))
  const image = join(folder, 'boot.img')
  writeFileSync(image, floppy())
  const [vncPort, serialPort] = [await freePort(), await freePort()]
  const child = spawn(
    'qemu-system-x86_64',
    [
      '-machine', 'pc', '-accel', 'tcg', '-m', '16', '-nodefaults', '-vga', 'std', '-display', 'none', '-boot', 'a',
      '-drive', `file=${image},format=raw,if=floppy`,
      '-vnc', `127.0.0.1:${vncPort - firstVncPort}`,
      '-serial', `tcp:127.0.0.1:${serialPort},server=on,wait=off`,
      '-qmp', `unix:${join(folder, 'monitor')},server=on,wait=off`,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  await until('QEMU listens', () => reachable(vncPort))
  const socket = connect(join(folder, 'monitor'))
  await once(socket, 'connect')
  const monitor = new Monitor(socket)
  await monitor.run('qmp_capabilities')
  const screendump = async (): Promise<Picture> => {
    const file = join(folder, 'screen.ppm')
    await monitor.run('screendump', { filename: file })
    return parsePpm(readFileSync(file))
  }
  await until('the guest has painted', async () => isPainted(await screendump()), 30_000)
  return {
    vncPort,
    serialPort,
    screendump,
    reset: () => monitor.run('system_reset'),
    stop: async () => {
      monitor.close()
      child.kill('SIGKILL')
      await ended(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Many colours, down to the last row: nothing of the BIOS looks like that. */
function isPainted({ rgb, width, height }: Picture): boolean {
  const colours = new Set<number>()
  for (let at = (height - 1) * width * 3; at < rgb.length - 2; at += 3) colours.add(((rgb[at] ?? 0) << 16) | ((rgb[at + 1] ?? 0) << 8) | (rgb[at + 2] ?? 0))
  return colours.size > 100
}
