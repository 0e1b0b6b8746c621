// A real sshd on loopback with throw-away keys, for one user: the one who runs the tests.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { until } from './until.ts'

const run = promisify(execFile)

export interface SshKey {
  readonly file: string
  readonly publicKey: string
  /** As `ssh-keygen -l` prints it. */
  readonly fingerprint: string
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((ready) => {
    server.listen(0, '127.0.0.1', ready)
  })
  const address = server.address()
  await new Promise<void>((closed) => {
    server.close(() => closed())
  })
  if (address === null || typeof address === 'string') throw new Error('there is no free port')
  return address.port
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('data', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
  })
}

/** The processes that descend from one, itself last. */
function familyOf(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const [, parent] = /^\d+ \(.*\) \S (\d+)/s.exec(readFileSync(join('/proc', name, 'stat'), 'utf8')) ?? []
        return parent === undefined ? [] : [{ pid: Number(name), parent: Number(parent) }]
      } catch {
        return []
      }
    })
  return [...parents.filter(({ parent }) => parent === pid).flatMap((child) => familyOf(child.pid)), pid]
}

export class SshServer implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'sshd-'))
  readonly user = userInfo().username
  /** What sshd has said. */
  log = ''
  #port = 0
  #child: ChildProcess | null = null
  #agent: ChildProcess | null = null
  #keys = 0

  private constructor() {}

  /** Started, letting in whoever has one of the authorized keys. */
  static async open(options: readonly string[] = []): Promise<SshServer> {
    const server = new SshServer()
    // Where root runs it, sshd wants its own empty folder.
    if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
    server.#port = await freePort()
    writeFileSync(join(server.folder, 'authorized_keys'), '', { mode: 0o600 })
    await server.key('host')
    await server.start(options)
    return server
  }

  get port(): number {
    return this.#port
  }

  /** Makes a key; nobody is let in by it yet. */
  async key(name = `key-${(this.#keys += 1)}`, passphrase = ''): Promise<SshKey> {
    const file = join(this.folder, name)
    rmSync(file, { force: true })
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-f', file, '-C', name])
    return this.#read(file)
  }

  hostKey(): Promise<SshKey> {
    return this.#read(join(this.folder, 'host'))
  }

  authorize(...keys: readonly SshKey[]): void {
    writeFileSync(join(this.folder, 'authorized_keys'), keys.map((key) => key.publicKey).join(''), { mode: 0o600 })
  }

  async start(options: readonly string[] = []): Promise<void> {
    const config = join(this.folder, 'sshd_config')
    const lines = [
      'ListenAddress 127.0.0.1',
      `Port ${this.#port}`,
      `HostKey ${join(this.folder, 'host')}`,
      `AuthorizedKeysFile ${join(this.folder, 'authorized_keys')}`,
      'PidFile none',
      'UsePAM no',
      'StrictModes no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin yes',
      'LogLevel VERBOSE',
    ]
    // The first of several lines of one name counts.
    writeFileSync(config, [...options, ...lines, ''].join('\n'))
    const child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.log += text
    })
    this.#child = child
    await until(`sshd listens (${this.log})`, () => {
      if (child.exitCode !== null) throw new Error(`sshd ended: ${this.log}`)
      return answers(this.#port)
    })
  }

  /** Ends sshd and every session of it. */
  async stop(): Promise<void> {
    const child = this.#child
    this.#child = null
    if (child?.pid === undefined || child.exitCode !== null) return
    const ended = once(child, 'exit')
    for (const pid of familyOf(child.pid)) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It has ended by itself.
      }
    }
    await ended
  }

  /** A real ssh-agent that holds this key; its socket. */
  async agent(key: SshKey): Promise<string> {
    const socket = join(this.folder, 'agent')
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
    this.#agent = agent
    const environment = { ...process.env, SSH_AUTH_SOCK: socket }
    await until('the agent holds the key', () =>
      run('ssh-add', ['-q', key.file], { env: environment }).then(
        () => true,
        () => false,
      ),
    )
    return socket
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    this.#agent?.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }

  async #read(file: string): Promise<SshKey> {
    const { stdout } = await run('ssh-keygen', ['-l', '-f', `${file}.pub`])
    return { file, publicKey: readFileSync(`${file}.pub`, 'utf8'), fingerprint: stdout.split(' ')[1] ?? '' }
  }
}
