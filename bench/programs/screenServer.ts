// A node's side of consoles, in a process of its own: pours a screen's bytes in frames of 8 KiB, as Flint does, as fast as a gigabit link carries them.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'

/** Flint reads QEMU's socket in pieces of this size, and writes each as a frame of its own before it reads the next. */
const frame = Buffer.alloc(8192, 0x5a)
/** Nodes are elsewhere: a gigabit link, which all consoles share. */
const linkBytesPerSecond = 125_000_000
/** What a timer that came late may be made up for. */
const longestBurstMs = 20

const http = createServer()
const server = new WebSocketServer({ server: http, perMessageDeflate: false })

/** The first message says how many bytes are wanted. */
server.on('connection', (client) => {
  client.once('message', (wanted: Buffer) => {
    void pour(client, wanted.readUInt32BE(0))
  })
})

/** When the link is free again, in this process's own time. */
let linkFreeAtMs = 0

async function pour(client: WebSocket, wantedBytes: number): Promise<void> {
  for (let sent = 0; sent < wantedBytes; sent += frame.byteLength) {
    if (client.readyState !== WebSocket.OPEN) return
    await new Promise<void>((resolve) => {
      client.send(frame, () => resolve())
    })
    const now = performance.now()
    linkFreeAtMs = Math.max(linkFreeAtMs, now - longestBurstMs) + (frame.byteLength * 1_000) / linkBytesPerSecond
    if (linkFreeAtMs > now + 1) await new Promise((resolve) => setTimeout(resolve, linkFreeAtMs - now))
  }
}

process.on('message', (question: { readonly kind: 'connections' }) => {
  if (question.kind === 'connections') process.send?.({ value: server.clients.size })
})
process.on('disconnect', () => process.exit(0))
http.listen(0, '127.0.0.1', () => process.send?.({ value: (http.address() as AddressInfo).port }))
