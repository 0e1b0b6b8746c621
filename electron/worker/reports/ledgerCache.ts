// The ledger, kept in memory while reports are looked at: built again only when a row that it came from has changed, or a day has passed.
import { readRevenueFacts, readRevenueNames, type RevenueNames } from '../../../db/repositories/revenueFacts.ts'
import type { Database } from '../../../db/open.ts'
import type { Day } from '../../../shared/domain/calendar.ts'
import { convertLedger, type Rates } from '../../../shared/domain/revenue/convert.ts'
import { buildLedger, type Ledger } from '../../../shared/domain/revenue/ledger.ts'
import { movementsOf, type Movement } from '../../../shared/domain/revenue/movements.ts'
import { zoneDaysOf } from '../../../shared/domain/revenue/zoneDays.ts'

const keptIdleMs = 5 * 60_000
/** The columns whose change changes a report: being read again alone does not. */
const watched: Readonly<Record<string, string>> = {
  services: 'customer_id, product_id, status, currency, price_minor, quantity, expires_on, created_at, updated_at, gone_at',
  plans: 'product_id, name, type, billing_period, billing_unit, prices, gone_at',
  products: 'name, gone_at',
  customers: 'first_name, last_name, email',
  invoices: 'customer_id, status, currency, created_on, due_on, updated_at, paid_at, created_at, gone_at',
  invoice_items: 'invoice_id, service_id, description, price_minor, quantity, gone_at',
  service_days: 'status',
  record_days: 'day',
}

/** A ledger in one currency or as it is, and its movements by currency, worked out when first asked for. */
export class LedgerView {
  readonly ledger: Ledger
  readonly names: RevenueNames
  readonly #movements = new Map<string, Movement[]>()

  constructor(ledger: Ledger, names: RevenueNames) {
    this.ledger = ledger
    this.names = names
  }

  movements(currency: string): Movement[] {
    const known = this.#movements.get(currency)
    if (known !== undefined) return known
    const made = movementsOf(this.ledger.timelines, currency)
    this.#movements.set(currency, made)
    return made
  }
}

interface Kept {
  readonly version: number
  readonly today: Day
  readonly timeZone: string
  readonly view: LedgerView
  converted: { readonly key: string; readonly view: LedgerView } | null
}

interface Changes {
  version: number
}

/** One counter for each connection, however many look at it. */
const changesOf = new WeakMap<Database['sqlite'], Changes>()

/** Counts changes of the rows that reports come from, by triggers of this connection only, which no other program sees. */
function watch({ sqlite }: Database): Changes {
  const known = changesOf.get(sqlite)
  if (known !== undefined) return known
  const changes: Changes = { version: 0 }
  changesOf.set(sqlite, changes)
  sqlite.function('revenue_changed', () => {
    changes.version += 1
    return null
  })
  for (const [table, columns] of Object.entries(watched)) {
    for (const [kind, event] of [
      ['insert', 'insert'],
      ['update', `update of ${columns}`],
      ['delete', 'delete'],
    ] as const) {
      sqlite.exec(`create temp trigger revenue_${table}_${kind} after ${event} on main.${table} begin select revenue_changed(); end`)
    }
  }
  return changes
}

export class LedgerCache {
  readonly #db: Database
  #kept: Kept | null = null
  #idle: NodeJS.Timeout | null = null

  constructor(db: Database) {
    this.#db = db
  }

  /** @param rates all amounts in their base; null: as they are */
  view(timeZone: string, today: Day, rates: Rates | null): LedgerView {
    const { version } = watch(this.#db)
    this.#keepForAWhile()
    let kept = this.#kept
    if (kept === null || kept.version !== version || kept.today !== today || kept.timeZone !== timeZone) {
      const view = new LedgerView(buildLedger(readRevenueFacts(this.#db, zoneDaysOf(timeZone), today)), readRevenueNames(this.#db))
      kept = { version, today, timeZone, view, converted: null }
      this.#kept = kept
    }
    if (rates === null) return kept.view
    const key = JSON.stringify(rates)
    if (kept.converted?.key !== key) kept.converted = { key, view: new LedgerView(convertLedger(kept.view.ledger, rates), kept.view.names) }
    return kept.converted.view
  }

  close(): void {
    if (this.#idle !== null) clearTimeout(this.#idle)
    this.#kept = null
  }

  #keepForAWhile(): void {
    if (this.#idle !== null) clearTimeout(this.#idle)
    this.#idle = setTimeout(() => {
      this.#kept = null
    }, keptIdleMs)
    this.#idle.unref()
  }
}
