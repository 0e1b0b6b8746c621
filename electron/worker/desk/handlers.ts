// The contract's methods of the operator's desk: specs, leaks, a customer's timeline, invoices in windows.
import { customerTimeline } from '../../../db/repositories/customerTimeline.ts'
import { InvoiceWindows } from '../../../db/repositories/invoiceWindow.ts'
import type { StoredSpec } from '../../../db/repositories/productSpecs.ts'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import type { Day } from '../../../shared/domain/calendar.ts'
import { asId, type ProductId } from '../../../shared/domain/ids.ts'
import type { Automation } from '../automation/automation.ts'
import type { Billing } from '../billing/billing.ts'
import type { Context } from '../context.ts'
import type { Handlers } from '../rpc/handlers.ts'
import { leakRows } from './leaks.ts'
import { Specs } from './specs.ts'

type DeskMethods = Extract<keyof Handlers, `${'specs' | 'leaks' | 'customers' | 'invoices'}.${string}`>

const usualEntries = 200

function specView(spec: StoredSpec): MethodOutput<'specs.list'>[number] {
  return { ...spec, images: spec.images === null ? null : [...spec.images] }
}

export function deskHandlers(context: Context, automation: Automation, billing: Billing): Pick<Handlers, DeskMethods> {
  const specs = new Specs(context, automation.audit)
  const windows = new InvoiceWindows(context.db)
  const missing = () => billing.status().missing.find((list) => list.resource === 'invoices') ?? null
  return {
    'specs.list': () => specs.list().map(specView),
    'specs.set': ({ productId, spec }) => specView(specs.set(asId<ProductId>(productId), spec)),
    'specs.remove': ({ productId }) => {
      specs.remove(asId<ProductId>(productId))
      return { ok: true }
    },
    'leaks.list': () => ({ rows: leakRows(context, automation, billing), asOf: billing.asOf() }),
    'customers.timeline': ({ customerId, limit }) =>
      customerTimeline(context.db, customerId, limit ?? usualEntries).map(({ isDerived, ...entry }) => ({ ...entry, isDerived: isDerived === 1 })),
    'invoices.window': ({ today, ...query }) => ({ ...windows.window({ ...query, today: today as Day }), asOf: billing.asOf(), missing: missing() }),
    'invoices.unpaid': ({ today, ...choice }) => windows.unpaid({ ...choice, today: today as Day }),
    'invoices.ageing': ({ today }) => ({ ages: windows.ageing(today as Day), asOf: billing.asOf() }),
  }
}
