// One VM in full as the contract shows it, and what can be added to it.
import type { z } from 'zod'
import { marksOf } from '../../../db/repositories/vmMarks.ts'
import type { vmDetails } from '../../../shared/contract/operations.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { VmRef } from '../../../shared/domain/ids.ts'
import { viewDisks } from '../nodes/disks.ts'
import { vanished } from '../nodes/deletion.ts'
import { readMachines, readPools, volumePaths } from '../nodes/storageView.ts'
import { knownVmUuids } from '../../../db/repositories/vms.ts'
import { usersOf } from './usage.ts'
import { refuseUnusableNetwork } from './usableNetwork.ts'
import type { OperationTools } from './tools.ts'

export type VmDetails = z.output<typeof vmDetails>

export class MachineView {
  readonly #tools: OperationTools

  constructor(tools: OperationTools) {
    this.#tools = tools
  }

  /** A fresh look. Throws `vm.unknown`, why the node cannot be believed. */
  async details(ref: VmRef): Promise<VmDetails> {
    const reading = await this.#tools.nodes.readVm(ref)
    if (reading.kind === 'gone') throw vanished()
    const client = await this.#tools.nodes.client(ref.nodeId)
    const [machine, snapshots, pools] = await Promise.all([
      client.machines.machine(ref.uuid),
      client.machines.snapshots(ref.uuid),
      readPools(client),
    ])
    if (machine === null) throw vanished()
    return {
      name: machine.name,
      state: machine.state,
      disks: viewDisks(machine, volumePaths(pools)),
      nics: machine.nics.map((nic) => ({ ...nic })),
      hasAcpi: machine.hasAcpi,
      xml: machine.xml,
      snapshots: snapshots.map((snapshot) => ({ ...snapshot })),
      marks: marksOf(this.#tools.context.db.orm, ref),
      observedAt: reading.observedAt,
    }
  }

  /** Live and until the next power-off. Throws `vm.not-running`, `storage.in-use`, `storage.unknown-volume`, `vm.attach-refused`. */
  async attachDisk(ref: VmRef, pool: string, volume: string, target: string): Promise<void> {
    this.#tools.refuseBusy(ref)
    const reading = await this.#tools.nodes.readVm(ref)
    if (reading.kind === 'gone') throw vanished()
    if (reading.state !== 'running') {
      throw new Failure(
        'vm.not-running',
        `${reading.name} is ${reading.state}: Flint attaches disks only to a running VM.`,
        'Start it first. The disk stays until its next power-off.',
      )
    }
    const client = await this.#tools.nodes.client(ref.nodeId)
    const [pools, { machines, unreadable }] = await Promise.all([
      readPools(client),
      readMachines(client, knownVmUuids(this.#tools.context.db.orm, ref.nodeId)),
    ])
    const found = pools.find((known) => known.name === pool)?.volumes.find((known) => known.name === volume)
    if (!found)
      throw new Failure(
        'storage.unknown-volume',
        `The pool ${pool} has no volume ${volume} (any more).`,
        'Look at the node’s storage again.',
      )
    const [user] = usersOf({ pool, name: volume, path: found.path }, machines, volumePaths(pools))
    if (user)
      throw new Failure(
        'storage.in-use',
        `${volume} is used by ${user} already: two VMs on one disk destroy it.`,
        'Make a new volume for this VM.',
      )
    if (unreadable > 0)
      throw new Failure(
        'storage.unproved',
        `${unreadable} VM(s) of the node cannot be read and may use ${volume}.`,
        'Try again when the node shows all its VMs.',
      )
    await client.machines.attachDisk(ref.uuid, found.path, target)
    const after = await client.machines.machine(ref.uuid)
    if (!after?.disks.some((disk) => disk.target === target)) {
      throw new Failure(
        'vm.not-proved',
        `Flint said that the disk was attached, but the VM does not show it.`,
        'Look at Flint’s log on the node.',
      )
    }
    this.#tools.recordVm(ref, 'vm.disk-attached', { pool, volume, target })
    this.#tools.context.changed('vms', 'machines', 'storage')
  }

  /** Throws `vm.not-proved` when the VM does not show it afterwards, `vm.attach-refused`. */
  async attachInterface(ref: VmRef, network: string, model: string): Promise<void> {
    this.#tools.refuseBusy(ref)
    const reading = await this.#tools.nodes.readVm(ref)
    if (reading.kind === 'gone') throw vanished()
    if (reading.state !== 'running' && reading.state !== 'shutoff') {
      throw new Failure(
        'vm.action-refused',
        `${reading.name} is ${reading.state}: an interface is added to a VM that runs or is off.`,
        'Resume or stop it first.',
      )
    }
    const client = await this.#tools.nodes.client(ref.nodeId)
    const [before, networks, interfaces] = await Promise.all([
      client.machines.machine(ref.uuid),
      client.library.networks(),
      client.library.interfaces(),
    ])
    refuseUnusableNetwork({ name: network, by: 'attach', isUsedNow: reading.state === 'running' }, networks, interfaces)
    await client.machines.attachInterface(ref.uuid, network, model)
    const after = await client.machines.machine(ref.uuid)
    if ((after?.nics.length ?? 0) <= (before?.nics.length ?? 0)) {
      throw new Failure(
        'vm.not-proved',
        `Flint said that the interface was attached, but the VM does not show it.`,
        'Look at Flint’s log on the node.',
      )
    }
    this.#tools.recordVm(ref, 'vm.interface-attached', { network, model, forGood: reading.state === 'shutoff' })
    this.#tools.context.changed('vms', 'machines')
  }
}
