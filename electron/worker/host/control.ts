// The control line of a data folder: how commands and second workers reach the worker that owns it (WebSocket over a private socket).
import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import { clientSocketTransport } from '../../../shared/contract/webSocketTransport.ts'
import type { ClientMessage, Transport, WorkerMessage } from '../../../shared/contract/wire.ts'
import { acceptedSocketTransport, clientMessageLimitBytes, workerMessageLimitBytes } from '../rpc/webSocket.ts'

/** A command asks once and leaves; a worker stays, and wants to take over when the owner leaves. */
export type Visitor = 'command' | 'worker'

const isPipe = (address: string): boolean => address.startsWith('\\\\')

export interface ControlServer {
  /** Takes no newcomers any more; those who are served stay. */
  stopAccepting(): void
  close(): Promise<void>
}

/** Listens at `address`, replacing what a killed worker left there. Only the holder of the lock may do this. */
export async function listenForControl(options: {
  readonly address: string
  /** False: this process lives for one command only, and no worker can lean on it. */
  readonly acceptsWorkers: boolean
  readonly accept: (transport: Transport<WorkerMessage, ClientMessage>, visitor: Visitor) => void
}): Promise<ControlServer> {
  const { address, acceptsWorkers, accept } = options
  if (!isPipe(address)) rmSync(address, { force: true })
  const sockets = new WebSocketServer({ noServer: true, maxPayload: clientMessageLimitBytes, perMessageDeflate: false })
  const server = createServer((_request, response) => {
    response.writeHead(426).end()
  })
  server.on('upgrade', (request, socket, head) => {
    const visitor: Visitor = request.url === '/worker' ? 'worker' : 'command'
    if (visitor === 'worker' && !acceptsWorkers) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => accept(acceptedSocketTransport(webSocket), visitor))
  })
  await listen(server, address)
  if (!isPipe(address)) chmodSync(address, 0o600)
  return {
    stopAccepting: () => {
      server.close()
    },
    close: async () => {
      for (const socket of sockets.clients) socket.terminate()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}

function listen(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(address, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** `busy`: the owner lives for one command only; ask for the lock again soon. `absent`: nobody answers there. */
export type ControlConnection =
  { readonly kind: 'open'; readonly transport: Transport<ClientMessage, WorkerMessage> } | { readonly kind: 'busy' | 'absent' }

/** Reaches the owner of a data folder. */
export function connectToControl(address: string, visitor: Visitor): Promise<ControlConnection> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://localhost/${visitor}`, {
      createConnection: () => connect(address),
      handshakeTimeout: 5_000,
      maxPayload: workerMessageLimitBytes,
      perMessageDeflate: false,
    })
    const transport = clientSocketTransport(socket)
    socket.on('open', () => resolve({ kind: 'open', transport }))
    socket.on('unexpected-response', () => {
      socket.terminate()
      resolve({ kind: 'busy' })
    })
    socket.on('close', () => resolve({ kind: 'absent' }))
    socket.on('error', () => resolve({ kind: 'absent' }))
  })
}
