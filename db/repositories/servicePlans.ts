// How services are paid, which Paymenter's API does not say: told from their plans' prices and the dates in their newest items.
import type BetterSqlite3 from 'better-sqlite3'
import type { Day } from '../../shared/domain/calendar.ts'
import type { ProductId, ServiceId } from '../../shared/domain/ids.ts'
import { toEpochDay } from '../../shared/domain/revenue/epochDay.ts'
import type { PlanFact } from '../../shared/domain/revenue/facts.ts'
import { spanOfText } from '../../shared/domain/revenue/itemPeriod.ts'
import { billingPeriod } from '../../shared/domain/revenue/monthly.ts'
import { planOfService, type ServicePlan } from '../../shared/domain/revenue/servicePlan.ts'
import type { Database } from '../open.ts'

export interface PricedService {
  readonly serviceId: ServiceId
  readonly productId: ProductId | null
  readonly currency: string
  /** Of one; null when it cannot be read. */
  readonly priceMinor: number | null
  readonly expiresOn: Day | null
}

export class ServicePlans {
  readonly #plans: ReadonlyMap<ProductId, readonly PlanFact[]>
  readonly #newestTexts: BetterSqlite3.Statement

  /** Reads the plans as they are now. */
  constructor(db: Database) {
    this.#plans = plansByProduct(db)
    this.#newestTexts = db.sqlite
      .prepare('select description from invoice_items where service_id = ? and gone_at is null and price_minor > 0 order by id desc limit 4')
      .pluck()
  }

  /** `kind` is null when it cannot be told. */
  planOf(service: PricedService): ServicePlan {
    const spans = (this.#newestTexts.all(service.serviceId) as string[]).flatMap((text) => spanOfText(text) ?? [])
    const plans = service.productId === null ? [] : (this.#plans.get(service.productId) ?? [])
    const expiresOn = service.expiresOn === null ? null : toEpochDay(service.expiresOn)
    return planOfService({ currency: service.currency, priceMinor: service.priceMinor, expiresOn }, plans, spans[0] ?? null, null)
  }
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
