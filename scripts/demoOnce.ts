// Plays the main job on one customer of the demo, from the unpaid invoice to the VM that runs again, and tells every step as it happens.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from '../shared/contract/client.ts'
import type { MethodOutput } from '../shared/contract/index.ts'
import { Failure } from '../shared/domain/failure.ts'
import { EstateControl } from './estateControl.ts'
import type { EstateSummary } from './estateControl.ts'
import { startWorker } from './workerLine.ts'

type PlanRow = MethodOutput<'automation.plan'>[number]
type Intent = MethodOutput<'intents.list'>[number]

/** The whole story must end within this time; each wait in it has the rest as its deadline. */
const storyTimeoutMs = 4 * 60_000
const stepPollMs = 200

/** Resolves true only if every step was proved. Tells on stdout; problems on stderr. */
export async function demoOnce(): Promise<boolean> {
  const dataDir = mkdtempSync(join(tmpdir(), 'flint-console-demo-'))
  tell('start', 'a simulated estate (three Flint nodes and a Paymenter, real HTTP on loopback) and the worker, without a window')
  try {
    const worker = await startWorker({ FLINT_CONSOLE_DATA_DIR: dataDir, FLINT_CONSOLE_DEMO: '1' })
    try {
      await new Story(worker.client, EstateControl.ofDemo(dataDir)).play()
      tell('proved', 'every step: an unpaid invoice stopped the VM, the payment started it again')
      return true
    } finally {
      await worker.stop()
    }
  } catch (error) {
    const failure = error instanceof Failure ? `${error.message}${error.hint === undefined ? '' : ` ${error.hint}`}` : error instanceof Error ? error.message : String(error)
    process.stderr.write(`not proved: ${failure}\n`)
    return false
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

class Story {
  readonly #client: Client
  readonly #estate: EstateControl
  readonly #deadline = performance.now() + storyTimeoutMs
  #toldUntil = 0

  constructor(client: Client, estate: EstateControl) {
    this.#client = client
    this.#estate = estate
  }

  async play(): Promise<void> {
    const estate = await this.#estate.summary()
    await this.#look(estate)
    const planned = await this.#decideInObserve(estate)
    const invoiceId = pendingInvoice(planned)
    await this.#suspend(planned)
    await this.#pay(planned, invoiceId)
    const record = await this.#client.call('audit.verify', {})
    prove(record.ok, 'the record’s chain of hashes is not whole')
    tell('record', `${record.entries} entries, each bound to the one before it by its hash: whole`)
  }

  /** What was read when the worker connected. */
  async #look(estate: EstateSummary): Promise<void> {
    const [status, nodes, billing, links] = await Promise.all([
      this.#client.call('system.status', {}),
      this.#client.call('nodes.list', {}),
      this.#client.call('billing.status', {}),
      this.#client.call('links.list', {}),
    ])
    tell('start', `worker ${status.version}, process ${status.pid}; keys in its memory only, data in ${status.dataDir}`)
    prove(nodes.length === estate.nodes.length && nodes.every((node) => node.state === 'ok'), 'not every node answers')
    for (const node of nodes) tell('read', `node ${node.name} at ${node.url}: ${node.state}, ${node.vms} VMs`)
    const rows = Object.entries(billing.rows).map(([name, count]) => `${count} ${name}`)
    prove(billing.errors.length === 0 && billing.rows['services'] === estate.billing.services, 'billing was not read to its end')
    tell('read', `billing at ${billing.connection?.url ?? ''}, zone ${billing.connection?.timeZone ?? ''}: ${rows.join(', ')}`)
    prove(links.length > 0, 'no service is linked to a VM')
    tell('linked', `${links.length} services to the VM that carries their number and product in its name, where nothing else fits`)
  }

  /** The plan while nothing may be done yet; returns the one customer whom the story is about. */
  async #decideInObserve(estate: EstateSummary): Promise<PlanRow> {
    const plan = await this.#client.call('automation.plan', {})
    const suspensions = plan.filter((row) => row.decision === 'suspend')
    const plain = new Set(estate.story.filter((line) => line.role === 'overdue').map((line) => line.serviceId))
    const planned = suspensions.find((row) => plain.has(row.serviceId) && row.facts['vmState'] === 'running')
    if (planned === undefined) throw new Error('nobody in the estate is overdue with a running VM')
    tell('decided', `of ${plan.length} linked services: ${suspensions.length} to suspend; mode observe: nothing is done`)
    tell('decided', `service ${planned.serviceId} of ${planned.customerName ?? 'an unnamed customer'} (${planned.productName ?? ''}): ${planned.reason}`)
    tell('decided', `  from ${JSON.stringify(planned.facts)}`)
    if (planned.blockedBy.includes('too-many')) await this.#releaseTooMany()
    return planned
  }

  /** The demo has many overdue customers on purpose: the guard against a flood of suspensions holds them, until somebody says who and why. */
  async #releaseTooMany(): Promise<void> {
    const guard = (await this.#client.call('guards.list', {})).find(({ code }) => code === 'too-many')
    tell('held', `guard too-many: ${guard?.reason ?? ''}`)
    await this.#client.call('guards.release', { code: 'too-many', by: 'demo', why: 'The plan was looked at: these customers have not paid.' })
    tell('released', 'guard too-many, by demo: the plan was looked at')
  }

  async #suspend(planned: PlanRow): Promise<void> {
    await this.#rememberRecord(planned.serviceId)
    prove((await this.#trueState(planned)) === 'Running', 'the VM was not running to begin with')
    await this.#client.call('policy.set', { values: { mode: 'approve' } })
    tell('policy', 'mode = approve: suspensions wait for a click')
    const intent = await this.#intent(planned.serviceId, 'suspend', (found) => found.waitsForApproval)
    tell('waiting', `intent ${intent.id}: ${intent.reason}`)
    await this.#client.call('intents.approve', { id: intent.id })
    await this.#follow(intent)
    prove((await this.#trueState(planned)) === 'Shutoff', 'the node still shows the VM as running')
    prove((await this.#actionsSent(planned)).includes('stop'), 'the node was never asked to stop the VM')
    tell('observed', `${planned.node} itself shows ${planned.name} as Shutoff`)
    prove((await this.#status(planned.serviceId)) === 'suspended', 'Paymenter does not show the service as suspended')
    tell('observed', `Paymenter shows service ${planned.serviceId} as suspended`)
  }

  async #pay(planned: PlanRow, invoiceId: number): Promise<void> {
    await this.#estate.pay(invoiceId)
    tell('paid', `the customer pays invoice ${invoiceId} in Paymenter; the worker is not told`)
    const { jobId } = await this.#client.call('automation.run', {})
    const intent = await this.#intent(planned.serviceId, 'unsuspend', () => true)
    tell('decided', `give back, waiting for nobody: ${intent.reason}`)
    await this.#follow(intent)
    const run = await this.#client.call('jobs.wait', { id: jobId })
    prove(run.state === 'done', run.error?.message ?? 'the run did not end well')
    prove((await this.#trueState(planned)) === 'Running', 'the node does not show the VM as running')
    tell('observed', `${planned.node} itself shows ${planned.name} as Running`)
    prove((await this.#status(planned.serviceId)) === 'active', 'Paymenter does not show the service as active')
    tell('observed', `Paymenter shows service ${planned.serviceId} as active`)
  }

  /** Tells the record's new entries of an intent until it has ended; it must have ended well. */
  async #follow(intent: Intent): Promise<void> {
    const ended = await this.#until(`the intent to end`, async () => {
      await this.#tellRecord(intent.serviceId)
      const now = (await this.#client.call('intents.list', {})).find((row) => row.id === intent.id)
      return now !== undefined && ['done', 'failed', 'cancelled'].includes(now.state) ? now : null
    })
    await this.#tellRecord(intent.serviceId)
    prove(ended.state === 'done', `the intent ended as ${ended.state}: ${ended.error?.message ?? ended.reason}`)
  }

  async #tellRecord(serviceId: number): Promise<void> {
    for (const entry of await this.#entries(serviceId)) {
      if (entry.seq <= this.#toldUntil) continue
      this.#toldUntil = entry.seq
      const shown = Object.entries(entry.detail).flatMap(([name, value]) => (name === 'state' || name === 'status' ? [`${name} ${String(value)}`] : []))
      const facts = shown.length === 0 ? '' : ` (${shown.join(', ')})`
      tell(entry.action.endsWith('-sent') ? 'sent' : 'record', `${entry.action} by ${entry.actor}: ${entry.why}${facts}`)
    }
  }

  async #rememberRecord(serviceId: number): Promise<void> {
    this.#toldUntil = Math.max(0, ...(await this.#entries(serviceId)).map((entry) => entry.seq))
  }

  async #entries(serviceId: number): Promise<MethodOutput<'audit.list'>> {
    return (await this.#client.call('audit.list', { serviceId })).sort((one, other) => one.seq - other.seq)
  }

  #intent(serviceId: number, kind: Intent['kind'], fits: (intent: Intent) => boolean): Promise<Intent> {
    return this.#until(`an intent to ${kind}`, async () => {
      const intents = await this.#client.call('intents.list', {})
      return intents.find((intent) => intent.serviceId === serviceId && intent.kind === kind && fits(intent)) ?? null
    })
  }

  /** Past the app: what the node itself knows. */
  #trueState(planned: PlanRow): Promise<string> {
    return this.#estate.vmState(planned.node, planned.name)
  }

  async #actionsSent(planned: PlanRow): Promise<string[]> {
    const sent = (await this.#estate.requests()).nodes[planned.node] ?? []
    const { uuid } = (await this.#client.call('links.list', {})).find((link) => link.serviceId === planned.serviceId) ?? { uuid: '' }
    return sent.flatMap((request) => (request.path.includes(uuid) && request.action !== undefined ? [request.action] : []))
  }

  async #status(serviceId: number): Promise<string | undefined> {
    const { rows } = await this.#client.call('billing.services', { limit: 200_000 })
    return rows.find((row) => row.id === serviceId)?.status
  }

  async #until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
    for (;;) {
      const found = await look()
      if (found !== null) return found
      if (performance.now() > this.#deadline) throw new Error(`waited for ${what} for too long`)
      await new Promise((resolve) => setTimeout(resolve, stepPollMs))
    }
  }
}

function pendingInvoice(planned: PlanRow): number {
  const invoices: unknown = planned.facts['invoices']
  const first: unknown = Array.isArray(invoices) ? invoices[0] : null
  const id: unknown = typeof first === 'object' && first !== null ? Reflect.get(first, 'id') : null
  if (typeof id !== 'number') throw new Error('the decision names no pending invoice')
  return id
}

function prove(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise)
}

function tell(what: string, text: string): void {
  process.stdout.write(`${new Date().toISOString().slice(11, 19)}  ${what.padEnd(9)} ${text}\n`)
}
