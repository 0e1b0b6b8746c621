// One SSH connection to a node's server, made when it is first needed and again after it broke; connections to Flint run inside it.
import { createHash } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { Client, ServerHostKeyAlgorithm } from 'ssh2'
import type { Logger } from 'pino'
import { Failure } from '../../../shared/domain/failure.ts'
import { ConnectError, wordOf } from '../http/peerConnect.ts'
import { hostKeyChanged, hostKeyUnknown, sshForwardRefused, sshRefused, sshTargetUnreachable, sshUnreachable } from './accessFailures.ts'
import { ForwardedStream } from './forwardedStream.ts'
import { loadSsh, loginOf, type SshAuth } from './sshLogin.ts'

export interface HostKey {
  /** `ssh-ed25519`, … */
  readonly type: string
  /** `SHA256:…`, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string
}

export interface TunnelOptions {
  readonly host: string
  readonly port: number
  readonly user: string
  /** The only host key that is accepted; null: none yet, so that nobody is let in. */
  readonly hostKey: HostKey | null
  readonly auth: SshAuth
  readonly passphrase: () => Promise<string | null>
  readonly agentSocket: () => string | undefined
  readonly log: Logger
  /** Until we are let in, in milliseconds. */
  readonly readyTimeoutMs?: number | undefined
  /** Between two signs of life; after three without an answer the connection is given up. */
  readonly keepaliveMs?: number | undefined
}

/** A server that has refused us is not asked again at once: some ban who tries too often. */
const firstRestMs = 60_000
const longestRestMs = 900_000
const farewellMs = 1_000
/** RFC 4254: the server does not forward at all; nothing listens at the target. */
const prohibited = 1
const connectFailed = 2

export class SshTunnel {
  readonly #options: TunnelOptions
  /** The connection that is there, or being made. */
  #client: Promise<Client> | null = null
  #open: Client | null = null
  #refusal: { readonly failure: Failure; readonly untilMs: number } | null = null
  #restMs = firstRestMs
  #seenHostKey: HostKey | null = null
  #closed = false

  constructor(options: TunnelOptions) {
    this.#options = options
  }

  /** `user@host:port`, for messages. */
  get server(): string {
    return `${this.#options.host}:${this.#options.port}`
  }

  /** The key that the server showed last, accepted or not. */
  get seenHostKey(): HostKey | null {
    return this.#seenHostKey
  }

  /** A connection from the SSH server to `host:port`. Throws ConnectError with the Failure that says what is wrong. */
  async open(host: string, port: number, timeoutMs: number): Promise<Duplex> {
    if (this.#closed) throw new ConnectError('closed')
    const client = await this.#connected()
    return new Promise((resolve, reject) => {
      let given = false
      const give = (error: ConnectError): void => {
        given = true
        clearTimeout(timer)
        reject(error)
      }
      // A server that does not even say no is dead: the next one who asks gets a new connection.
      const timer = setTimeout(() => {
        this.#drop(client)
        give(new ConnectError('UND_ERR_CONNECT_TIMEOUT', sshUnreachable(this.server, 'it fell silent')))
      }, timeoutMs)
      try {
        client.forwardOut('127.0.0.1', 0, host, port, (error, channel) => {
          const stream = error === undefined ? new ForwardedStream(channel) : null
          if (given) stream?.destroy()
          else if (stream === null) give(this.#forwardError(error, `${host}:${port}`))
          else {
            clearTimeout(timer)
            stream.on('error', () => undefined)
            resolve(stream)
          }
        })
      } catch (error) {
        this.#drop(client)
        give(new ConnectError(wordOf(error), sshUnreachable(this.server, 'it was just lost')))
      }
    })
  }

  /** Forgets a refusal: the operator asks for another try now. */
  retry(): void {
    this.#refusal = null
    this.#restMs = firstRestMs
  }

  async close(): Promise<void> {
    this.#closed = true
    const client = this.#client
    this.#client = null
    this.#open = null
    await client?.then(
      (open) => {
        open.end()
        // Over a dead network nobody answers the farewell.
        setTimeout(() => open.destroy(), farewellMs).unref()
        return null
      },
      () => null,
    )
  }

  #forwardError(error: Error | undefined, target: string): ConnectError {
    const reason: unknown = error !== undefined && 'reason' in error ? error.reason : null
    if (reason === prohibited) return new ConnectError('prohibited', sshForwardRefused(this.server))
    if (reason === connectFailed) return new ConnectError('ECONNREFUSED', sshTargetUnreachable(this.server, target))
    return new ConnectError('ssh', sshUnreachable(this.server, 'it does not open the connection'))
  }

  #connected(): Promise<Client> {
    if (this.#refusal !== null && performance.now() < this.#refusal.untilMs) throw new ConnectError('ssh', this.#refusal.failure)
    this.#client ??= this.#connect().catch((error: unknown) => {
      this.#client = null
      throw error instanceof Failure ? new ConnectError('ssh', error) : error
    })
    return this.#client
  }

  async #connect(): Promise<Client> {
    const { host, port, user, auth, log, hostKey } = this.#options
    // Who is not sure of the server is not asked for a passphrase either.
    const login = hostKey === null ? {} : await loginOf(auth, this.#options)
    const { Client } = await loadSsh()
    const client = new Client()
    let refusedKey: Failure | null = null
    await new Promise<void>((resolve, reject) => {
      const failed = (failure: Failure): void => {
        client.end()
        reject(failure)
      }
      // Stays as long as the client: an error without a listener would end the process.
      client.on('error', (error) => {
        failed(refusedKey ?? this.#judged(error))
      })
      client.on('close', () => {
        this.#drop(client)
        failed(refusedKey ?? sshUnreachable(this.server, 'it closed the connection'))
      })
      client.on('ready', () => {
        resolve()
      })
      client.connect({
        ...login,
        host: host.replace(/^\[(.*)\]$/, '$1'),
        port,
        username: user,
        readyTimeout: this.#options.readyTimeoutMs ?? 10_000,
        keepaliveInterval: this.#options.keepaliveMs ?? 10_000,
        keepaliveCountMax: 3,
        ...(hostKey === null ? {} : { algorithms: { serverHostKey: { prepend: algorithmsOf(hostKey.type), append: [], remove: [] } } }),
        hostVerifier: (key: Buffer) => {
          refusedKey = this.#judgeHostKey(key)
          return refusedKey === null
        },
      })
    })
    this.#restMs = firstRestMs
    this.#open = client
    log.info({ server: this.server }, 'ssh tunnel is open')
    return client
  }

  #judgeHostKey(key: Buffer): Failure | null {
    const seen = hostKeyOf(key)
    this.#seenHostKey = seen
    const { hostKey } = this.#options
    if (hostKey === null) return hostKeyUnknown(this.server, seen.fingerprint)
    return seen.fingerprint === hostKey.fingerprint ? null : hostKeyChanged(this.server, hostKey.fingerprint, seen.fingerprint, seen.type)
  }

  #judged(error: Error): Failure {
    const level: unknown = 'level' in error ? error.level : null
    const { user, auth } = this.#options
    if (level === 'client-authentication') {
      const failure = sshRefused(this.server, user, auth.kind === 'agent' ? 'any key of the agent' : 'this key')
      this.#refusal = { failure, untilMs: performance.now() + this.#restMs }
      this.#restMs = Math.min(longestRestMs, this.#restMs * 2)
      return failure
    }
    if (level === 'client-timeout') return sshUnreachable(this.server, 'it does not answer in time')
    if (level === 'client-socket') return sshUnreachable(this.server, wordOf(error))
    return sshUnreachable(this.server, level === 'handshake' ? 'it and this program have no way to speak in common' : 'the connection broke')
  }

  /** The connection is over; channels in it have ended. */
  #drop(client: Client): void {
    if (this.#open !== client) return
    this.#open = null
    this.#client = null
    this.#options.log.info({ server: this.server }, 'ssh tunnel is closed')
    client.destroy()
  }
}

/** From the key as the protocol writes it: a length, the type's name, the rest. */
function hostKeyOf(key: Buffer): HostKey {
  const length = key.length >= 4 ? key.readUInt32BE(0) : 0
  const type = key.toString('latin1', 4, 4 + Math.min(length, 64)).replaceAll(/[^\w@.-]/g, '?')
  return { type, fingerprint: `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}` }
}

/** The signatures that prove possession of a key of that kind: asked for first, so that the server shows the key that was accepted. */
function algorithmsOf(type: string): ServerHostKeyAlgorithm[] {
  const known: readonly ServerHostKeyAlgorithm[] = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521']
  if (type === 'ssh-rsa') return ['rsa-sha2-512', 'rsa-sha2-256']
  return known.filter((algorithm) => algorithm === type)
}
