// A node as the contract shows it.
import type { z } from 'zod'
import type { StoredNode } from '../../../db/repositories/nodes.ts'
import { nodeCapacity, nodeState, type nodeRow } from '../../../shared/contract/nodes.ts'

export type NodeRow = z.output<typeof nodeRow>

function accessOf({ route, certificate }: StoredNode): NodeRow['access'] {
  const tunnel = route?.tunnel ?? null
  return {
    certificate: certificate === null ? null : { ...certificate, names: [...certificate.names] },
    pinnedFingerprint: route?.certificateFingerprint ?? null,
    tunnel:
      tunnel === null
        ? null
        : {
            host: tunnel.host,
            port: tunnel.port,
            user: tunnel.user,
            hostKeyFingerprint: tunnel.hostKeyFingerprint,
            auth: tunnel.auth.kind,
            keyFile: tunnel.auth.kind === 'key-file' ? tunnel.auth.path : null,
          },
  }
}

function changeOf(change: StoredNode['change']): NodeRow['change'] {
  if (change === null) return null
  const { kind, known, seen, seenAt, certificate } = change
  return { kind, known, seen, seenAt, certificate: certificate === undefined ? null : { ...certificate, names: [...certificate.names] } }
}

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
    access: accessOf(node),
    change: changeOf(node.change),
    exposureCheckedAt: node.exposureCheckedAt,
    note: node.note,
    tags: [...node.tags],
    location: node.location,
  }
}
