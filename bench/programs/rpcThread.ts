// The other end of the line, in a thread: a bare echo, or the worker's own server with one small method.
import { pino } from 'pino'
import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { workerPortTransport } from '../../shared/contract/messagePortTransport.ts'
import type { Handlers } from '../../electron/worker/rpc/handlers.ts'
import { serveClient } from '../../electron/worker/rpc/server.ts'

const { kind } = workerData as { kind: 'echo' | 'worker' }

parentPort?.once('message', ({ port }: { port: MessagePort }) => {
  if (kind === 'echo') {
    port.on('message', (message: unknown) => {
      port.postMessage(message)
    })
    return
  }
  const handlers = { 'jobs.list': () => [] } as unknown as Handlers
  serveClient(workerPortTransport(port), () => handlers, { validateOutputs: false, log: pino({ level: 'silent' }) })
})
