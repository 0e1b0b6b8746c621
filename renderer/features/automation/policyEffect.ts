// What a change of the policy would do today, from the worker's preview of it.
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { count } from '../../lib/formatSize.ts'

export type PolicyPreview = MethodOutput<'policy.preview'>

export interface NamedService {
  readonly id: number
  readonly name: string
}

export interface PolicyEffect {
  readonly sentence: string
  /** Services that the change would suspend. */
  readonly newly: readonly NamedService[]
  /** Services that the change would spare. */
  readonly spared: readonly NamedService[]
  /** Services that would be suspended today either way. */
  readonly asBefore: readonly NamedService[]
}

/** `With this, 4 services would be suspended today (1 before).`, and which of them are there by the change alone. */
export function policyEffect({ before, after, names }: PolicyPreview): PolicyEffect {
  const named = (ids: readonly number[]): NamedService[] => ids.map((id) => ({ id, name: names[String(id)] ?? `Service ${String(id)}` }))
  const newly = named(after.filter((id) => !before.includes(id)))
  const spared = named(before.filter((id) => !after.includes(id)))
  const changesNothing = newly.length === 0 && spared.length === 0
  return {
    newly,
    spared,
    asBefore: named(after.filter((id) => before.includes(id))),
    sentence: changesNothing
      ? `With this, ${after.length === 0 ? 'nobody' : count(after.length, 'service')} would be suspended today, as before.`
      : `With this, ${count(after.length, 'service')} would be suspended today (${String(before.length)} before).`,
  }
}
