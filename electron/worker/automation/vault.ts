// The vault as the operator sees it: what was terminated, until when it can be restored, what was left behind of it.
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { openIntentOf } from '../../../db/repositories/intents.ts'
import { listVault, openVaultEntryOfVm, updateVaultEntry } from '../../../db/repositories/vault.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { VmRef } from '../../../shared/domain/ids.ts'
import type { Audit } from '../audit/audit.ts'
import type { Context } from '../context.ts'
import type { IntentLog } from './intentLog.ts'

type VaultRow = MethodOutput<'vault.list'>[number]

export class Vault {
  readonly #context: Context
  readonly #audit: Audit
  readonly #log: IntentLog

  constructor(context: Context, audit: Audit, log: IntentLog) {
    this.#context = context
    this.#audit = audit
    this.#log = log
  }

  list(): VaultRow[] {
    return listVault(this.#context.db.orm).map((entry) => ({
      id: entry.id,
      serviceId: entry.serviceId,
      nodeId: entry.nodeId,
      node: entry.nodeName,
      name: entry.vmName,
      uuid: entry.uuid,
      terminatedAt: entry.terminatedAt,
      purgeOn: entry.purgeOn,
      snapshotName: entry.snapshotName,
      restoredAt: entry.restoredAt,
      purgedAt: entry.purgedAt,
      leftovers: (entry.leftovers ?? []) as VaultRow['leftovers'],
    }))
  }

  /** Takes a termination back; a purge that has not begun is cancelled. Throws `vault.unknown`, `vault.purging`. */
  takeBack(ref: VmRef, why: string): void {
    const { orm } = this.#context.db
    const entry = openVaultEntryOfVm(orm, ref)
    if (!entry) throw new Failure('vault.unknown', 'That VM was not terminated by this console, or runs again or was purged since.', 'What can be restored is listed in the vault on the Automation screen.')
    const intent = openIntentOf(orm, entry.serviceId)
    if (intent?.kind === 'purge' && intent.state !== 'planned' && intent.state !== 'approved') {
      throw new Failure('vault.purging', `${entry.vmName} is being purged; it cannot be restored any more.`, 'Its snapshots are gone already.')
    }
    if (intent?.kind === 'purge') this.#log.change(intent, { state: 'cancelled', step: 'finished' }, { actor: 'operator', action: 'intent.cancelled', why: 'Its termination was taken back.' })
    this.#context.db.transaction(() => {
      updateVaultEntry(orm, entry.id, { restoredAt: this.#context.clock.now() })
      this.#audit.append({ actor: 'operator', action: 'vm.restored', serviceId: entry.serviceId, ...ref, vmName: entry.vmName, why: why === '' ? 'Restored by the operator.' : why })
    })
    this.#context.changed('intents', 'vms')
  }
}
