// The contract's billing methods.
import { BillingLists } from '../../../db/repositories/billingLists.ts'
import type { Context } from '../context.ts'
import type { Handlers } from '../rpc/handlers.ts'
import type { Billing } from './billing.ts'

type BillingMethod = Extract<keyof Handlers, `billing.${string}`>

export function billingHandlers(billing: Billing, context: Pick<Context, 'db' | 'jobs'>): Pick<Handlers, BillingMethod> {
  const lists = new BillingLists(context.db)
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
    'billing.customers': (query) => ({ ...lists.customers(query), asOf: billing.asOf() }),
    'billing.products': (query) => ({ ...lists.products(query), asOf: billing.asOf() }),
    'billing.plans': (query) => ({ ...lists.plans(query), asOf: billing.asOf() }),
    'billing.services': (query) => ({ ...lists.services(query), asOf: billing.asOf() }),
    'billing.invoices': (query) => ({ ...lists.invoices(query), asOf: billing.asOf() }),
  }
}
