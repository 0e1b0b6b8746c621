// One installation: its database, its secrets, and the parts of the worker built over them.
import { join } from 'node:path'
import type { Logger } from 'pino'
import { installationId } from '../../db/repositories/installation.ts'
import { type Database, openWhatIsThere } from '../../db/open.ts'
import type { Job, Topic } from '../../shared/contract/index.ts'
import { Automation } from './automation/automation.ts'
import { automationHandlers } from './automation/handlers.ts'
import { MachinesOfAutomation } from './automation/machines.ts'
import { Billing } from './billing/billing.ts'
import { billingHandlers } from './billing/handlers.ts'
import { billingWriteHandlers } from './billing/writeHandlers.ts'
import { CapacityOverTime } from './capacity/capacityOverTime.ts'
import { Consoles } from './consoles/consoles.ts'
import type { Clock, Context } from './context.ts'
import { deskHandlers } from './desk/handlers.ts'
import { readOnly } from './host/damagedData.ts'
import { databaseFile } from './host/dataFolder.ts'
import { systemHandlers } from './host/systemHandlers.ts'
import { Jobs } from './jobs/jobs.ts'
import { nodeHandlers, vmHandlers } from './nodes/handlers.ts'
import { Nodes } from './nodes/nodes.ts'
import { Power } from './nodes/power.ts'
import { Vms } from './nodes/vms.ts'
import { noticeHandlers } from './notices/handlers.ts'
import { Notices } from './notices/notices.ts'
import { deletionOf, Operations } from './operations/operations.ts'
import { reportHandlers } from './reports/handlers.ts'
import { MonthReports } from './reports/monthReport.ts'
import { ReportMail } from './reports/reportMail.ts'
import { Reports } from './reports/reports.ts'
import type { Handlers } from './rpc/handlers.ts'
import type { StreamHandlers } from './rpc/server.ts'
import { Search, searchHandlers } from './search/search.ts'
import type { SecretStore } from './secrets/store.ts'

/** Everything but the switch between the installation and the demo, which is the application's. */
export type InstallationHandlers = Omit<Handlers, 'demo.start' | 'demo.leave'>

export interface InstallationOptions {
  readonly dataDir: string
  readonly demo: boolean
  readonly clock: Clock
  readonly log: Logger
  readonly startedAt: number
  /** Where this installation's secrets live, by its id. */
  readonly secrets: (installationId: string) => SecretStore
  readonly changed: (...topics: Topic[]) => void
  readonly onJob: (job: Job) => void
}

export class Installation {
  readonly handlers: InstallationHandlers
  readonly streams: StreamHandlers
  readonly #db: Database
  readonly #secrets: SecretStore
  readonly #jobs: Jobs
  readonly #log: Logger
  readonly #nodes: Nodes
  readonly #billing: Billing
  readonly #automation: Automation
  readonly #notices: Notices
  readonly #consoles: Consoles
  readonly #operations: Operations
  readonly #capacity: CapacityOverTime
  readonly #reports: Reports
  readonly #monthReports: MonthReports
  readonly #reportMail: ReportMail
  #isStarted = false

  /**
   * Opens (and makes, when new) the installation in `dataDir`. A database that is damaged is shown as far as it can be read: nothing is begun. Throws a Failure when it cannot be read
   * at all, or is from a newer program.
   */
  constructor(options: InstallationOptions) {
    this.#log = options.log
    this.#db = openWhatIsThere(join(options.dataDir, databaseFile))
    const id = installationId(this.#db.orm)
    this.#secrets = options.secrets(id)
    this.#jobs = new Jobs({
      emit: options.onJob,
      now: () => options.clock.now(),
      unexpected: (error, title) => options.log.error({ err: error, job: title }, 'a job failed unexpectedly'),
    })
    const context: Context = {
      db: this.#db,
      clock: options.clock,
      secrets: this.#secrets,
      log: options.log,
      jobs: this.#jobs,
      dataDir: options.dataDir,
      changed: options.changed,
    }
    const nodes = new Nodes(context)
    const billing = new Billing(context)
    const automation = new Automation(context, nodes, billing, new MachinesOfAutomation(nodes, deletionOf(context, nodes)))
    const power = new Power(context, nodes, automation.hand)
    const vms = new Vms(context, nodes, () => (billing.connected() ? billing.today() : null))
    this.#nodes = nodes
    this.#billing = billing
    this.#automation = automation
    const notices = new Notices(context, billing, automation)
    this.#notices = notices
    this.#consoles = new Consoles(context, nodes)
    this.#capacity = new CapacityOverTime(context, nodes, automation.audit)
    this.#operations = new Operations({
      context,
      nodes,
      audit: automation.audit,
      power,
      hand: automation.hand,
      unlink: (serviceId) => {
        automation.links.remove(serviceId)
      },
    })
    this.#reports = new Reports(context)
    this.#reportMail = new ReportMail(context, id, () => this.#monthReports.saved())
    this.#monthReports = new MonthReports(context, this.#reports, (saved) => {
      if (!options.demo) this.#reportMail.plan(saved)
    })
    const { damage } = this.#db
    this.streams = damage === null ? this.#consoles.streams : {}
    const handlers: InstallationHandlers = {
      ...systemHandlers(context, {
        installationId: id,
        demo: options.demo,
        startedAt: options.startedAt,
        nodes: () => nodes.rows().length,
        billingConnected: () => billing.connected(),
        damage: this.#db.damage,
      }),
      ...nodeHandlers(nodes, automation.audit),
      ...vmHandlers(vms, power),
      ...this.#operations.handlers,
      ...this.#capacity.handlers,
      ...billingHandlers(billing, context),
      ...billingWriteHandlers(context, billing, automation.audit),
      ...automationHandlers(context, automation, billing, (wish) => power.start(wish)),
      ...noticeHandlers({ context, billing, audit: automation.audit, notices, demo: options.demo }),
      ...deskHandlers(context, automation, billing),
      ...searchHandlers(new Search(context)),
      ...reportHandlers(context, this.#reports, this.#monthReports),
    }
    this.handlers = damage === null ? handlers : readOnly(handlers, damage)
  }

  /** Secrets in memory now, for the log to hide. */
  readonly secretValues = (): Iterable<string> => [...this.#secrets.values(), ...this.#operations.secretValues()]

  /** Begins to look at nodes, to sync billing and to automate. A process that lives for one command does not. */
  start(): void {
    if (this.#db.damage !== null) {
      this.#log.error({ code: this.#db.damage.code }, this.#db.damage.message)
      return
    }
    this.#isStarted = true
    this.#capacity.start()
    this.#nodes.start()
    this.#billing.start()
    this.#automation.start()
    this.#notices.start()
    this.#monthReports.start()
    this.#reportMail.start()
    this.#operations.start()
  }

  /** For the demonstration: graphs with a past, marked as made up. */
  async simulateHistory(): Promise<void> {
    await this.#capacity.simulate()
  }

  /** Before the machine sleeps, automation stops between two steps and begins nothing new. */
  sleep(): void {
    this.#automation.sleep()
  }

  /** After a sleep nothing that was known is fresh: billing is read whole, the nodes are looked at, then automation goes on. */
  async wake(): Promise<void> {
    if (!this.#isStarted) return
    try {
      await Promise.all([this.#billing.connected() ? this.#billing.sync({ full: true }) : null, this.#nodes.lookAtAll()])
    } finally {
      this.#automation.wake()
    }
  }

  /** Ends between two steps; what is open is continued by the next worker. */
  async stop(): Promise<void> {
    this.#isStarted = false
    this.#consoles.stop()
    await this.#operations.stop()
    this.#monthReports.stop()
    await this.#reportMail.stop()
    this.#reports.close()
    await this.#automation.stop()
    await this.#notices.stop()
    await Promise.all([this.#jobs.close(), this.#billing.stop(), this.#nodes.stop()])
    await this.#capacity.stop()
    await this.#secrets.close()
    this.#db.close()
    this.#log.info('the installation is closed')
  }
}
