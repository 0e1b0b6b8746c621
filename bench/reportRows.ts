// Five years of a shop in the mirror's own tables: services with plans, invoices with items, a daily record; made, not synced.
import type { Database } from '../db/open.ts'

export interface ShopSize {
  readonly services: number
  readonly invoices: number
  readonly years: number
  /** The instant, UTC ms, that the rows lead up to. */
  readonly nowMs: number
}

const dayMs = 86_400_000
const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const products = [
  { name: 'Starter VPS', monthly: 499_00 },
  { name: 'Professional VPS', monthly: 999_00 },
  { name: 'Business VPS', monthly: 1999_00 },
]

function text(instantMs: number): string {
  return new Date(instantMs).toISOString().slice(0, 10)
}

function english(instantMs: number): string {
  const date = new Date(instantMs)
  return `${monthNames[date.getUTCMonth()] ?? ''} ${String(date.getUTCDate()).padStart(2, '0')}, ${date.getUTCFullYear()}`
}

function monthsLater(instantMs: number, months: number): number {
  const date = new Date(instantMs)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, date.getUTCDate())
}

/** Fills an empty mirror. Every value follows from the row's number: the same size makes the same shop. */
export function makeShop(db: Database, size: ShopSize): void {
  const { sqlite } = db
  const each = Math.ceil(size.invoices / size.services)
  const today = Math.floor(size.nowMs / dayMs) * dayMs
  db.transaction(() => {
    const product = sqlite.prepare(
      `insert into products (id, name, slug, hidden, raw, first_seen_at, read_at) values (?, ?, ?, 0, '{}', 0, 0)`,
    )
    const plan = sqlite.prepare(
      `insert into plans (id, product_id, name, type, billing_period, billing_unit, prices, raw, first_seen_at, read_at)
       values (?, ?, ?, 'recurring', 1, ?, ?, '{}', 0, 0)`,
    )
    for (const [index, { name, monthly }] of products.entries()) {
      const price = (amountMinor: number): string => JSON.stringify([{ id: index + 1, currency: 'INR', amountMinor, setupFeeMinor: null }])
      product.run(index + 1, name, name.toLowerCase().replace(' ', '-'))
      plan.run(2 * index + 1, index + 1, 'Monthly', 'month', price(monthly))
      plan.run(2 * index + 2, index + 1, 'Yearly', 'year', price(monthly * 10))
    }
    const customer = sqlite.prepare(
      `insert into customers (id, first_name, last_name, email, raw, first_seen_at, read_at) values (?, ?, 'Bench', ?, '{}', 0, 0)`,
    )
    for (let id = 1; id <= Math.ceil(size.services * 0.7); id += 1) customer.run(id, `Customer ${id}`, `c${id}@example.com`)
    const service = sqlite.prepare(
      `insert into services (id, customer_id, product_id, status, currency, price_minor, quantity, expires_on, expiry_readable,
         properties, raw, created_at, updated_at, first_seen_at, read_at)
       values (?, ?, ?, ?, 'INR', ?, 1, ?, 1, '{}', '{}', ?, ?, 0, 0)`,
    )
    const invoice = sqlite.prepare(
      `insert into invoices (id, customer_id, status, currency, due_on, due_readable, created_on, paid_at, raw, created_at,
         updated_at, first_seen_at, read_at)
       values (?, ?, ?, 'INR', ?, 1, ?, ?, ?, ?, ?, ?, 0)`,
    )
    const item = sqlite.prepare(
      `insert into invoice_items (id, invoice_id, service_id, description, price_minor, quantity, raw, first_seen_at, read_at)
       values (?, ?, ?, ?, ?, 1, ?, 0, 0)`,
    )
    const recorded = sqlite.prepare(
      `insert into service_days (day, service_id, status, price_minor, currency, quantity, product_id, customer_id, kind,
         period_count, period_unit)
       values (?, ?, ?, ?, 'INR', 1, ?, ?, 'recurring', 1, 'month')`,
    )
    const recordDay = sqlite.prepare('insert into record_days (day, recorded_at) values (?, 0)')
    const recordFrom = today - 365 * dayMs
    for (let day = recordFrom; day <= today; day += dayMs) recordDay.run(text(day))
    // As large as what Paymenter sends of an invoice with its relationships.
    const raw = JSON.stringify({ attributes: { text: 'x'.repeat(400) } })
    let invoiceId = 0
    for (let id = 1; id <= size.services; id += 1) {
      const { name, monthly } = products[id % products.length] ?? { name: '', monthly: 0 }
      const isOver = id % 5 === 0
      const last = isOver ? monthsLater(today, -(id % 40)) : monthsLater(today, 1) - (id % 28) * dayMs
      const customerId = 1 + (id % Math.ceil(size.services * 0.7))
      const first = monthsLater(last, -each)
      service.run(
        id,
        customerId,
        1 + (id % products.length),
        isOver ? 'cancelled' : 'active',
        monthly,
        text(last),
        first,
        isOver ? last + 14 * dayMs : last,
      )
      for (let number = 0; number < each && invoiceId < size.invoices; number += 1) {
        const from = monthsLater(first, number)
        const paidAt = from - (number % 6) * dayMs
        invoiceId += 1
        invoice.run(invoiceId, customerId, 'paid', text(from), text(from - 7 * dayMs), paidAt, raw, from - 7 * dayMs, paidAt, paidAt)
        item.run(
          invoiceId,
          invoiceId,
          id,
          `${name} (${english(from)} - ${english(monthsLater(from, 1))})`,
          monthly - (number < each / 2 ? 50_00 : 0),
          raw,
        )
      }
      if (!isOver) recorded.run(text(recordFrom), id, 'active', monthly, 1 + (id % products.length), customerId)
    }
  })
}
