// What the operator chose for capacity: how far it may be promised more than once, and when it is told that it runs short.
import { readSetting, writeSetting } from '../../../db/repositories/settings.ts'
import type { Orm } from '../../../db/open.ts'
import { capacitySettings } from '../../../shared/contract/capacity.ts'
import type { MethodOutput } from '../../../shared/contract/index.ts'

export type CapacitySettings = MethodOutput<'capacity.settings'>

const key = 'capacity'
const usual: CapacitySettings = {
  overcommit: { vcpu: 4, memory: 1, disk: 1 },
  thresholds: { cpu: 90, memory: 92, committed: 100, disk: 85, full: 14 },
}

export function readCapacitySettings(orm: Orm): CapacitySettings {
  const stored = capacitySettings.safeParse(readSetting(orm, key))
  return stored.success ? stored.data : usual
}

export function saveCapacitySettings(orm: Orm, settings: CapacitySettings): void {
  writeSetting(orm, key, settings)
}
