// The page of the small shell: takes each line that the preload hands over, and shows what came over it.
import { createClient } from '../../../shared/contract/client.ts'
import { clientPortTransport } from '../../../shared/contract/messagePortTransport.ts'
import { Failure } from '../../../shared/domain/failure.ts'

const streamBytes = 8 * 1024 * 1024

function show(name: string, text: string): void {
  const line = document.getElementById(name) ?? document.body.appendChild(document.createElement('p'))
  line.id = name
  line.textContent = text
}

async function use(port: MessagePort): Promise<void> {
  const client = createClient(clientPortTransport(port))
  client.on('changed', ({ topics }) => {
    show('event', topics.join())
  })
  client.call('jobs.wait', { id: 'for ever' }).catch((error: unknown) => {
    show('pending', error instanceof Failure ? error.code : String(error))
  })
  client.call('demo.start', {}).catch(() => undefined)
  const stream = client.openStream('console.serial', { nodeId: 'node', uuid: 'vm' })
  let received = 0
  stream.onBytes((bytes) => {
    received += bytes.byteLength
    if (received === streamBytes) show('stream', String(received))
  })
  const status = await client.call('system.status', {})
  show('pid', String(status.pid))
  await stream.opened
  await stream.write(new Uint8Array(streamBytes))
}

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const [port] = event.ports
  const { data } = event
  if (port !== undefined && typeof data === 'object' && data !== null && 'kind' in data && data.kind === 'flint-console:port') void use(port)
})
