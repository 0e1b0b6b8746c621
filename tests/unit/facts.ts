// Facts of a service as tests state them: a monthly service, active, linked, running, unless said otherwise.
import { addDays, type Day } from '../../shared/domain/calendar.ts'
import type { ServiceFacts } from '../../shared/domain/decide.ts'
import { asId, type CustomerId, type InvoiceId, type ProductId, type ServiceId } from '../../shared/domain/ids.ts'
import type { InvoiceFacts } from '../../shared/domain/serviceState.ts'

export const today = '2026-11-22' as Day
export const day = (offset: number): Day => addDays(today, offset)
export const invoiceId = (id: number) => asId<InvoiceId>(id)

export function invoice(change: Partial<InvoiceFacts> = {}): InvoiceFacts {
  return { id: invoiceId(900), status: 'pending', dueOn: day(-5), dueReadable: true, createdOn: day(-12), ...change }
}

export function service(change: Partial<ServiceFacts> = {}): ServiceFacts {
  return {
    serviceId: asId<ServiceId>(101),
    customerId: asId<CustomerId>(7),
    productId: asId<ProductId>(2),
    status: 'active',
    price: { amountMinor: 49_900, currency: 'INR' },
    createdOn: day(-400),
    expiresOn: day(12),
    expiryReadable: true,
    gone: false,
    invoices: [],
    suspendedSeen: null,
    endedSeen: null,
    suspension: null,
    vm: { state: 'running', gone: false, offSince: null },
    hold: null,
    ...change,
  }
}

/** Expired five days ago with its invoice unpaid: one day over a grace of 3. */
export function overdueService(change: Partial<ServiceFacts> = {}): ServiceFacts {
  return service({ expiresOn: day(-5), invoices: [invoice()], ...change })
}
