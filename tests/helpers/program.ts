// The built program as real processes: the command line, and the worker as a child of the shell.
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { ensureBuilt } from '../../scripts/build.ts'
import { type Client, createClient } from '../../shared/contract/client.ts'
import { type HostMessage, parseHostMessage, relayedClientTransport, type ShellMessage } from '../../shared/contract/relay.ts'

const root = resolve(import.meta.dirname, '../..')

function builtFile(name: 'cli' | 'worker'): string {
  ensureBuilt(['main'], () => undefined)
  return resolve(root, `out/main/${name}.cjs`)
}

function environment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { FLINT_CONSOLE_DATA_DIR: _dataDir, FLINT_CONSOLE_DEMO: _demo, ...outer } = process.env
  return { ...outer, FLINT_CONSOLE_VALIDATE: '1', ...extra }
}

export interface CommandOutcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunningCommand {
  readonly child: ChildProcess
  readonly stdout: () => string
  readonly stderr: () => string
  readonly ended: Promise<CommandOutcome>
}

/** Starts the command line as a process; what is given as `stdin` is written and the stream closed. */
export function startCommand(
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly stdin?: string } = {},
): RunningCommand {
  const child = spawn(process.execPath, [builtFile('cli'), ...args], {
    env: environment(options.env ?? {}),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  // A command that does not read its input ends before all of it is written.
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.stdin ?? '')
  const ended = once(child, 'close').then(([code]: unknown[]) => ({ code: typeof code === 'number' ? code : null, stdout, stderr }))
  return { child, stdout: () => stdout, stderr: () => stderr, ended }
}

/** Runs one command to its end. */
export function runCommand(
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly stdin?: string } = {},
): Promise<CommandOutcome> {
  return startCommand(args, options).ended
}

export interface WorkerChild {
  readonly child: ChildProcess
  readonly pid: number
  /** What it has told the shell, in order. */
  readonly told: HostMessage[]
  tell(message: ShellMessage): void
  openClient(): Client
  readonly exited: Promise<{ code: number | null; signal: string | null }>
}

/** Starts the worker as the shell starts it where there is no utility process. */
export function startWorkerChild(dataDir: string, env: Readonly<Record<string, string>> = {}): WorkerChild {
  const child = fork(builtFile('worker'), [], {
    execArgv: [],
    serialization: 'advanced',
    env: environment({ FLINT_CONSOLE_DATA_DIR: dataDir, ...env }),
  })
  const told: HostMessage[] = []
  const transports = new Map<number, ReturnType<typeof relayedClientTransport>>()
  const tell = (message: ShellMessage): void => {
    if (child.connected) child.send(message)
  }
  child.on('message', (value) => {
    const message = parseHostMessage(value)
    if (message === null) return
    told.push(message)
    if (message.kind === 'message') transports.get(message.client)?.receive(message.message)
    if (message.kind === 'close') transports.get(message.client)?.ended()
  })
  const exited = once(child, 'exit').then(([code, signal]: unknown[]) => {
    for (const transport of transports.values()) transport.ended()
    return { code: typeof code === 'number' ? code : null, signal: typeof signal === 'string' ? signal : null }
  })
  return {
    child,
    pid: child.pid ?? 0,
    told,
    tell,
    openClient: () => {
      const number = transports.size + 1
      const transport = relayedClientTransport(number, tell)
      transports.set(number, transport)
      return createClient(transport)
    },
    exited,
  }
}
