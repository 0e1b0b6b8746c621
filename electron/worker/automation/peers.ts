// What automation needs of the nodes and of billing, and what every part of it is given.
import type { Day } from '../../../shared/domain/calendar.ts'
import type { FailureBody } from '../../../shared/domain/failure.ts'
import type { NodeId, ServiceId, VmRef } from '../../../shared/domain/ids.ts'
import type { VmStateFact } from '../../../shared/domain/decide.ts'
import type { JobProgress } from '../jobs/jobs.ts'
import type { z } from 'zod'
import type { syncResult } from '../../../shared/contract/billing.ts'

export type PowerAction = 'start' | 'stop' | 'force-stop' | 'reboot' | 'pause' | 'resume'
export type VmReading = { readonly kind: 'present'; readonly name: string; readonly state: VmStateFact; readonly observedAt: number } | { readonly kind: 'gone'; readonly observedAt: number }
export type SyncResult = z.output<typeof syncResult>

export interface AutomationNodes {
  /** A fresh look at one VM, after its node's health: throws a Failure when the node cannot be believed. */
  readVm(ref: VmRef): Promise<VmReading>
  /** `accepted` proves nothing; `already` means the wish is true already, or the VM is paused. */
  sendAction(ref: VmRef, action: PowerAction): Promise<'accepted' | 'already'>
  lookAtAll(nodeId?: NodeId): Promise<{ nodeId: NodeId; name: string; error: FailureBody | null }[]>
  /** Why the node cannot be trusted now (from the last look), or null. */
  trouble(nodeId: NodeId): FailureBody | null
}

export interface AutomationBilling {
  connected(): boolean
  timeZone(): string
  today(): Day
  sync(options: { full: boolean; signal?: AbortSignal; report?: JobProgress['report'] }): Promise<SyncResult>
  /** Has a listener told of every sync that found something new. It must not throw. */
  onNews(listener: () => void): void
  /** Reads one service and its invoices fresh into the mirror. */
  refreshService(id: ServiceId): Promise<void>
  /** Sets the status and reads it back. */
  setServiceStatus(id: ServiceId, status: 'active' | 'suspended' | 'cancelled'): Promise<void>
}
