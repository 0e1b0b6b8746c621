// The worker's entry: in Electron's utility process (clients come as ports) or in a child process (clients are relayed as messages).
import type { FailureBody } from '../../shared/domain/failure.ts'
import { Failure } from '../../shared/domain/failure.ts'
import { type Port, workerPortTransport } from '../../shared/contract/messagePortTransport.ts'
import { type HostMessage, parseShellMessage, type ShellMessage } from '../../shared/contract/relay.ts'
import type { ClientMessage, Transport, WorkerMessage } from '../../shared/contract/wire.ts'
import { flushCompileCache } from 'node:module'
import { pino } from 'pino'
import { type Application, openApplication, refuseEverything } from './application.ts'
import { defaultDataDir } from './host/dataFolder.ts'
import { optionsFromEnvironment } from './host/environment.ts'
import { RelayedClients } from './rpc/processMessages.ts'
import { serveClient } from './rpc/server.ts'

type Accept = (transport: Transport<WorkerMessage, ClientMessage>) => void

/** Electron's `process.parentPort`. */
interface ParentPort {
  on(type: 'message', listener: (event: { data: unknown; ports: Port[] }) => void): unknown
  postMessage(message: unknown, transfer: []): void
}

/** The line to the shell, in either host. */
interface Shell {
  tell(message: HostMessage): void
  /** Sets who takes clients and who is told the rest. */
  listen(accept: Accept, command: (message: Exclude<ShellMessage, { readonly client: number }>) => void): void
}

function utilityProcessShell(parentPort: ParentPort): Shell {
  return {
    tell: (message) => parentPort.postMessage(message, []),
    listen: (accept, command) => {
      parentPort.on('message', ({ data, ports: [port] }) => {
        const message = parseShellMessage(data)
        if (message === null) return
        if (!('client' in message)) command(message)
        else if (message.kind === 'open' && port) accept(workerPortTransport(port))
      })
    },
  }
}

function tellParent(message: HostMessage): void {
  if (process.connected) process.send?.(message)
}

function childProcessShell(): Shell {
  return {
    tell: tellParent,
    listen: (accept, command) => {
      const clients = new RelayedClients({ send: tellParent, accept })
      process.on('message', (value) => {
        const message = parseShellMessage(value)
        if (message === null) return
        if ('client' in message) clients.receive(message)
        else command(message)
      })
      process.on('disconnect', () => {
        clients.end()
        command({ kind: 'quit' })
      })
    },
  }
}

function failureOf(error: unknown): FailureBody {
  if (error instanceof Failure) return error.body()
  const message = error instanceof Error ? error.message : String(error)
  return { code: 'internal', message: `The worker could not start: ${message}`, hint: 'The worker’s log has the details.' }
}

/** Runs until told to quit. Clients that come before the data is open wait on their lines. */
async function run(shell: Shell): Promise<void> {
  const waiting: Parameters<Accept>[0][] = []
  let accept: Accept = (transport) => waiting.push(transport)
  let application: Application | null = null
  let isLeaving = false

  const leave = async (code: number): Promise<void> => {
    if (isLeaving) return
    isLeaving = true
    await application?.stop()
    process.exit(code)
  }

  shell.listen(
    (transport) => accept(transport),
    (message) => {
      if (message.kind === 'quit') void leave(0)
      else if (message.kind === 'suspend') application?.sleep()
      else if (message.kind === 'resume') application?.wake()
    },
  )
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void leave(0))

  const options = optionsFromEnvironment(process.env)
  try {
    const opened = await openApplication({
      dataDir: options.dataDir ?? defaultDataDir(),
      role: 'worker',
      demo: options.demo,
      validateOutputs: options.validateOutputs,
      beginAfterMs,
      // The shell starts this worker again, and it will then hold the data folder itself.
      onOwnerLost: () => process.exit(ownerLostExitCode),
    })
    application = opened
    accept = (transport) => opened.attach(transport)
    shell.tell({ kind: 'ready' })
    setTimeout(keepCompiledCode, keepCompiledAfterMs).unref()
  } catch (error) {
    const failure = failureOf(error)
    const handlers = refuseEverything(failure)
    const log = pino({ level: 'silent' })
    accept = (transport) => void serveClient(transport, () => handlers, { validateOutputs: false, log })
    shell.tell({ kind: 'failed', error: failure })
  }
  for (const transport of waiting.splice(0)) accept(transport)
}

const ownerLostExitCode = 75
const beginAfterMs = 400
const keepCompiledAfterMs = 2_000

/** For the next start: Node keeps it by itself only when a program ends in peace. */
function keepCompiledCode(): void {
  flushCompileCache()
}

process.umask(0o077)
const { parentPort } = process as { parentPort?: ParentPort }
if (parentPort) void run(utilityProcessShell(parentPort))
else if (process.connected) void run(childProcessShell())
else {
  process.stderr.write('This is the worker of Flint Console; the app starts it. Without a window: flint-console run\n')
  process.exit(2)
}
