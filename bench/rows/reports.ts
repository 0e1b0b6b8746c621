// `reports-all`: every report over five years of a shop against one bare read of the same rows; `reports-period`: another period.
import type BetterSqlite3 from 'better-sqlite3'
import { revenueQueries } from '../../db/repositories/revenueFacts.ts'
import { Reports } from '../../electron/worker/reports/reports.ts'
import { tablesOf } from '../../electron/worker/reports/tables.ts'
import { reportNames } from '../../shared/domain/revenue/columns.ts'
import { makeShop } from '../reportRows.ts'
import { elapsedMs, inTurns, type Row } from '../row.ts'
import { openWorkshop } from '../workshop.ts'

const size = { services: 3_000, invoices: 100_000, years: 5 }
const rounds = 7
const today = new Date().toISOString().slice(0, 10)

/** The rows as the driver hands them over, nothing done with them. */
async function bareRead(sqlite: BetterSqlite3.Database): Promise<number> {
  return elapsedMs(async () => {
    for (const [name, sql] of Object.entries(revenueQueries)) {
      const statement = sqlite.prepare(sql)
      if (name === 'recordDays' || name === 'record') statement.all(today)
      else statement.all()
    }
    return Promise.resolve()
  })
}

export const rows: readonly Row[] = [
  {
    name: 'reports-all',
    unit: 'ms',
    goal: 3,
    better: 'lower',
    async measure(tell) {
      using workshop = openWorkshop()
      makeShop(workshop.context.db, { ...size, nowMs: Date.now() })
      tell(`${size.services} services, ${size.invoices} invoices`)
      const all = async (): Promise<number> =>
        elapsedMs(async () => {
          const reports = new Reports(workshop.context)
          for (const name of reportNames) tablesOf(reports, name, {})
          reports.close()
          return Promise.resolve()
        })
      return await inTurns(rounds, all, () => bareRead(workshop.context.db.sqlite))
    },
  },
  {
    name: 'reports-period',
    unit: 'ms',
    goal: 1,
    better: 'lower',
    async measure() {
      using workshop = openWorkshop()
      makeShop(workshop.context.db, { ...size, nowMs: Date.now() })
      const reports = new Reports(workshop.context)
      // What the overview asks when another period is chosen, itself and what it is compared with.
      const overview = (from: string, to: string): void => {
        const query = { from, to, currency: 'INR' }
        reports.mrr(query)
        reports.cash(query)
        reports.churn(query)
        reports.receivables(query)
      }
      overview('2025-01', '2025-12')
      const another = async (): Promise<number> =>
        elapsedMs(async () => {
          overview('2024-01', '2025-06')
          overview('2022-07', '2023-12')
          return Promise.resolve()
        })
      const measured = await inTurns(rounds, another, () => bareRead(workshop.context.db.sqlite))
      reports.close()
      return measured
    },
  },
]
