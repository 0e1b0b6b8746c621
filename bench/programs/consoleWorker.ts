// The worker's side of consoles, in a process of its own: the relay behind the line that browser mode uses.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { WebSocketServer } from 'ws'
import { Consoles } from '../../electron/worker/consoles/consoles.ts'
import { Route } from '../../electron/worker/nodes/route.ts'
import { serveClient } from '../../electron/worker/rpc/server.ts'
import { acceptedSocketTransport, clientMessageLimitBytes } from '../../electron/worker/rpc/webSocket.ts'

const [url = '', key = ''] = process.argv.slice(2)
const log = pino({ level: 'silent' })
const { connect } = new Route({ url, certificateFingerprint: null, tunnel: null, isEnrolled: true })
const consoles = new Consoles({ log }, { access: () => Promise.resolve({ url, key, connect }), readVm: () => Promise.reject(new Error('there are no VMs here')) })
const http = createServer()
const lines = new WebSocketServer({ server: http, maxPayload: clientMessageLimitBytes, perMessageDeflate: false })
lines.on('connection', (socket) => {
  serveClient(acceptedSocketTransport(socket), () => ({}), { validateOutputs: false, log, streams: consoles.streams })
})

process.on('message', (question: { readonly kind: 'memory' | 'consoles' }) => {
  if (question.kind === 'consoles') {
    process.send?.({ value: consoles.openConsoles })
    return
  }
  globalThis.gc?.()
  globalThis.gc?.()
  process.send?.({ value: process.memoryUsage().rss })
})
process.on('disconnect', () => process.exit(0))
http.listen(0, '127.0.0.1', () => process.send?.({ value: (http.address() as AddressInfo).port }))
