// A worker without any native module: what the shell needs of one, in Electron's utility process, whatever Node that has.
import { workerPortTransport } from '../../../shared/contract/messagePortTransport.ts'
import type { EmitterPort } from '../../../shared/contract/messagePortTransport.ts'
import { parseShellMessage } from '../../../shared/contract/relay.ts'
import type { ClientMessage, Transport, WorkerMessage } from '../../../shared/contract/wire.ts'

interface ParentPort {
  on(type: 'message', listener: (event: { data: unknown; ports: EmitterPort[] }) => void): unknown
}

/** `system.status` tells the process, `jobs.wait` is never answered, a serial console sends back what it is sent. */
function serve(transport: Transport<WorkerMessage, ClientMessage>): void {
  transport.onMessage((message) => {
    switch (message.kind) {
      case 'request':
        if (message.method === 'system.status') transport.send({ kind: 'answer', id: message.id, answer: { ok: true, value: { pid: process.pid, demo: false } } })
        else if (message.method === 'demo.start') transport.send({ kind: 'event', name: 'changed', payload: { topics: ['system'] } })
        return
      case 'stream-open':
        transport.send({ kind: 'stream-opened', stream: message.stream })
        return
      case 'stream-data':
        transport.send({ kind: 'stream-ack', stream: message.stream, bytes: message.bytes.byteLength })
        transport.send({ kind: 'stream-data', stream: message.stream, bytes: message.bytes })
        return
      case 'stream-ack':
      case 'stream-close':
    }
  })
}

const { parentPort } = process as { parentPort?: ParentPort }
parentPort?.on('message', ({ data, ports: [port] }) => {
  const message = parseShellMessage(data)
  if (message?.kind === 'open' && port !== undefined) serve(workerPortTransport(port))
  if (message?.kind === 'quit') process.exit(0)
})
