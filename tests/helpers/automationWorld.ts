// A worker's nodes, billing and automation over a real SQLite file and the demo estate over real HTTP; it can be closed and opened again.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../db/open.ts'
import { startEstate, type Estate, type EstateOptions } from '../../demo/estate.ts'
import type { SimulatedVm } from '../../demo/flint/node.ts'
import { Automation } from '../../electron/worker/automation/automation.ts'
import { automationHandlers } from '../../electron/worker/automation/handlers.ts'
import { MachinesOfAutomation } from '../../electron/worker/automation/machines.ts'
import { Billing } from '../../electron/worker/billing/billing.ts'
import type { Context } from '../../electron/worker/context.ts'
import { Jobs } from '../../electron/worker/jobs/jobs.ts'
import { Deletion } from '../../electron/worker/nodes/deletion.ts'
import { Nodes, type NodesOptions } from '../../electron/worker/nodes/nodes.ts'
import { Power } from '../../electron/worker/nodes/power.ts'
import { MemorySecretStore } from '../../electron/worker/secrets/store.ts'
import { recordedLog } from './recordedLog.ts'
import { until } from './until.ts'

export type Role = Estate['story'][number]['role']

interface OpenWorker {
  readonly context: Context
  readonly nodes: Nodes
  readonly billing: Billing
  readonly automation: Automation
  readonly handlers: ReturnType<typeof automationHandlers>
}

export class AutomationWorld implements AsyncDisposable {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'automation-world-'))
  readonly secrets = new MemorySecretStore()
  readonly estate: Estate
  readonly #log = recordedLog()
  #worker: OpenWorker

  readonly #nodeOptions: NodesOptions

  private constructor(estate: Estate, nodeOptions: NodesOptions) {
    this.estate = estate
    this.#nodeOptions = nodeOptions
    this.#worker = this.#openWorker()
  }

  /** Nodes enrolled, billing connected and read, obvious links confirmed; the policy is the default: observe. */
  static async open(options: EstateOptions = {}, nodeOptions: NodesOptions = {}): Promise<AutomationWorld> {
    const estate = await startEstate({ listDelayMs: 5, stopDelayMs: 40, ...options })
    const world = new AutomationWorld(estate, nodeOptions)
    for (const node of estate.connect.nodes) await world.nodes.add(node.name, node.url, { kind: 'key', value: node.key })
    await world.billing.connect({ url: estate.connect.billing.url, token: estate.connect.billing.token })
    await world.billing.sync({ full: true })
    await world.nodes.lookAtAll()
    world.automation.links.confirmObvious()
    return world
  }

  get context(): Context {
    return this.#worker.context
  }
  get nodes(): Nodes {
    return this.#worker.nodes
  }
  get billing(): Billing {
    return this.#worker.billing
  }
  get automation(): Automation {
    return this.#worker.automation
  }
  get handlers(): OpenWorker['handlers'] {
    return this.#worker.handlers
  }
  get logText(): string {
    return this.#log.text()
  }

  policy(values: Record<string, string>): void {
    this.automation.policies.set({ values })
  }

  /** Sync, plan, act: what `run --once` does. */
  async run(signal: AbortSignal = new AbortController().signal): ReturnType<Automation['run']> {
    return this.automation.run({ signal, report: () => undefined })
  }

  /** Runs again and again until a run's result fits: a peer's circuit may rest for a while. */
  async untilRun(fits: (result: Awaited<ReturnType<AutomationWorld['run']>>) => boolean): Promise<void> {
    await until('a run ends as expected', async () => fits(await this.run()), 25_000)
  }

  /** A linked service that plays a part in the demo's story, expired so many days ago, and its VM in the simulator. */
  service(role: Role, expiredDays?: number): { id: number; vm: SimulatedVm; nodeName: string; pendingInvoice: () => number } {
    const linked = new Map(this.automation.links.list().map((link) => [link.serviceId, link]))
    const line = this.estate.story.find((known) => known.role === role && linked.has(known.serviceId) && (expiredDays === undefined || known.expiredDays === expiredDays))
    const link = line && linked.get(line.serviceId)
    const vm = link && this.estate.nodes.find((node) => node.hostname === link.node)?.vm(link.uuid)
    if (!line || !link || !vm) throw new Error(`the estate has no linked service that is ${role}`)
    return {
      id: line.serviceId,
      vm,
      nodeName: link.node,
      pendingInvoice: () => {
        const invoice = this.estate.billing.invoicesOf(line.serviceId).find((known) => known.status === 'pending')
        if (!invoice) throw new Error(`service ${line.serviceId} has no pending invoice`)
        return invoice.id
      },
    }
  }

  /** Leaves only these services linked, so that a test sees nothing but them. */
  keepLinks(...serviceIds: number[]): void {
    for (const link of this.automation.links.list()) if (!serviceIds.includes(link.serviceId)) this.automation.links.remove(link.serviceId as Parameters<Automation['links']['remove']>[0])
  }

  /** Somebody else pays, as it happens in a shop that is alive. */
  somebodyPays(except: number): void {
    const own = new Set(this.estate.billing.invoicesOf(except).map((invoice) => invoice.id))
    const invoice = this.estate.billing.invoices().find((known) => known.status === 'pending' && !own.has(known.id))
    if (!invoice) throw new Error('nobody else owes anything')
    this.estate.billing.payInvoice(invoice.id)
  }

  intents(serviceId: number): ReturnType<Automation['queue']['list']> {
    return this.automation.queue.list().filter((intent) => intent.serviceId === serviceId)
  }

  /** What was sent to a VM, in order: `stop`, `force-stop`, `start` … */
  sentTo(vm: SimulatedVm): string[] {
    return this.estate.nodes.flatMap((node) => node.requests.filter((request) => request.path.includes(`/${vm.uuid}/action`)).map((request) => request.action ?? '?'))
  }

  async untilSent(vm: SimulatedVm, action: string): Promise<void> {
    await until(`${action} was sent to ${vm.name}`, () => this.sentTo(vm).includes(action))
  }

  async untilVm(vm: SimulatedVm, state: string): Promise<void> {
    await until(`${vm.name} is ${state}`, () => vm.state === state)
  }

  /** Closes the worker, between two steps, and opens a new one over the same data folder; `between` finds its files at rest. */
  async reopen(between: () => void = () => undefined): Promise<void> {
    await this.#closeWorker()
    between()
    this.#worker = this.#openWorker()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#closeWorker()
    await this.estate.stop()
    rmSync(this.dataDir, { recursive: true, force: true })
  }

  #openWorker(): OpenWorker {
    const now = (): number => this.estate.clock.now()
    const context: Context = {
      db: openDatabase(join(this.dataDir, 'console.sqlite')),
      clock: { now },
      secrets: this.secrets,
      log: this.#log.log,
      jobs: new Jobs({ emit: () => undefined, now, unexpected: (error, title) => this.#log.log.error({ err: error, title }, 'job') }),
      dataDir: this.dataDir,
      changed: () => undefined,
    }
    const nodes = new Nodes(context, this.#nodeOptions)
    const billing = new Billing(context, { http: { connectTimeoutMs: 1_000, timeoutMs: 5_000, retryPauseMs: 1, circuit: { failures: 1_000, restMs: 15_000 } } })
    const automation = new Automation(context, nodes, billing, new MachinesOfAutomation(nodes, new Deletion(context, nodes, { pollMs: 10 })), { pollMs: 10 })
    const power = new Power(context, nodes, automation.hand, { pollMs: 10 })
    return { context, nodes, billing, automation, handlers: automationHandlers(context, automation, billing, (wish) => power.start(wish)) }
  }

  async #closeWorker(): Promise<void> {
    const { automation, nodes, billing, context } = this.#worker
    await automation.stop()
    await context.jobs.close()
    await nodes.stop()
    await billing.stop()
    context.db.close()
  }
}
