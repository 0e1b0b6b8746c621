// Starts the built worker as a process of its own and gives a typed line to it, as the shell does where the worker is a child process.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createClient } from '../shared/contract/client.ts'
import type { Client } from '../shared/contract/client.ts'
import { parseHostMessage, relayedClientTransport } from '../shared/contract/relay.ts'
import type { ShellMessage } from '../shared/contract/relay.ts'
import { Failure } from '../shared/domain/failure.ts'
import { root } from './requirements.ts'

export interface WorkerLine {
  readonly client: Client
  readonly pid: number
  /** Asks it to leave and waits until it has. */
  stop(): Promise<void>
}

const onlyClient = 1

/** Resolves when the worker answers. Throws the Failure with which it could not open its data. */
export async function startWorker(environment: NodeJS.ProcessEnv): Promise<WorkerLine> {
  const child = fork(join(root, 'out', 'main', 'worker.cjs'), [], {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, ...environment },
  })
  const tell = (message: ShellMessage): void => {
    if (child.connected) child.send(message, () => undefined)
  }
  const transport = relayedClientTransport(onlyClient, tell)
  const ready = new Promise<void>((resolve, reject) => {
    child.on('message', (value) => {
      const message = parseHostMessage(value)
      if (message?.kind === 'ready') resolve()
      else if (message?.kind === 'failed') reject(new Failure(message.error.code, message.error.message, message.error.hint))
      else if (message?.kind === 'message') transport.receive(message.message)
      else if (message?.kind === 'close') transport.ended()
    })
    child.once('exit', (code, signal) => {
      transport.ended()
      reject(new Error(`The worker ended before it answered (${signal ?? code}).`))
    })
  })
  await ready
  return {
    client: createClient(transport),
    pid: child.pid ?? 0,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      tell({ kind: 'quit' })
      await ended
    },
  }
}
