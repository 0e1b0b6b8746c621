// Machine specs of products: shown, set, taken away; each change is in the record.
import { listSpecs, productNameOf, removeSpec, specOf, storeSpec, type StoredSpec } from '../../../db/repositories/productSpecs.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { ProductId } from '../../../shared/domain/ids.ts'
import type { ProductSpec } from '../../../shared/domain/productSpec.ts'
import type { Audit } from '../audit/audit.ts'
import type { Context } from '../context.ts'

/** Without what only the store adds. */
function plainSpec({ productId: _id, productName: _name, updatedAt: _at, ...spec }: StoredSpec): ProductSpec {
  return spec
}

export class Specs {
  readonly #context: Context
  readonly #audit: Audit

  constructor(context: Context, audit: Audit) {
    this.#context = context
    this.#audit = audit
  }

  list(): StoredSpec[] {
    return listSpecs(this.#context.db.orm)
  }

  /** Throws `product.unknown`. */
  set(productId: ProductId, spec: ProductSpec): StoredSpec {
    const { db, clock } = this.#context
    const name = productNameOf(db.orm, productId)
    if (name === null) throw new Failure('product.unknown', `Product ${productId} is not in the mirror.`, 'Sync billing, then look at the plans.')
    const before = specOf(db.orm, productId)
    db.transaction(() => {
      storeSpec(db.orm, productId, spec, clock.now())
      this.#audit.append({
        actor: 'operator',
        action: 'spec.set',
        why: `${name} stands for this machine.`,
        detail: { productId, before: before === null ? null : plainSpec(before), after: spec },
      })
    })
    this.#context.changed('specs', 'audit')
    const stored = specOf(db.orm, productId)
    if (stored === null) throw new Failure('internal', 'The spec was not stored.')
    return stored
  }

  remove(productId: ProductId): void {
    const { db } = this.#context
    const before = specOf(db.orm, productId)
    if (before === null) return
    db.transaction(() => {
      removeSpec(db.orm, productId)
      this.#audit.append({ actor: 'operator', action: 'spec.removed', why: `${before.productName ?? `Product ${productId}`} stands for no machine.`, detail: { productId, before: plainSpec(before) } })
    })
    this.#context.changed('specs', 'audit')
  }
}
