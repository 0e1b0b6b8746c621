// Looks at a Paymenter before anything is saved: what the key may do, permission by permission, and in which time zone it lives.
import { Failure } from '../../../shared/domain/failure.ts'
import { permissionFor, type PaymenterClient, type Resource } from '../paymenter/client.ts'
import { readInstant } from '../paymenter/days.ts'
import { relatedIds, type PaymenterRow } from '../paymenter/schema.ts'
import { findTimeZone, periodStart, type KnownDay } from './timeZone.ts'

interface Wanted {
  readonly permission: string
  readonly required: boolean
  /** What is lost without it, in the operator's words. */
  readonly cost: string
}

/** Every permission that this program has a use for. */
export const wantedPermissions: readonly Wanted[] = [
  { permission: 'users.view', required: true, cost: 'Customers are unknown, and whose a service or an invoice is. Needed to connect.' },
  { permission: 'products.view', required: true, cost: 'Products, plans and prices are unknown. Needed to connect.' },
  { permission: 'services.view', required: true, cost: 'Services are unknown: nothing can be linked to a VM. Needed to connect.' },
  { permission: 'invoices.view', required: true, cost: 'Invoices are unknown: who has paid cannot be told. Needed to connect.' },
  {
    permission: 'invoice_items.view',
    required: false,
    cost: 'Some versions of Paymenter then hide the items of invoices: amounts are unknown, and which service an invoice is for, so automation does nothing.',
  },
  { permission: 'properties.view', required: false, cost: 'Properties of services are unknown: a VM’s UUID that is noted there is not used to suggest links.' },
  {
    permission: 'services.update',
    required: false,
    cost: 'A service is not set to suspended when its VM is stopped, nor to active after a payment: Paymenter then does not invoice it again by itself.',
  },
  { permission: 'invoices.update', required: false, cost: 'Due dates cannot be moved and invoices not be marked as paid from here.' },
]

export interface ProbeResult {
  /** Null when there are no dates to find it from and none was given. */
  readonly timeZone: string | null
  readonly permissions: { granted: string[]; missing: string[]; unknown: string[] }
  /** How many there are, where one page tells. */
  readonly customers: number | null
  readonly costs: { permission: string; required: boolean; message: string }[]
}

type Verdict = 'granted' | 'missing' | 'unknown'
const pageOfDates = 500

/** Throws a Failure when it is no Paymenter, does not answer, or refuses the key as a whole. */
export async function probePaymenter(client: PaymenterClient, timeZone: string | undefined): Promise<ProbeResult> {
  const verdicts = new Map<string, Verdict>()
  const users = await firstLook(client, verdicts)
  const [, services, invoices] = await Promise.all([
    viewOf(client, 'products', verdicts),
    viewOf(client, 'services', verdicts),
    viewOf(client, 'invoices', verdicts),
    viewOf(client, 'invoice-items', verdicts),
  ])
  await lookAtProperties(client, verdicts)
  await lookAtUpdates(client, 'services', services?.[0], verdicts)
  await lookAtUpdates(client, 'invoices', invoices?.[0], verdicts)
  const dates = await datesOf(client, services !== null, invoices !== null)
  const having = (verdict: Verdict): string[] => wantedPermissions.map((wanted) => wanted.permission).filter((permission) => (verdicts.get(permission) ?? 'unknown') === verdict)
  const missing = having('missing')
  return {
    timeZone: findTimeZone(dates.instantsMs, dates.known, timeZone, Intl.DateTimeFormat().resolvedOptions().timeZone),
    permissions: { granted: having('granted'), missing, unknown: having('unknown') },
    customers: users,
    costs: wantedPermissions
      .filter((wanted) => missing.includes(wanted.permission))
      .map((wanted) => ({ permission: wanted.permission, required: wanted.required, message: wanted.cost })),
  }
}

/** The first request tells whether this is a Paymenter at all, and whether it takes the key. */
async function firstLook(client: PaymenterClient, verdicts: Map<string, Verdict>): Promise<number | null> {
  try {
    const answer = await client.list('users', { page: 1, perPage: pageOfDates, sort: 'id', retry: false })
    verdicts.set('users.view', 'granted')
    return answer.hasMore ? null : answer.entries
  } catch (error) {
    if (error instanceof Failure && error.code === 'billing.invalid-answer') {
      throw new Failure('billing.not-paymenter', 'What answers at this address is not Paymenter’s API.', 'Give the address of Paymenter’s front page, without a path.')
    }
    if (!(error instanceof Failure) || error.code !== 'billing.forbidden') throw error
    verdicts.set('users.view', 'missing')
    return null
  }
}

/** A row or two of a list; null when the key may not view it. */
async function viewOf(client: PaymenterClient, resource: Resource, verdicts: Map<string, Verdict>): Promise<readonly PaymenterRow[] | null> {
  const permission = permissionFor(resource, 'view')
  try {
    const answer = await client.list(resource, { page: 1, perPage: 1, retry: false })
    verdicts.set(permission, 'granted')
    return answer.rows
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'billing.forbidden') throw error
    verdicts.set(permission, 'missing')
    return null
  }
}

/** There is no list of properties: the permission shows in what may be included. */
async function lookAtProperties(client: PaymenterClient, verdicts: Map<string, Verdict>): Promise<void> {
  const resource = (['services', 'users'] as const).find((name) => verdicts.get(permissionFor(name, 'view')) === 'granted')
  if (resource === undefined) return
  const answer = await client.list(resource, { page: 1, perPage: 1, includes: ['properties'], retry: false })
  verdicts.set('properties.view', answer.refused.includes('properties') ? 'missing' : 'granted')
}

async function lookAtUpdates(client: PaymenterClient, resource: Resource, row: PaymenterRow | undefined, verdicts: Map<string, Verdict>): Promise<void> {
  if (row !== undefined) verdicts.set(permissionFor(resource, 'update'), await client.mayUpdate(resource, row.id))
}

interface Dates {
  readonly instantsMs: number[]
  readonly known: KnownDay[]
}

/** Dates from both ends of what there is, so that both sides of a clock change are among them; and days that renewals name in words. */
async function datesOf(client: PaymenterClient, services: boolean, invoices: boolean): Promise<Dates> {
  const dates: Dates = { instantsMs: [], known: [] }
  const collect = async (resource: Resource, sort: string, attribute: string, includes: readonly string[]): Promise<void> => {
    const answer = await client.list(resource, { page: 1, perPage: pageOfDates, sort, includes, retry: false })
    for (const row of answer.rows) {
      const instantMs = readInstant(row.attributes[attribute])
      if (instantMs === null) continue
      dates.instantsMs.push(instantMs)
      for (const id of relatedIds(row, 'items') ?? []) {
        const description = answer.included.get('invoiceItems', id)?.attributes['description']
        const day = typeof description === 'string' ? periodStart(description) : null
        if (day !== null) dates.known.push({ instantMs, day })
      }
    }
  }
  if (services) await collect('services', '-id', 'expires_at', [])
  if (invoices) {
    await collect('invoices', '-id', 'due_at', ['items'])
    await collect('invoices', 'id', 'due_at', [])
  }
  return dates
}
