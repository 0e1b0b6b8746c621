// The kinds of leaks as icon and word.
import { IconAlertTriangle, IconArrowsMaximize, IconBox, IconDeviceDesktop, IconPlayerPlay, IconPower } from '@tabler/icons-react'
import type { TablerIcon } from '@tabler/icons-react'
import type { LeakKind } from '../../../shared/domain/leaks.ts'
import type { Tone } from '../Tag.tsx'

interface Look {
  readonly tone: Tone
  readonly icon: TablerIcon
  readonly word: string
}

/** The leaks that are a VM's own state: what it does stands against what billing says. */
export type StateLeak = Extract<LeakKind, 'unpaid-running' | 'paid-off'>

export const leakLooks: Readonly<Record<LeakKind, Look>> = {
  'unpaid-running': { tone: 'bad', icon: IconPlayerPlay, word: 'unpaid, running' },
  'paid-off': { tone: 'bad', icon: IconPower, word: 'paid, off' },
  'status-contradicts': { tone: 'warn', icon: IconAlertTriangle, word: 'contradiction' },
  'vm-larger': { tone: 'warn', icon: IconArrowsMaximize, word: 'too large' },
  'service-without-vm': { tone: 'warn', icon: IconBox, word: 'service, no VM' },
  'vm-without-service': { tone: 'warn', icon: IconDeviceDesktop, word: 'VM, no service' },
}
