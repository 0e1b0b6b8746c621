// Writes the daily record of services: one row for each change, and the day itself, so that every recorded day can be told exactly.
import type { Day } from '../../shared/domain/calendar.ts'
import type { ProductId, ServiceId } from '../../shared/domain/ids.ts'
import { toEpochDay } from '../../shared/domain/revenue/epochDay.ts'
import type { PlanFact, PlanKind } from '../../shared/domain/revenue/facts.ts'
import { spanOfText } from '../../shared/domain/revenue/itemPeriod.ts'
import { billingPeriod, type BillingUnit } from '../../shared/domain/revenue/monthly.ts'
import { planOfService } from '../../shared/domain/revenue/servicePlan.ts'
import type { Database } from '../open.ts'

interface State {
  readonly serviceId: ServiceId
  readonly status: string
  readonly priceMinor: number | null
  readonly currency: string
  readonly quantity: number
  readonly productId: ProductId | null
  readonly customerId: number | null
}

interface RecordedRow extends State {
  readonly day: Day
  readonly kind: PlanKind | null
  readonly periodCount: number | null
  readonly periodUnit: BillingUnit | null
}

interface PresentState extends State {
  readonly expiresOn: Day | null
}

const recordedColumns = `day, service_id as serviceId, status, price_minor as priceMinor, currency, quantity, product_id as productId,
  customer_id as customerId, kind, period_count as periodCount, period_unit as periodUnit`

function isSame(a: State, b: State): boolean {
  return (
    a.status === b.status &&
    a.priceMinor === b.priceMinor &&
    a.currency === b.currency &&
    a.quantity === b.quantity &&
    a.productId === b.productId &&
    a.customerId === b.customerId
  )
}

function isPriced(before: RecordedRow | undefined, now: State): before is RecordedRow {
  return (
    before !== undefined &&
    before.kind !== null &&
    before.priceMinor === now.priceMinor &&
    before.currency === now.currency &&
    before.productId === now.productId
  )
}

/**
 * Records the state of every service at the end of `day`, as far as the day has come; called again on the same day it replaces what that
 * day had. To be called after a sync that read services and invoices to their ends.
 */
export function recordServiceDay(db: Database, day: Day, nowMs: number): void {
  const { sqlite } = db
  const plansOf = plansByProduct(db)
  const newestTexts = sqlite
    .prepare('select description from invoice_items where service_id = ? and gone_at is null and price_minor > 0 order by id desc limit 4')
    .pluck()
  const planOf = (now: PresentState): Pick<RecordedRow, 'kind' | 'periodCount' | 'periodUnit'> => {
    const spans = (newestTexts.all(now.serviceId) as string[]).flatMap((text) => spanOfText(text) ?? [])
    const plans = now.productId === null ? [] : (plansOf.get(now.productId) ?? [])
    const expiresOn = now.expiresOn === null ? null : toEpochDay(now.expiresOn)
    const { kind, period } = planOfService({ currency: now.currency, priceMinor: now.priceMinor, expiresOn }, plans, spans[0] ?? null, null)
    return { kind, periodCount: period?.count ?? null, periodUnit: period?.unit ?? null }
  }
  const upsert = sqlite.prepare(
    `insert into service_days
       (day, service_id, status, price_minor, currency, quantity, product_id, customer_id, kind, period_count, period_unit)
     values (@day, @serviceId, @status, @priceMinor, @currency, @quantity, @productId, @customerId, @kind, @periodCount, @periodUnit)
     on conflict (day, service_id) do update set status = excluded.status, price_minor = excluded.price_minor, currency = excluded.currency,
       quantity = excluded.quantity, product_id = excluded.product_id, customer_id = excluded.customer_id, kind = excluded.kind,
       period_count = excluded.period_count, period_unit = excluded.period_unit`,
  )
  const forget = sqlite.prepare('delete from service_days where day = ? and service_id = ?')
  db.transaction(() => {
    const before = byService(
      sqlite
        .prepare(
          `select ${recordedColumns} from service_days
           where (service_id, day) in (select service_id, max(day) from service_days where day < ? group by service_id)`,
        )
        .all(day) as RecordedRow[],
    )
    const already = byService(sqlite.prepare(`select ${recordedColumns} from service_days where day = ?`).all(day) as RecordedRow[])
    const present = sqlite
      .prepare(
        `select id as serviceId, case when gone_at is null then status else 'gone' end as status, price_minor as priceMinor, currency,
           quantity,
           product_id as productId, customer_id as customerId, expires_on as expiresOn from services`,
      )
      .all() as PresentState[]
    for (const now of present) {
      const last = before.get(now.serviceId)
      const written = already.get(now.serviceId)
      const isThere = now.status === 'active' || now.status === 'suspended'
      const isNews = last === undefined ? isThere : !isSame(last, now) || (last.kind === null && isThere && planOf(now).kind !== null)
      if (!isNews) {
        if (written !== undefined) forget.run(day, now.serviceId)
        continue
      }
      if (written !== undefined && written.kind !== null && isSame(written, now)) continue
      const { expiresOn: _expiresOn, ...state } = now
      const plan = isPriced(last, now) ? { kind: last.kind, periodCount: last.periodCount, periodUnit: last.periodUnit } : planOf(now)
      upsert.run({ day, ...state, ...plan })
    }
    sqlite
      .prepare(
        'insert into record_days (day, recorded_at) values (?, ?) on conflict (day) do update set recorded_at = excluded.recorded_at',
      )
      .run(day, nowMs)
  })
}

function byService(rows: readonly RecordedRow[]): Map<ServiceId, RecordedRow> {
  return new Map(rows.map((row) => [row.serviceId, row]))
}

function plansByProduct(db: Database): Map<ProductId, PlanFact[]> {
  const rows = db.sqlite
    .prepare('select product_id as productId, name, type, billing_period as count, billing_unit as unit, prices from plans')
    .all() as {
    productId: ProductId
    name: string | null
    type: string
    count: number | null
    unit: string | null
    prices: string
  }[]
  const plans = new Map<ProductId, PlanFact[]>()
  for (const { count, unit, prices, ...row } of rows) {
    const plan: PlanFact = { ...row, period: billingPeriod(count, unit), prices: JSON.parse(prices) as PlanFact['prices'] }
    plans.set(row.productId, [...(plans.get(row.productId) ?? []), plan])
  }
  return plans
}
