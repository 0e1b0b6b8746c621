// How a node is enrolled, and how its key, its address and what was trusted of it are changed: proved first, then kept.
import { randomUUID } from 'node:crypto'
import { insertNode, nodeAt, nodeByName, nodeOf, storeAddress, type StoredNode } from '../../../db/repositories/nodes.ts'
import type { StoredRoute } from '../../../db/schema.ts'
import { requireAddress } from '../../../shared/domain/address.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import { asId, type NodeId, type VmUuid } from '../../../shared/domain/ids.ts'
import { requireNodeName } from '../../../shared/domain/nodeName.ts'
import type { Context } from '../context.ts'
import type { AccessChanged } from './accessFailures.ts'
import { type AccessWish, type Inspection, inspectWish, openWish, storedRoute, wishedPassphrase, wishOf, withChange } from './accessWish.ts'
import { keySecret, type LineOptions, passphraseSecret } from './lines.ts'
import type { Look } from './look.ts'
import { type NodeProbe, type NodeSecret, probeNode, type ProbedNode } from './probe.ts'

/** How long an address may take to show its certificate or host key. */
const inspectTimeoutMs = 10_000

/** What enrolment needs of the nodes that are looked at. */
export interface EnrolledNodes {
  /** The VMs of a node that are not known to be gone. */
  known(nodeId: NodeId): VmUuid[]
  /** Whether a look saw another machine than the one that is known; null when it is the same. */
  judge(node: StoredNode, look: Look): AccessChanged | null
  /** A new line by what is stored now, and a whole look over it; `accepted`: whatever machine is there is the right one. */
  anew(nodeId: NodeId, accepted: boolean): Promise<void>
}

export class Enrolment {
  readonly #context: Context
  readonly #options: LineOptions
  readonly #nodes: EnrolledNodes
  readonly #signal: AbortSignal

  constructor(context: Context, options: LineOptions, nodes: EnrolledNodes, signal: AbortSignal) {
    this.#context = context
    this.#options = options
    this.#nodes = nodes
    this.#signal = signal
  }

  /**
   * What shows itself at an address, asked without any secret of Flint's. Throws why nothing can be seen.
   * @param nodeId the node that is to be reached so: its passphrase is used where none is given
   */
  async inspect(url: string, access?: AccessWish, nodeId?: NodeId): Promise<Inspection> {
    const route = openWish(url, access, { context: this.#context, options: this.#options, kept: () => this.#keptPassphrase(nodeId) })
    try {
      return await inspectWish(route, url, access, inspectTimeoutMs)
    } finally {
      await route.close()
    }
  }

  /** Looks at a node that is not enrolled; throws the Failure that says why it could not be. */
  async probe(url: string, secret: NodeSecret, access?: AccessWish): Promise<NodeProbe> {
    return (await this.#probe(url, secret, access)).probe
  }

  /** Probes, puts the secrets into the keychain and saves the node. Throws what `probe` throws, `node.name-taken`, `node.url-taken`, `node.invalid-name`. */
  async add(name: string, url: string, secret: NodeSecret, access?: AccessWish): Promise<NodeId> {
    const { db, clock, log } = this.#context
    const refuseTaken = (): void => {
      this.refuseTakenName(name)
      this.#refuseSameAddress(url, access, null)
    }
    requireNodeName(name)
    refuseTaken()
    const { address, key, probe, route } = await this.#probe(url, secret, access)
    const id = asId<NodeId>(randomUUID())
    try {
      await this.#context.secrets.set(keySecret(id), key)
      const passphrase = wishedPassphrase(access)
      if (passphrase !== undefined && passphrase !== '') await this.#context.secrets.set(passphraseSecret(id), passphrase)
      db.transaction(() => {
        refuseTaken()
        const now = clock.now()
        insertNode(db.orm, {
          id,
          name,
          url: address.url,
          route,
          hostname: probe.hostname,
          maintenance: false,
          createdAt: now,
          state: 'unknown',
          findings: probe.findings,
          exposureCheckedAt: now,
        })
      })
    } catch (error) {
      await this.forgetSecrets(id)
      throw error
    }
    log.info({ node: name, url: address.url }, 'node added')
    return id
  }

  /** Proves another key at the same address and machine, then puts it in the old one's place. Throws what `probe` throws, `node.host-changed`. */
  async changeKey(nodeId: NodeId, secret: NodeSecret): Promise<void> {
    const node = this.#stored(nodeId)
    const probed = await this.#probe(node.url, secret, wishOf(node.route), node)
    const changed = this.#nodes.judge(node, probed.look)
    if (changed !== null) throw changed
    await this.#context.secrets.set(keySecret(nodeId), probed.key)
    this.#context.log.info({ node: node.name }, 'node key changed')
    await this.#nodes.anew(nodeId, false)
  }

  /**
   * Proves another address or way with the key that is kept. A machine there that is not the one that is known is refused
   * (`node.host-changed`) unless it is accepted by typing the node's name. Throws what `probe` throws, `node.url-taken`.
   */
  async changeAddress(nodeId: NodeId, url: string, access: AccessWish | undefined, confirm: string | undefined): Promise<void> {
    const node = this.#stored(nodeId)
    const key = await this.#context.secrets.get(keySecret(nodeId))
    if (key === null) {
      throw new Failure('node.key-missing', `The keychain holds no key for the node ${node.name}.`, 'Enter it with “Change key” first.')
    }
    this.#refuseSameAddress(url, access, nodeId)
    const probed = await this.#probe(url, { kind: 'key', value: key }, access, node)
    const changed = this.#nodes.judge(node, probed.look)
    if (changed !== null && confirm !== node.name) throw changed
    await this.#keepPassphrase(nodeId, access)
    storeAddress(this.#context.db.orm, nodeId, { url: probed.address.url, route: probed.route, hostname: probed.probe.hostname })
    this.#context.log.info({ node: node.name, url: probed.address.url }, 'node address changed')
    await this.#nodes.anew(nodeId, changed !== null)
  }

  /**
   * Accepts exactly what was shown: a certificate, a host key, or another machine, for which the node's name is typed. Throws
   * `node.change-unknown`, `confirm.needed`.
   */
  async acceptChange(nodeId: NodeId, seen: string, confirm: string | undefined): Promise<void> {
    const { name, url, hostname, route, change } = this.#stored(nodeId)
    if (change === null || change.seen !== seen) {
      throw new Failure('node.change-unknown', 'What was accepted is not what shows itself there now.', 'Look at the node’s page again.')
    }
    if (change.kind === 'host' && confirm !== name) {
      throw new Failure('confirm.needed', `To accept another machine as ${name}, “${name}” has to be typed; nothing was done.`, 'Type it exactly as shown.')
    }
    storeAddress(this.#context.db.orm, nodeId, { url, route: withChange(route, change), hostname })
    this.#context.log.info({ node: name, kind: change.kind }, 'a change of a node was accepted')
    await this.#nodes.anew(nodeId, change.kind === 'host')
  }

  async forgetSecrets(nodeId: NodeId): Promise<void> {
    await this.#context.secrets.delete(keySecret(nodeId))
    await this.#context.secrets.delete(passphraseSecret(nodeId))
  }

  refuseTakenName(name: string): void {
    if (nodeByName(this.#context.db.orm, name) === null) return
    throw new Failure('node.name-taken', `A node named “${name}” exists already.`, 'Choose another name, or remove that node first.')
  }

  /** @param enrolled the node that is known there: its VMs are looked up, and its passphrase is used where none is given */
  async #probe(
    url: string,
    secret: NodeSecret,
    access: AccessWish | undefined,
    enrolled?: StoredNode,
  ): Promise<ProbedNode & { readonly route: StoredRoute | null }> {
    const kept = () => this.#keptPassphrase(enrolled?.id)
    const route = openWish(url, access, { context: this.#context, options: this.#options, kept })
    try {
      const probed = await probeNode(url, secret, {
        log: this.#context.log,
        now: () => this.#context.clock.now(),
        signal: this.#signal,
        http: this.#options.http,
        route,
        tunnelHost: access?.tunnel?.host ?? null,
        known: enrolled === undefined ? [] : this.#nodes.known(enrolled.id),
      })
      return { ...probed, route: storedRoute(access, route) }
    } finally {
      await route.close()
    }
  }

  async #keptPassphrase(nodeId: NodeId | undefined): Promise<string | null> {
    return nodeId === undefined ? null : this.#context.secrets.get(passphraseSecret(nodeId))
  }

  async #keepPassphrase(nodeId: NodeId, access: AccessWish | undefined): Promise<void> {
    const passphrase = wishedPassphrase(access)
    if (access?.tunnel?.auth.kind !== 'key-file' || passphrase === '') await this.#context.secrets.delete(passphraseSecret(nodeId))
    else if (passphrase !== undefined) await this.#context.secrets.set(passphraseSecret(nodeId), passphrase)
  }

  #stored(nodeId: NodeId): StoredNode {
    const node = nodeOf(this.#context.db.orm, nodeId)
    if (node === null) throw new Failure('node.unknown', 'That node is not known here.', 'Look at the list of nodes.')
    return node
  }

  /** @param except the node that may be there */
  #refuseSameAddress(typed: string, access: AccessWish | undefined, except: NodeId | null): void {
    const { url } = requireAddress(typed, 'node.invalid-url')
    const tunnel = access?.tunnel
    const same = nodeAt(this.#context.db.orm, url, tunnel === undefined ? null : `${tunnel.host}:${tunnel.port}`)
    if (same === null || same.id === except) return
    throw new Failure('node.url-taken', `The node “${same.name}” is at ${url} already.`, 'One node twice would show each of its VMs twice.')
  }
}
