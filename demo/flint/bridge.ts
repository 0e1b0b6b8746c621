// A console that is somebody else's: a real VNC server or terminal on a port of the loopback, relayed as Flint relays QEMU's.
import { connect } from 'node:net'
import type { WebSocket } from 'ws'

/** Flint reads in pieces of this size, and each becomes a frame. */
const frameBytes = 8192
/** What is not read is not fetched either. */
const congestedBytes = 1_048_576

/** Joins a client to `127.0.0.1:port`; either's end ends the other. VNC speaks binary frames only, a serial line text frames only. */
export function bridgeToPort(client: WebSocket, port: number, kind: 'vnc' | 'serial'): void {
  const server = connect({ host: '127.0.0.1', port, noDelay: true })
  server.on('data', (bytes: Buffer) => {
    for (let at = 0; at < bytes.length; at += frameBytes) client.send(bytes.subarray(at, at + frameBytes), { binary: kind === 'vnc' })
    if (client.bufferedAmount < congestedBytes) return
    server.pause()
    client.send('', { binary: kind === 'vnc' }, () => server.resume())
  })
  server.on('error', () => server.destroy())
  server.on('close', () => client.terminate())
  client.on('message', (data: Buffer, isBinary: boolean) => {
    if (isBinary !== (kind === 'vnc')) return
    if (server.write(data)) return
    client.pause()
    server.once('drain', () => client.resume())
  })
  client.on('close', () => server.destroy())
}
