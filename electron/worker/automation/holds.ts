// Holds: the operator's exceptions, with a direction, a reason and usually an end.
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { deleteHold, holdOf, listHolds, putHold } from '../../../db/repositories/holds.ts'
import { linkOf } from '../../../db/repositories/links.ts'
import { serviceExists } from '../../../db/repositories/names.ts'
import { parseDay, type Day } from '../../../shared/domain/calendar.ts'
import type { HoldKind } from '../../../shared/domain/decide.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { ServiceId } from '../../../shared/domain/ids.ts'
import type { Audit } from '../audit/audit.ts'
import type { Context } from '../context.ts'

type HoldRow = MethodOutput<'holds.list'>[number]

export class Holds {
  readonly #context: Context
  readonly #audit: Audit

  constructor(context: Context, audit: Audit) {
    this.#context = context
    this.#audit = audit
  }

  list(): HoldRow[] {
    return listHolds(this.#context.db.orm)
  }

  /** Adds a hold; one of the other kind is replaced. Throws `hold.invalid` for a date that does not exist or has passed, or a blank reason. */
  add(input: { serviceId: ServiceId; kind: HoldKind; until?: string | undefined; why: string; by?: string | undefined }, today: Day): HoldRow {
    const { orm } = this.#context.db
    if (!serviceExists(orm, input.serviceId)) throw new Failure('link.service-unknown', `Service ${input.serviceId} is not in the mirror.`, 'Sync billing, then look at the services.')
    const why = input.why.trim()
    if (why === '') throw new Failure('hold.invalid', 'A hold needs a reason.', 'Say why in a few words: it is shown wherever the hold counts.')
    const until = input.until === undefined ? null : parseDay(input.until)
    if (input.until !== undefined && until === null) throw new Failure('hold.invalid', `“${input.until}” is not a date.`, 'Write it as YYYY-MM-DD.')
    if (until !== null && until < today) throw new Failure('hold.invalid', `${until} has passed already.`, `Today is ${today} in Paymenter’s time zone; choose that day or a later one.`)
    const by = input.by?.trim() || 'operator'
    this.#context.db.transaction(() => {
      putHold(orm, { serviceId: input.serviceId, kind: input.kind, until, why, by, createdAt: this.#context.clock.now() })
      this.#record('hold.added', input.serviceId, why, { kind: input.kind, until }, by)
    })
    this.#context.changed('holds', 'vms')
    return this.#row(input.serviceId)
  }

  /** Throws `hold.unknown`. */
  remove(serviceId: ServiceId, why = 'Removed by the operator.'): HoldRow {
    const row = this.#row(serviceId)
    this.#context.db.transaction(() => {
      deleteHold(this.#context.db.orm, serviceId)
      this.#record('hold.removed', serviceId, why, { kind: row.kind, until: row.until }, 'operator')
    })
    this.#context.changed('holds', 'vms')
    return row
  }

  #row(serviceId: ServiceId): HoldRow {
    const row = holdOf(this.#context.db.orm, serviceId) === null ? undefined : this.list().find((hold) => hold.serviceId === serviceId)
    if (!row) throw new Failure('hold.unknown', `Service ${serviceId} has no hold.`)
    return row
  }

  #record(action: string, serviceId: ServiceId, why: string, detail: Record<string, unknown>, actor: string): void {
    const link = linkOf(this.#context.db.orm, serviceId)
    this.#audit.append({ actor, action, serviceId, nodeId: link?.nodeId ?? null, uuid: link?.uuid ?? null, vmName: link?.vmName ?? null, why, detail })
  }
}
