// Automation as a whole: its parts put together, its passes one after the other, and the loop of the worker that runs.
import type { z } from 'zod'
import type { runResult } from '../../../shared/contract/automation.ts'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { lastAutomationRunAt } from '../../../db/repositories/guardFacts.ts'
import { countIntents, openIntents, type Intent } from '../../../db/repositories/intents.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import { Audit } from '../audit/audit.ts'
import type { Context } from '../context.ts'
import type { JobProgress } from '../jobs/jobs.ts'
import { GuardKeeper } from './guardKeeper.ts'
import { Holds } from './holds.ts'
import { IntentLog, type IntentChange } from './intentLog.ts'
import { Links } from './links.ts'
import type { MachinesOfAutomation } from './machines.ts'
import { KeyedMutex } from './mutex.ts'
import { OperatorHandOfAutomation } from './operatorHand.ts'
import type { AutomationBilling, AutomationNodes } from './peers.ts'
import { Planner } from './planner.ts'
import { PolicyStore } from './policyStore.ts'
import { Queue } from './queue.ts'
import { Runner, type PassResult } from './runner.ts'
import { policyOrDefault } from './steps.ts'
import { Vault } from './vault.ts'

type RunResult = z.output<typeof runResult>

const passEveryMs = 60_000
const fullSyncEveryMs = 24 * 3_600_000
const silent: JobProgress['report'] = () => undefined

export class Automation {
  readonly audit: Audit
  readonly policies: PolicyStore
  readonly links: Links
  readonly holds: Holds
  readonly guards: GuardKeeper
  readonly planner: Planner
  readonly queue: Queue
  readonly hand: OperatorHandOfAutomation
  readonly vault: Vault
  readonly #context: Context
  readonly #nodes: AutomationNodes
  readonly #billing: AutomationBilling
  readonly #runner: Runner
  readonly #closing = new AbortController()
  /** Aborted while the machine sleeps. */
  #awake = new AbortController()
  readonly #log: IntentLog
  #timer: NodeJS.Timeout | null = null
  #running: Promise<unknown> | null = null
  #isStarted = false
  #recordIsChecked = false

  constructor(context: Context, nodes: AutomationNodes, billing: AutomationBilling, machines: MachinesOfAutomation, options: { pollMs?: number } = {}) {
    this.#context = context
    this.#nodes = nodes
    this.#billing = billing
    this.audit = new Audit(context)
    this.policies = new PolicyStore(context, this.audit)
    this.links = new Links(context, this.audit)
    this.holds = new Holds(context, this.audit)
    this.guards = new GuardKeeper(context, this.audit, nodes)
    this.planner = new Planner(context, billing, this.guards)
    this.hand = new OperatorHandOfAutomation(context, this.audit, billing, this.planner, this.policies)
    const log = new IntentLog(context, this.audit)
    this.#log = log
    const tools = { context, nodes, billing, machines, planner: this.planner, policies: this.policies, log, mutex: new KeyedMutex(), pollMs: options.pollMs ?? 2_000 }
    this.#runner = new Runner(tools, this.guards, () => this.kick())
    // Whoever has paid is given back as soon as that is read, not when the next pass happens to be due.
    billing.onNews(() => this.kick())
    this.vault = new Vault(context, this.audit, log)
    this.queue = new Queue({ context, log, planner: this.planner, policies: this.policies, billing, runner: this.#runner })
  }

  /** Begins the loop: what was being carried out when the last worker ended is verified and continued first. */
  start(): void {
    this.#isStarted = true
    this.#schedule(0)
  }

  /** Has a listener called within the transaction of every change of an intent. It must not throw. */
  onIntentChange(listener: (intent: Intent, change: IntentChange) => void): void {
    this.#log.listen(listener)
  }

  /** Stops between two steps; what is open is continued by the next worker. */
  async stop(): Promise<void> {
    this.#isStarted = false
    if (this.#timer) clearTimeout(this.#timer)
    this.#closing.abort(new Failure('worker.closing', 'The worker is closing.'))
    await this.#running?.catch(() => undefined)
    await this.#runner.idle()
  }

  /** Before the machine sleeps: stops between two steps and begins nothing new until `wake`. */
  sleep(): void {
    this.#awake.abort(new Failure('worker.sleeping', 'The machine is going to sleep.'))
  }

  /** After the machine has woken, and billing was read in full: goes on where it stopped. */
  wake(): void {
    this.#awake = new AbortController()
    this.kick()
  }

  /** Asks the running worker for a pass soon: something was approved, paid or released. Nothing happens in a worker that does not run its loop. */
  kick(): void {
    if (this.#isStarted) this.#schedule(0)
  }

  status(): MethodOutput<'automation.status'> {
    const counts = countIntents(this.#context.db.orm)
    const { mode } = policyOrDefault(this.policies).policy
    const planned = openIntents(this.#context.db.orm).filter((intent) => intent.state === 'planned' && intent.kind !== 'unsuspend')
    return {
      mode,
      lastRunAt: lastAutomationRunAt(this.#context.db.orm),
      running: this.#running !== null,
      waiting: planned.filter((intent) => mode !== 'auto' || intent.needsApproval).length,
      failed: counts.get('failed') ?? 0,
      guards: this.guards.list().length,
    }
  }

  /** Sync (full when the last full is a day old), look at the nodes, plan, act, verify. */
  async run(progress: JobProgress): Promise<RunResult> {
    const sync = this.#billing.connected() ? await this.#billing.sync({ full: this.#fullIsDue(), signal: progress.signal, report: progress.report }) : null
    progress.report('Looking at the nodes', 0, null)
    await this.#nodes.lookAtAll()
    const result = await this.#pass(progress.signal, progress.report, { evenBackedOff: true, untilDone: true })
    return { sync, ...result }
  }

  #fullIsDue(): boolean {
    const last = this.guards.lastFullAt()
    return last === null || this.#context.clock.now() - last >= fullSyncEveryMs
  }

  /** One pass at a time; a second caller waits for its turn. */
  async #pass(signal: AbortSignal, report: JobProgress['report'], how: { evenBackedOff: boolean; untilDone: boolean }): Promise<PassResult> {
    await this.#checkRecordOnce()
    await this.#keepNotes()
    while (this.#running) await this.#running.catch(() => undefined)
    const pass = this.#runner.pass({ signal: AbortSignal.any([signal, this.#closing.signal, this.#awake.signal]), report, ...how })
    this.#running = pass
    try {
      return await pass
    } finally {
      this.#running = null
      await this.#keepNotes()
    }
  }

  /** The whole chain is walked before the first pass. */
  async #checkRecordOnce(): Promise<void> {
    if (this.#recordIsChecked) return
    try {
      await this.guards.checkRecord()
      this.#recordIsChecked = true
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      this.#context.log.warn({ code: error.code }, 'the record could not be compared with the note in the keychain')
    }
  }

  /** The newest run and the record's newest hash, kept in the keychain too. */
  async #keepNotes(): Promise<void> {
    try {
      await this.guards.keepNote()
      await this.audit.keepHead()
    } catch (error) {
      // Nothing is lost but the comparison with what lies outside the database, until the keychain answers again.
      if (!(error instanceof Failure)) throw error
      this.#context.log.warn({ code: error.code }, 'the newest run and the record’s end could not be noted in the keychain')
    }
  }

  #schedule(inMs: number): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      void this.#loop()
    }, inMs)
  }

  async #loop(): Promise<void> {
    try {
      if (!this.#awake.signal.aborted) await this.#pass(this.#closing.signal, silent, { evenBackedOff: false, untilDone: false })
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#context.log.error({ err: error }, 'an automation pass failed')
    }
    if (this.#isStarted) this.#schedule(passEveryMs)
  }
}
