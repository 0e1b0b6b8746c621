// What Flint can do to one VM besides power: show it whole, its snapshots, make it, add to it, delete it. What it answers proves little.
import { Failure } from '../../../shared/domain/failure.ts'
import type { VmUuid } from '../../../shared/domain/ids.ts'
import { errorText, libvirtCode, type FlintAnswer } from './answer.ts'
import type { FlintConnection } from './connection.ts'
import { acpiCure, invalidAnswer, limitedMode, notFlint, unknownVm } from './failures.ts'
import { readMachine, readSnapshot, readSnapshots, type FlintMachine, type FlintSnapshot } from './machineSchema.ts'
import { pathSegment } from './path.ts'
import { isInventedVm } from './schema.ts'

export type { DiskSource, FlintDisk, FlintMachine, FlintNic, FlintSnapshot } from './machineSchema.ts'

export interface NewMachine {
  /** Letters, digits, `-` and `_`, at most 64. */
  readonly name: string
  readonly memoryMiB: number
  readonly vcpus: number
  /** A file name of the library, with its extension. */
  readonly imageName: string
  readonly imageType: 'template' | 'iso'
  readonly diskGiB: number
  /** Empty: without an interface. */
  readonly networkName: string
  readonly startOnCreate: boolean
  readonly cloudInit: CloudInit | null
}

export interface CloudInit {
  readonly hostname: string
  readonly username: string
  /** Flint prints it to its own log in clear text. */
  readonly password: string
  /** One key a line. */
  readonly sshKeys: string
  readonly packages: readonly string[]
  /** Null: nothing is said about the network. */
  readonly network:
    { readonly address: string; readonly prefix: number; readonly gateway: string; readonly dnsServers: readonly string[] } | 'dhcp' | null
}

export interface MachineOptions {
  readonly signal?: AbortSignal | undefined
}

/** A running guest's memory is written into its disk by a snapshot: it may take minutes. */
const snapshotTimeoutMs = 15 * 60_000
const createTimeoutMs = 5 * 60_000
/** Flint itself waits 2 s for a running guest. */
const deleteTimeoutMs = 60_000

export class FlintMachines {
  readonly #connection: FlintConnection

  constructor(connection: FlintConnection) {
    this.#connection = connection
  }

  /** One VM in full. Null is Flint's "not found", which it also says when libvirt is away. Throws `node.limited-mode` for an invented one. */
  async machine(uuid: VmUuid, options: MachineOptions = {}): Promise<FlintMachine | null> {
    const answer = await this.#connection.ask({ path: vmPath(uuid), signal: options.signal })
    if (answer.status === 404 && errorText(answer.text) === 'VM not found') return null
    if (answer.status !== 200) throw this.#connection.failureOf(answer)
    return this.#connection.parsed(answer, (json) => {
      if (isInventedVm(json)) throw limitedMode(this.#connection.where)
      const machine = readMachine(json)
      if (machine !== null && machine.uuid !== uuid)
        throw invalidAnswer(this.#connection.where, 'it describes another VM than the one asked for')
      return machine
    })
  }

  /** Throws `vm.unknown`, and why the node cannot be believed. */
  async snapshots(uuid: VmUuid, options: MachineOptions = {}): Promise<FlintSnapshot[]> {
    const answer = await this.#connection.ask({ path: `${vmPath(uuid)}/snapshots`, signal: options.signal })
    if (answer.status !== 200) throw this.#refused(answer, 'snapshot.refused', 'list the snapshots')
    return this.#connection.parsed(answer, readSnapshots)
  }

  /** Pauses a running guest for as long as it takes. Throws `snapshot.exists`, `vm.unknown`, `snapshot.refused`, `node.no-answer`. */
  async createSnapshot(uuid: VmUuid, name: string, description: string, options: MachineOptions = {}): Promise<FlintSnapshot> {
    const answer = await this.#connection.ask({
      method: 'POST',
      path: `${vmPath(uuid)}/snapshots`,
      body: { name, description: asXmlText(description) },
      what: 'make a snapshot',
      timeoutMs: snapshotTimeoutMs,
      signal: options.signal,
    })
    if (answer.status !== 200) {
      if (libvirtCode(answer.text) === 9 && answer.text.includes('already exists')) {
        throw new Failure('snapshot.exists', `A snapshot named “${name}” exists already.`, 'Choose another name, or delete that one first.')
      }
      throw this.#refused(answer, 'snapshot.refused', 'make the snapshot')
    }
    return this.#connection.parsed(answer, readSnapshot)
  }

  /** `already`: there is no such snapshot (any more). Throws `vm.unknown`, `snapshot.refused`, `node.no-answer`. */
  async deleteSnapshot(uuid: VmUuid, name: string, options: MachineOptions = {}): Promise<'accepted' | 'already'> {
    const path = `${vmPath(uuid)}/snapshots/${pathSegment(name)}`
    const answer = await this.#connection.ask({
      method: 'DELETE',
      path,
      what: 'delete a snapshot',
      timeoutMs: snapshotTimeoutMs,
      signal: options.signal,
    })
    if (isDone(answer)) return 'accepted'
    if (isNoSnapshot(answer)) return 'already'
    throw this.#refused(answer, 'snapshot.refused', `delete the snapshot “${name}”`)
  }

  /** The VM becomes what it was then, its later data lost, and runs or not as it did then. Throws `snapshot.unknown`, `snapshot.refused`, … */
  async revert(uuid: VmUuid, name: string, options: MachineOptions = {}): Promise<void> {
    const path = `${vmPath(uuid)}/snapshots/${pathSegment(name)}/revert`
    const answer = await this.#connection.ask({
      method: 'POST',
      path,
      what: 'revert to a snapshot',
      timeoutMs: snapshotTimeoutMs,
      signal: options.signal,
    })
    if (isDone(answer)) return
    if (isNoSnapshot(answer))
      throw new Failure('snapshot.unknown', `There is no snapshot named “${name}” (any more).`, 'Look at the list again.')
    throw this.#refused(answer, 'snapshot.refused', `revert to “${name}”`)
  }

  /**
   * Makes a VM. Flint says of every failure only that there was one. Throws `vm.create-refused` with its words, `node.no-answer`.
   * The password is in the request alone; nothing of it is logged here.
   */
  async create(wanted: NewMachine, options: MachineOptions = {}): Promise<FlintMachine> {
    const answer = await this.#connection.ask({
      method: 'POST',
      path: '/api/vms',
      body: creationBody(wanted),
      what: 'make a VM',
      timeoutMs: createTimeoutMs,
      signal: options.signal,
    })
    if (answer.status !== 200) throw this.#refused(answer, 'vm.create-refused', `make the VM ${wanted.name}`)
    return this.#connection.parsed(answer, readMachine)
  }

  /**
   * Asks Flint to delete a VM: `accepted` proves nothing, for it swallows every failure of the undefine, after the disks may already be gone.
   * Never to be sent before the VM is seen off and without snapshots (`nodes/deletion.ts` does that). `already`: libvirt does not know it.
   */
  async delete(uuid: VmUuid, withDisks: boolean, options: MachineOptions = {}): Promise<'accepted' | 'already'> {
    const path = `${vmPath(uuid)}${withDisks ? '?deleteDisks=true' : ''}`
    const answer = await this.#connection.ask({
      method: 'DELETE',
      path,
      what: 'delete a VM',
      timeoutMs: deleteTimeoutMs,
      signal: options.signal,
    })
    if (isDone(answer)) {
      if (answer.isHtml) throw notFlint(this.#connection.where, 'it answers with a web page')
      return 'accepted'
    }
    if (libvirtCode(answer.text) === 42) return 'already'
    throw this.#refused(answer, 'vm.delete-refused', 'delete the VM')
  }

  /**
   * Adds a disk to a running VM, as libvirt's live attach: it is gone after the next power-off, for Flint does not write it into the definition
   * (source only: no recorded exchange). Throws `vm.attach-refused`, `vm.unknown`.
   */
  async attachDisk(uuid: VmUuid, volumePath: string, targetDevice: string): Promise<void> {
    const answer = await this.#connection.ask({
      method: 'POST',
      path: `${vmPath(uuid)}/attach-disk`,
      body: { volumePath, targetDev: targetDevice },
      what: 'attach a disk',
    })
    if (!isDone(answer)) throw this.#attachRefused(answer, 'attach the disk')
  }

  /**
   * Adds an interface: live to a running VM (gone after the next power-off), for good to one that is off (source only: no recorded exchange).
   * Throws `vm.attach-refused`, `vm.unknown`.
   */
  async attachInterface(uuid: VmUuid, network: string, model: string): Promise<void> {
    const answer = await this.#connection.ask({
      method: 'POST',
      path: `${vmPath(uuid)}/attach-network`,
      body: { networkName: network, model },
      what: 'attach an interface',
    })
    if (!isDone(answer)) throw this.#attachRefused(answer, 'attach the interface')
  }

  /** QEMU adds nothing to a running VM without ACPI, and Flint makes its VMs so. */
  #attachRefused(answer: FlintAnswer, what: string): Failure {
    if (answer.text.includes('does not support hotplugging'))
      return new Failure('vm.attach-refused', `The node refused to ${what}: this VM was defined without ACPI, as Flint makes them, and takes nothing while it runs.`, acpiCure)
    return this.#refused(answer, 'vm.attach-refused', what)
  }

  #refused(answer: FlintAnswer, code: string, what: string): Failure {
    if (libvirtCode(answer.text) === 42) return unknownVm(this.#connection.where)
    return refusedBy(this.#connection, answer, code, what)
  }
}

/** The Failure of an answer without success: the node's own trouble where it is one, else `code` with Flint's words. */
export function refusedBy(connection: FlintConnection, answer: FlintAnswer, code: string, what: string): Failure {
  const failure = connection.failureOf(answer)
  if (failure.code !== 'node.unhealthy' && failure.code !== 'node.refused') return failure
  const said = connection.withoutKey(errorText(answer.text))
  return new Failure(
    code,
    `The node refused to ${what}: ${said === '' ? `HTTP ${answer.status}` : said}.`,
    'Flint’s log on the node may say more.',
  )
}

export function isDone(answer: FlintAnswer): boolean {
  return answer.status >= 200 && answer.status < 300
}

/** Flint puts a description into libvirt's XML as it comes: what means something there is escaped, and what may not stand there is left out. */
function asXmlText(text: string): string {
  return text
    .replaceAll(/[^\P{Cc}\t\n]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}

function isNoSnapshot(answer: FlintAnswer): boolean {
  return libvirtCode(answer.text) === 72
}

function vmPath(uuid: VmUuid): string {
  return `/api/vms/${encodeURIComponent(uuid)}`
}

function creationBody(wanted: NewMachine): Record<string, unknown> {
  const body: Record<string, unknown> = {
    Name: wanted.name,
    MemoryMB: wanted.memoryMiB,
    VCPUs: wanted.vcpus,
    ImageName: wanted.imageName,
    ImageType: wanted.imageType,
    DiskSizeGB: wanted.diskGiB,
    StartOnCreate: wanted.startOnCreate,
    NetworkName: wanted.networkName,
    EnableCloudInit: wanted.cloudInit !== null,
  }
  if (wanted.cloudInit === null) return body
  const { hostname, username, password, sshKeys, packages, network } = wanted.cloudInit
  const commonFields: Record<string, unknown> = { hostname, username, password, sshKeys, packages }
  if (network === 'dhcp') commonFields['networkConfig'] = { useDHCP: true }
  else if (network !== null) {
    commonFields['networkConfig'] = {
      useDHCP: false,
      ipAddress: network.address,
      prefix: network.prefix,
      gateway: network.gateway,
      dnsServers: network.dnsServers,
    }
  }
  return { ...body, cloudInit: { commonFields } }
}
