// Hand-written clients for a node's consoles: WebSocket text collected as bytes, and just enough RFB to read a picture.
import { WebSocket } from 'ws'

/** Polls until the condition holds; fails with the description after five seconds. */
export async function until(description: string, condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 5000
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`It did not happen in time: ${description}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** A serial client that keeps frames as they came. */
export class SerialClient {
  readonly frames: Buffer[] = []
  isOpen = false
  isClosed = false
  readonly #socket: WebSocket

  constructor(url: string) {
    this.#socket = new WebSocket(url, { skipUTF8Validation: true })
    this.#socket.on('open', () => (this.isOpen = true))
    this.#socket.on('close', () => (this.isClosed = true))
    this.#socket.on('error', () => {})
    this.#socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (!isBinary) this.frames.push(data)
    })
  }

  /** All bytes so far, decoded as one stream. */
  get text(): string {
    return Buffer.concat(this.frames).toString('utf8')
  }

  type(text: string): void {
    this.#socket.send(text)
  }

  /** A text frame of these bytes, whole characters or not. */
  typeBytes(bytes: Buffer): void {
    this.#socket.send(bytes, { binary: false })
  }

  /** Forgets what came, types a line and waits for the next prompt; returns what the command printed. */
  async run(command: string, prompt: string): Promise<string> {
    this.frames.length = 0
    this.type(`${command}\r`)
    await until(`a prompt after ${command}`, () => this.text.includes(`\n${prompt}`))
    return this.text.slice(this.text.indexOf('\n') + 1, this.text.lastIndexOf(prompt))
  }

  close(): void {
    this.#socket.terminate()
  }
}

/** The server's offered picture, 32 bits a pixel. */
export interface Picture {
  width: number
  height: number
  name: string
}

/** A viewer that speaks RFB 3.8 over binary frames, whose boundaries mean nothing. */
export class RfbClient {
  readonly frameLengths: number[] = []
  isClosed = false
  pixels = new Uint32Array(0)
  #width = 0
  #received = Buffer.alloc(0)
  readonly #socket: WebSocket

  constructor(url: string) {
    this.#socket = new WebSocket(url)
    this.#socket.on('close', () => (this.isClosed = true))
    this.#socket.on('error', () => {})
    this.#socket.on('message', (data: Buffer) => {
      this.frameLengths.push(data.length)
      this.#received = Buffer.concat([this.#received, data])
    })
  }

  async handshake(version = 'RFB 003.008\n'): Promise<Picture> {
    const greeting = (await this.#take(12)).toString('latin1')
    if (greeting !== 'RFB 003.008\n') throw new Error(`unexpected greeting ${greeting}`)
    this.#socket.send(Buffer.from(version))
    if (version === 'RFB 003.003\n') {
      if ((await this.#take(4)).readUInt32BE(0) !== 1) throw new Error('security None was not offered')
    } else {
      const types = await this.#take((await this.#take(1)).readUInt8(0))
      if (!types.includes(1)) throw new Error('security None was not offered')
      this.#socket.send(Buffer.from([1]))
      if (version === 'RFB 003.008\n' && (await this.#take(4)).readUInt32BE(0) !== 0) throw new Error('refused')
    }
    this.#socket.send(Buffer.from([1]))
    const init = await this.#take(24)
    const name = (await this.#take(init.readUInt32BE(20))).toString('utf8')
    this.#width = init.readUInt16BE(0)
    const height = init.readUInt16BE(2)
    this.pixels = new Uint32Array(this.#width * height)
    return { width: this.#width, height, name }
  }

  /** Asks for 32-bit pixels with the colours at the given shifts. */
  setPixelFormat(shifts: [number, number, number], bigEndian: boolean): void {
    const message = Buffer.alloc(20)
    message.set([32, 24, bigEndian ? 1 : 0, 1, 0, 255, 0, 255, 0, 255, ...shifts], 4)
    this.#socket.send(message)
  }

  setEncodings(encodings: number[]): void {
    const message = Buffer.alloc(4 + 4 * encodings.length)
    message.writeUInt8(2, 0)
    message.writeUInt16BE(encodings.length, 2)
    for (const [index, encoding] of encodings.entries()) message.writeInt32BE(encoding, 4 + index * 4)
    this.#socket.send(message)
  }

  requestUpdate(isIncremental: boolean): void {
    const message = Buffer.alloc(10)
    message.set([3, isIncremental ? 1 : 0])
    message.writeUInt16BE(this.#width, 6)
    message.writeUInt16BE(this.pixels.length / Math.max(this.#width, 1), 8)
    this.#socket.send(message)
  }

  /** Reads one update into `pixels` (as little-endian numbers); returns how many pixels it carried. */
  async readUpdate(): Promise<number> {
    const head = await this.#take(4)
    if (head.readUInt8(0) !== 0) throw new Error(`unexpected message ${head.readUInt8(0)}`)
    let count = 0
    for (let rectangle = 0; rectangle < head.readUInt16BE(2); rectangle += 1) {
      const box = await this.#take(12)
      if (box.readInt32BE(8) !== 0) throw new Error('not Raw')
      const width = box.readUInt16BE(4)
      const height = box.readUInt16BE(6)
      const raw = await this.#take(width * height * 4)
      for (let pixel = 0; pixel < width * height; pixel += 1) {
        const at = (box.readUInt16BE(2) + Math.floor(pixel / width)) * this.#width + box.readUInt16BE(0) + (pixel % width)
        this.pixels[at] = raw.readUInt32LE(pixel * 4)
      }
      count += width * height
    }
    return count
  }

  key(keysym: number): void {
    for (const isDown of [1, 0]) {
      const message = Buffer.alloc(8)
      message.set([4, isDown])
      message.writeUInt32BE(keysym, 4)
      this.#socket.send(message)
    }
  }

  pointer(x: number, y: number): void {
    const message = Buffer.alloc(6)
    message.writeUInt8(5, 0)
    message.writeUInt16BE(x, 2)
    message.writeUInt16BE(y, 4)
    this.#socket.send(message)
  }

  /** The pixels of a text row, for comparing pictures. */
  rowPixels(row: number): number[] {
    return Array.from(this.pixels.subarray(row * 16 * this.#width, (row + 1) * 16 * this.#width))
  }

  sendRaw(bytes: Buffer): void {
    this.#socket.send(bytes)
  }

  close(): void {
    this.#socket.terminate()
  }

  async #take(length: number): Promise<Buffer> {
    await until(`${length} bytes of RFB`, () => this.#received.length >= length)
    const taken = this.#received.subarray(0, length)
    this.#received = this.#received.subarray(length)
    return taken
  }
}

/** Opens a WebSocket and tells how that ended: `open`, or the refusal's message. */
export function tryOpen(url: string, protocols: string[] = []): Promise<string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, protocols)
    socket.on('open', () => {
      socket.terminate()
      resolve('open')
    })
    socket.on('error', (error) => resolve(error.message))
  })
}
