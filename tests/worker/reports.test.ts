// Reports over a mirror of the demo estate's two years, against its Paymenter's own rows; and without any network at all.
import { readFileSync } from 'node:fs'
import net from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { makeEstateData } from '../../demo/data/estate-data.ts'
import type { Context } from '../../electron/worker/context.ts'
import { storeConnection, storedConnection } from '../../db/repositories/billingSync.ts'
import { reportHandlers } from '../../electron/worker/reports/handlers.ts'
import { MonthReports } from '../../electron/worker/reports/monthReport.ts'
import { ReportMail } from '../../electron/worker/reports/reportMail.ts'
import { defaultSettings, saveSettings } from '../../electron/worker/notices/settings.ts'
import { Reports, type ReportQuery } from '../../electron/worker/reports/reports.ts'
import { tablesOf } from '../../electron/worker/reports/tables.ts'
import { methods } from '../../shared/contract/index.ts'
import { Failure } from '../../shared/domain/failure.ts'
import { reportColumns, reportNames } from '../../shared/domain/revenue/columns.ts'
import { drillOf } from '../../shared/domain/revenue/drillOf.ts'
import { monthlyMinor } from '../../shared/domain/revenue/monthly.ts'
import { startMailServer } from '../helpers/mailServer.ts'
import { openReportsWorld, type ReportsWorld } from '../helpers/reportsWorld.ts'

const startAt = Date.parse('2026-11-23T10:00:00Z')
let world: ReportsWorld
let context: Context
let reports: Reports
let months: MonthReports
let handlers: ReturnType<typeof reportHandlers>

beforeAll(async () => {
  world = await openReportsWorld(startAt)
  context = world.context
  reports = new Reports(context)
  months = new MonthReports(context, reports)
  handlers = reportHandlers(context, reports, months)
})

afterAll(() => {
  reports.close()
  world.remove()
})

afterEach(() => {
  vi.restoreAllMocks()
  world.clock.nowMs = startAt
})

const minor = (decimal: string): number => Math.round(Number(decimal) * 100)
const add = (amounts: readonly number[]): number => amounts.reduce((sum, amount) => sum + amount, 0)

/** The rows of Paymenter's own database, which knows each service's plan. */
const paymenter = makeEstateData({ nodes: 3, vms: 60, customers: 45, invoices: null, seed: 1, nowMs: startAt, timeZone: 'UTC' }).rows
const planOf = new Map(paymenter.plans.map((plan) => [plan.id, plan]))

function mrrByPaymenter(): number {
  return add(
    paymenter.services.map((service) => {
      const plan = planOf.get(service.plan_id)
      if ((service.status !== 'active' && service.status !== 'suspended') || plan?.type !== 'recurring') return 0
      return (
        monthlyMinor(minor(service.price), service.quantity, {
          count: plan.billing_period ?? 1,
          unit: plan.billing_unit === 'year' ? 'year' : 'month',
        }) ?? 0
      )
    }),
  )
}

function totalByPaymenter(invoiceId: number): number {
  return add(paymenter.invoiceItems.filter((item) => item.invoice_id === invoiceId).map((item) => minor(item.price) * item.quantity))
}

function paidByPaymenter(month: string): number {
  const paid = paymenter.invoices.filter(
    (invoice) => invoice.status === 'paid' && new Date(invoice.updated_at).toISOString().startsWith(month),
  )
  return add(paid.map((invoice) => totalByPaymenter(invoice.id)))
}

describe('reports of the demo estate', () => {
  it('come to the MRR that Paymenter’s own plans give, though its API names no plan', () => {
    const { rows, about } = reports.mrr({})
    expect(rows.at(-1)).toMatchObject({ period: '2026-11', closingMinor: mrrByPaymenter() })
    expect(about).toMatchObject({
      currencies: ['INR'],
      recordedSince: '2026-11-23',
      today: '2026-11-23',
      leftOut: [expect.objectContaining({ reason: 'item-of-no-service' })],
    })
  })

  it('add up month by month over the two years, reconstructed until the record began', () => {
    const { rows } = reports.mrr({})
    expect(rows.length).toBeGreaterThan(22)
    for (const row of rows) {
      expect(row.openingMinor + row.newMinor + row.reactivationMinor + row.expansionMinor + row.contractionMinor + row.churnMinor).toBe(
        row.closingMinor,
      )
      expect(row.reconstructed).toBe(true)
    }
    expect(rows[0]?.openingMinor).toBe(0)
  })

  it('collect in each month what Paymenter’s rows say was paid in it', () => {
    for (const row of reports.cash({}).rows) expect([row.period, row.collectedMinor]).toEqual([row.period, paidByPaymenter(row.period)])
  })

  it('owe what is pending', () => {
    const pending = paymenter.invoices.filter((invoice) => invoice.status === 'pending')
    const { rows, debtors } = reports.receivables({})
    expect(add(rows.map((row) => row.amountMinor))).toBe(add(pending.map((invoice) => totalByPaymenter(invoice.id))))
    expect(add(rows.map((row) => row.invoices))).toBe(pending.length)
    expect(add(debtors.map((row) => row.owedMinor))).toBe(add(rows.map((row) => row.amountMinor)))
  })

  it('hold as credit what Paymenter says, of those that are still there', () => {
    const { sqlite, orm } = context.db
    const put = sqlite.prepare(
      `insert into credits (id, customer_id, currency, amount_minor, raw, first_seen_at, read_at, gone_at) values (?, 1, ?, ?, '{}', 0, 0, ?)
       on conflict do update set amount_minor = excluded.amount_minor, gone_at = excluded.gone_at, currency = excluded.currency, customer_id = 1`,
    )
    sqlite.exec('update credits set gone_at = 1')
    put.run(9_001, 'INR', 150_00, null)
    put.run(9_002, 'INR', 99_00, 1)
    put.run(9_003, 'USD', 2_00, null)
    const { credits } = reports.receivables({ currency: 'INR' })
    expect(credits).toMatchObject([{ customerId: 1, currency: 'INR', amountMinor: 150_00 }])
    expect(reports.receivables({}).credits).toHaveLength(2)
    sqlite.exec('delete from credits')
    const connection = storedConnection(orm)
    if (connection === null) throw new Error('nothing is connected')
    const mayNot = connection.permissions.granted.filter((permission) => permission !== 'credits.view')
    storeConnection(orm, { ...connection, permissions: { ...connection.permissions, granted: mayNot } })
    expect(reports.receivables({}).credits).toBeNull()
    storeConnection(orm, connection)
  })

  it('put each service under the plan that it has in Paymenter', () => {
    const yearly = paymenter.services.filter(
      (service) => service.status !== 'cancelled' && planOf.get(service.plan_id)?.billing_unit === 'year',
    )
    const rows = reports.plans({}).rows.filter((row) => row.plan === 'yearly')
    expect(yearly.length).toBeGreaterThan(0)
    expect(add(rows.map((row) => row.services))).toBe(
      yearly.filter((service) => service.status === 'active' || service.status === 'suspended').length,
    )
  })

  it('answer as the contract says', () => {
    for (const report of reportNames) {
      const { input, output } = methods[`reports.${report}`]
      expect(output.safeParse(handlers[`reports.${report}`](input.parse({})))).toMatchObject({ success: true })
    }
  })
})

describe('the rows behind a figure', () => {
  const queries: readonly ReportQuery[] = [
    { currency: 'INR', from: '2026-03', to: '2026-11' },
    { currency: 'INR', every: 'quarter', firstMonth: 4 },
  ]

  it('sum to that figure, in every table, column and row', () => {
    let asked = 0
    for (const query of queries) {
      for (const report of reportNames) {
        const { about, tables } = tablesOf(reports, report, query)
        const mrr = reports.mrr(query).rows
        const whole = { from: mrr[0]?.from ?? '', to: mrr.at(-1)?.to ?? '' }
        expect(about.from <= about.to).toBe(true)
        for (const { name, rows } of tables) {
          for (const row of rows.length > 60 ? rows.filter((_, index) => index % 9 === 0) : rows) {
            for (const column of reportColumns[name]) {
              const question = drillOf(name, column, row, whole)
              if (question === null || column.kind !== 'money' || column.key === 'arpuMinor') continue
              asked += 1
              expect([name, column.key, row, handlersRows(question)]).toEqual([name, column.key, row, row[column.key]])
            }
          }
        }
      }
    }
    expect(asked).toBeGreaterThan(500)
  })

  function handlersRows(question: Parameters<typeof reports.rows>[0]): number {
    const { rows, sumMinor } = reports.rows(question)
    expect(add(rows.map((row) => row.amountMinor))).toBe(sumMinor)
    return sumMinor
  }

  it('count as many services as the figure says', () => {
    const row = reports.mrr({}).rows.at(-1)
    const behind = reports.rows({ figure: 'mrr', currency: 'INR', from: row?.from ?? '', to: row?.to ?? '' }).rows
    expect(behind.length).toBe(row?.services)
    expect(new Set(behind.map((one) => one.customerId)).size).toBe(row?.customers)
    expect(behind[0]).toMatchObject({ customer: expect.any(String), product: expect.any(String) })
  })
})

describe('periods', () => {
  it('are months, quarters or years that begin in any month', () => {
    expect(reports.mrr({ every: 'year', firstMonth: 4 }).rows.map((row) => row.period)).toContain('2025-26')
    expect(reports.cash({ every: 'quarter', from: '2026-01', to: '2026-06' }).rows.map((row) => row.period)).toEqual(['2026-Q1', '2026-Q2'])
  })

  it('that have not come yet, or lie before anything, are empty and not wrong', () => {
    expect(reports.mrr({ from: '2027-03' }).rows).toEqual([])
    expect(reports.mrr({ from: '2027-03', to: '2027-05' }).rows).toEqual([])
    expect(reports.cash({ from: '2001-01', to: '2001-02' }).rows.map((row) => row.collectedMinor)).toEqual([0, 0])
    expect(reports.mrr({ from: '2001-01', to: '2001-02', currency: 'INR' }).rows.map((row) => row.closingMinor)).toEqual([0, 0])
    expect(reports.mrr({ currency: 'CHF', from: '2026-10' }).rows.map((row) => row.closingMinor)).toEqual([0, 0])
    expect(() => reports.mrr({ from: '2026-05', to: '2026-04' })).toThrow(Failure)
  })
})

describe('a worker without a network', () => {
  it('makes every report, page and file all the same', () => {
    const refused: string[] = []
    vi.spyOn(net.Socket.prototype, 'connect').mockImplementation((...to: unknown[]) => {
      refused.push(JSON.stringify(to))
      throw new Error('no socket may be opened')
    })
    const offline = new Reports(context)
    const pages = new MonthReports(context, offline)
    for (const report of reportNames) {
      expect(tablesOf(offline, report, {}).tables[0]?.rows.length).toBeGreaterThan(0)
      expect(pages.document({ report, query: {}, paper: 'a4' }).html).toContain('How this is computed')
    }
    expect(offline.rows({ figure: 'mrr', currency: 'INR', from: '2026-11-01', to: '2026-11-30' }).rows.length).toBeGreaterThan(0)
    pages.save('2026-10')
    offline.close()
    expect(refused).toEqual([])
  })
})

describe('the ledger in memory', () => {
  it('is built again when a row has changed, and only then', () => {
    const before = reports.cash({ from: '2026-11' }).rows[0]?.collectedMinor ?? 0
    context.db.sqlite.exec('update invoices set read_at = read_at + 1')
    expect(reports.cash({ from: '2026-11' }).rows[0]?.collectedMinor).toBe(before)
    const pending = context.db.sqlite.prepare(`select id from invoices where status = 'pending' limit 1`).pluck().get() as number
    context.db.sqlite.prepare(`update invoices set status = 'paid', paid_at = ? where id = ?`).run(startAt, pending)
    expect(reports.cash({ from: '2026-11' }).rows[0]?.collectedMinor).toBe(before + totalByPaymenter(pending))
    context.db.sqlite.prepare(`update invoices set status = 'pending', paid_at = null where id = ?`).run(pending)
    expect(reports.cash({ from: '2026-11' }).rows[0]?.collectedMinor).toBe(before)
  })
})

describe('an invoice that is gone', () => {
  it('takes its own items out of the cash, and no other invoice’s', () => {
    const all = add(reports.cash({}).rows.map((row) => row.collectedMinor))
    const gone = context.db.sqlite.prepare(`select id from invoices where status = 'paid' and id % 7 = 3`).pluck().all() as number[]
    context.db.sqlite.exec(`update invoices set gone_at = 1 where status = 'paid' and id % 7 = 3`)
    expect(add(reports.cash({}).rows.map((row) => row.collectedMinor))).toBe(all - add(gone.map(totalByPaymenter)))
    context.db.sqlite.exec(`update invoices set gone_at = null where status = 'paid' and id % 7 = 3`)
    expect(add(reports.cash({}).rows.map((row) => row.collectedMinor))).toBe(all)
  })
})

describe('settings of reports', () => {
  it('refuse rates that are none and keep what was saved', async () => {
    await handlers['reports.setSettings']({ firstMonth: 4, rates: { on: false, base: 'INR', rates: { USD: '83.20' } } })
    for (const rate of ['0', '-1', 'abc', '']) {
      expect(() => handlers['reports.setSettings']({ rates: { on: true, base: 'INR', rates: { USD: rate } } })).toThrow(
        /not a number above nothing/,
      )
    }
    expect(await handlers['reports.settings']({})).toMatchObject({ firstMonth: 4, rates: { on: false, rates: { USD: '83.20' } } })
    expect(() => reports.mrr({ converted: true })).toThrow(/not added/)
    await handlers['reports.setSettings']({ firstMonth: 1, rates: { on: true, base: 'USD', rates: { INR: '0.0125' } } })
    const converted = reports.mrr({ converted: true })
    expect(converted.about.rates).toEqual({ base: 'USD', rates: { INR: '0.0125' } })
    const [row] = converted.rows.slice(-1)
    const services = reports.rows({ figure: 'mrr', currency: 'INR', from: '2026-11-01', to: '2026-11-30' }).rows
    expect(row).toMatchObject({ currency: 'USD', closingMinor: add(services.map((one) => Math.round(one.amountMinor * 0.0125))) })
    await handlers['reports.setSettings']({ rates: { on: false, base: 'INR', rates: {} } })
  })

  it('refuse a cost of a node that is not known', () => {
    expect(() => handlers['reports.setNodeCost']({ nodeId: 'nobody', cost: { amountMinor: 1, currency: 'INR' } })).toThrow(/not known/)
  })
})

describe('a month’s report', () => {
  it('is saved by itself once billing was read in the next month, with every table beside the page', () => {
    expect(months.saveDue()?.month ?? 'already there').toMatch(/2026-10|already there/)
    world.clock.nowMs = Date.parse('2026-12-01T09:00:00Z')
    expect(months.saveDue()).toBeNull()
    context.db.sqlite
      .prepare(`insert into sync_runs (kind, started_at, finished_at, complete, counts) values ('full', ?, ?, 1, '{}')`)
      .run(world.clock.nowMs, world.clock.nowMs)
    const told: string[] = []
    const mailed = new MonthReports(context, reports, (saved) => told.push(saved.month))
    expect(mailed.saveDue()).toMatchObject({ month: '2026-11' })
    expect(mailed.saveDue()).toBeNull()
    expect(told).toEqual(['2026-11'])
    const [saved] = months.saved()
    expect(saved?.files).toEqual([
      'cash.csv',
      'churn.csv',
      'credits.csv',
      'customers.csv',
      'debtors.csv',
      'forecast.csv',
      'mrr.csv',
      'nodes.csv',
      'plans.csv',
      'receivables.csv',
      'report.html',
    ])
    const csv = readFileSync(join(saved?.folder ?? '', 'mrr.csv'), 'utf8').split('\r\n')
    expect(csv[0]).toBe(
      '\uFEFFPeriod,Currency,Opening,New,Reactivation,Expansion,Contraction,Churn,Closing,At risk,Services,Customers,Reconstructed',
    )
    expect(csv.at(-2)).toMatch(/^2026-11,INR,\d+\.\d{2},/)
  })

  it('is mailed once where a mail server is set up, tried again while the server is away, and what goes wrong is shown', async () => {
    const server = await startMailServer({ login: null })
    const mail = new ReportMail(context, 'installation', () => months.saved(), { connectMs: 2_000, silenceMs: 2_000, wholeMs: 5_000 })
    const state = (): unknown => handlers['reports.settings']({})
    try {
      mail.plan({ month: '2026-11' })
      expect(state()).toMatchObject({ mail: null })
      saveSettings(context.db.orm, {
        ...defaultSettings,
        mail: { host: 'localhost', port: server.port, security: 'tls', user: null, fromName: 'Acme', fromAddress: 'billing@acme.example', replyTo: null, certificate: server.certificate },
      })
      await handlers['reports.setSettings']({ monthly: { on: true, paper: 'a4', mail: true, mailTo: 'books@acme.example' } })
      server.refuseRecipient = () => ({ code: 450, text: 'come again' })
      world.clock.nowMs = Date.now()
      mail.plan({ month: '2026-11' })
      await mail.sendDue()
      // The desktop app is given its moments to print the PDF.
      expect(state()).toMatchObject({ mail: { state: 'waiting', error: null } })
      world.clock.nowMs += 3 * 60_000
      await mail.sendDue()
      expect(state()).toMatchObject({ mail: { month: '2026-11', state: 'waiting', to: 'books@acme.example', error: { code: 'smtp.later' } } })
      server.refuseRecipient = () => null
      await mail.sendDue()
      await mail.sendDue()
      expect(state()).toMatchObject({ mail: { state: 'sent', error: null } })
      expect(server.mails).toHaveLength(1)
      expect(server.mails[0]).toMatchObject({ to: ['books@acme.example'] })
      expect(server.mails[0]?.raw).toContain('filename=2026-11-report.html')
      expect(server.mails[0]?.raw).toContain('filename=2026-11-mrr.csv')
      await expect(async () => handlers['reports.setSettings']({ monthly: { on: true, paper: 'a4', mail: true, mailTo: 'nobody' } })).rejects.toThrow(/not a mail address/)
    } finally {
      await mail.stop()
      await server.stop()
    }
  })

  it('is not made for a month that has not come, nor by itself when it is switched off', async () => {
    expect(() => months.save('2027-01')).toThrow(/nothing to report/)
    await handlers['reports.setSettings']({ monthly: { on: false, paper: 'letter', mail: true, mailTo: null } })
    world.clock.nowMs = Date.parse('2027-01-02T09:00:00Z')
    context.db.sqlite
      .prepare(`insert into sync_runs (kind, started_at, finished_at, complete, counts) values ('full', ?, ?, 1, '{}')`)
      .run(world.clock.nowMs, world.clock.nowMs)
    expect(months.saveDue()).toBeNull()
    await handlers['reports.setSettings']({ monthly: { on: true, paper: 'a4', mail: true, mailTo: null } })
  })
})
