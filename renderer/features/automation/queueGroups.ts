// The queue by what it waits for: planned, waiting for the operator, running, failed, done.
import type { IntentRow } from '../../components/estate/states.tsx'

export interface QueueGroups {
  /** Waits for the operator's click. */
  readonly waiting: readonly IntentRow[]
  /** Waits for its turn, its node, a guard or the hours in which suspensions may be sent. */
  readonly planned: readonly IntentRow[]
  /** At a step now, or between two. */
  readonly running: readonly IntentRow[]
  readonly failed: readonly IntentRow[]
  /** Done or cancelled, the newest first. */
  readonly ended: readonly IntentRow[]
}

/** An approved one whose first step has not begun waits for its node or for the pass that runs. */
export function hasItsTurn(intent: Pick<IntentRow, 'state' | 'step'>): boolean {
  return intent.state !== 'planned' && !(intent.state === 'approved' && intent.step === 'recheck')
}

/** Each intent in exactly one group. */
export function queueGroups(intents: readonly IntentRow[]): QueueGroups {
  const open = intents.filter((intent) => !['failed', 'done', 'cancelled'].includes(intent.state))
  return {
    waiting: open.filter((intent) => intent.state === 'planned' && intent.waitsForApproval),
    planned: open.filter((intent) => !hasItsTurn(intent) && !(intent.state === 'planned' && intent.waitsForApproval)),
    running: open.filter(hasItsTurn),
    failed: intents.filter((intent) => intent.state === 'failed'),
    ended: intents
      .filter((intent) => intent.state === 'done' || intent.state === 'cancelled')
      .sort((a, b) => (b.finishedAt ?? 0) - (a.finishedAt ?? 0)),
  }
}

export interface NodeGroup {
  readonly nodeId: string
  readonly node: string
  readonly intents: readonly IntentRow[]
}

/** Those that may be approved together: a termination or purge is approved by its own name only, never with others. */
export function approvableTogether(intents: readonly IntentRow[]): readonly IntentRow[] {
  return intents.filter((intent) => intent.kind === 'suspend' || intent.kind === 'unsuspend')
}

/** By node, in the order of the nodes' names. */
export function byNode(intents: readonly IntentRow[]): readonly NodeGroup[] {
  const groups = new Map<string, { nodeId: string; node: string; intents: IntentRow[] }>()
  for (const intent of intents) {
    const group = groups.get(intent.nodeId)
    if (group === undefined) groups.set(intent.nodeId, { nodeId: intent.nodeId, node: intent.node, intents: [intent] })
    else group.intents.push(intent)
  }
  return [...groups.values()].sort((a, b) => a.node.localeCompare(b.node, undefined, { numeric: true }))
}
