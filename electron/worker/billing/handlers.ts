// The contract's billing methods.
import { BillingLists } from '../../../db/repositories/billingLists.ts'
import type { MirroredList } from '../../../db/repositories/billingMirror.ts'
import { SupportLists } from '../../../db/repositories/supportLists.ts'
import { underivedValues } from '../../../db/repositories/underived.ts'
import type { Context } from '../context.ts'
import type { billingMethods } from '../../../shared/contract/billing.ts'
import type { Handlers } from '../rpc/handlers.ts'
import type { Billing } from './billing.ts'
import { isRequired } from './missing.ts'
import { ticketOf } from './ticketDetail.ts'

type BillingMethod = keyof typeof billingMethods & keyof Handlers

export function billingHandlers(billing: Billing, context: Pick<Context, 'db' | 'jobs'>): Pick<Handlers, BillingMethod> {
  const lists = new BillingLists(context.db)
  const support = new SupportLists(context.db)
  // Services and invoices are read in one sync: the older of the two tells their age.
  const shown = (list: MirroredList) => ({ asOf: isRequired(list) ? billing.asOf() : billing.asOf(list), missing: billing.missing(list) })
  return {
    'billing.probe': async (input) => billing.probe(input),
    'billing.connect': async (input) => billing.connect(input),
    'billing.disconnect': async () => {
      await billing.disconnect()
      return { ok: true }
    },
    'billing.status': () => billing.status(),
    'billing.sync': ({ full = false }) => {
      // Refused at once, not as a job that fails.
      billing.timeZone()
      const title = full ? 'Read everything from Paymenter' : 'Read what is new from Paymenter'
      return context.jobs.start('sync', title, async ({ signal, report }) => billing.sync({ full, signal, report }))
    },
    'billing.customers': (query) => ({ ...lists.customers(query), ...shown('customers') }),
    'billing.products': (query) => ({ ...lists.products(query), ...shown('products') }),
    'billing.plans': (query) => ({ ...lists.plans(query), ...shown('products') }),
    'billing.services': (query) => ({ ...lists.services(query), ...shown('services') }),
    'billing.invoices': (query) => ({ ...lists.invoices(query), ...shown('invoices') }),
    'billing.categories': (query) => ({ ...support.categories(query), ...shown('products') }),
    'billing.orders': (query) => ({ ...support.orders(query), ...shown('orders') }),
    'billing.credits': (query) => ({ ...support.credits(query), ...shown('credits') }),
    'billing.tickets': (query) => ({ ...support.tickets(query), ...shown('tickets') }),
    'billing.ticket': ({ id }) => ticketOf(billing, support, id),
    'billing.underived': (query) => ({ ...underivedValues(context.db, query), asOf: billing.asOf(), missing: null }),
    'billing.permissions': async () => {
      const { permissions, costs } = await billing.permissions()
      return { ...permissions, costs }
    },
  }
}
