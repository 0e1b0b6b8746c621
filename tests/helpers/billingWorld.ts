// A worker's context over a real SQLite file and a Paymenter over real HTTP, for tests of everything about billing.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../db/open.ts'
import { makeCatalog } from '../../demo/data/catalog.ts'
import { SimulatedPaymenter, type PaymenterOptions } from '../../demo/paymenter/paymenter.ts'
import { emptyRows } from '../../demo/paymenter/rows.ts'
import { Billing, type BillingOptions } from '../../electron/worker/billing/billing.ts'
import type { SyncResult } from '../../electron/worker/billing/mirrorStatus.ts'
import type { Context } from '../../electron/worker/context.ts'
import { Jobs } from '../../electron/worker/jobs/jobs.ts'
import { MemorySecretStore } from '../../electron/worker/secrets/store.ts'
import type { Topic } from '../../shared/contract/index.ts'
import { Failure } from '../../shared/domain/failure.ts'
import { recordedLog } from './recordedLog.ts'

/** A clock that stands still until it is moved. */
export class MovableClock {
  nowMs: number

  constructor(instant: string) {
    this.nowMs = Date.parse(instant)
  }

  now(): number {
    return this.nowMs
  }

  advance(ms: number): void {
    this.nowMs += ms
  }
}

export const minuteMs = 60_000
export const dayMs = 86_400_000

/** Failures come at once, so that tests need not wait for them. */
const quickHttp: NonNullable<BillingOptions['http']> = { connectTimeoutMs: 5_000, timeoutMs: 10_000, retryPauseMs: 1, circuit: { failures: 1_000, restMs: 1 } }

/** The Failure that `work` ends with. Throws when it succeeds, or fails otherwise. */
export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  try {
    await work
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('it was expected to fail')
}

export class BillingWorld implements AsyncDisposable {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'billing-world-'))
  readonly topics: Topic[] = []
  readonly clock = new MovableClock('2026-11-22T12:00:00Z')
  readonly secrets = new MemorySecretStore()
  readonly context: Context
  readonly billing: Billing
  readonly logText: () => string
  readonly paymenter: SimulatedPaymenter

  private constructor(paymenter: Partial<PaymenterOptions>, options: BillingOptions) {
    const { log, text } = recordedLog()
    this.logText = text
    const now = (): number => this.clock.now()
    this.context = {
      db: openDatabase(join(this.dataDir, 'console.sqlite')),
      clock: this.clock,
      secrets: this.secrets,
      log,
      jobs: new Jobs({ emit: () => undefined, now, unexpected: (error, title) => log.error({ err: error, title }, 'job') }),
      dataDir: this.dataDir,
      changed: (...topics) => this.topics.push(...topics),
    }
    this.billing = new Billing(this.context, { ...options, http: { ...quickHttp, ...options.http } })
    const rows = { ...emptyRows(), ...makeCatalog(Date.parse('2026-01-01T00:00:00Z')) }
    this.paymenter = new SimulatedPaymenter({ clock: this.clock, rows, ...paymenter })
  }

  /** A Paymenter with the demo's catalog and no customers unless `paymenter.rows` says otherwise; not connected. */
  static async open(paymenter: Partial<PaymenterOptions> = {}, options: BillingOptions = {}): Promise<BillingWorld> {
    const world = new BillingWorld(paymenter, options)
    await world.paymenter.start()
    return world
  }

  /** With customers, a service of the Starter plan each, and invoices; connected. */
  static async withShop(size: { customers: number; invoicesEach?: number }, paymenter: Partial<PaymenterOptions> = {}, options: BillingOptions = {}): Promise<BillingWorld> {
    const world = await BillingWorld.open(paymenter, options)
    for (let number = 1; number <= size.customers; number += 1) {
      const user = world.paymenter.addCustomer({ first_name: `First ${number}`, last_name: 'Last', email: `c${number}@example.com` })
      const service = world.paymenter.addService({ user_id: user.id, product_id: 2, plan_id: 2, status: 'active', expires_at: '2026-12-07' })
      for (let invoice = 0; invoice < (size.invoicesEach ?? 1); invoice += 1) {
        const status = invoice === 0 ? 'pending' : 'paid'
        world.paymenter.addInvoice({ user_id: user.id, due_at: '2026-12-07', status, items: [{ description: 'Starter VPS (Dec 07, 2026 - Jan 07, 2027)', price: '499.00', service_id: service.id }] })
      }
    }
    await world.connect()
    return world
  }

  /** Adds an order and a credit of the first customer, a member of staff, and a ticket with a message of each; reads them in when connected. */
  addSupport(): { staffId: number; ticketId: number } {
    const staff = this.paymenter.addCustomer({ email: 'staff@example.com', first_name: 'Staff' })
    this.paymenter.addOrder({ user_id: 1 }, [1])
    this.paymenter.addCredit({ user_id: 1, amount: '100.00' })
    const ticket = this.paymenter.addTicket({ user_id: 1, subject: 'It does not answer' }, 'It stopped at night.')
    this.paymenter.addTicketMessage(ticket.id, staff.id, 'It is up again.')
    return { staffId: staff.id, ticketId: ticket.id }
  }

  async connect(token: keyof SimulatedPaymenter['tokens'] = 'full'): Promise<void> {
    await this.billing.connect({ url: this.paymenter.url, token: this.paymenter.tokens[token] })
  }

  /** A sync a minute later, so that no two happen at the same instant. */
  async sync(full = false): Promise<SyncResult> {
    this.clock.advance(minuteMs)
    return this.billing.sync({ full })
  }

  /** One value or row of the database. */
  one(sql: string, ...values: unknown[]): unknown {
    return this.context.db.sqlite.prepare(sql).get(...values)
  }

  all<T>(sql: string, ...values: unknown[]): T[] {
    return this.context.db.sqlite.prepare(sql).all(...values) as T[]
  }

  ids(table: 'customers' | 'products' | 'plans' | 'services' | 'invoices' | 'invoice_items' | 'categories' | 'orders' | 'credits' | 'tickets' | 'ticket_messages'): number[] {
    return this.all<{ id: number }>(`select id from ${table} where gone_at is null order by id`).map((row) => row.id)
  }

  /** Everything that was written: the log and every file of the data folder. */
  everythingWritten(): string {
    const files = readdirSync(this.dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    return [this.logText(), ...files.map((file) => readFileSync(join(file.parentPath, file.name), 'latin1'))].join('\n')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.jobs.close()
    await this.billing.stop()
    await this.paymenter.stop()
    this.context.db.close()
    rmSync(this.dataDir, { recursive: true, force: true })
  }
}
