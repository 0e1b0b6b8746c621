// One service, one VM and a worker over them whose real processes are killed at an exchange with a peer; each kill on a copy of one data folder.
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../db/open.ts'
import { installationId } from '../../db/repositories/installation.ts'
import { startEstate, type Estate } from '../../demo/estate.ts'
import type { SimulatedVm } from '../../demo/flint/node.ts'
import { Audit } from '../../electron/worker/audit/audit.ts'
import { Automation } from '../../electron/worker/automation/automation.ts'
import { MachinesOfAutomation } from '../../electron/worker/automation/machines.ts'
import { Billing } from '../../electron/worker/billing/billing.ts'
import type { Context } from '../../electron/worker/context.ts'
import { databaseFile } from '../../electron/worker/host/dataFolder.ts'
import { Jobs } from '../../electron/worker/jobs/jobs.ts'
import { Deletion } from '../../electron/worker/nodes/deletion.ts'
import { Nodes } from '../../electron/worker/nodes/nodes.ts'
import { MemorySecretStore } from '../../electron/worker/secrets/store.ts'
import { asId, type NodeId, type ServiceId, type VmUuid } from '../../shared/domain/ids.ts'
import { Gateway, type GatewayHooks, type GatewayRequest } from './gateway.ts'
import { startKeyringSession, type KeyringSession } from './keyring.ts'
import { runCommand, startCommand, type CommandOutcome } from './program.ts'
import { recordedLog } from './recordedLog.ts'

export interface OwnCase {
  readonly serviceId: ServiceId
  readonly invoiceId: number
  readonly uuid: string
  readonly vmName: string
  readonly expiresAt: string | null
}

export interface EndState {
  readonly intents: readonly { readonly kind: string; readonly state: string; readonly error: unknown }[]
  readonly record: { readonly ok: boolean; readonly firstBad: number | null }
}

/** One exchange of a run, known again in another one: what asks both peers at the same time does so in no certain order. */
export interface Exchange {
  readonly what: string
  /** Counted among those of the same words, from 1. */
  readonly nth: number
}

/** Notes that a worker keeps outside its database. */
const notes = ['automation:last-run', 'audit:head'] as const

export class KillWorld implements AsyncDisposable {
  readonly estate: Estate
  readonly own: OwnCase
  readonly #keyring: KeyringSession
  readonly #node: Gateway
  readonly #billing: Gateway
  readonly #folders: string[] = []
  readonly #base: string
  readonly #log = recordedLog()
  #keychain: ChildProcess | null = null

  private constructor(parts: { estate: Estate; own: OwnCase; keyring: KeyringSession; node: Gateway; billing: Gateway }) {
    this.estate = parts.estate
    this.own = parts.own
    this.#keyring = parts.keyring
    this.#node = parts.node
    this.#billing = parts.billing
    this.#base = this.#folder('base')
  }

  /** The one linked service is overdue and expired so many days ago: what obeys, and how fast, depends on that. */
  static async open(expiredDays: number): Promise<KillWorld> {
    const estate = await startEstate({ nodes: 1, vms: 20, customers: 20, listDelayMs: 0, stopDelayMs: 0 })
    const line = estate.story.find((known) => known.role === 'overdue' && known.expiredDays === expiredDays && known.vm !== null)
    const invoice = line && estate.billing.invoicesOf(line.serviceId).find((known) => known.status === 'pending')
    if (!line?.vm || !invoice) throw new Error(`the estate has no service that expired ${expiredDays} days ago`)
    const expiresAt = estate.billing.service(line.serviceId)?.expires_at ?? null
    return new KillWorld({
      estate,
      own: { serviceId: asId<ServiceId>(line.serviceId), invoiceId: invoice.id, uuid: line.vm.uuid, vmName: line.vm.name, expiresAt },
      keyring: await startKeyringSession('unlocked'),
      node: await Gateway.open(estate.connect.nodes[0]?.url ?? ''),
      billing: await Gateway.open(estate.connect.billing.url),
    })
  }

  /** The VM as it is now: a purge deletes it, and it is made again for the next round. */
  get vm(): SimulatedVm {
    const node = this.estate.nodes[0]
    if (!node) throw new Error('the estate has no node')
    const { uuid, vmName: name } = this.own
    return node.vm(uuid) ?? node.addVm({ name, uuid, memoryKiB: 1_048_576, vcpus: 1, diskGiB: 10, state: 'Shutoff' })
  }

  get vmState(): string {
    return this.estate.nodes[0]?.vm(this.own.uuid)?.state ?? 'gone'
  }

  /** As on the day on which it became overdue. */
  unpaid(): void {
    this.estate.billing.setInvoice(this.own.invoiceId, { status: 'pending' })
    this.estate.billing.setService(this.own.serviceId, { status: 'active', expires_at: this.own.expiresAt })
  }

  suspendedAndOff(): void {
    this.unpaid()
    this.estate.billing.setService(this.own.serviceId, { status: 'suspended' })
    if (this.vm.state !== 'Shutoff') this.vm.forceStop()
  }

  /** Enrols, connects and links within this process, lets `further` bring the installation to where the scene begins, and keeps the data folder. */
  async install(further: (automation: Automation, context: Context, run: () => ReturnType<Automation['run']>) => Promise<void>): Promise<void> {
    const secrets = new MemorySecretStore()
    const context = this.#context(this.#base, secrets)
    const nodes = new Nodes(context)
    const billing = new Billing(context)
    const automation = new Automation(context, nodes, billing, new MachinesOfAutomation(nodes, new Deletion(context, nodes, { pollMs: 10 })), { pollMs: 10 })
    const { id: nodeId } = await nodes.add('one', this.#node.url, { kind: 'key', value: this.estate.connect.nodes[0]?.key ?? '' })
    await billing.connect({ url: this.#billing.url, token: this.estate.connect.billing.token })
    await billing.sync({ full: true })
    await nodes.lookAtAll()
    automation.links.confirm(this.own.serviceId, { nodeId: asId<NodeId>(nodeId), uuid: asId<VmUuid>(this.own.uuid) })
    automation.policies.set({ values: { mode: 'auto', forceAfterSeconds: '1', maxPerRun: '100' } })
    await further(automation, context, () => automation.run({ signal: new AbortController().signal, report: () => undefined }))
    const id = installationId(context.db.orm)
    await automation.stop()
    await context.jobs.close()
    await nodes.stop()
    await billing.stop()
    context.db.close()
    this.#keychain = fork(join(import.meta.dirname, '../fixtures/keychainChild.ts'), [], {
      env: { ...process.env, ...this.#keyring.env, INSTALLATION_ID: id, TIMEOUT_MS: '20000' },
    })
    for (const name of [`node:${nodeId}:key`, 'billing:token']) await this.#ask({ kind: 'set', name, value: (await secrets.get(name)) ?? '' })
  }

  /** A copy of the data folder. The notes of its last user are forgotten: an older copy would rightly be taken for a restored backup. */
  async copy(): Promise<string> {
    const made = this.#folder('copy')
    cpSync(this.#base, made, { recursive: true })
    for (const name of notes) await this.#ask({ kind: 'delete', name })
    return made
  }

  /** `run --once` to its end; throws what it said when it did not end well. */
  async runOnce(dataDir: string): Promise<void> {
    const outcome = await runCommand(['--data-dir', dataDir, '--json', 'run', '--once'], { env: this.#keyring.env })
    if (outcome.code !== 0) throw new Error(`run --once ended with ${outcome.code}: ${outcome.stderr}${outcome.stdout}`)
  }

  /** Runs `run --once` undisturbed and answers the exchanges of its own that it had with the peers, in order. */
  async exchanges(dataDir: string): Promise<Exchange[]> {
    const seen: Exchange[] = []
    const exchangeOf = counter()
    this.#useHooks({
      before: (request) => {
        if (this.#isOwn(request)) seen.push(exchangeOf(request))
        return undefined
      },
    })
    await this.runOnce(dataDir)
    this.#useHooks({})
    return seen
  }

  /** Runs `run --once` and kills it with SIGKILL at the given exchange of its own: before it reaches the peer, or after the peer has answered. */
  async killAt(dataDir: string, { what, nth }: Exchange, when: 'before' | 'after'): Promise<{ outcome: CommandOutcome; signal: string | null }> {
    const running = startCommand(['--data-dir', dataDir, '--json', 'run', '--once'], { env: this.#keyring.env })
    const exchangeOf = counter()
    const reached = new WeakSet<GatewayRequest>()
    this.#useHooks({
      before: (request) => {
        if (!this.#isOwn(request)) return undefined
        const exchange = exchangeOf(request)
        if (exchange.what !== what || exchange.nth !== nth) return undefined
        reached.add(request)
        if (when === 'after') return undefined
        running.child.kill('SIGKILL')
        return { status: 503, body: '' }
      },
      after: (request, answer) => {
        if (when === 'after' && reached.has(request)) running.child.kill('SIGKILL')
        return answer
      },
    })
    const outcome = await running.ended
    this.#useHooks({})
    return { outcome, signal: running.child.signalCode }
  }

  /** Every intent of the service, oldest first, and whether the record is whole and fits the keychain's note. */
  async endState(dataDir: string): Promise<EndState> {
    const secrets = new MemorySecretStore()
    const head = await this.#ask({ kind: 'get', name: 'audit:head' })
    if (typeof head === 'string') await secrets.set('audit:head', head)
    const context = this.#context(dataDir, secrets)
    try {
      const intents = context.db.sqlite.prepare('select kind, state, error from intents order by created_at').all() as EndState['intents']
      return { intents, record: await new Audit(context).verify() }
    } finally {
      await context.jobs.close()
      context.db.close()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#keychain?.disconnect()
    await this.#node[Symbol.asyncDispose]()
    await this.#billing[Symbol.asyncDispose]()
    await this.estate.stop()
    await this.#keyring.stop()
    for (const made of this.#folders) rmSync(made, { recursive: true, force: true })
  }

  #context(dataDir: string, secrets: MemorySecretStore): Context {
    const now = (): number => this.estate.clock.now()
    return {
      db: openDatabase(join(dataDir, databaseFile)),
      clock: { now },
      secrets,
      log: this.#log.log,
      jobs: new Jobs({ emit: () => undefined, now, unexpected: (error) => this.#log.log.error({ err: error }, 'job') }),
      dataDir,
      changed: () => undefined,
    }
  }

  /** An exchange about the VM, its disks' pools or the service itself, not a list of everything. */
  #isOwn(request: GatewayRequest): boolean {
    const path = request.path.split('?')[0] ?? ''
    return path.includes(this.own.uuid) || path.includes('/storage') || /\/(services|invoices)\/\d+$/.test(path)
  }

  #useHooks(hooks: GatewayHooks): void {
    this.#node.hooks = hooks
    this.#billing.hooks = hooks
  }

  async #ask(command: { kind: 'get' | 'delete'; name: string } | { kind: 'set'; name: string; value: string }): Promise<unknown> {
    if (this.#keychain === null) throw new Error('the world was not installed')
    this.#keychain.send({ id: command.name, command })
    const [answer] = (await once(this.#keychain, 'message')) as [{ value?: unknown; error?: { message: string } }]
    if (answer.error) throw new Error(answer.error.message)
    return answer.value
  }

  #folder(name: string): string {
    const made = mkdtempSync(join(tmpdir(), `kill-${name}-`))
    this.#folders.push(made)
    return made
  }
}

/** Names the exchanges of one run. */
function counter(): (request: GatewayRequest) => Exchange {
  const counts = new Map<string, number>()
  return (request) => {
    const what = `${request.method} ${request.path}`
    const nth = (counts.get(what) ?? 0) + 1
    counts.set(what, nth)
    return { what, nth }
  }
}
