// One viewer of a VM's screen: the server side of RFB 3.3, 3.7 and 3.8 (RFC 6143), without a password, in Raw encoding.
import { cellHeight, cellWidth, palette, screenHeight, screenWidth, type TextScreen } from './screen.ts'

interface PixelFormat {
  bytesPerPixel: number
  bigEndian: boolean
  maxima: [red: number, green: number, blue: number]
  shifts: [red: number, green: number, blue: number]
}

interface Area {
  x: number
  y: number
  width: number
  height: number
}

export interface RfbViewer {
  /** Sends bytes to the viewer. */
  send: (bytes: Buffer) => void
  close: () => void
  key: (keysym: number, isDown: boolean) => void
  pointer: (x: number, y: number, buttons: number) => void
  clipboard: (text: string) => void
}

const securityNone = 1
const rawEncoding = 0
const messageBytesLimit = 1_048_576

/** What QEMU offers: 32 bits, little-endian, red at the top. */
const nativeFormat: PixelFormat = { bytesPerPixel: 4, bigEndian: false, maxima: [255, 255, 255], shifts: [16, 8, 0] }

type Phase = 'version' | 'security' | 'init' | 'normal' | 'closed'

export class RfbSession {
  readonly #screen: TextScreen
  readonly #name: string
  readonly #viewer: RfbViewer
  #phase: Phase = 'version'
  #minorVersion = 8
  #received = Buffer.alloc(0)
  #format = nativeFormat
  #waiting: Area | null = null
  #seenVersion = 0

  constructor(screen: TextScreen, name: string, viewer: RfbViewer) {
    this.#screen = screen
    this.#name = name
    this.#viewer = viewer
    viewer.send(Buffer.from('RFB 003.008\n'))
  }

  /** Bytes from the viewer: frames need not end where messages do. */
  receive(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes])
    while (this.#phase !== 'closed') {
      const used = this.#consume(this.#received)
      if (used === 0) return
      this.#received = this.#received.subarray(used)
    }
  }

  /** Sends what has changed, if the viewer waits for it. */
  tick(): void {
    if (this.#waiting === null || this.#phase !== 'normal') return
    this.#update(this.#waiting, this.#seenVersion)
  }

  /** Handles one message at the start of the buffer; returns its length, or 0 when it is not complete. */
  #consume(buffer: Buffer): number {
    switch (this.#phase) {
      case 'version':
        return buffer.length < 12 ? 0 : this.#version(buffer)
      case 'security':
        return buffer.length < 1 ? 0 : this.#security(buffer)
      case 'init':
        return buffer.length < 1 ? 0 : this.#init()
      case 'normal':
        return buffer.length < 1 ? 0 : this.#message(buffer)
      case 'closed':
        return 0
    }
  }

  #version(buffer: Buffer): number {
    const found = /^RFB 003\.(\d{3})\n$/.exec(buffer.toString('latin1', 0, 12))
    if (found === null) return this.#fail()
    const minor = Number(found[1])
    this.#minorVersion = minor >= 8 ? 8 : minor === 7 ? 7 : 3
    if (this.#minorVersion === 3) {
      // The oldest version is told the security type instead of asked.
      this.#viewer.send(Buffer.from([0, 0, 0, securityNone]))
      this.#phase = 'init'
    } else {
      this.#viewer.send(Buffer.from([1, securityNone]))
      this.#phase = 'security'
    }
    return 12
  }

  #security(buffer: Buffer): number {
    if (buffer[0] !== securityNone) return this.#fail()
    if (this.#minorVersion === 8) this.#viewer.send(Buffer.from([0, 0, 0, 0]))
    this.#phase = 'init'
    return 1
  }

  #init(): number {
    const name = Buffer.from(this.#name)
    const head = Buffer.alloc(24)
    head.writeUInt16BE(screenWidth, 0)
    head.writeUInt16BE(screenHeight, 2)
    head.set([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0], 4)
    head.writeUInt32BE(name.length, 20)
    this.#viewer.send(Buffer.concat([head, name]))
    this.#phase = 'normal'
    return 1
  }

  #message(buffer: Buffer): number {
    const length = this.#messageLength(buffer)
    if (length === null || length > messageBytesLimit) return this.#fail()
    if (length === 0 || buffer.length < length) return 0
    const message = buffer.subarray(0, length)
    switch (message.readUInt8(0)) {
      case 0:
        this.#setPixelFormat(message)
        break
      case 2:
        // Raw is what every viewer understands, so its list of encodings changes nothing.
        break
      case 3:
        this.#updateRequest(message)
        break
      case 4:
        this.#viewer.key(message.readUInt32BE(4), message[1] !== 0)
        break
      case 5:
        this.#viewer.pointer(message.readUInt16BE(2), message.readUInt16BE(4), message[1] ?? 0)
        break
      case 6:
        this.#viewer.clipboard(message.toString('latin1', 8))
        break
      default:
        break
    }
    return length
  }

  /** 0: more bytes are needed to know; null: not a message of this protocol. */
  #messageLength(buffer: Buffer): number | null {
    switch (buffer.readUInt8(0)) {
      case 0:
        return 20
      case 2:
        return buffer.length < 4 ? 0 : 4 + 4 * buffer.readUInt16BE(2)
      case 3:
        return 10
      case 4:
        return 8
      case 5:
        return 6
      case 6:
        // A negative length announces the extended clipboard.
        return buffer.length < 8 ? 0 : 8 + Math.abs(buffer.readInt32BE(4))
      default:
        return null
    }
  }

  #setPixelFormat(message: Buffer): void {
    const bitsPerPixel = message[4] ?? 0
    const isTrueColour = message[7] !== 0
    if (!isTrueColour || ![8, 16, 32].includes(bitsPerPixel)) {
      this.#fail()
      return
    }
    this.#format = {
      bytesPerPixel: bitsPerPixel / 8,
      bigEndian: message[6] !== 0,
      maxima: [message.readUInt16BE(8), message.readUInt16BE(10), message.readUInt16BE(12)],
      shifts: [message[14] ?? 0, message[15] ?? 0, message[16] ?? 0],
    }
  }

  #updateRequest(message: Buffer): void {
    const area = { x: message.readUInt16BE(2), y: message.readUInt16BE(4), width: message.readUInt16BE(6), height: message.readUInt16BE(8) }
    const isIncremental = message[1] !== 0
    this.#waiting = area
    this.#update(area, isIncremental ? this.#seenVersion : 0)
  }

  /** Answers the waiting request when there is something newer than the version. */
  #update(area: Area, sinceVersion: number): void {
    const runs = this.#screen.changedRuns(area, sinceVersion)
    if (runs.length === 0) return
    this.#waiting = null
    this.#seenVersion = this.#screen.version
    const pixels = palette.map((colour) => this.#pixel(colour))
    const { bytesPerPixel } = this.#format
    const head = Buffer.alloc(4)
    head.writeUInt16BE(runs.length, 2)
    const parts = [head]
    for (const run of runs) {
      const rectangle = Buffer.alloc(12 + run.length * cellWidth * cellHeight * bytesPerPixel)
      rectangle.writeUInt16BE(run.column * cellWidth, 0)
      rectangle.writeUInt16BE(run.row * cellHeight, 2)
      rectangle.writeUInt16BE(run.length * cellWidth, 4)
      rectangle.writeUInt16BE(cellHeight, 6)
      rectangle.writeInt32BE(rawEncoding, 8)
      let at = 12
      this.#screen.plotRun(run, (colour) => {
        pixels[colour]?.copy(rectangle, at)
        at += bytesPerPixel
      })
      parts.push(rectangle)
    }
    this.#viewer.send(Buffer.concat(parts))
  }

  #pixel(colour: readonly [number, number, number]): Buffer {
    const { bytesPerPixel, bigEndian, maxima, shifts } = this.#format
    let value = 0
    for (const [index, level] of colour.entries()) {
      // Multiplied, not shifted: a shift of 24 would turn negative.
      value += Math.round((level * (maxima[index] ?? 0)) / 255) * 2 ** (shifts[index] ?? 0)
    }
    const bytes = Buffer.alloc(bytesPerPixel)
    const fitting = value % 2 ** (8 * bytesPerPixel)
    if (bigEndian) bytes.writeUIntBE(fitting, 0, bytesPerPixel)
    else bytes.writeUIntLE(fitting, 0, bytesPerPixel)
    return bytes
  }

  #fail(): number {
    this.#phase = 'closed'
    this.#viewer.close()
    return 0
  }
}
