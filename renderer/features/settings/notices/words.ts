// Words for kinds, channels and states of notices.
import { IconAlertTriangle, IconBan, IconCheck, IconClock, IconHelpCircle, IconSend } from '@tabler/icons-react'
import type { TablerIcon } from '@tabler/icons-react'
import type { MethodOutput } from '../../../../shared/contract/index.ts'
import type { Tone } from '../../../components/Tag.tsx'

export type NoticeStatus = MethodOutput<'notices.settings'>
export type NoticeRow = MethodOutput<'notices.list'>[number]
export type NoticeKind = NoticeRow['kind']

export const kinds = [
  'before-suspension',
  'suspended',
  'given-back',
  'before-termination',
  'terminated',
  'before-purge',
  'purged',
] as const satisfies readonly NoticeKind[]

export const kindNames: { readonly [Kind in NoticeKind]: string } = {
  'before-suspension': 'Before a suspension',
  suspended: 'After a suspension',
  'given-back': 'After giving back',
  'before-termination': 'Before a termination',
  terminated: 'After a termination',
  'before-purge': 'Before a purge',
  purged: 'After a purge',
}

export const stateLooks: {
  readonly [State in NoticeRow['state']]: { readonly tone: Tone; readonly icon: TablerIcon; readonly word: string }
} = {
  queued: { tone: 'accent', icon: IconClock, word: 'waits' },
  sending: { tone: 'accent', icon: IconSend, word: 'being sent' },
  sent: { tone: 'ok', icon: IconCheck, word: 'sent' },
  failed: { tone: 'bad', icon: IconAlertTriangle, word: 'failed' },
  uncertain: { tone: 'warn', icon: IconHelpCircle, word: 'uncertain' },
  withdrawn: { tone: 'off', icon: IconBan, word: 'withdrawn' },
}
