// The machines that the shop's products stand for.
import { asc, eq, isNull } from 'drizzle-orm'
import type { Orm } from '../open.ts'
import { products, productSpecs } from '../schema.ts'

/** Of products that Paymenter still has, smallest first. */
export function soldSizes(orm: Orm): { id: number; name: string; vcpus: number; memoryMiB: number; diskGiB: number }[] {
  return orm
    .select({
      id: products.id,
      name: products.name,
      vcpus: productSpecs.vcpus,
      memoryMiB: productSpecs.memoryMiB,
      diskGiB: productSpecs.diskGiB,
    })
    .from(productSpecs)
    .innerJoin(products, eq(products.id, productSpecs.productId))
    .where(isNull(products.goneAt))
    .orderBy(asc(productSpecs.memoryMiB), asc(products.name))
    .all()
}
