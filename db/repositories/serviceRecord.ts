// Writes the daily record of services: one row for each change, and the day itself, so that every recorded day can be told exactly.
import type { Day } from '../../shared/domain/calendar.ts'
import type { ProductId, ServiceId } from '../../shared/domain/ids.ts'
import type { PlanKind } from '../../shared/domain/revenue/facts.ts'
import type { BillingUnit } from '../../shared/domain/revenue/monthly.ts'
import type { Database } from '../open.ts'
import { ServicePlans } from './servicePlans.ts'

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
  const servicePlans = new ServicePlans(db)
  const planOf = (now: PresentState): Pick<RecordedRow, 'kind' | 'periodCount' | 'periodUnit'> => {
    const { kind, period } = servicePlans.planOf(now)
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
