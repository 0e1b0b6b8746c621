// A small shop with a clock that stands still, for the tests of the simulated Paymenter.
import { makeCatalog } from '../../demo/data/catalog.ts'
import type { PaymenterSettings } from '../../demo/paymenter/billing.ts'
import { SimulatedPaymenter } from '../../demo/paymenter/paymenter.ts'
import { emptyRows } from '../../demo/paymenter/rows.ts'
import type { InvoiceRow, ServiceRow } from '../../demo/paymenter/rows.ts'

export class StandingClock {
  nowMs: number

  constructor(instant: string) {
    this.nowMs = Date.parse(instant)
  }

  now(): number {
    return this.nowMs
  }

  set(instant: string): void {
    this.nowMs = Date.parse(instant)
  }
}

export interface Shop extends AsyncDisposable {
  billing: SimulatedPaymenter
  clock: StandingClock
  /** Sells the monthly Starter plan to customer 1. */
  sell(values: { status: ServiceRow['status']; expires_at: string | null } & Partial<ServiceRow>): Readonly<ServiceRow>
  /** Writes an invoice for the service's next period. */
  bill(serviceId: number): Readonly<InvoiceRow>
}

/** 25 customers, the demo's catalog, and nothing sold: 22 November 2026, 12:00 UTC. */
export async function openShop(options: { timeZone?: string; settings?: Partial<PaymenterSettings> } = {}): Promise<Shop> {
  const clock = new StandingClock('2026-11-22T12:00:00Z')
  const rows = { ...emptyRows(), ...makeCatalog(Date.parse('2026-01-01T00:00:00Z')) }
  const billing = new SimulatedPaymenter({ clock, rows, ...options })
  for (let id = 1; id <= 25; id += 1) billing.addCustomer({ first_name: `First ${id}`, last_name: null, email: `c${id}@example.com` })
  await billing.start()
  return {
    billing,
    clock,
    sell: (values) => billing.addService({ user_id: 1, product_id: 2, plan_id: 2, ...values }),
    bill: (serviceId) => billing.addInvoice({ user_id: billing.service(serviceId)?.user_id ?? 1, service_id: serviceId }),
    [Symbol.asyncDispose]: () => billing.stop(),
  }
}
