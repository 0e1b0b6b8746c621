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
  void settledBytes().then((value) => process.send?.({ value }))
})
process.on('disconnect', () => process.exit(0))
http.listen(0, '127.0.0.1', () => process.send?.({ value: (http.address() as AddressInfo).port }))

/** What the process holds once its garbage is gone: V8 gives pages back in the background, a while after it has collected. */
async function settledBytes(): Promise<number> {
  let lowest = Number.POSITIVE_INFINITY
  for (let unchanged = 0; unchanged < 5; ) {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 100))
    const { rss } = process.memoryUsage()
    unchanged = rss < lowest ? 0 : unchanged + 1
    lowest = Math.min(lowest, rss)
  }
  return lowest
}
