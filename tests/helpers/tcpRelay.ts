// A wire that can be cut or fall silent: relays TCP on loopback to a port.
import { connect, createServer, type Server, type Socket } from 'node:net'

export class TcpRelay implements AsyncDisposable {
  /** Connections that were made through it, ended ones too. */
  connections = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #silent = false

  private constructor(targetPort: number) {
    this.#server = createServer((near) => {
      this.connections += 1
      const far = connect({ port: targetPort, host: '127.0.0.1' })
      for (const socket of [near, far]) {
        this.#sockets.add(socket)
        socket.on('close', () => this.#sockets.delete(socket))
        socket.on('error', () => socket.destroy())
      }
      near.on('data', (bytes) => this.#silent || far.write(bytes))
      far.on('data', (bytes) => this.#silent || near.write(bytes))
      near.on('close', () => far.destroy())
      far.on('close', () => this.#silent || near.destroy())
    })
  }

  static async open(targetPort: number): Promise<TcpRelay> {
    const relay = new TcpRelay(targetPort)
    await new Promise<void>((ready) => {
      relay.#server.listen(0, '127.0.0.1', ready)
    })
    return relay
  }

  get port(): number {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('the relay does not listen')
    return address.port
  }

  /** Every connection ends at once. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Nothing passes any more, and nobody is told: a pulled cable. */
  pull(): void {
    this.#silent = true
  }

  /** The cable is back: new connections work; those that were open stay dead. */
  plug(): void {
    this.cut()
    this.#silent = false
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut()
    await new Promise<void>((closed) => {
      this.#server.close(() => closed())
    })
  }
}
