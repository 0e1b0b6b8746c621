// The operations of a worker over simulated nodes and a real SQLite file, with jobs waited for.
import { Audit } from '../../electron/worker/audit/audit.ts'
import { Links } from '../../electron/worker/automation/links.ts'
import { Operations, type OperationHandlers } from '../../electron/worker/operations/operations.ts'
import { Power } from '../../electron/worker/nodes/power.ts'
import type { SimulatedFlintNode, FlintNodeOptions } from '../../demo/flint/node.ts'
import type { Job } from '../../shared/contract/index.ts'
import type { NodeId } from '../../shared/domain/ids.ts'
import { FlintWorld } from './flintWorld.ts'

export class OperationsWorld extends FlintWorld {
  readonly audit: Audit
  readonly links: Links
  #operations: Operations

  constructor() {
    super()
    this.audit = new Audit(this.context)
    this.links = new Links(this.context, this.audit)
    this.#operations = this.#open()
  }

  get do(): OperationHandlers {
    return this.#operations.handlers
  }

  /** A node, started and enrolled. */
  async node(options: Partial<FlintNodeOptions> = {}): Promise<{ node: SimulatedFlintNode; nodeId: NodeId }> {
    const node = await this.simulate(options)
    const row = await this.enrol(node)
    return { node, nodeId: row.id }
  }

  /** Waits for a job that a handler has started. */
  async ended(started: { jobId: string } | Promise<{ jobId: string }>): Promise<Job> {
    return this.context.jobs.wait((await started).jobId)
  }

  /** As after a restart of the worker: a new instance over what is stored. */
  async reopen(): Promise<void> {
    await this.#operations.stop()
    this.#operations = this.#open()
  }

  begin(): void {
    this.#operations.start()
  }

  /** What the record says, oldest first. */
  recorded(): string[] {
    return this.context.db.sqlite.prepare('select action from audit order by seq').pluck().all() as string[]
  }

  async finish(): Promise<void> {
    await this.#operations.stop()
    await this.end()
  }

  #open(): Operations {
    const hand = { before: () => undefined, forceAfterSeconds: () => 1 }
    return new Operations({
      context: this.context,
      nodes: this.nodes,
      audit: this.audit,
      hand,
      power: new Power(this.context, this.nodes, hand, { pollMs: 10, followMs: 1_000 }),
      unlink: (serviceId) => {
        this.links.remove(serviceId)
      },
      pollMs: 10,
      followMs: 1_000,
    })
  }
}
