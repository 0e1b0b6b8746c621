// What a payment does to a service in Paymenter: active again, and one billing period longer.
import type { Day } from './calendar.ts'
import { addMonthsOverflowing, fromEpochDay, toEpochDay } from './revenue/epochDay.ts'
import type { BillingPeriod } from './revenue/monthly.ts'

export interface RenewableService {
  readonly status: string
  readonly expiresOn: Day | null
}

/** The end of a period that begins on a day, as Paymenter counts: a month of 31 January ends on 3 March; parts of a day are dropped. */
export function renewedUntil(from: Day, period: BillingPeriod): Day {
  const day = toEpochDay(from)
  switch (period.unit) {
    case 'hour':
      return fromEpochDay(day + Math.floor(period.count / 24))
    case 'day':
      return fromEpochDay(day + period.count)
    case 'week':
      return fromEpochDay(day + 7 * period.count)
    case 'month':
      return fromEpochDay(addMonthsOverflowing(day, period.count))
    case 'year':
      return fromEpochDay(addMonthsOverflowing(day, 12 * period.count))
  }
}

/** Where the paid period begins: at the old expiry of an active service, today for a suspended, pending or cancelled one. */
export function renewedFrom(service: RenewableService, today: Day): Day {
  return service.status === 'active' && service.expiresOn !== null ? service.expiresOn : today
}
