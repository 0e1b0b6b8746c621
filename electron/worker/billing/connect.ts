// Connects to a Paymenter: looks first, refuses what could not work, then saves the address, and the key into the keychain.
import { asc, isNull } from 'drizzle-orm'
import type { z } from 'zod'
import { clearWatermarks, storeConnection, storedConnection, type StoredConnection } from '../../../db/repositories/billingSync.ts'
import { closePass } from '../../../db/repositories/mirrorPasses.ts'
import { isSameCreation } from '../../../db/repositories/billingIdentity.ts'
import { emptyMirror } from '../../../db/repositories/billingReset.ts'
import { customers, invoices, links } from '../../../db/schema.ts'
import type { billingProbe } from '../../../shared/contract/billing.ts'
import { requireAddress } from '../../../shared/domain/address.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { Context } from '../context.ts'
import { PaymenterClient, type PaymenterClientOptions } from '../paymenter/client.ts'
import { readInstant } from '../paymenter/days.ts'
import { probePaymenter, type ProbeResult } from './probe.ts'

export const tokenSecret = 'billing:token'

export interface ConnectInput {
  readonly url: string
  readonly token: string
  readonly timeZone?: string | undefined
}

type HttpBounds = PaymenterClientOptions['http']

function clientFor(context: Context, input: ConnectInput, http: HttpBounds): PaymenterClient {
  const { url } = requireAddress(input.url, 'billing.invalid-url')
  return new PaymenterClient({ baseUrl: url, token: input.token.trim(), log: context.log, now: () => context.clock.now(), http })
}

/** A look at a Paymenter, with nothing saved. `timeZone` is empty when there are no dates to find it from. Throws Failures. */
export async function probeBilling(context: Context, input: ConnectInput, http: HttpBounds): Promise<z.output<typeof billingProbe>> {
  const client = clientFor(context, input, http)
  try {
    const { timeZone, permissions, customers: count, costs } = await probePaymenter(client, input.timeZone)
    return { url: client.baseUrl, timeZone: timeZone ?? '', permissions, customers: count, costs }
  } finally {
    await client.close()
  }
}

/** Probes, then saves. Throws a Failure, and leaves everything as it was, when the connection could not work. */
export async function connectBilling(context: Context, input: ConnectInput, http: HttpBounds): Promise<StoredConnection> {
  const client = clientFor(context, input, http)
  try {
    const probe = await probePaymenter(client, input.timeZone)
    refuseWithoutViews(probe)
    if (probe.timeZone === null) {
      throw new Failure(
        'billing.time-zone',
        'This Paymenter has no service or invoice with a date yet, so its time zone cannot be found.',
        'Say it: --time-zone Asia/Kolkata, for example. It is in Paymenter’s settings; UTC in a new one.',
      )
    }
    const connection: StoredConnection = { url: client.baseUrl, timeZone: probe.timeZone, permissions: probe.permissions }
    const isAnother = await isAnotherInstallation(context, client, probe.timeZone)
    await context.secrets.set(tokenSecret, input.token.trim())
    save(context, connection, isAnother)
    return connection
  } finally {
    await client.close()
  }
}

function save(context: Context, connection: StoredConnection, isAnother: boolean): void {
  const { db } = context
  db.transaction(() => {
    const before = storedConnection(db.orm)
    if (isAnother) emptyMirror(db)
    // All rows are read again, for their days may be others now.
    if (isAnother || before?.timeZone !== connection.timeZone) {
      clearWatermarks(db.orm)
      closePass(db.orm)
    }
    storeConnection(db.orm, connection)
  })
}

function refuseWithoutViews(probe: ProbeResult): void {
  const needed = probe.costs.filter((cost) => cost.required)
  if (needed.length === 0) return
  const names = needed.map((cost) => cost.permission).join(', ')
  throw new Failure(
    'billing.forbidden',
    `Paymenter’s key lacks ${needed.length === 1 ? 'a permission' : 'permissions'} that cannot be done without: ${names}. ${needed.map((cost) => cost.message).join(' ')}`,
    `In Paymenter, give the API key ${needed.map((cost) => `admin.${cost.permission}`).join(', ')} and connect again.`,
  )
}

/**
 * True when the mirror holds the rows of another Paymenter than this one: of its oldest customers and invoices none is here as it was, be it by
 * the clock of another time zone. Refused
 * (`billing.other-installation`) while VMs are linked to its services, for the same numbers mean other customers here.
 */
async function isAnotherInstallation(context: Context, client: PaymenterClient, timeZone: string): Promise<boolean> {
  const { orm } = context.db
  const timeZoneBefore = storedConnection(orm)?.timeZone
  const known = [
    ...orm.select({ id: customers.id, createdAt: customers.createdAt }).from(customers).where(isNull(customers.goneAt)).orderBy(asc(customers.id)).limit(3).all().map((row) => ({ ...row, resource: 'users' as const })),
    ...orm.select({ id: invoices.id, createdAt: invoices.createdAt }).from(invoices).where(isNull(invoices.goneAt)).orderBy(asc(invoices.id)).limit(3).all().map((row) => ({ ...row, resource: 'invoices' as const })),
  ]
  if (known.length === 0) return false
  for (const { resource, id, createdAt } of known) {
    const answer = await client.read(resource, id, [])
    if (answer.kind !== 'present') continue
    const now = { createdAt: readInstant(answer.row.attributes['created_at']), timeZone }
    if (isSameCreation({ createdAt, timeZone: timeZoneBefore }, now)) return false
  }
  if (orm.select({ serviceId: links.serviceId }).from(links).limit(1).get() === undefined) return true
  throw new Failure(
    'billing.other-installation',
    'This is another Paymenter than the one that was connected before: none of its oldest customers and invoices is here. The VMs are linked to services of the other one.',
    'Remove the links first (link remove), or use another data folder (--data-dir) for this one.',
  )
}
