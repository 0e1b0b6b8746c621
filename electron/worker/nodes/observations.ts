// Stores what was seen of nodes and VMs, so that a newer observation is never overwritten by one that began before it.
import { nodeOf, storeFailedLook, storeGoodLook, type StoredNode } from '../../../db/repositories/nodes.ts'
import { knownVmUuids, markVmsGone, storeVms, twinsOf } from '../../../db/repositories/vms.ts'
import type { StoredCertificate } from '../../../db/schema.ts'
import type { FailureBody } from '../../../shared/domain/failure.ts'
import type { NodeId, VmRef, VmUuid } from '../../../shared/domain/ids.ts'
import type { Context } from '../context.ts'
import type { FlintVm } from '../flint/schema.ts'
import { AccessChanged } from './accessFailures.ts'
import { capacityOf, type Capacity } from './capacity.ts'
import { lookFindings, withExposure } from './findings.ts'
import { GroupCommit } from './groupCommit.ts'
import { stateOf, type Look } from './look.ts'

/** One look, numbered when it begins: the order in which looks began, whatever the clock does meanwhile. */
export interface Observation {
  readonly number: number
  /** UTC milliseconds when it began: what was seen is no older than that. */
  readonly at: number
}

/** What the look was made over, and the name by which the machine is known from now on. */
export interface ProvedHost {
  readonly certificate: StoredCertificate | null
  readonly hostname: string | null
}

/** What a look that could be believed saw, once it is stored. */
export interface SeenNode {
  readonly nodeId: NodeId
  readonly at: number
  readonly capacity: Capacity
  /** With a CPU figure each. */
  readonly listed: readonly FlintVm[]
  /** Without one: Flint takes no sample there. */
  readonly lookedUp: readonly FlintVm[]
}

export class Observations {
  readonly #context: Context
  /** The newest observation stored, by VM. */
  readonly #newest = new Map<string, number>()
  readonly #commits: GroupCommit
  readonly #listeners: ((seen: SeenNode) => void)[] = []
  #count = 0

  constructor(context: Context) {
    this.#context = context
    this.#commits = new GroupCommit(context.db)
  }

  begin(): Observation {
    this.#count += 1
    return { number: this.#count, at: this.#context.clock.now() }
  }

  /** Told of every look that was stored. */
  onSeen(listener: (seen: SeenNode) => void): void {
    this.#listeners.push(listener)
  }

  known(nodeId: NodeId): VmUuid[] {
    return knownVmUuids(this.#context.db.orm, nodeId)
  }

  /** Resolves when it is stored, together with the looks at other nodes that ended at the same moment. */
  async storeLook(node: StoredNode, observation: Observation, look: Look, proved: ProvedHost): Promise<void> {
    const { db } = this.#context
    const isNewest = (vm: { uuid: VmUuid }) => this.#take({ nodeId: node.id, uuid: vm.uuid }, observation)
    const findings = lookFindings({
      hostname: look.host.hostname,
      enrolledHostname: proved.hostname,
      totalVms: look.host.totalVms,
      seenVms: look.listed.length + look.lookedUp.length,
      unreadable: look.unreadable,
      clockOffsetMs: look.health.nodeTimeMs === null ? null : look.health.nodeTimeMs - this.#context.clock.now(),
      remarks: look.host.remarks,
      certificate: proved.certificate,
      nowMs: this.#context.clock.now(),
      twins: twinsOf(
        db,
        node.id,
        [...look.listed, ...look.lookedUp].map((vm) => vm.uuid),
      ),
    })
    const capacity = capacityOf(look, observation.at)
    await this.#commits.run(() => {
      const now = nodeOf(db.orm, node.id)
      if (now === null) return
      storeGoodLook(db.orm, node.id, {
        at: observation.at,
        findings: withExposure(now.findings, findings),
        capacity,
        ...proved,
      })
      storeVms(db, node.id, observation.at, look.listed.filter(isNewest))
      storeVms(
        db,
        node.id,
        observation.at,
        look.lookedUp.filter(isNewest).map((vm) => ({ ...vm, cpuPercent: null, ipAddresses: 'keep' })),
      )
      markVmsGone(
        db.orm,
        node.id,
        observation.at,
        look.gone.filter((uuid) => isNewest({ uuid })),
      )
    })
    if (node.state !== 'ok') this.#context.log.info({ node: node.name, before: node.state }, 'node is ok')
    for (const listener of this.#listeners) listener({ nodeId: node.id, at: observation.at, capacity, listed: look.listed, lookedUp: look.lookedUp })
    this.#context.changed('nodes', 'vms')
  }

  /** One VM, looked up by itself: without a CPU sample, so that the last one stays where it still runs. */
  storeVm(nodeId: NodeId, observation: Observation, vm: FlintVm): void {
    if (!this.#take({ nodeId, uuid: vm.uuid }, observation)) return
    const { db } = this.#context
    db.note(() => {
      if (nodeOf(db.orm, nodeId) === null) return
      storeVms(db, nodeId, observation.at, [{ ...vm, cpuPercent: vm.state === 'running' ? 'keep' : 0, ipAddresses: 'keep' }])
    })
    this.#context.changed('vms')
  }

  storeGone(ref: VmRef, observation: Observation): void {
    if (!this.#take(ref, observation)) return
    const { db } = this.#context
    db.note(() => {
      markVmsGone(db.orm, ref.nodeId, observation.at, [ref.uuid])
    })
    this.#context.changed('vms')
  }

  /** The VMs keep what was last seen of them, and when. */
  storeFailure(nodeId: NodeId, problem: FailureBody, cause: unknown): void {
    const { db, log, clock } = this.#context
    const node = nodeOf(db.orm, nodeId)
    if (node === null) return
    const state = stateOf(problem)
    const change = cause instanceof AccessChanged ? { ...cause.change, seenAt: clock.now() } : undefined
    storeFailedLook(db.orm, nodeId, { at: clock.now(), state, problem, change })
    if (node.state !== state) log.warn({ node: node.name, before: node.state, state, code: problem.code }, 'node is in trouble')
    this.#context.changed('nodes', 'vms')
  }

  /** True when this observation of the VM is the newest so far; it is then taken as such. */
  #take(ref: VmRef, observation: Observation): boolean {
    const key = `${ref.nodeId}/${ref.uuid}`
    if ((this.#newest.get(key) ?? 0) > observation.number) return false
    this.#newest.set(key, observation.number)
    return true
  }
}
