// Just enough of an RFB viewer over a byte stream to greet, draw and type: for tests of what lies between.
import type { ByteStream } from '../../shared/contract/byteStream.ts'
import { until } from './until.ts'

export class RfbReader {
  #received = Buffer.alloc(0)
  /** The picture so far: red, green, blue of each pixel, row by row. */
  rgb = new Uint8Array()
  #width = 0
  #height = 0
  readonly #stream: ByteStream

  constructor(stream: ByteStream) {
    this.#stream = stream
    stream.onBytes((bytes) => {
      this.#received = Buffer.concat([this.#received, bytes])
    })
  }

  async handshake(): Promise<{ width: number; height: number; name: string }> {
    expectText(await this.take(12), 'RFB 003.008\n')
    this.#send(Buffer.from('RFB 003.008\n'))
    const types = await this.take((await this.take(1)).readUInt8(0))
    if (!types.includes(1)) throw new Error('no security type None')
    this.#send(Buffer.from([1]))
    if ((await this.take(4)).readUInt32BE(0) !== 0) throw new Error('security refused')
    this.#send(Buffer.from([1]))
    const init = await this.take(24)
    this.#width = init.readUInt16BE(0)
    this.#height = init.readUInt16BE(2)
    this.rgb = new Uint8Array(this.#width * this.#height * 3)
    const name = (await this.take(init.readUInt32BE(20))).toString('utf8')
    return { width: this.#width, height: this.#height, name }
  }

  /** Asks for an update in Raw and reads it; returns how many pixels came. */
  async readUpdate(isIncremental: boolean): Promise<number> {
    this.requestUpdate(isIncremental)
    const head = await this.take(4)
    if (head.readUInt8(0) !== 0) throw new Error(`unexpected message ${head.readUInt8(0)}`)
    let pixels = 0
    for (let index = 0; index < head.readUInt16BE(2); index += 1) {
      const box = await this.take(12)
      if (box.readInt32BE(8) !== 0) throw new Error('not Raw')
      const [x, y, width, height] = [box.readUInt16BE(0), box.readUInt16BE(2), box.readUInt16BE(4), box.readUInt16BE(6)]
      const raw = await this.take(width * height * 4)
      for (let at = 0; at < width * height; at += 1) {
        const place = ((y + Math.floor(at / width)) * this.#width + x + (at % width)) * 3
        this.rgb.set([raw[at * 4 + 2] ?? 0, raw[at * 4 + 1] ?? 0, raw[at * 4] ?? 0], place)
      }
      pixels += width * height
    }
    return pixels
  }

  requestUpdate(isIncremental: boolean): void {
    const message = Buffer.alloc(10)
    message.set([3, isIncremental ? 1 : 0])
    message.writeUInt16BE(this.#width, 6)
    message.writeUInt16BE(this.#height, 8)
    this.#send(message)
  }

  key(keysym: number): void {
    for (const isDown of [1, 0]) {
      const message = Buffer.alloc(8)
      message.set([4, isDown])
      message.writeUInt32BE(keysym, 4)
      this.#send(message)
    }
  }

  async take(length: number): Promise<Buffer> {
    await until(`${length} bytes of RFB`, () => this.#received.length >= length)
    const taken = this.#received.subarray(0, length)
    this.#received = this.#received.subarray(length)
    return taken
  }

  #send(bytes: Buffer): void {
    this.#stream.write(bytes).catch(() => undefined)
  }
}

function expectText(bytes: Buffer, text: string): void {
  if (bytes.toString('latin1') !== text) throw new Error(`expected ${JSON.stringify(text)}, got ${JSON.stringify(bytes.toString('latin1'))}`)
}
