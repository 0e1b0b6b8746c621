// Where lines to the worker come from: ports that the desktop's preload hands over, or a WebSocket to the server of this page.
import { createClient } from '../../shared/contract/client.ts'
import { clientPortTransport } from '../../shared/contract/messagePortTransport.ts'
import { clientSocketTransport } from '../../shared/contract/webSocketTransport.ts'
import type { Connection } from './connection.ts'

const longestWaitMs = 15_000
const refusalsUntilGivingUp = 3

/** Keeps the connection supplied with lines for as long as the page lives. */
export function supplyLines(connection: Connection): void {
  listenForPorts(connection)
  if (isBrowserMode()) dial(connection, 0, 0)
}

/** Pages of the browser mode come over http; the desktop's come from its own scheme, or from the development server inside Electron. */
export function isBrowserMode(): boolean {
  return window.location.protocol.startsWith('http') && !navigator.userAgent.includes('Electron')
}

function listenForPorts(connection: Connection): void {
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    const [port] = event.ports
    const ours = event.source === window && typeof event.data === 'object' && event.data !== null && 'kind' in event.data
    if (ours && event.data.kind === 'flint-console:port' && port) connection.use(createClient(clientPortTransport(port)))
  })
}

/** Dials until a line stands; a line that breaks is dialled again, with a growing pause between attempts that fail. */
function dial(connection: Connection, waitMs: number, refusals: number): void {
  window.setTimeout(() => {
    const address = new URL('/line', window.location.href)
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
    const socket = new WebSocket(address)
    let opened = false
    socket.addEventListener('open', () => {
      opened = true
      connection.use(createClient(clientSocketTransport(socket)))
    })
    socket.addEventListener('close', () => {
      if (opened) dial(connection, 250, 0)
      else void redial(connection, waitMs, refusals)
    })
  }, waitMs)
}

/** A server that answers but takes no line does not know this page's session; one that does not answer is away. */
async function redial(connection: Connection, waitMs: number, refusals: number): Promise<void> {
  const answers = await fetch('/', { method: 'HEAD', redirect: 'manual' }).then(
    (response) => response.status === 401 || response.status === 403,
    () => false,
  )
  const refused = answers ? refusals + 1 : 0
  if (refused >= refusalsUntilGivingUp) {
    connection.refuse()
    return
  }
  dial(connection, Math.min(longestWaitMs, Math.max(500, waitMs * 2)), refused)
}
