// A connection through an SSH server, as a stream that behaves like a socket: it can be destroyed at once, and never holds the process.
import { Duplex } from 'node:stream'

/** What it needs of an SSH channel. */
export interface SshChannel extends NodeJS.EventEmitter {
  write(chunk: Uint8Array, done: (error?: Error | null) => void): boolean
  end(): unknown
  close(): void
  pause(): unknown
  resume(): unknown
}

export class ForwardedStream extends Duplex {
  readonly #channel: SshChannel

  constructor(channel: SshChannel) {
    super({ allowHalfOpen: false })
    this.#channel = channel
    channel.on('data', (chunk: Uint8Array) => {
      if (!this.push(chunk)) channel.pause()
    })
    channel.on('end', () => this.push(null))
    channel.on('error', (error: Error) => this.destroy(error))
    channel.on('close', () => {
      // What came before the end is still to be read.
      if (!this.readableEnded) this.push(null)
      this.end()
    })
    channel.pause()
  }

  // What the HTTP and WebSocket libraries say to a socket, where it means nothing for a stream.
  setNoDelay(): this {
    return this
  }
  setKeepAlive(): this {
    return this
  }
  setTimeout(): this {
    return this
  }
  ref(): this {
    return this
  }
  unref(): this {
    return this
  }

  override _read(): void {
    this.#channel.resume()
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#channel.write(chunk, done)
  }

  override _final(done: () => void): void {
    this.#channel.end()
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    // The other end may be gone: nobody waits for its answer.
    this.#channel.end()
    this.#channel.close()
    done(error)
  }
}
