// What a worker over a damaged database still answers: what can be read, and for all the rest the reason and the way back.
import { Failure, type FailureBody } from '../../../shared/domain/failure.ts'
import type { Handlers } from '../rpc/handlers.ts'

/** They read the database only: neither a peer is asked nor a row written. */
const readers: readonly (keyof Handlers)[] = [
  'system.status',
  'system.checkKeychain',
  'jobs.list',
  'nodes.list',
  'vms.list',
  'activity.list',
  'links.list',
  'policy.show',
  'intents.list',
  'holds.list',
  'vault.list',
  'audit.list',
  'audit.verify',
  'billing.status',
  'billing.customers',
  'billing.products',
  'billing.plans',
  'billing.services',
  'billing.invoices',
  'billing.categories',
  'billing.orders',
  'billing.credits',
  'billing.tickets',
  'specs.list',
  'customers.timeline',
  'invoices.window',
  'invoices.unpaid',
  'invoices.ageing',
  'search.find',
  'reports.mrr',
  'reports.cash',
  'reports.receivables',
  'reports.churn',
  'reports.plans',
  'reports.nodes',
  'reports.customers',
  'reports.cohorts',
  'reports.forecast',
  'reports.rows',
  'reports.settings',
  'reports.document',
  'reports.saved',
]

const isReader: ReadonlySet<string> = new Set(readers)

/** The same handlers, of which only those that read go on; what meets the damage itself says so. */
export function readOnly<H extends object>(handlers: H, damage: FailureBody): H {
  const refusal = (): Failure => new Failure(damage.code, damage.message, damage.hint)
  const guarded = Object.entries(handlers).map(([name, handle]) => {
    const answer = async (input: unknown): Promise<unknown> => {
      if (!isReader.has(name)) throw refusal()
      try {
        return await (handle as (input: unknown) => unknown)(input)
      } catch (error) {
        throw isOfDatabase(error) ? refusal() : error
      }
    }
    return [name, answer]
  })
  return Object.fromEntries(guarded) as H
}

function isOfDatabase(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('SQLITE_')
}
