// Any facts of a service, for properties: every status, dates around today or none, any history, hold and VM.
import fc from 'fast-check'
import { addDays, type Day } from '../../shared/domain/calendar.ts'
import type { ServiceFacts } from '../../shared/domain/decide.ts'
import { asId, type CustomerId, type InvoiceId, type ProductId, type ServiceId } from '../../shared/domain/ids.ts'
import type { Policy } from '../../shared/domain/policy.ts'
import { today } from './facts.ts'

const arbitraryDay: fc.Arbitrary<Day> = fc.integer({ min: -60, max: 60 }).map((offset) => addDays(today, offset))
const dayOrNull = fc.option(arbitraryDay, { nil: null })
const ids = fc.integer({ min: 900, max: 903 }).map((id) => asId<InvoiceId>(id))

const arbitraryInvoices = fc.uniqueArray(
  fc.record({
    id: ids,
    status: fc.constantFrom('pending', 'pending', 'paid', 'cancelled', 'refunded'),
    dueOn: dayOrNull,
    dueReadable: fc.boolean(),
    createdOn: dayOrNull,
  }),
  { selector: (invoice) => invoice.id, maxLength: 4 },
)

export const arbitraryFacts: fc.Arbitrary<ServiceFacts> = fc.record({
  serviceId: fc.constant(asId<ServiceId>(101)),
  customerId: fc.constant(asId<CustomerId>(7)),
  productId: fc.constant(asId<ProductId>(2)),
  status: fc.constantFrom('pending', 'active', 'active', 'suspended', 'suspended', 'cancelled', 'frozen'),
  price: fc.option(fc.integer({ min: 0, max: 2 }).map((units) => ({ amountMinor: units * 49_900, currency: 'INR' })), { nil: null }),
  createdOn: dayOrNull,
  expiresOn: dayOrNull,
  expiryReadable: fc.boolean(),
  gone: fc.constantFrom(false, false, false, true),
  invoices: arbitraryInvoices,
  suspendedSeen: fc.option(
    fc.record({ beginningSeen: fc.boolean(), firstReadOn: arbitraryDay, expiresOnBefore: dayOrNull, expiresOnThen: dayOrNull, ownWriteBetween: fc.boolean() }),
    { nil: null },
  ),
  endedSeen: fc.option(fc.record({ firstReadOn: arbitraryDay, wasOverdueBefore: fc.boolean() }), { nil: null }),
  suspension: fc.option(
    fc.record({
      cause: fc.constantFrom('overdue', 'by-hand', 'trial-ended', 'ended', 'operator', 'before-console'),
      invoiceIds: fc.uniqueArray(ids, { maxLength: 3 }),
      stopSent: fc.boolean(),
      verifiedOn: dayOrNull,
    }),
    { nil: null },
  ),
  vm: fc.option(
    fc.record({ state: fc.constantFrom('running', 'paused', 'shutoff', 'shutting-down', 'crashed', 'unknown'), gone: fc.constantFrom(false, false, true), offSince: dayOrNull }),
    { nil: null },
  ),
  hold: fc.option(fc.record({ kind: fc.constantFrom('no-stop', 'no-start'), until: dayOrNull, why: fc.constant('because') }), { nil: null }),
})

export const arbitraryPolicy: fc.Arbitrary<Policy> = fc.record({
  mode: fc.constantFrom('observe', 'approve', 'auto'),
  requirePaymenterSuspended: fc.boolean(),
  graceDays: fc.integer({ min: 1, max: 365 }),
  warnDaysBefore: fc.integer({ min: 1, max: 365 }),
  terminateAfterDays: fc.integer({ min: 1, max: 365 }),
  retentionDays: fc.integer({ min: 1, max: 365 }),
  trialDays: fc.oneof(fc.constant('off' as const), fc.integer({ min: 1, max: 365 })),
  forceAfterSeconds: fc.integer({ min: 1, max: 3600 }),
  maxPerRun: fc.oneof(fc.constant('auto' as const), fc.integer({ min: 1, max: 10_000 })),
  businessHours: fc.constant('always'),
  writeStatus: fc.boolean(),
})
