// Whom an override is for: looked up in the mirror, so that a mistyped number is not kept as a rule for nobody.
import { lastRunOf } from '../../../db/repositories/billingSync.ts'
import { customerExists, productExists } from '../../../db/repositories/names.ts'
import type { Orm } from '../../../db/open.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import { asId, type CustomerId, type ProductId } from '../../../shared/domain/ids.ts'

interface OverrideSubject {
  readonly productId: number | null
  readonly customerId: number | null
}

/** The one whom the mirror does not know, in words; null when it knows. */
export function unknownSubject(orm: Orm, { productId, customerId }: OverrideSubject): string | null {
  if (productId !== null && !productExists(orm, asId<ProductId>(productId))) return `Product ${productId}`
  if (customerId !== null && !customerExists(orm, asId<CustomerId>(customerId))) return `Customer ${customerId}`
  return null
}

/**
 * Throws `product.unknown` or `customer.unknown`. Anyone is taken as long as the list was never read to its end: what is not there yet is not
 * unknown.
 */
export function refuseUnknownSubject(orm: Orm, subject: OverrideSubject): void {
  const unknown = unknownSubject(orm, subject)
  const [kind, list, screen] = subject.productId === null ? ['customer', 'customers', 'customers'] : ['product', 'products', 'plans']
  if (unknown === null || lastRunOf(orm, list) === null) return
  throw new Failure(`${kind}.unknown`, `${unknown} is not in the mirror.`, `Sync billing, then look at the ${screen}.`)
}
