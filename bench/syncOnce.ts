// One billing sync into a new SQLite file, and what it asked of Paymenter.
import { Billing } from '../electron/worker/billing/billing.ts'
import type { SyncResult } from '../electron/worker/billing/mirrorStatus.ts'
import { elapsedMs } from './row.ts'
import { openWorkshop } from './workshop.ts'

export interface SyncTaken {
  readonly ms: number
  readonly result: SyncResult
}

export interface SyncWish {
  readonly kind: 'full' | 'incremental'
  /** Called when only the sync that is told is still to come. */
  readonly before?: () => Promise<void>
}

/** Connects, and reads everything; an incremental sync comes after that. Told is the one that was wished for. */
export async function syncOnce(billingAt: { readonly url: string; readonly token: string }, wish: SyncWish): Promise<SyncTaken> {
  using workshop = openWorkshop()
  const billing = new Billing(workshop.context)
  try {
    await billing.connect({ url: billingAt.url, token: billingAt.token })
    if (wish.kind === 'incremental') await billing.sync({ full: true })
    await wish.before?.()
    let result: SyncResult | null = null
    const ms = await elapsedMs(async () => {
      result = await billing.sync({ full: wish.kind === 'full' })
    })
    if (result === null) throw new Error('nothing was synced')
    const taken: SyncTaken = { ms, result }
    if (taken.result.errors.length > 0) throw new Error(`the sync had errors: ${taken.result.errors[0]?.message ?? ''}`)
    return taken
  } finally {
    await billing.stop()
  }
}
