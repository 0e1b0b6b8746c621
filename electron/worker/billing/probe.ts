// Looks at a Paymenter before anything is saved: what the key may do, permission by permission, and in which time zone it lives.
import { Failure } from '../../../shared/domain/failure.ts'
import { permissionFor, type PaymenterClient, type Resource } from '../paymenter/client.ts'
import { readInstant } from '../paymenter/days.ts'
import { relatedIds, type PaymenterRow } from '../paymenter/schema.ts'
import { findTimeZone, periodStart, type KnownDay } from './timeZone.ts'
import { wantedPermissions } from './wantedPermissions.ts'

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
  const looked = await lookAtPermissions(client, verdicts)
  const dates = await datesOf(client, looked.services, looked.invoices)
  return {
    timeZone: findTimeZone(dates.instantsMs, dates.known, timeZone, Intl.DateTimeFormat().resolvedOptions().timeZone),
    customers: looked.users,
    ...toldBy(verdicts),
  }
}

/** What the key may do now, permission by permission. Throws Failures as a probe does. */
export async function probePermissions(client: PaymenterClient): Promise<Pick<ProbeResult, 'permissions' | 'costs'>> {
  const verdicts = new Map<string, Verdict>()
  await lookAtPermissions(client, verdicts)
  return toldBy(verdicts)
}

function toldBy(verdicts: ReadonlyMap<string, Verdict>): Pick<ProbeResult, 'permissions' | 'costs'> {
  const having = (verdict: Verdict): string[] =>
    wantedPermissions.map((wanted) => wanted.permission).filter((permission) => (verdicts.get(permission) ?? 'unknown') === verdict)
  const missing = having('missing')
  return {
    permissions: { granted: having('granted'), missing, unknown: having('unknown') },
    costs: wantedPermissions
      .filter((wanted) => missing.includes(wanted.permission))
      .map((wanted) => ({ permission: wanted.permission, required: wanted.required, message: wanted.cost })),
  }
}

/** Changes are asked for emptily: an empty change of an existing row, or a new row without its required fields, is never carried out. */
async function lookAtPermissions(client: PaymenterClient, verdicts: Map<string, Verdict>): Promise<{ users: number | null; services: boolean; invoices: boolean }> {
  const users = await firstLook(client, verdicts)
  const [, services, invoices, , , credits, tickets] = await Promise.all([
    viewOf(client, 'products', verdicts),
    viewOf(client, 'services', verdicts),
    viewOf(client, 'invoices', verdicts),
    viewOf(client, 'invoice-items', verdicts),
    viewOf(client, 'orders', verdicts),
    viewOf(client, 'credits', verdicts),
    viewOf(client, 'tickets', verdicts),
    viewOf(client, 'ticket-messages', verdicts),
  ])
  await lookAtProperties(client, verdicts)
  await lookAtUpdates(client, 'services', services?.[0], verdicts)
  await lookAtUpdates(client, 'invoices', invoices?.[0], verdicts)
  await lookAtUpdates(client, 'credits', credits?.[0], verdicts)
  await lookAtUpdates(client, 'tickets', tickets?.[0], verdicts)
  for (const resource of ['credits', 'tickets', 'ticket-messages'] as const) {
    verdicts.set(permissionFor(resource, 'create'), await client.mayCreate(resource))
  }
  return { users, services: services !== null, invoices: invoices !== null }
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
