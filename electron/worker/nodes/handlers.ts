// The contract's methods about nodes and VMs.
import { Failure } from '../../../shared/domain/failure.ts'
import { asId, type NodeId, type VmRef } from '../../../shared/domain/ids.ts'
import { parseVmUuid } from '../flint/schema.ts'
import type { Handlers } from '../rpc/handlers.ts'
import type { Nodes } from './nodes.ts'
import type { Power } from './power.ts'
import type { Vms } from './vms.ts'

export type NodeHandlers = Pick<
  Handlers,
  'nodes.probe' | 'nodes.add' | 'nodes.list' | 'nodes.check' | 'nodes.setMaintenance' | 'nodes.remove'
>
export type VmHandlers = Pick<Handlers, 'vms.list' | 'vms.refresh' | 'vms.power'>

export function nodeHandlers(nodes: Nodes): NodeHandlers {
  return {
    'nodes.probe': ({ url, secret }) => nodes.probe(url, secret),
    'nodes.add': ({ name, url, secret }) => nodes.add(name, url, secret),
    'nodes.list': () => nodes.rows(),
    'nodes.check': ({ nodeId }) => nodes.check(optionalNodeId(nodeId)),
    'nodes.setMaintenance': ({ nodeId, on }) => nodes.setMaintenance(asId<NodeId>(nodeId), on),
    'nodes.remove': async ({ nodeId }) => {
      await nodes.remove(asId<NodeId>(nodeId))
      return { ok: true }
    },
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
