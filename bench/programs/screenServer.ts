// A node's side of consoles, in a process of its own: pours a screen's bytes in frames of 8 KiB, as Flint does, as fast as they are taken.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'

/** Flint reads QEMU's socket in pieces of this size, and each becomes a frame. */
const frame = Buffer.alloc(8192, 0x5a)
const framesAtOnce = 128

const http = createServer()
const server = new WebSocketServer({ server: http, perMessageDeflate: false })

/** The first message says how many bytes are wanted. */
server.on('connection', (client) => {
  client.once('message', (wanted: Buffer) => {
    void pour(client, wanted.readUInt32BE(0))
  })
})

async function pour(client: WebSocket, wantedBytes: number): Promise<void> {
  for (let portions = Math.ceil(wantedBytes / (framesAtOnce * frame.byteLength)); portions > 0; portions -= 1) {
    if (client.readyState !== WebSocket.OPEN) return
    await new Promise<void>((resolve) => {
      for (let count = 1; count < framesAtOnce; count += 1) client.send(frame)
      client.send(frame, () => resolve())
    })
  }
}

process.on('message', (question: { readonly kind: 'connections' }) => {
  if (question.kind === 'connections') process.send?.({ value: server.clients.size })
})
process.on('disconnect', () => process.exit(0))
http.listen(0, '127.0.0.1', () => process.send?.({ value: (http.address() as AddressInfo).port }))
