// What findings need besides the facts of linked services: memory of VMs, active services of all of Paymenter, and what was answered.
import { and, eq, isNotNull, isNull } from 'drizzle-orm'
import type { ServiceId } from '../../shared/domain/ids.ts'
import type { ActiveService } from '../../shared/domain/findings.ts'
import type { Orm } from '../open.ts'
import { answeredFindings, links, services, vms } from '../schema.ts'

/** Of every linked service: its VM's memory as last seen (null when it was never seen), and how many of its product it is. */
export function sizesOfLinked(orm: Orm): Map<ServiceId, { memoryKiB: number | null; quantity: number }> {
  const rows = orm
    .select({ serviceId: links.serviceId, memoryKiB: vms.memoryKiB, quantity: services.quantity })
    .from(links)
    .innerJoin(services, eq(services.id, links.serviceId))
    .leftJoin(vms, and(eq(vms.nodeId, links.nodeId), eq(vms.uuid, links.uuid)))
    .all()
  return new Map(rows.map(({ serviceId, ...size }) => [serviceId, size]))
}

/** Every active service with an expiry, linked or not. */
export function activeServices(orm: Orm): ActiveService[] {
  return orm
    .select({
      serviceId: services.id,
      expiresOn: services.expiresOn,
      priceMinor: services.priceMinor,
      currency: services.currency,
      quantity: services.quantity,
    })
    .from(services)
    .where(and(eq(services.status, 'active'), isNull(services.goneAt), isNotNull(services.expiresOn)))
    .all()
    .flatMap(({ serviceId, expiresOn, priceMinor, currency, quantity }) =>
      expiresOn === null
        ? []
        : [{ serviceId, expiresOn, quantity, price: priceMinor === null ? null : { amountMinor: priceMinor, currency } }],
    )
}

export function answeredKeys(orm: Orm): Set<string> {
  return new Set(
    orm
      .select({ key: answeredFindings.key })
      .from(answeredFindings)
      .all()
      .map((row) => row.key),
  )
}

export function answerFinding(orm: Orm, answer: { key: string; by: string; at: number }): void {
  orm.insert(answeredFindings).values(answer).onConflictDoNothing().run()
}
