// A VM's serial line as Flint shows it: one terminal, and whoever is connected takes bytes away from the others.
import { StringDecoder } from 'node:string_decoder'
import type { WebSocket } from 'ws'
import { GuestShell } from './guest-shell.ts'
import type { GuestView } from './guest-view.ts'
import { randomStream } from './random.ts'

const unreadBytesKept = 4096

export class SerialLine {
  readonly #shell: GuestShell
  readonly #random: () => number
  readonly #clients: WebSocket[] = []
  #turn = 0
  #unread = Buffer.alloc(0)
  #heldInput = ''
  #device = '/dev/pts/0'

  constructor(guest: GuestView) {
    this.#random = randomStream(`serial ${guest.name}`)
    this.#shell = new GuestShell(guest, 'ttyS0', (text) => this.#emit(Buffer.from(text)))
  }

  /** The guest boots: a new terminal for the same clients. */
  boot(domainId: number): void {
    this.#device = `/dev/pts/${domainId}`
    this.#heldInput = ''
    this.#shell.boot()
  }

  /** `isRunning`: a paused guest hears its keys later. */
  attach(client: WebSocket, isRunning: () => boolean): void {
    const decoder = new StringDecoder('utf8')
    client.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) return
      if (!this.#clients.includes(client)) {
        this.#endDead(client)
        return
      }
      this.#heldInput += decoder.write(data)
      if (isRunning()) this.deliverHeldInput()
    })
    client.on('close', () => this.#remove(client))
    client.send('Serial console connected\r\n')
    this.#clients.push(client)
    if (this.#unread.length > 0) {
      const unread = this.#unread
      this.#unread = Buffer.alloc(0)
      this.#emit(unread)
    } else if (isRunning()) this.#shell.redrawPrompt()
  }

  /** Types what arrived while the guest was paused. */
  deliverHeldInput(): void {
    const input = this.#heldInput
    this.#heldInput = ''
    this.#shell.type(input)
  }

  /** The domain stopped: its terminal is gone. Flint says nothing and keeps the connection, dead, until the client writes. */
  cut(): void {
    this.#clients.length = 0
    this.#unread = Buffer.alloc(0)
  }

  #endDead(client: WebSocket): void {
    client.send(`Error writing to PTY: write ${this.#device}: input/output error`, () => client.terminate())
  }

  #remove(client: WebSocket): void {
    const at = this.#clients.indexOf(client)
    if (at >= 0) this.#clients.splice(at, 1)
  }

  /** Sends text frames of arbitrary lengths in turn to the clients: a frame may end in the middle of a character. */
  #emit(bytes: Buffer): void {
    let rest = bytes
    while (rest.length > 0) {
      const client = this.#clients[this.#turn % Math.max(this.#clients.length, 1)]
      if (client === undefined) {
        this.#unread = Buffer.concat([this.#unread, rest]).subarray(-unreadBytesKept)
        return
      }
      this.#turn += 1
      const length = 9 + Math.floor(this.#random() * 200)
      client.send(rest.subarray(0, length), { binary: false })
      rest = rest.subarray(length)
    }
  }
}
