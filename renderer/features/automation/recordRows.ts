// The record's rows as they are filtered and exported.
import type { MethodOutput } from '../../../shared/contract/index.ts'
import type { FilterFields } from '../../lib/filter.ts'
import { isSince, isUntil } from '../../lib/filterTerms.ts'
import { actionWords } from '../../lib/words.ts'

type AuditRow = MethodOutput<'audit.list'>[number]

export interface RecordRow extends AuditRow {
  readonly customer: string | null
}

/** A service's number exactly (`#12` is not `#120`); any other text fits no service. */
function isService(row: Pick<RecordRow, 'serviceId'>, value: string): boolean {
  return value === 'none' ? row.serviceId === null : String(row.serviceId ?? '') === value.replace(/^#/, '')
}

export const recordFields: FilterFields<RecordRow> = {
  words: (row) => [row.actor, row.action, actionWords(row.action), row.vm, row.node, row.customer, row.why, row.serviceId],
  keys: {
    who: (row) => row.actor,
    what: (row) => `${row.action} ${actionWords(row.action)}`,
    customer: (row) => row.customer,
    vm: (row) => row.vm,
    node: (row) => row.node,
  },
  tests: {
    service: isService,
    since: (row, value) => isSince(row.at, value),
    until: (row, value) => isUntil(row.at, value),
  },
}

/** The seals of the tables are for the verification, not for the eye. */
export function withoutSeals({ seals: _seals, ...detail }: AuditRow['detail']): AuditRow['detail'] {
  return detail
}

/** An entry as it is exported: whole, seals and hash with it, so that it can be held against the record later; the instant in UTC. */
export function exportedEntry(row: RecordRow): Record<string, unknown> {
  return { ...row, at: new Date(row.at).toISOString() }
}

/** The different values of a column, in order, for a choice among them. */
export function valuesOf(rows: readonly RecordRow[], of: (row: RecordRow) => string | null): string[] {
  return [...new Set(rows.flatMap((row) => of(row) ?? []))].sort((a, b) => a.localeCompare(b, undefined, { numeric: true }))
}
