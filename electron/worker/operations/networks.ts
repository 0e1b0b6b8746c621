// A node's networks and libvirt's network filters, with who uses them.
import type { z } from 'zod'
import { knownVmUuids } from '../../../db/repositories/vms.ts'
import type { filterRow, filterRule, interfaceRow, networkRow } from '../../../shared/contract/storage.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { NodeId } from '../../../shared/domain/ids.ts'
import type { FlintClient } from '../flint/client.ts'
import type { NetworkAction } from '../flint/library.ts'
import type { FlintMachine } from '../flint/machines.ts'
import { readMachines } from '../nodes/storageView.ts'
import { readFilterXml } from './filterXml.ts'
import { requireConfirmed, type OperationTools } from './tools.ts'
import { filterUsers, networkUsers } from './usage.ts'

type FilterRule = z.output<typeof filterRule>

export class Networks {
  readonly #tools: OperationTools

  constructor(tools: OperationTools) {
    this.#tools = tools
  }

  async list(nodeId: NodeId): Promise<{ networks: z.output<typeof networkRow>[]; interfaces: z.output<typeof interfaceRow>[] }> {
    const { client, machines } = await this.#see(nodeId)
    const [networks, interfaces] = await Promise.all([client.library.networks(), client.library.interfaces()])
    return {
      networks: networks.map((network) => ({ ...network, usedBy: networkUsers(network.name, machines) })),
      interfaces: interfaces.map((one) => ({ ...one, addresses: [...one.addresses] })),
    }
  }

  /** Throws `network.refused`, `network.exists`. */
  async create(nodeId: NodeId, name: string, bridge: string): Promise<void> {
    const client = await this.#believable(nodeId)
    if ((await client.library.networks()).some((known) => known.name === name))
      throw new Failure('network.exists', `A network named ${name} exists already.`, 'Choose another name.')
    await client.library.createNetwork(name, bridge)
    this.#tools.recordNode(nodeId, 'network.created', { name, bridge })
    this.#tools.context.changed('storage')
  }

  /** Proved by the list. Throws `confirm.needed` (but for a start), `network.unknown`, `network.not-proved`. */
  async change(nodeId: NodeId, name: string, action: NetworkAction, confirm: string | undefined): Promise<void> {
    if (action !== 'start') requireConfirmed(confirm, name)
    const client = await this.#believable(nodeId)
    if (!(await client.library.networks()).some((known) => known.name === name)) throw unknownNetwork(name)
    await client.library.changeNetwork(name, action)
    const after = (await client.library.networks()).find((known) => known.name === name)
    if (after?.isActive !== (action !== 'stop'))
      throw new Failure(
        'network.not-proved',
        `Flint accepted it, but ${name} is ${after?.isActive === true ? 'active' : 'not active'}.`,
        'Look at Flint’s log on the node.',
      )
    this.#tools.recordNode(nodeId, `network.${action === 'stop' ? 'stopped' : action === 'start' ? 'started' : 'restarted'}`, { name })
    this.#tools.context.changed('storage')
  }

  /** Throws `confirm.needed`, `network.in-use`, `storage.unproved`, `network.unknown`. */
  async remove(nodeId: NodeId, name: string, confirm: string): Promise<void> {
    requireConfirmed(confirm, name)
    const { client, machines, unreadable } = await this.#see(nodeId)
    if (name === 'default')
      throw new Failure(
        'network.refused',
        'Flint never deletes the network “default”.',
        'Stop it instead, or delete it with virsh on the node.',
      )
    const users = networkUsers(name, machines)
    if (users.length > 0)
      throw new Failure(
        'network.in-use',
        `${name} is used by ${users.join(', ')}, which would not start again.`,
        'Delete those VMs first, or leave it.',
      )
    if (unreadable > 0)
      throw new Failure(
        'storage.unproved',
        `${unreadable} VM(s) of the node cannot be read and may be on ${name}.`,
        'Try again when the node shows all its VMs.',
      )
    await client.library.deleteNetwork(name)
    if ((await client.library.networks()).some((known) => known.name === name))
      throw new Failure(
        'network.not-proved',
        `Flint said that ${name} was deleted, and it is still there.`,
        'Look at Flint’s log on the node.',
      )
    this.#tools.recordNode(nodeId, 'network.deleted', { name })
    this.#tools.context.changed('storage')
  }

  async filters(nodeId: NodeId): Promise<z.output<typeof filterRow>[]> {
    const { client, machines } = await this.#see(nodeId)
    const filters = await client.library.filters()
    return filters.map((filter) => ({
      ...filter,
      ...readFilterXml(filter.xml),
      usedBy: filterUsers(filter.name, machines),
    }))
  }

  /** Makes a filter, or with `replace` changes one. Throws `filter.exists`, `filter.unknown`, `filter.not-editable`, `filter.in-use`. */
  async putFilter(nodeId: NodeId, name: string, rules: readonly FilterRule[], replace: boolean): Promise<void> {
    const client = await this.#believable(nodeId)
    const known = (await client.library.filters()).find((filter) => filter.name === name)
    const reading = known && readFilterXml(known.xml)
    if (known && !replace)
      throw new Failure('filter.exists', `A filter named ${name} exists already.`, 'Choose another name, or change that one.')
    if (!known && replace) throw new Failure('filter.unknown', `There is no filter named ${name} (any more).`, 'Look at the list again.')
    if (reading && !reading.isEditable) {
      throw new Failure(
        'filter.not-editable',
        `${name} holds rules that Flint’s form cannot express: changing it here would lose them.`,
        'Change it with virsh nwfilter-edit on the node.',
      )
    }
    if (reading) await this.#changeFilter(nodeId, client, name, { from: reading.rules, to: rules })
    else await client.library.putFilter(name, rules, false)
    this.#tools.recordNode(nodeId, known ? 'filter.changed' : 'filter.created', { name, rules: rules.length })
    this.#tools.context.changed('storage')
  }

  /** Where Flint cannot change it, it is deleted and made anew; one that somebody uses is left as it is, and the old rules come back if the new ones are refused. */
  async #changeFilter(nodeId: NodeId, client: FlintClient, name: string, rules: { from: readonly FilterRule[]; to: readonly FilterRule[] }): Promise<void> {
    try {
      return await client.library.putFilter(name, rules.to, true)
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'filter.not-redefined') throw error
    }
    await this.#refuseUsedFilter(nodeId, name, 'Flint can only delete it and make it anew: change it with virsh nwfilter-edit on the node.')
    await client.library.deleteFilter(name)
    try {
      await client.library.putFilter(name, rules.to, false)
    } catch (error) {
      await client.library.putFilter(name, rules.from, false)
      throw error
    }
  }

  async #refuseUsedFilter(nodeId: NodeId, name: string, hint: string): Promise<void> {
    const { client, machines, unreadable } = await this.#see(nodeId)
    const including = (await client.library.filters()).filter((filter) => readFilterXml(filter.xml).includes.includes(name)).map((filter) => filter.name)
    const users = [...filterUsers(name, machines), ...including]
    if (users.length > 0) throw new Failure('filter.in-use', `${name} is used by ${users.join(', ')}.`, hint)
    if (unreadable > 0) throw new Failure('storage.unproved', `${unreadable} VM(s) of the node cannot be read and may use ${name}.`, 'Try again when the node shows all its VMs.')
  }

  /** Throws `confirm.needed`, `filter.in-use`, `filter.refused`. */
  async removeFilter(nodeId: NodeId, name: string, confirm: string): Promise<void> {
    requireConfirmed(confirm, name)
    await this.#refuseUsedFilter(nodeId, name, 'Take it off those first, with virsh on the node.')
    const client = await this.#believable(nodeId)
    await client.library.deleteFilter(name)
    this.#tools.recordNode(nodeId, 'filter.deleted', { name })
    this.#tools.context.changed('storage')
  }

  async #see(nodeId: NodeId): Promise<{ client: FlintClient; machines: FlintMachine[]; unreadable: number }> {
    const client = await this.#tools.nodes.client(nodeId)
    return { client, ...(await readMachines(client, knownVmUuids(this.#tools.context.db.orm, nodeId))) }
  }

  async #believable(nodeId: NodeId): Promise<FlintClient> {
    const client = await this.#tools.nodes.client(nodeId)
    await client.believable({ now: true })
    return client
  }
}

function unknownNetwork(name: string): Failure {
  return new Failure('network.unknown', `The node has no network named ${name} (any more).`, 'Look at the list again.')
}
