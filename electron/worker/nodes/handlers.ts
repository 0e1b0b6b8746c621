// The contract's methods about nodes and VMs.
import type { MethodParsedInput } from '../../../shared/contract/index.ts'
import type { nodeMethods } from '../../../shared/contract/nodes.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import { asId, type NodeId, type VmRef } from '../../../shared/domain/ids.ts'
import type { Audit } from '../audit/audit.ts'
import { parseVmUuid } from '../flint/schema.ts'
import type { Handlers } from '../rpc/handlers.ts'
import type { NodeRow } from './nodeRow.ts'
import type { Nodes } from './nodes.ts'
import type { Power } from './power.ts'
import type { Vms } from './vms.ts'

export type NodeHandlers = Pick<Handlers, keyof typeof nodeMethods>
export type VmHandlers = Pick<Handlers, 'vms.list' | 'vms.refresh' | 'vms.power'>

/** Whatever a person changes about a node is recorded. */
export function nodeHandlers(nodes: Nodes, audit: Pick<Audit, 'append'>): NodeHandlers {
  const record = (action: string, id: string, detail: Record<string, unknown>): void => {
    audit.append({ actor: 'operator', action, nodeId: asId<NodeId>(id), why: 'By the operator.', detail })
  }
  return {
    'nodes.inspect': ({ url, access, nodeId }) => nodes.enrolment.inspect(url, access, optionalNodeId(nodeId)),
    'nodes.probe': ({ url, secret, access }) => nodes.probe(url, secret, access),
    'nodes.add': async ({ name, url, secret, access }) => {
      const row = await nodes.add(name, url, secret, access)
      record('node.added', row.id, { node: row.name, ...whereOf(row) })
      return row
    },
    'nodes.list': () => nodes.rows(),
    'nodes.check': ({ nodeId }) => nodes.check(optionalNodeId(nodeId)),
    'nodes.setMaintenance': ({ nodeId, on }) => {
      const row = nodes.setMaintenance(nodeIdOf(nodeId), on)
      record('node.maintenance', nodeId, { node: row.name, on })
      return row
    },
    'nodes.acceptChange': async ({ nodeId, seen, confirm }) => {
      const { name, change } = nodes.row(nodeIdOf(nodeId))
      await nodes.enrolment.acceptChange(nodeIdOf(nodeId), seen, confirm)
      record('node.change-accepted', nodeId, { node: name, kind: change?.kind ?? null, known: change?.known ?? null, seen })
      return nodes.row(nodeIdOf(nodeId))
    },
    'nodes.changeKey': async ({ nodeId, secret }) => {
      await nodes.enrolment.changeKey(nodeIdOf(nodeId), secret)
      const row = nodes.row(nodeIdOf(nodeId))
      record('node.key-changed', nodeId, { node: row.name, observed: row.state })
      return row
    },
    'nodes.changeAddress': async ({ nodeId, url, access, confirm }) => {
      const before = whereOf(nodes.row(nodeIdOf(nodeId)))
      await nodes.enrolment.changeAddress(nodeIdOf(nodeId), url, access, confirm)
      const row = nodes.row(nodeIdOf(nodeId))
      record('node.address-changed', nodeId, { node: row.name, before, after: whereOf(row), observed: row.state })
      return row
    },
    'nodes.mark': ({ nodeId, ...marks }) => {
      const row = nodes.mark(nodeIdOf(nodeId), marksOf(marks))
      record('node.marked', nodeId, { node: row.name, ...marks, ...(marks.note === undefined ? {} : { note: marks.note.slice(0, 200) }) })
      return row
    },
    'nodes.remove': async ({ nodeId }) => {
      const { name } = nodes.row(nodeIdOf(nodeId))
      await nodes.remove(nodeIdOf(nodeId))
      record('node.removed', nodeId, { node: name })
      return { ok: true }
    },
  }
}

/** Where a node is and by what it is trusted, for the record: no secret among it. */
function whereOf({ url, access: { pinnedFingerprint, tunnel } }: NodeRow): Record<string, unknown> {
  return {
    url,
    ...(pinnedFingerprint === null ? {} : { certificate: pinnedFingerprint }),
    ...(tunnel === null ? {} : { ssh: `${tunnel.user}@${tunnel.host}:${tunnel.port}`, hostKey: tunnel.hostKeyFingerprint }),
  }
}

/** Each tag once, in order; nothing with blanks around it. */
function marksOf({ name, note, tags, location }: Omit<MethodParsedInput<'nodes.mark'>, 'nodeId'>): Parameters<Nodes['mark']>[1] {
  const tidy = new Set(tags?.map((tag) => tag.trim()).filter((tag) => tag !== ''))
  return {
    ...(name === undefined ? {} : { name }),
    ...(note === undefined ? {} : { note: note.trim() }),
    ...(location === undefined ? {} : { location: location.trim() }),
    ...(tags === undefined ? {} : { tags: [...tidy].sort((a, b) => a.localeCompare(b, 'en')) }),
  }
}

export function vmHandlers(vms: Vms, power: Power): VmHandlers {
  return {
    'vms.list': ({ nodeId }) => vms.list(optionalNodeId(nodeId)),
    'vms.refresh': ({ nodeId }) => vms.refresh(optionalNodeId(nodeId)),
    'vms.power': ({ nodeId, uuid, ...wish }) => power.start({ ref: vmRefOf(nodeId, uuid), ...wish }),
  }
}

function optionalNodeId(nodeId: string | undefined): NodeId | undefined {
  return nodeId === undefined ? undefined : asId<NodeId>(nodeId)
}

/** A node's id as it came over the line; whether there is one shows when it is used. */
export function nodeIdOf(nodeId: string): NodeId {
  return asId<NodeId>(nodeId)
}

/** Throws `vm.unknown` for what is no UUID. */
export function vmRefOf(nodeId: string, uuid: string): VmRef {
  const parsed = parseVmUuid(uuid)
  if (parsed === null) throw new Failure('vm.unknown', 'That is not the UUID of a VM.', 'Look at the list of VMs.')
  return { nodeId: asId<NodeId>(nodeId), uuid: parsed }
}
