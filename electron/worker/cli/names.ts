// Nodes by their name, VMs by `NODE/VM`: what the operator types, turned into ids.
import type { Client } from '../../../shared/contract/client.ts'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { Failure } from '../../../shared/domain/failure.ts'

export type NodeRow = MethodOutput<'nodes.list'>[number]
export type VmRow = MethodOutput<'vms.list'>[number]

/** Throws `node.unknown`. */
export async function nodeNamed(client: Client, name: string): Promise<NodeRow> {
  const node = (await client.call('nodes.list', {})).find((row) => row.name === name)
  if (!node) throw new Failure('node.unknown', `There is no node “${name}”.`, '`node list` shows their names.')
  return node
}

function matching(vms: readonly VmRow[], name: string): VmRow | null {
  const fits = vms.filter((vm) => vm.name === name || vm.uuid === name.toLowerCase())
  if (fits.length > 1) throw new Failure('vm.ambiguous', `Several VMs are called “${name}”.`, 'Name it by its UUID.')
  return fits[0] ?? null
}

/** The VM that `NODE/VM` names; one that is not known yet is looked for on the node. Throws `node.unknown` or `vm.unknown`. */
export async function vmNamed(client: Client, text: string): Promise<VmRow> {
  const slash = text.indexOf('/')
  if (slash < 1 || slash === text.length - 1)
    throw new Failure('vm.unknown', `“${text}” does not name a VM.`, 'Name it NODE/VM, by the node’s name and the VM’s name or UUID.')
  const node = await nodeNamed(client, text.slice(0, slash))
  const name = text.slice(slash + 1)
  const known = matching(await client.call('vms.list', { nodeId: node.id }), name)
  if (known) return known
  const { vms, failed } = await client.call('vms.refresh', { nodeId: node.id })
  const found = matching(vms, name)
  if (found) return found
  const [failure] = failed
  if (failure) throw new Failure(failure.error.code, failure.error.message, failure.error.hint)
  throw new Failure('vm.unknown', `There is no VM “${name}” on ${node.name}.`, `\`vm list --node ${node.name}\` shows them.`)
}
