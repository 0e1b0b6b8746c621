// The states of the estate as icon and word: VMs, nodes, services, invoices, intents, links.
import {
  IconAlertTriangle,
  IconBan,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconClock,
  IconClockPause,
  IconHandStop,
  IconHelpCircle,
  IconLink,
  IconLock,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlugConnectedX,
  IconPower,
  IconProgress,
  IconTool,
  IconUnlink,
} from '@tabler/icons-react'
import type { TablerIcon } from '@tabler/icons-react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import type { HoldKind } from '../../../shared/domain/decide.ts'
import { formatExact, formatSince } from '../../lib/formatTime.ts'
import { useMinute } from '../../lib/now.ts'
import { leakLooks, type StateLeak } from './leakLooks.ts'
import { Tag } from '../Tag.tsx'
import type { Tone } from '../Tag.tsx'

export type VmRow = MethodOutput<'vms.list'>[number]
export type NodeRow = MethodOutput<'nodes.list'>[number]
export type IntentRow = MethodOutput<'intents.list'>[number]

interface Look {
  readonly tone: Tone
  readonly icon: TablerIcon
  readonly word: string
}

const vmLooks: Record<VmRow['state'], Look> = {
  running: { tone: 'ok', icon: IconPlayerPlay, word: 'running' },
  paused: { tone: 'warn', icon: IconPlayerPause, word: 'paused' },
  shutoff: { tone: 'off', icon: IconPower, word: 'off' },
  'shutting-down': { tone: 'warn', icon: IconProgress, word: 'shutting down' },
  crashed: { tone: 'bad', icon: IconAlertTriangle, word: 'crashed' },
  unknown: { tone: 'off', icon: IconHelpCircle, word: 'unknown' },
}

/** `leak`: its state stands against what billing says of it. */
interface ShownVm extends Pick<VmRow, 'state' | 'suspended'> {
  readonly leak?: StateLeak | null
}

/** What a VM is in one word; a suspension in force is said rather than "off", and so is a state that billing contradicts. */
export function vmWord(vm: ShownVm): string {
  if (vm.leak) return leakLooks[vm.leak].word
  return vm.suspended && vm.state === 'shutoff' ? 'suspended' : vmLooks[vm.state].word
}

export function VmState({ vm }: { readonly vm: ShownVm & Pick<VmRow, 'observedAt'> }) {
  const seen = `Seen ${formatExact(vm.observedAt)}`
  if (vm.leak) return <Tag {...leakLooks[vm.leak]} title={seen} />
  if (vm.suspended && vm.state === 'shutoff') return <Tag tone="off" icon={IconBan} word="suspended" title={seen} />
  if (vm.suspended && vm.state === 'running') return <Tag tone="warn" icon={IconAlertTriangle} word="suspended, running" title={seen} />
  if (vm.state === 'unknown') return <UnknownVm observedAt={vm.observedAt} title={seen} />
  return <Tag {...vmLooks[vm.state]} title={seen} />
}

function UnknownVm({ observedAt, title }: { readonly observedAt: number; readonly title: string }) {
  const now = useMinute()
  return <Tag {...vmLooks.unknown} word={`unknown since ${formatSince(observedAt, now)}`} title={title} />
}

const nodeLooks: Record<NodeRow['state'], Look> = {
  ok: { tone: 'ok', icon: IconCircleCheck, word: 'ok' },
  unreachable: { tone: 'bad', icon: IconPlugConnectedX, word: 'unreachable' },
  unauthorized: { tone: 'bad', icon: IconLock, word: 'key refused' },
  limited: { tone: 'bad', icon: IconAlertTriangle, word: 'limited mode' },
  'libvirt-lost': { tone: 'bad', icon: IconAlertTriangle, word: 'libvirt lost' },
  'not-flint': { tone: 'bad', icon: IconHelpCircle, word: 'not Flint' },
  'certificate-changed': { tone: 'bad', icon: IconLock, word: 'certificate changed' },
  maintenance: { tone: 'warn', icon: IconTool, word: 'maintenance' },
  unknown: { tone: 'off', icon: IconHelpCircle, word: 'not seen yet' },
}

/** All of them stop the node until the operator has decided. */
const changedWords: Record<string, string> = {
  'node.host-key-changed': 'host key changed',
  'node.host-changed': 'another machine',
}

export function nodeWord(state: NodeRow['state']): string {
  return nodeLooks[state].word
}

export function NodeState({ node }: { readonly node: Pick<NodeRow, 'state' | 'findings' | 'problem'> }) {
  const exposed = node.state === 'ok' && node.findings.some((finding) => finding.severity === 'danger')
  if (exposed)
    return (
      <Tag
        tone="warn"
        icon={IconLock}
        word="ok, exposed"
        title={node.findings.find((finding) => finding.severity === 'danger')?.message ?? ''}
      />
    )
  const word = node.state === 'certificate-changed' ? changedWords[node.problem?.code ?? ''] : undefined
  return <Tag {...nodeLooks[node.state]} {...(word === undefined ? {} : { word })} title={node.problem?.message ?? ''} />
}

const statusLooks: Record<string, Look> = {
  active: { tone: 'ok', icon: IconCircleCheck, word: 'active' },
  paid: { tone: 'ok', icon: IconCircleCheck, word: 'paid' },
  suspended: { tone: 'warn', icon: IconBan, word: 'suspended' },
  pending: { tone: 'warn', icon: IconClock, word: 'pending' },
  cancelled: { tone: 'off', icon: IconCircleX, word: 'cancelled' },
  gone: { tone: 'off', icon: IconCircleDashed, word: 'gone' },
}

/** A status as Paymenter writes it; one that is not known yet is shown as it is. */
export function BillingStatus({ status, gone = false }: { readonly status: string; readonly gone?: boolean }) {
  const look = gone ? statusLooks['gone'] : statusLooks[status]
  return <Tag {...(look ?? { tone: 'off', icon: IconHelpCircle, word: status })} />
}

const ticketLooks: Record<string, Look> = {
  open: { tone: 'warn', icon: IconProgress, word: 'open' },
  replied: { tone: 'ok', icon: IconCircleCheck, word: 'replied' },
  closed: { tone: 'off', icon: IconCircleX, word: 'closed' },
}

export function TicketStatus({ status }: { readonly status: string }) {
  return <Tag {...(ticketLooks[status] ?? { tone: 'off', icon: IconHelpCircle, word: status })} />
}

const priorityLooks: Record<string, Look> = {
  high: { tone: 'bad', icon: IconAlertTriangle, word: 'high' },
  medium: { tone: 'warn', icon: IconClock, word: 'medium' },
  low: { tone: 'off', icon: IconCircleDashed, word: 'low' },
}

export function TicketPriority({ priority }: { readonly priority: string }) {
  return <Tag {...(priorityLooks[priority] ?? { tone: 'off', icon: IconHelpCircle, word: priority })} />
}

/** An unpaid invoice past its day says so. */
export function InvoiceStatus({ status, daysLate }: { readonly status: string; readonly daysLate: number }) {
  if (status === 'pending' && daysLate > 0) return <Tag tone="bad" icon={IconAlertTriangle} word="overdue" />
  return <BillingStatus status={status} />
}

const intentLooks: Record<IntentRow['state'], Look> = {
  planned: { tone: 'warn', icon: IconClock, word: 'planned' },
  approved: { tone: 'accent', icon: IconProgress, word: 'approved' },
  executing: { tone: 'accent', icon: IconProgress, word: 'running' },
  verifying: { tone: 'accent', icon: IconProgress, word: 'verifying' },
  done: { tone: 'ok', icon: IconCircleCheck, word: 'done' },
  failed: { tone: 'bad', icon: IconAlertTriangle, word: 'failed' },
  cancelled: { tone: 'off', icon: IconCircleX, word: 'cancelled' },
}

export function IntentState({ intent }: { readonly intent: Pick<IntentRow, 'state' | 'waitsForApproval'> }) {
  if (intent.waitsForApproval) return <Tag tone="warn" icon={IconClockPause} word="waits for you" />
  return <Tag {...intentLooks[intent.state]} />
}

export function HoldTag({ kind }: { readonly kind: HoldKind }) {
  return (
    <Tag
      tone="accent"
      icon={IconHandStop}
      word={kind === 'no-stop' ? 'left running' : 'kept off'}
      title={kind === 'no-stop' ? 'A hold: automation does not stop it.' : 'A hold: it is not started, paid or not.'}
    />
  )
}

export function LinkState({ vm }: { readonly vm: string | null }) {
  return vm === null ? <Tag tone="off" icon={IconUnlink} word="no VM" /> : <Tag tone="ok" icon={IconLink} word="linked" />
}
