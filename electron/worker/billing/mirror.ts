// Stores what Paymenter answers: pages in one transaction each, single rows, and what is gone.
import { BillingMirror, type MirroredList, type StoredCounts } from '../../../db/repositories/billingMirror.ts'
import type { Database } from '../../../db/open.ts'
import type { ListAnswer, Resource } from '../paymenter/client.ts'
import { Days } from '../paymenter/days.ts'
import { customerOf, invoiceOf, productOf, serviceOf } from '../paymenter/rows.ts'
import type { Included, PaymenterRow } from '../paymenter/schema.ts'
import { creditOf, orderOf, ticketMessageOf, ticketOf } from '../paymenter/supportRows.ts'
import { Freshness } from './freshness.ts'

/** How each list is called in Paymenter, and what is asked for along with its rows. */
export const lists = {
  customers: { resource: 'users', includes: [] },
  products: { resource: 'products', includes: ['category', 'plans.prices'] },
  services: { resource: 'services', includes: ['user', 'product', 'properties'] },
  invoices: { resource: 'invoices', includes: ['items', 'user'] },
  orders: { resource: 'orders', includes: ['services'] },
  credits: { resource: 'credits', includes: ['user'] },
  // Messages are a list of their own, for those that come along with a ticket do not say who wrote them.
  tickets: { resource: 'tickets', includes: [] },
  ticketMessages: { resource: 'ticket-messages', includes: ['user', 'ticket'] },
} as const satisfies Record<MirroredList, { resource: Resource; includes: readonly string[] }>

export interface Stored extends StoredCounts {
  /** What was wrong with single rows, in words. */
  readonly problems: string[]
}

export class Mirror {
  readonly rows: BillingMirror
  readonly freshness = new Freshness()
  readonly days: Days
  readonly #now: () => number

  /** @param timeZone Paymenter's own */
  constructor(db: Database, timeZone: string, now: () => number) {
    this.rows = new BillingMirror(db)
    this.days = new Days(timeZone)
    this.#now = now
  }

  /**
   * Stores a page, in one transaction.
   * @param ticket taken before the page was asked for
   * @param withCustomers stores the customers that came along, too
   * @param also done in the same transaction
   */
  storePage(list: MirroredList, answer: ListAnswer, ticket: number, withCustomers: boolean, also?: () => void): Stored {
    const total: Stored = { changed: 0, gone: 0, problems: answer.unreadable.map((row) => `row ${row.id}: ${row.reason}`) }
    this.rows.transaction(() => {
      if (withCustomers) this.#storeCustomers(answer.included, total)
      for (const row of answer.rows) if (this.freshness.isNews(`${list}:${row.id}`, ticket)) this.#store(list, row, answer.included, total)
      also?.()
    })
    return total
  }

  /**
   * Stores one row that was read by its own address, in one transaction.
   * @param force stores it even while the row is held for a change of ours: it is that change's own reading
   */
  storeRow(list: MirroredList, row: PaymenterRow, included: Included, ticket: number, force = false): Stored {
    const total: Stored = { changed: 0, gone: 0, problems: [] }
    const key = `${list}:${row.id}`
    if (!force && !this.freshness.isNews(key, ticket)) return total
    this.rows.transaction(() => {
      this.#storeCustomers(included, total)
      this.#store(list, row, included, total)
    })
    if (!force) this.freshness.stored(key, ticket)
    return total
  }

  /** True when it was not gone before. */
  markGone(list: MirroredList, id: number): boolean {
    return this.rows.transaction(() => this.rows.markGone(list, id, this.#now()))
  }

  #storeCustomers(included: Included, total: Stored): void {
    for (const user of included.ofType('users')) add(total, this.rows.storeCustomer(customerOf(user), this.#now()))
  }

  #store(list: MirroredList, row: PaymenterRow, included: Included, total: Stored): void {
    const readAt = this.#now()
    switch (list) {
      case 'customers':
        add(total, this.rows.storeCustomer(customerOf(row), readAt))
        break
      case 'products':
        add(total, this.rows.storeProduct(productOf(row, included), readAt))
        break
      case 'services':
        add(total, this.rows.storeService(serviceOf(row, included, this.days), readAt, this.days.dayOf(readAt)))
        break
      case 'invoices': {
        const invoice = invoiceOf(row, included, this.days)
        add(total, this.rows.storeInvoice(invoice, readAt))
        if (invoice.missingItems.length > 0) total.problems.push(`invoice ${invoice.id}: its items ${invoice.missingItems.slice(0, 5).join(', ')} were not sent`)
        break
      }
      case 'orders':
        add(total, this.rows.storeOrder(orderOf(row), readAt))
        break
      case 'credits':
        add(total, this.rows.storeCredit(creditOf(row), readAt))
        break
      case 'tickets':
        add(total, this.rows.storeTicket(ticketOf(row), readAt))
        break
      case 'ticketMessages':
        add(total, this.rows.storeTicketMessage(ticketMessageOf(row), readAt))
        break
    }
  }
}

function add(total: StoredCounts, counts: StoredCounts): void {
  total.changed += counts.changed
  total.gone += counts.gone
}
