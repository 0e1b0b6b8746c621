// The open lines to nodes: for each its way, its client and its key, made when first needed.
import type { StoredNode } from '../../../db/repositories/nodes.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { NodeId } from '../../../shared/domain/ids.ts'
import type { Context } from '../context.ts'
import { FlintClient, type FlintClientOptions } from '../flint/client.ts'
import type { PeerConnect } from '../http/peerConnect.ts'
import { Route } from './route.ts'
import type { TunnelOptions } from './sshTunnel.ts'

export interface LineOptions {
  /** Time limits and the like; the application's own unless a test says otherwise. */
  readonly http?: Omit<FlintClientOptions, 'baseUrl' | 'key' | 'log' | 'connect'> | undefined
  readonly ssh?: Partial<Pick<TunnelOptions, 'agentSocket' | 'readyTimeoutMs' | 'keepaliveMs'>> | undefined
}

/** Where a node is, its master key, and how to reach it: never for a client. */
export interface NodeAccess {
  readonly url: string
  readonly key: string
  readonly connect: PeerConnect
}

export function keySecret(nodeId: NodeId): string {
  return `node:${nodeId}:key`
}

export function passphraseSecret(nodeId: NodeId): string {
  return `node:${nodeId}:ssh-passphrase`
}

/** What every tunnel has in common. */
export function tunnelSurroundings(context: Pick<Context, 'log'>, options: LineOptions): Pick<TunnelOptions, 'agentSocket' | 'log' | 'readyTimeoutMs' | 'keepaliveMs'> {
  return { log: context.log, agentSocket: () => process.env['SSH_AUTH_SOCK'], ...options.ssh }
}

export class Lines {
  readonly #context: Context
  readonly #options: LineOptions
  readonly #routes = new Map<NodeId, Route>()
  readonly #clients = new Map<NodeId, FlintClient>()

  constructor(context: Context, options: LineOptions) {
    this.#context = context
    this.#options = options
  }

  /** The one source of connections to the node. */
  route(node: StoredNode): Route {
    const known = this.#routes.get(node.id)
    if (known) return known
    const tunnel = node.route?.tunnel ?? null
    const made = new Route({
      url: node.url,
      certificateFingerprint: node.route?.certificateFingerprint ?? null,
      isEnrolled: true,
      tunnel:
        tunnel === null
          ? null
          : {
              ...tunnelSurroundings(this.#context, this.#options),
              host: tunnel.host,
              port: tunnel.port,
              user: tunnel.user,
              auth: tunnel.auth,
              hostKey: { type: tunnel.hostKeyType, fingerprint: tunnel.hostKeyFingerprint },
              passphrase: () => this.#context.secrets.get(passphraseSecret(node.id)),
            },
    })
    this.#routes.set(node.id, made)
    return made
  }

  /** Throws `node.key-missing`, `keychain.*`. */
  async client(node: StoredNode): Promise<FlintClient> {
    const known = this.#clients.get(node.id)
    if (known) return known
    const { key, connect, url } = await this.access(node)
    // Someone else may have been first while the keychain was asked.
    const made =
      this.#clients.get(node.id) ?? new FlintClient({ ...this.#options.http, baseUrl: url, key, log: this.#context.log, connect })
    this.#clients.set(node.id, made)
    return made
  }

  /** Throws as `client` does. */
  async access(node: StoredNode): Promise<NodeAccess> {
    const key = await this.#context.secrets.get(keySecret(node.id))
    if (key === null) {
      throw new Failure('node.key-missing', `The keychain holds no key for the node ${node.name}.`, 'Enter it again with “Change key” on the node’s page.')
    }
    return { url: node.url, key, connect: this.route(node).connect }
  }

  /** The next use makes a new line, by what is stored then. Requests under way fail. */
  async drop(nodeId: NodeId): Promise<void> {
    const [client, route] = [this.#clients.get(nodeId), this.#routes.get(nodeId)]
    this.#clients.delete(nodeId)
    this.#routes.delete(nodeId)
    await client?.close()
    await route?.close()
  }

  async close(): Promise<void> {
    await Promise.all([...new Set([...this.#clients.keys(), ...this.#routes.keys()])].map((nodeId) => this.drop(nodeId)))
  }
}
