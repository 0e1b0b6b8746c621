// The line over a child process's messages: the shell relays several clients through one channel, each under its number.
import { Inbox } from '../../../shared/contract/inbox.ts'
import type { HostMessage, ShellMessage } from '../../../shared/contract/relay.ts'
import type { ClientMessage, Transport, WorkerMessage } from '../../../shared/contract/wire.ts'
import { parseClientMessage } from '../../../shared/contract/wireParse.ts'

interface Relayed {
  readonly inbox: Inbox<ClientMessage>
  readonly transport: Transport<WorkerMessage, ClientMessage>
}

/** Splits the shell's messages into one transport for each client. */
export class RelayedClients {
  readonly #clients = new Map<number, Relayed>()
  readonly #send: (message: HostMessage) => void
  readonly #accept: (transport: Transport<WorkerMessage, ClientMessage>) => void

  constructor(options: { send: (message: HostMessage) => void; accept: (transport: Transport<WorkerMessage, ClientMessage>) => void }) {
    this.#send = options.send
    this.#accept = options.accept
  }

  /** Takes what concerns clients; what is garbage from a client ends that client's line only. */
  receive(message: Extract<ShellMessage, { readonly client: number }>): void {
    switch (message.kind) {
      case 'open':
        this.#open(message.client)
        return
      case 'close':
        this.#clients.get(message.client)?.inbox.end()
        this.#clients.delete(message.client)
        return
      case 'message':
        this.#deliver(message.client, message.message)
    }
  }

  /** The channel itself is gone. */
  end(): void {
    for (const client of this.#clients.values()) client.inbox.end()
    this.#clients.clear()
  }

  #open(client: number): void {
    this.#clients.get(client)?.inbox.end()
    const inbox = new Inbox<ClientMessage>()
    const transport: Transport<WorkerMessage, ClientMessage> = {
      send: (message) => {
        if (!inbox.closed) this.#send({ kind: 'message', client, message })
      },
      onMessage: (receive) => inbox.onMessage(receive),
      onClose: (closed) => inbox.onClose(closed),
      close: () => this.#close(client, inbox),
    }
    this.#clients.set(client, { inbox, transport })
    this.#accept(transport)
  }

  #close(client: number, inbox: Inbox<ClientMessage>): void {
    if (!inbox.end()) return
    if (this.#clients.get(client)?.inbox === inbox) this.#clients.delete(client)
    this.#send({ kind: 'close', client })
  }

  #deliver(client: number, value: unknown): void {
    const relayed = this.#clients.get(client)
    if (!relayed) return
    const message = parseClientMessage(value)
    if (message === null) relayed.transport.close()
    else relayed.inbox.deliver(message)
  }
}
