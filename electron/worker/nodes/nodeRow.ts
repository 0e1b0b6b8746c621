// A node as the contract shows it.
import type { z } from 'zod'
import type { StoredNode } from '../../../db/repositories/nodes.ts'
import { nodeCapacity, nodeState, type nodeRow } from '../../../shared/contract/nodes.ts'

export type NodeRow = z.output<typeof nodeRow>

export function toNodeRow(node: StoredNode, vms: number): NodeRow {
  const state = nodeState.safeParse(node.state).data ?? 'unknown'
  return {
    id: node.id,
    name: node.name,
    url: node.url,
    state: node.maintenance ? 'maintenance' : state,
    problem: node.problem === null ? null : { ...node.problem },
    lastSeenAt: node.lastSeenAt,
    checkedAt: node.checkedAt,
    maintenance: node.maintenance,
    vms,
    findings: node.findings.map((finding) => ({ ...finding })),
    capacity: nodeCapacity.safeParse(node.capacity).data ?? null,
  }
}
