// The nodes: enrolment, clients, fresh looks and what was seen of them. What this class says of a VM is observed, never assumed.
import type { z } from 'zod'
import { countLinksOfNode } from '../../../db/repositories/links.ts'
import {
  allNodes,
  deleteNode,
  nodeOf,
  storeExposure,
  storeMaintenance,
  storeNodeMarks,
  type StoredNode,
} from '../../../db/repositories/nodes.ts'
import { countVmsByNode, twinsOf } from '../../../db/repositories/vms.ts'
import type { powerAction, vmState } from '../../../shared/contract/vms.ts'
import { Failure, type FailureBody } from '../../../shared/domain/failure.ts'
import type { NodeId, VmRef } from '../../../shared/domain/ids.ts'
import { requireNodeName } from '../../../shared/domain/nodeName.ts'
import { together } from '../../../shared/domain/together.ts'
import type { Context } from '../context.ts'
import type { FlintClient } from '../flint/client.ts'
import { keyRefusedLater } from '../flint/failures.ts'
import type { AccessChanged } from './accessFailures.ts'
import type { AccessWish } from './accessWish.ts'
import { Coalesced } from './coalesce.ts'
import { Enrolment } from './enrolment.ts'
import { checkExposure, exposureEveryMs, subjectOf } from './exposure.ts'
import { withoutExposure } from './findings.ts'
import { judgeHost } from './hostIdentity.ts'
import { type LineOptions, Lines, type NodeAccess } from './lines.ts'
import { type Look, lookAtNode } from './look.ts'
import { toNodeRow, type NodeRow } from './nodeRow.ts'
import { Observations, type SeenNode } from './observations.ts'
import { Poller } from './poller.ts'
import type { NodeProbe, NodeSecret } from './probe.ts'

export type PowerAction = z.output<typeof powerAction>
export type VmState = z.output<typeof vmState>

export type VmReading =
  | {
      readonly kind: 'present'
      readonly name: string
      readonly state: VmState
      readonly memoryKiB: number
      readonly vcpus: number
      /** CPU time consumed since it was started; it begins anew with a start. */
      readonly cpuTimeSeconds: number
      readonly observedAt: number
    }
  | { readonly kind: 'gone'; readonly observedAt: number }

export type LookResult = { readonly ok: true } | { readonly ok: false; readonly error: FailureBody }

export interface NodesOptions extends LineOptions {
  /** From the end of one look at a node to the next, in milliseconds. */
  readonly pollMs?: number | undefined
}

export class Nodes {
  /** How nodes are added, and how their access is changed. */
  readonly enrolment: Enrolment
  readonly #context: Context
  readonly #observations: Observations
  readonly #poller: Poller
  readonly #lines: Lines
  readonly #looks = new Map<NodeId, Coalesced<LookResult>>()
  /** Nodes whose next look is not compared with what was known: the operator has accepted whatever machine is there. */
  readonly #accepted = new Set<NodeId>()
  readonly #closing = new AbortController()

  constructor(context: Context, options: NodesOptions = {}) {
    this.#context = context
    this.#observations = new Observations(context)
    this.#lines = new Lines(context, options)
    this.enrolment = new Enrolment(
      context,
      options,
      {
        known: (nodeId) => this.#observations.known(nodeId),
        judge: (node, look) => this.#judge(node, look),
        anew: (nodeId, accepted) => this.#anew(nodeId, accepted),
      },
      this.#closing.signal,
    )
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
    await this.#lines.close()
  }

  /** The node's client, with its key from the keychain. Throws `node.unknown`, `node.key-missing`, `node.host-changed`, `keychain.*`. */
  async client(nodeId: NodeId): Promise<FlintClient> {
    return this.#lines.client(this.#trusted(nodeId))
  }

  /** Where the node is, its master key and the way to it, for those who speak to it themselves (consoles): never for a client. Throws as `client` does. */
  async access(nodeId: NodeId): Promise<NodeAccess> {
    return this.#lines.access(this.#trusted(nodeId))
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
  async probe(url: string, secret: NodeSecret, access?: AccessWish): Promise<NodeProbe> {
    return this.enrolment.probe(url, secret, access)
  }

  /** Enrols a node and looks at it. Throws as `enrolment.add` does. */
  async add(name: string, url: string, secret: NodeSecret, access?: AccessWish): Promise<NodeRow> {
    const id = await this.enrolment.add(name, url, secret, access)
    await this.look(id)
    this.#poller.watch(id)
    return this.row(id)
  }

  /** Name, note, tags and location, as far as given. Throws `node.invalid-name`, `node.name-taken`. */
  mark(nodeId: NodeId, marks: Partial<Pick<StoredNode, 'name' | 'note' | 'tags' | 'location'>>): NodeRow {
    const node = this.#stored(nodeId)
    if (marks.name !== undefined && marks.name !== node.name) this.enrolment.refuseTakenName(requireNodeName(marks.name))
    if (Object.keys(marks).length > 0) storeNodeMarks(this.#context.db.orm, nodeId, marks)
    this.#context.changed('nodes', 'vms', 'links')
    return this.row(nodeId)
  }

  /** A fresh look with the exposure findings, at one node or at all; what is wrong is in the rows. */
  async check(nodeId?: NodeId): Promise<NodeRow[]> {
    const targets = nodeId === undefined ? allNodes(this.#context.db.orm) : [this.#stored(nodeId)]
    for (const node of targets) this.#lines.route(node).retry()
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
    await this.enrolment.forgetSecrets(nodeId)
    this.#context.db.transaction(() => {
      this.#refuseLinked(node)
      deleteNode(this.#context.db.orm, nodeId)
    })
    this.#poller.forget(nodeId)
    this.#looks.delete(nodeId)
    await this.#lines.drop(nodeId)
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
   * A fresh look at one VM and at its node's health, stored. `gone` only on a node that was well before and after it said so. Throws
   * the Failure that says why the node cannot be believed.
   */
  async readVm(ref: VmRef): Promise<VmReading> {
    const client = await this.client(ref.nodeId)
    const observation = this.#observations.begin()
    const { at } = observation
    let [, vm] = await together(this.#believable(ref.nodeId, client), client.vm(ref.uuid))
    if (vm === null) {
      vm = await client.vm(ref.uuid)
      await this.#believable(ref.nodeId, client)
    }
    if (vm === null) {
      this.#observations.storeGone(ref, observation)
      return { kind: 'gone', observedAt: at }
    }
    this.#observations.storeVm(ref.nodeId, observation, vm)
    const { name, state, memoryKiB, vcpus, cpuTimeSeconds } = vm
    return { kind: 'present', name, state, memoryKiB, vcpus, cpuTimeSeconds, observedAt: at }
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

  /** Whether a look saw another machine than the one that is known; null when it is the same. */
  #judge(node: StoredNode, look: Look): AccessChanged | null {
    const known = this.#observations.known(node.id).length
    const uuids = look.listed.map((vm) => vm.uuid)
    return judgeHost({
      node: node.name,
      enrolledHostname: node.hostname,
      hostname: look.host.hostname,
      known,
      present: Math.max(0, known - look.gone.length),
      homes: [...new Set(twinsOf(this.#context.db, node.id, uuids).map((twin) => twin.nodeName))],
    })
  }

  /** After a change that was proved: a new line, and a look over it. */
  async #anew(nodeId: NodeId, accepted: boolean): Promise<void> {
    if (accepted) this.#accepted.add(nodeId)
    await this.#lines.drop(nodeId)
    await this.#checkOne(nodeId)
    this.#context.changed('nodes', 'guards')
  }

  async #lookNow(nodeId: NodeId): Promise<LookResult> {
    const observation = this.#observations.begin()
    try {
      const node = this.#stored(nodeId)
      const client = await this.#lines.client(node)
      const look = await lookAtNode(client, this.#observations.known(nodeId), this.#closing.signal)
      this.#closing.signal.throwIfAborted()
      const isAccepted = this.#accepted.has(nodeId)
      const changed = isAccepted ? null : this.#judge(node, look)
      if (changed !== null) throw changed
      await this.#observations.storeLook(node, observation, look, {
        certificate: this.#lines.route(node).certificate,
        hostname: isAccepted ? look.host.hostname : node.hostname,
      })
      this.#accepted.delete(nodeId)
      if (Math.abs(observation.at - (node.exposureCheckedAt ?? 0)) > exposureEveryMs) await this.#expose(nodeId, client)
      return { ok: true }
    } catch (error) {
      return { ok: false, error: this.#failed(nodeId, error) }
    }
  }

  async #checkOne(nodeId: NodeId): Promise<void> {
    const seen = await this.look(nodeId)
    if (!seen.ok) return
    try {
      await this.#expose(nodeId, await this.client(nodeId))
    } catch (error) {
      this.#failed(nodeId, error)
    }
  }

  async #expose(nodeId: NodeId, client: FlintClient): Promise<void> {
    const found = await checkExposure(client, subjectOf(this.#stored(nodeId)), { log: this.#context.log, signal: this.#closing.signal })
    storeExposure(this.#context.db.orm, nodeId, [...found, ...withoutExposure(this.#stored(nodeId).findings)], this.#context.clock.now())
    this.#context.changed('nodes')
  }

  /** As the client's own, and a node that is not to be believed is at once shown as such. A machine of another name is looked at whole first. */
  async #believable(nodeId: NodeId, client: FlintClient): Promise<void> {
    let hostname: string
    try {
      hostname = (await client.believable({ now: true })).host.hostname
    } catch (error) {
      if (error instanceof Failure) this.#failed(nodeId, error)
      throw error
    }
    const { capacity } = this.#stored(nodeId)
    if (capacity === null || hostname === capacity['hostname']) return
    const looked = await this.look(nodeId)
    if (!looked.ok) throw new Failure(looked.error.code, looked.error.message, looked.error.hint)
  }

  /** Stores that a node could not be believed, and why. A bug is logged and said to be one. */
  #failed(nodeId: NodeId, error: unknown): FailureBody {
    if (!(error instanceof Failure)) this.#context.log.error({ err: error, nodeId }, 'a look at a node failed unexpectedly')
    const problem = error instanceof Failure ? this.#explained(nodeId, error) : { code: 'internal', message: 'The look failed unexpectedly; the log has the details.' }
    if (!this.#closing.signal.aborted) this.#observations.storeFailure(nodeId, problem, error)
    return problem
  }

  /** A key that was accepted before and is refused now has other causes than one that never was. */
  #explained(nodeId: NodeId, failure: Failure): FailureBody {
    const node = nodeOf(this.#context.db.orm, nodeId)
    if (failure.code !== 'node.unauthorized' || node === null || node.lastSeenAt === null) return failure.body()
    return keyRefusedLater(node.url, node.lastSeenAt).body()
  }

  /** Throws `node.unknown`, and why while another machine answers at the node's address. */
  #trusted(nodeId: NodeId): StoredNode {
    const node = this.#stored(nodeId)
    if (node.change?.kind === 'host' && node.problem?.code === 'node.host-changed') {
      throw new Failure(node.problem.code, node.problem.message, node.problem.hint)
    }
    return node
  }

  #stored(nodeId: NodeId): StoredNode {
    const node = nodeOf(this.#context.db.orm, nodeId)
    if (node === null) throw new Failure('node.unknown', 'That node is not known here.', 'Look at the list of nodes.')
    return node
  }

  #refuseLinked(node: StoredNode): void {
    const links = countLinksOfNode(this.#context.db.orm, node.id)
    if (links === 0) return
    const what = links === 1 ? 'One service is linked to a VM' : `${links} services are linked to VMs`
    throw new Failure('node.linked', `${what} of the node ${node.name}.`, 'Remove the links first: automation would lose sight of those customers.')
  }
}
