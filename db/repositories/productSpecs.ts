// What machine each product stands for, as the operator said.
import { asc, eq } from 'drizzle-orm'
import type { ProductId } from '../../shared/domain/ids.ts'
import type { ProductSpec } from '../../shared/domain/productSpec.ts'
import type { Orm } from '../open.ts'
import { products, productSpecs } from '../schema.ts'

export interface StoredSpec extends ProductSpec {
  readonly productId: ProductId
  readonly productName: string | null
  readonly updatedAt: number
}

export function listSpecs(orm: Orm): StoredSpec[] {
  return orm
    .select({ spec: productSpecs, productName: products.name })
    .from(productSpecs)
    .leftJoin(products, eq(products.id, productSpecs.productId))
    .orderBy(asc(productSpecs.productId))
    .all()
    .map((row) => ({ ...row.spec, productName: row.productName }))
}

/** Null: it has none. */
export function specOf(orm: Orm, productId: ProductId): StoredSpec | null {
  return listSpecs(orm).find((spec) => spec.productId === productId) ?? null
}

export function productNameOf(orm: Orm, productId: ProductId): string | null {
  return orm.select({ name: products.name }).from(products).where(eq(products.id, productId)).get()?.name ?? null
}

export function storeSpec(orm: Orm, productId: ProductId, spec: ProductSpec, at: number): void {
  const row = { ...spec, images: spec.images === null ? null : [...spec.images], productId, updatedAt: at }
  orm.insert(productSpecs).values(row).onConflictDoUpdate({ target: productSpecs.productId, set: row }).run()
}

/** True when there was one. */
export function removeSpec(orm: Orm, productId: ProductId): boolean {
  return orm.delete(productSpecs).where(eq(productSpecs.productId, productId)).run().changes > 0
}
