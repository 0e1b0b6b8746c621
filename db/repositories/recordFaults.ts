// Faults of the record that the operator has looked at and accepted: they hold automation once, not for ever.
import type { Orm } from '../open.ts'
import { readSetting, writeSetting } from './settings.ts'

const key = 'record.acceptedFaults'

export function acceptedFaults(orm: Orm): string[] {
  const stored = readSetting(orm, key)
  return Array.isArray(stored) ? stored.filter((fault) => typeof fault === 'string') : []
}

export function acceptFault(orm: Orm, fault: string): void {
  writeSetting(orm, key, [...new Set([...acceptedFaults(orm), fault])])
}
