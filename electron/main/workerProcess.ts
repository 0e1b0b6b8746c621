// The worker's process, in one of its two forms: Electron's utility process, or a child of a given Node binary, relayed by the shell.
import { utilityProcess } from 'electron'
import type { MessagePortMain } from 'electron'
import { fork } from 'node:child_process'
import { parseHostMessage } from '../../shared/contract/relay.ts'
import type { HostMessage, ShellMessage } from '../../shared/contract/relay.ts'
import type { OutputLog } from './outputLog.ts'

export interface WorkerStart {
  /** The built worker. */
  readonly file: string
  /** A Node binary; null: Electron's own utility process. */
  readonly executable: string | null
  readonly environment: NodeJS.ProcessEnv
  readonly output: OutputLog
  readonly onMessage: (message: HostMessage) => void
  /** Once, however it ended. */
  readonly onExit: (how: string) => void
}

export interface WorkerProcess {
  readonly pid: number | undefined
  /** Hands a client's end of a channel over to the worker. */
  open(client: number, port: MessagePortMain): void
  tell(message: ShellMessage): void
  /** Ends it without asking. */
  kill(): void
}

/** Electron's own Node must be at least this new for the worker's database module: in an older one it dies without a word. */
const oldestNodeMajor = 22

/** What keeps the worker from running in Electron's utility process; null when nothing does. */
export function utilityProcessProblem(versions: { readonly electron: string; readonly node: string }): string | null {
  if (Number(versions.node.split('.')[0]) >= oldestNodeMajor) return null
  return (
    `Electron ${versions.electron} carries Node ${versions.node}, which is too old for the worker. ` +
    `Use a newer Electron, or name a Node of version ${oldestNodeMajor} or later by FLINT_CONSOLE_WORKER_EXEC.`
  )
}

export function startWorkerProcess(start: WorkerStart): WorkerProcess {
  return start.executable === null ? startUtilityProcess(start) : startChildProcess(start, start.executable)
}

function startUtilityProcess(start: WorkerStart): WorkerProcess {
  const child = utilityProcess.fork(start.file, [], { stdio: 'pipe', serviceName: 'Flint Console worker', env: textOnly(start.environment) })
  follow(child, start)
  child.on('message', (value: unknown) => {
    const message = parseHostMessage(value)
    if (message !== null) start.onMessage(message)
  })
  child.once('exit', (code) => {
    start.onExit(`exit code ${code}`)
  })
  return {
    get pid() {
      return child.pid
    },
    open: (client, port) => {
      child.postMessage({ kind: 'open', client } satisfies ShellMessage, [port])
    },
    tell: (message) => {
      child.postMessage(message, [])
    },
    kill: () => {
      // Node's kill by process id is the one that cannot be ignored.
      if (child.pid !== undefined) killByPid(child.pid)
    },
  }
}

function startChildProcess(start: WorkerStart, executable: string): WorkerProcess {
  const child = fork(start.file, [], {
    execPath: executable,
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: start.environment,
  })
  follow(child, start)
  const ports = new Map<number, MessagePortMain>()
  let ended = false
  const tell = (message: ShellMessage): void => {
    if (child.connected) child.send(message, () => undefined)
  }
  const end = (how: string): void => {
    if (ended) return
    ended = true
    for (const port of ports.values()) port.close()
    ports.clear()
    start.onExit(how)
  }
  child.on('message', (value: unknown) => {
    const message = parseHostMessage(value)
    if (message === null) return
    if (message.kind === 'message') ports.get(message.client)?.postMessage(message.message)
    else if (message.kind === 'close') {
      ports.get(message.client)?.close()
      ports.delete(message.client)
    } else start.onMessage(message)
  })
  child.once('error', (error) => {
    end(error.message)
  })
  child.once('exit', (code, signal) => {
    end(signal === null ? `exit code ${code}` : signal)
  })
  return {
    get pid() {
      return child.pid
    },
    open: (client, port) => {
      if (ended) {
        port.close()
        return
      }
      ports.set(client, port)
      port.on('message', (event) => {
        tell({ kind: 'message', client, message: event.data })
      })
      port.on('close', () => {
        if (ports.delete(client)) tell({ kind: 'close', client })
      })
      tell({ kind: 'open', client })
      port.start()
    },
    tell,
    kill: () => {
      child.kill('SIGKILL')
    },
  }
}

function follow(child: { readonly stdout: NodeJS.ReadableStream | null; readonly stderr: NodeJS.ReadableStream | null }, start: WorkerStart): void {
  start.output.follow(child.stdout)
  start.output.follow(child.stderr)
}

function killByPid(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}

function textOnly(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}
