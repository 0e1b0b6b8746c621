// The queue of notices: what is put into it, by whom, and whether what waits in it is still true. Sends nothing.
import type { Intent } from '../../../db/repositories/intents.ts'
import {
  addresseeOf,
  insertNotice,
  invoicesForNotice,
  latestSuspension,
  type NewNotice,
  type Notice,
  type NoticeChannel,
} from '../../../db/repositories/notices.ts'
import { suspensionInForce } from '../../../db/repositories/suspensions.ts'
import { latestVaultEntry, openVaultEntry, type VaultEntry } from '../../../db/repositories/vault.ts'
import { daysBetween, type Day } from '../../../shared/domain/calendar.ts'
import type { InvoiceId } from '../../../shared/domain/ids.ts'
import { warningDue } from '../../../shared/domain/notices/due.ts'
import { reasonBefore, reasonOfGivingBack, reasonOfSuspension } from '../../../shared/domain/notices/message.ts'
import type { NoticeKind } from '../../../shared/domain/notices/template.ts'
import type { SuspensionCause } from '../../../shared/domain/serviceState.ts'
import type { IntentChange } from '../automation/intentLog.ts'
import type { PlannedService } from '../automation/planner.ts'
import type { Context } from '../context.ts'
import type { NoticeSettings } from './settings.ts'

type Told = Pick<NewNotice, 'kind' | 'eventKey' | 'serviceId' | 'customerId' | 'reason'> & Partial<NewNotice>

export class NoticeQueue {
  readonly #context: Context

  constructor(context: Context) {
    this.#context = context
  }

  /** The channels on which a kind is told now. */
  channels(settings: NoticeSettings, kind: NoticeKind): NoticeChannel[] {
    if (!settings.enabled || !settings.kinds[kind]) return []
    return [...(settings.mail === null ? [] : (['mail'] as const)), ...(settings.ticket === null ? [] : (['ticket'] as const))]
  }

  /**
   * Called within the transaction of an intent's change. A suspension is told once it is done, giving back once the VM runs again; a
   * suspension that was broken off before its VM was off is not told at all. Returns how many notices it queued.
   */
  intentChanged(settings: NoticeSettings, intent: Intent, change: IntentChange): number {
    const { orm } = this.#context.db
    if (intent.kind === 'terminate' || intent.kind === 'purge') return this.#finalIntentChanged(settings, intent, change)
    const isSuspended = intent.kind === 'suspend' && change.state === 'done' && change.step === 'finished'
    const isGivenBack = intent.kind === 'unsuspend' && (change.step === 'watch' || (change.state === 'done' && change.step === 'finished'))
    if (!isSuspended && !isGivenBack) return 0
    const suspension = latestSuspension(orm, intent.serviceId)
    if (suspension === null || suspension.verifiedAt === null) return 0
    const kind: NoticeKind = isSuspended ? 'suspended' : 'given-back'
    return this.#add(settings, {
      kind,
      eventKey: `${kind}/${suspension.id}`,
      serviceId: intent.serviceId,
      customerId: addresseeOf(orm, intent.serviceId)?.customerId ?? null,
      intentId: intent.id,
      suspensionId: suspension.id,
      invoiceIds: suspension.invoiceIds,
      reason: isSuspended ? reasonOfSuspension(suspension.cause, invoicesForNotice(orm, suspension.invoiceIds)) : reasonOfGivingBack,
    })
  }

  /** A termination and a purge are told once they are done; one that the operator has dealt with himself is not. */
  #finalIntentChanged(settings: NoticeSettings, intent: Intent, change: IntentChange): number {
    if (change.state !== 'done' || change.step !== 'finished') return 0
    const entry = latestVaultEntry(this.#context.db.orm, intent.serviceId)
    if (entry === null) return 0
    const kind = intent.kind === 'terminate' ? 'terminated' : 'purged'
    return this.#add(settings, { ...this.#ofVault(kind, entry), intentId: intent.id })
  }

  /** Queues the warnings that are due today. Returns how many. */
  warn(settings: NoticeSettings, planned: readonly PlannedService[], today: Day): number {
    return this.#warnOfSuspensions(settings, planned, today) + this.#warnOfDeletions(settings, planned, today)
  }

  #warnOfSuspensions(settings: NoticeSettings, planned: readonly PlannedService[], today: Day): number {
    if (this.channels(settings, 'before-suspension').length === 0) return 0
    const { orm } = this.#context.db
    let count = 0
    for (const { service, policy } of planned) {
      const warning = warningDue(policy, service.facts, today)
      if (warning === null) continue
      count += this.#context.db.transaction(() =>
        this.#add(settings, {
          kind: 'before-suspension',
          eventKey: warning.eventKey,
          serviceId: service.serviceId,
          customerId: service.facts.customerId,
          invoiceIds: [...warning.invoiceIds],
          suspendsOn: warning.suspendsOn,
          reason: reasonBefore(warning.cause, invoicesForNotice(orm, warning.invoiceIds)),
        }),
      )
    }
    return count
  }

  #warnOfDeletions(settings: NoticeSettings, planned: readonly PlannedService[], today: Day): number {
    const proposed = planned.filter(({ decision }) => decision.kind === 'propose-termination')
    let count = 0
    for (const entry of proposed) {
      const told = this.#deletionDue(entry, today)
      if (told !== null) count += this.#context.db.transaction(() => this.#add(settings, told))
    }
    return count
  }

  /** What is to be told before a termination that is proposed, or before the purge of what was terminated; null: nothing today. */
  #deletionDue({ service, policy }: PlannedService, today: Day): Told | null {
    const { orm } = this.#context.db
    const entry = openVaultEntry(orm, service.serviceId)
    if (entry !== null) {
      const days = daysBetween(today, entry.purgeOn)
      // On the day of the termination itself, its own notice names the day.
      const isDue = days >= 1 && days <= policy.warnDaysBefore && days < policy.retentionDays
      return isDue ? this.#ofVault('before-purge', entry) : null
    }
    const { id, cause } = suspensionInForce(orm, service.serviceId) ?? { id: null, cause: 'ended' as const }
    const event = id === null ? `ended/${service.serviceId}/${service.facts.endedSeen?.firstReadOn ?? ''}` : String(id)
    return {
      kind: 'before-termination',
      eventKey: `before-termination/${event}`,
      serviceId: service.serviceId,
      customerId: service.facts.customerId,
      suspensionId: id,
      ...this.#owed(service.serviceId, cause),
    }
  }

  #ofVault(kind: 'terminated' | 'before-purge' | 'purged', entry: VaultEntry): Told {
    const { orm } = this.#context.db
    return {
      kind,
      eventKey: kind === 'before-purge' ? `${kind}/${entry.id}/${entry.purgeOn}` : `${kind}/${entry.id}`,
      serviceId: entry.serviceId,
      customerId: addresseeOf(orm, entry.serviceId)?.customerId ?? null,
      suspendsOn: kind === 'purged' ? null : entry.purgeOn,
      ...this.#owed(entry.serviceId, latestSuspension(orm, entry.serviceId)?.cause ?? 'ended'),
    }
  }

  /** The invoices behind a suspension, and why in words. */
  #owed(serviceId: Notice['serviceId'], cause: SuspensionCause): { invoiceIds: InvoiceId[]; reason: string } {
    const { orm } = this.#context.db
    const invoiceIds = latestSuspension(orm, serviceId)?.invoiceIds ?? []
    return { invoiceIds, reason: reasonOfSuspension(cause, invoicesForNotice(orm, invoiceIds)) }
  }

  /** Why a notice that waits is not true any more; null while it is. `planned` is null when its service is not linked any more. */
  notTrueBecause(notice: Notice, planned: PlannedService | null, today: Day): string | null {
    const { orm } = this.#context.db
    if (notice.kind === 'before-suspension') {
      if (planned === null) return 'Its service is not linked any more.'
      const warning = warningDue(planned.policy, planned.service.facts, today)
      return warning?.eventKey === notice.eventKey ? null : planned.decision.reason
    }
    if (notice.kind === 'purged') return null
    if (notice.kind === 'before-termination' || notice.kind === 'terminated' || notice.kind === 'before-purge') {
      return this.#deletionNotTrueBecause(notice, notice.kind, planned)
    }
    const inForce = suspensionInForce(orm, notice.serviceId)
    if (notice.kind === 'suspended')
      return inForce?.id === notice.suspensionId ? null : 'The VM had been given back before it could be sent.'
    return inForce === null ? null : 'The VM had been suspended again before it could be sent.'
  }

  #deletionNotTrueBecause(notice: Notice, kind: 'before-termination' | 'terminated' | 'before-purge', planned: PlannedService | null): string | null {
    if (planned === null) return 'Its service is not linked any more.'
    if (planned.decision.kind !== 'propose-termination') return planned.decision.reason
    const entry = openVaultEntry(this.#context.db.orm, notice.serviceId)
    if (kind === 'before-termination') return entry === null ? null : 'It was terminated before it could be sent.'
    const isTheSame = entry !== null && this.#ofVault(kind, entry).eventKey === notice.eventKey
    return isTheSame ? null : 'Its termination was taken back, or it was purged, before it could be sent.'
  }

  #add(settings: NoticeSettings, told: Told): number {
    const now = this.#context.clock.now()
    let count = 0
    for (const channel of this.channels(settings, told.kind)) {
      if (insertNotice(this.#context.db.orm, { invoiceIds: [], ...told, channel, state: 'queued', createdAt: now, updatedAt: now }))
        count += 1
    }
    return count
  }
}
