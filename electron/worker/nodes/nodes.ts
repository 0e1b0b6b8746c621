// The nodes: enrolment, clients, fresh looks and what was seen of them. What this class says of a VM is observed, never assumed.
import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import { countLinksOfNode } from '../../../db/repositories/links.ts'
import {
  allNodes,
  deleteNode,
  insertNode,
  nodeByName,
  nodeByUrl,
  nodeOf,
  storeFindings,
  storeMaintenance,
  type StoredNode,
} from '../../../db/repositories/nodes.ts'
import { countVmsByNode } from '../../../db/repositories/vms.ts'
import type { powerAction, vmState } from '../../../shared/contract/vms.ts'
import { requireAddress } from '../../../shared/domain/address.ts'
import { Failure, type FailureBody } from '../../../shared/domain/failure.ts'
import { asId, type NodeId, type VmRef } from '../../../shared/domain/ids.ts'
import { requireNodeName } from '../../../shared/domain/nodeName.ts'
import type { Context } from '../context.ts'
import { FlintClient, type FlintClientOptions } from '../flint/client.ts'
import { Coalesced } from './coalesce.ts'
import { exposureFindings, withoutExposure } from './findings.ts'
import { lookAtNode } from './look.ts'
import { toNodeRow, type NodeRow } from './nodeRow.ts'
import { Observations, type SeenNode } from './observations.ts'
import { Poller } from './poller.ts'
import { probeNode, type NodeProbe, type NodeSecret } from './probe.ts'

export type { NodeRow } from './nodeRow.ts'
export type PowerAction = z.output<typeof powerAction>
export type VmState = z.output<typeof vmState>

export type VmReading =
  | { readonly kind: 'present'; readonly name: string; readonly state: VmState; readonly memoryKiB: number; readonly vcpus: number; readonly observedAt: number }
  | { readonly kind: 'gone'; readonly observedAt: number }

export type LookResult = { readonly ok: true } | { readonly ok: false; readonly error: FailureBody }

export interface NodesOptions {
  /** From the end of one look at a node to the next, in milliseconds. */
  readonly pollMs?: number | undefined
  /** Time limits and the like; the application's own unless a test says otherwise. */
  readonly http?: Omit<FlintClientOptions, 'baseUrl' | 'key' | 'log'> | undefined
}

function secretName(nodeId: NodeId): string {
  return `node:${nodeId}:key`
}

export class Nodes {
  readonly #context: Context
  readonly #options: NodesOptions
  readonly #observations: Observations
  readonly #poller: Poller
  readonly #clients = new Map<NodeId, FlintClient>()
  readonly #looks = new Map<NodeId, Coalesced<LookResult>>()
  readonly #closing = new AbortController()

  constructor(context: Context, options: NodesOptions = {}) {
    this.#context = context
    this.#options = options
    this.#observations = new Observations(context)
    this.#poller = new Poller(options.pollMs ?? 15_000, (nodeId) => this.look(nodeId))
  }

  /** Told of every look that could be believed, once it is stored. */
  onSeen(listener: (seen: SeenNode) => void): void {
    this.#observations.onSeen(listener)
  }

  /** Begins to look at every node again and again. */
  start(): void {
    this.#poller.start(allNodes(this.#context.db.orm).map((node) => node.id))
  }

  /** Ends the looks under way (nothing of them is stored) and closes every connection. */
  async stop(): Promise<void> {
    this.#poller.stop()
    this.#closing.abort(new Failure('worker.closing', 'The worker is closing.'))
    await Promise.all([...this.#looks.values()].map((looks) => looks.settled()))
    await Promise.all([...this.#clients.values()].map((client) => client.close()))
    this.#clients.clear()
  }

  /** The node's client, with its key from the keychain. Throws `node.unknown`, `node.key-missing`, `keychain.*`. */
  async client(nodeId: NodeId): Promise<FlintClient> {
    const node = this.#stored(nodeId)
    const known = this.#clients.get(nodeId)
    if (known) return known
    const { key } = await this.access(nodeId)
    // Someone else may have been first while the keychain was asked.
    const made = this.#clients.get(nodeId) ?? new FlintClient({ ...this.#options.http, baseUrl: node.url, key, log: this.#context.log })
    this.#clients.set(nodeId, made)
    return made
  }

  /** Where the node is and its master key, for those who speak to it themselves (consoles): never for a client. Throws as `client` does. */
  async access(nodeId: NodeId): Promise<{ readonly url: string; readonly key: string }> {
    const node = this.#stored(nodeId)
    const key = await this.#context.secrets.get(secretName(nodeId))
    if (key === null) {
      throw new Failure('node.key-missing', `The keychain holds no key for the node ${node.name}.`, 'Remove the node and add it again with its key.')
    }
    return { url: node.url, key }
  }

  rows(): NodeRow[] {
    const counts = countVmsByNode(this.#context.db.orm)
    return allNodes(this.#context.db.orm).map((node) => toNodeRow(node, counts.get(node.id) ?? 0))
  }

  /** Throws `node.unknown`. */
  row(nodeId: NodeId): NodeRow {
    return toNodeRow(this.#stored(nodeId), countVmsByNode(this.#context.db.orm).get(nodeId) ?? 0)
  }

  /** Looks at a node that is not enrolled; throws the Failure that says why it could not be. */
  async probe(url: string, secret: NodeSecret): Promise<NodeProbe> {
    return (await this.#probe(url, secret)).probe
  }

  /** Probes, puts the key into the keychain, saves the node and looks at it. Throws what `probe` throws, `node.name-taken`, `node.invalid-name`. */
  async add(name: string, url: string, secret: NodeSecret): Promise<NodeRow> {
    const { orm } = this.#context.db
    this.#refuseTaken(requireNodeName(name), requireAddress(url, 'node.invalid-url').url)
    const { address, key, probe } = await this.#probe(url, secret)
    const id = asId<NodeId>(randomUUID())
    await this.#context.secrets.set(secretName(id), key)
    try {
      this.#context.db.transaction(() => {
        this.#refuseTaken(name, address.url)
        insertNode(orm, {
          id,
          name,
          url: address.url,
          hostname: probe.hostname,
          maintenance: false,
          createdAt: this.#context.clock.now(),
          state: 'unknown',
          findings: probe.findings,
        })
      })
    } catch (error) {
      await this.#context.secrets.delete(secretName(id))
      throw error
    }
    this.#context.log.info({ node: name, url: address.url }, 'node added')
    await this.look(id)
    this.#poller.watch(id)
    return this.row(id)
  }

  /** A fresh look with the exposure findings, at one node or at all; what is wrong is in the rows. */
  async check(nodeId?: NodeId): Promise<NodeRow[]> {
    const targets = nodeId === undefined ? allNodes(this.#context.db.orm) : [this.#stored(nodeId)]
    await Promise.all(targets.map((node) => this.#checkOne(node.id)))
    return targets.map((node) => this.row(node.id))
  }

  /** In maintenance automation leaves the node's VMs alone; it is still looked at. */
  setMaintenance(nodeId: NodeId, on: boolean): NodeRow {
    const node = this.#stored(nodeId)
    storeMaintenance(this.#context.db.orm, nodeId, on)
    this.#context.log.info({ node: node.name, on }, 'maintenance')
    this.#context.changed('nodes', 'guards')
    return this.row(nodeId)
  }

  /** Forgets the node, what was seen of its VMs, and its key. Throws `node.linked` while a service is linked to one of them. */
  async remove(nodeId: NodeId): Promise<void> {
    const node = this.#stored(nodeId)
    this.#refuseLinked(node)
    await this.#context.secrets.delete(secretName(nodeId))
    this.#context.db.transaction(() => {
      this.#refuseLinked(node)
      deleteNode(this.#context.db.orm, nodeId)
    })
    this.#poller.forget(nodeId)
    const client = this.#clients.get(nodeId)
    this.#clients.delete(nodeId)
    this.#looks.delete(nodeId)
    await client?.close()
    this.#context.log.info({ node: node.name }, 'node removed')
    this.#context.changed('nodes', 'vms')
  }

  /** A fresh, honest look at a whole node, stored. Never throws: the failure is in the answer. */
  look(nodeId: NodeId): Promise<LookResult> {
    const known = this.#looks.get(nodeId)
    if (known) return known.run()
    const made = new Coalesced(() => this.#lookNow(nodeId))
    this.#looks.set(nodeId, made)
    return made.run()
  }

  /** A fresh look at every node (or one), in parallel; a dead one delays only its own line. */
  async lookAtAll(nodeId?: NodeId): Promise<{ nodeId: NodeId; name: string; error: FailureBody | null }[]> {
    const targets = nodeId === undefined ? allNodes(this.#context.db.orm) : [this.#stored(nodeId)]
    return Promise.all(
      targets.map(async (node) => {
        const result = await this.look(node.id)
        return { nodeId: node.id, name: node.name, error: result.ok ? null : result.error }
      }),
    )
  }

  /**
   * A fresh look at one VM, after its node's health in the same call, stored. `gone` only on a node that was well before and after. Throws
   * the Failure that says why the node cannot be believed.
   */
  async readVm(ref: VmRef): Promise<VmReading> {
    const client = await this.client(ref.nodeId)
    const observation = this.#observations.begin()
    const { at } = observation
    await this.#believable(ref.nodeId, client)
    const vm = await client.vm(ref.uuid)
    if (vm === null) {
      await this.#believable(ref.nodeId, client)
      this.#observations.storeGone(ref, observation)
      return { kind: 'gone', observedAt: at }
    }
    this.#observations.storeVm(ref.nodeId, observation, vm)
    return { kind: 'present', name: vm.name, state: vm.state, memoryKiB: vm.memoryKiB, vcpus: vm.vcpus, observedAt: at }
  }

  /**
   * Sends one power action. `accepted` proves nothing; `already` is libvirt's Code=55: the wish is true already, or the VM is paused. Throws
   * `vm.unknown`, `vm.action-refused`, why the node cannot be believed, and `node.no-answer` when it may or may not have been done.
   */
  async sendAction(ref: VmRef, action: PowerAction): Promise<'accepted' | 'already'> {
    const client = await this.client(ref.nodeId)
    try {
      return await client.act(ref.uuid, action)
    } catch (error) {
      // A node that has lost libvirt says "not found" of every VM.
      if (error instanceof Failure && error.code === 'vm.unknown') await this.#believable(ref.nodeId, client)
      throw error
    }
  }

  /** Why automation may not trust the node now, from the last look; null when it may. */
  trouble(nodeId: NodeId): FailureBody | null {
    const node = nodeOf(this.#context.db.orm, nodeId)
    if (node === null) return { code: 'node.unknown', message: 'The node is not enrolled here any more.' }
    if (node.maintenance) return { code: 'node.maintenance', message: `The node ${node.name} is in maintenance.`, hint: 'End its maintenance when it is over.' }
    if (node.state === 'ok') return null
    return node.problem ?? { code: 'node.unchecked', message: `The node ${node.name} has not been looked at yet.`, hint: 'Check it.' }
  }

  async #probe(url: string, secret: NodeSecret): ReturnType<typeof probeNode> {
    return probeNode(url, secret, {
      log: this.#context.log,
      now: () => this.#context.clock.now(),
      signal: this.#closing.signal,
      http: this.#options.http,
    })
  }

  async #lookNow(nodeId: NodeId): Promise<LookResult> {
    const observation = this.#observations.begin()
    try {
      const node = this.#stored(nodeId)
      const client = await this.client(nodeId)
      const look = await lookAtNode(client, this.#observations.known(nodeId), this.#closing.signal)
      this.#closing.signal.throwIfAborted()
      await this.#observations.storeLook(node, observation, look)
      return { ok: true }
    } catch (error) {
      return { ok: false, error: this.#failed(nodeId, error) }
    }
  }

  async #checkOne(nodeId: NodeId): Promise<void> {
    const seen = await this.look(nodeId)
    if (!seen.ok) return
    const client = await this.client(nodeId)
    const address = requireAddress(this.#stored(nodeId).url, 'node.invalid-url')
    try {
      const exposed = await client.keyIsExposed({ signal: this.#closing.signal })
      const { findings } = this.#stored(nodeId)
      storeFindings(this.#context.db.orm, nodeId, [...exposureFindings(address, exposed), ...withoutExposure(findings)])
      this.#context.changed('nodes')
    } catch (error) {
      this.#failed(nodeId, error)
    }
  }

  /** As the client's own, and a node that is not to be believed is at once shown as such. */
  async #believable(nodeId: NodeId, client: FlintClient): Promise<void> {
    try {
      await client.believable({ now: true })
    } catch (error) {
      if (error instanceof Failure) this.#failed(nodeId, error)
      throw error
    }
  }

  /** Stores that a node could not be believed, and why. A bug is logged and said to be one. */
  #failed(nodeId: NodeId, error: unknown): FailureBody {
    if (!(error instanceof Failure)) this.#context.log.error({ err: error, nodeId }, 'a look at a node failed unexpectedly')
    const problem = error instanceof Failure ? error.body() : { code: 'internal', message: 'The look failed unexpectedly; the log has the details.' }
    if (!this.#closing.signal.aborted) this.#observations.storeFailure(nodeId, problem)
    return problem
  }

  #stored(nodeId: NodeId): StoredNode {
    const node = nodeOf(this.#context.db.orm, nodeId)
    if (node === null) throw new Failure('node.unknown', 'That node is not known here.', 'Look at the list of nodes.')
    return node
  }

  #refuseTaken(name: string, url: string): void {
    const { orm } = this.#context.db
    if (nodeByName(orm, name) !== null) throw new Failure('node.name-taken', `A node named “${name}” exists already.`, 'Choose another name, or remove that node first.')
    const same = nodeByUrl(orm, url)
    if (same !== null) throw new Failure('node.url-taken', `The node “${same.name}” is at ${url} already.`, 'One node twice would show each of its VMs twice.')
  }

  #refuseLinked(node: StoredNode): void {
    const links = countLinksOfNode(this.#context.db.orm, node.id)
    if (links === 0) return
    const what = links === 1 ? 'One service is linked to a VM' : `${links} services are linked to VMs`
    throw new Failure('node.linked', `${what} of the node ${node.name}.`, 'Remove the links first: automation would lose sight of those customers.')
  }
}
